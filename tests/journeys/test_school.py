"""A school that has no library system sends its list in the morning, and lends a book that day."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from postroad.accounts.models import Post, Role, User
from postroad.catalogue.models import Record
from postroad.delivery.models import Route, Stop
from tests.cast import Cast, hashed
from tests.journeys.people import Person, Play
from tests.journeys.seeing import look_on_a_phone_at_night

SCHOOL = "/staff/catalog/otis-school/"
LIST = """Book title,Writer's name,ISBN,Shelf,Barcode,Copyright
The wind in the willows,"Grahame, Kenneth",9780143039099,F GRA,36001,1908
The tale of Peter Rabbit,"Potter, Beatrix",,E POT,,1902
Charlotte's web,"White, E. B.",,F WHI,3.6E+4,1952
"""


@pytest.fixture
def librarian(cast: Cast) -> str:
    """Sam keeps the library of the school in Otis, where the van stops from today on."""
    sam = User.objects.create(username="sam", first_name="Sam", password=hashed())
    for role in (Role.DIRECTOR, Role.LENDING):
        Post.objects.create(user=sam, role=role, library=cast.otis_school)
    route = Route.objects.get(code="WEST 2")
    Stop.objects.create(
        library=cast.otis_school, route=route, place=9, drop_days="MTWTF--", pick_up_days="MTWTF--"
    )
    return sam.username


def test_a_school_sends_its_list_and_lends_a_book_that_day(
    play: Play, walden: Record, librarian: str, tmp_path: Path, mailoutbox: list[Any]
):
    sam = play[librarian]
    sends_the_list(sam, tmp_path)
    play.worker()
    play.worker()  # the index follows what the first round has loaded
    sam.goes(sam.page.url)
    sam.reads("Loaded")
    sam.reads("the spreadsheet program has rounded this number")
    look_on_a_phone_at_night(sam.page)

    asks_for_it(play["ada"])
    play.worker()
    sam.goes("/staff/lending/")
    sam.reads("The wind in the willows")
    sam.reads("F GRA")
    sam.presses("Yes, on the shelf")
    sam.is_told("Promised; ship it next.")
    sam.goes("/staff/lending/ship/")
    sam.scans("36001", "To Lee Library in Lee")


def sends_the_list(sam: Person, folder: Path) -> None:
    """Chooses the file, says what a column is that was not understood, and lets it be loaded."""
    kept = folder / "our-books.csv"
    kept.write_text(LIST)
    page = sam.goes("/staff/")
    sam.clicks(page.get_by_role("navigation").get_by_role("link", name="Our library"))
    sam.clicks(page.get_by_role("link", name="Our records").first)
    assert page.url.endswith(SCHOOL)
    sam.look(page)
    look_on_a_phone_at_night(page)
    page.get_by_label("File", exact=True).set_input_files(kept)
    page.get_by_label("Everything we have").check()
    sam.presses("Look at it")
    sam.look(page)
    expect(page.get_by_label("Column B is taken for")).to_have_value("")
    page.get_by_label("Column B is taken for").select_option("author")
    page.get_by_label("Column D is taken for").select_option("call_number")
    sam.presses("Look again")
    sam.reads("Grahame, Kenneth")
    sam.reads("F GRA")
    sam.reads("line 4, column E")
    look_on_a_phone_at_night(page)
    sam.presses("Load it")
    sam.is_told("It is loaded as soon as it is its turn.")
    sam.look(page)


def asks_for_it(ada: Person) -> None:
    page = ada.searches("wind willows")
    ada.follows("The wind in the willows")
    ada.reads("Otis School Library")
    ada.clicks(page.get_by_role("link", name="Sign in").first)
    ada.signs_in_if_asked()
    ada.searches("wind willows")
    ada.follows("The wind in the willows")
    ada.follows("Ask for it")
    page.get_by_label("Where will you pick it up?").select_option("lee")
    ada.presses("Ask for it")
    ada.is_told("We have your request.")
