"""Loans off the straight road, each played through the pages by the people whom it concerns."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from postroad.catalogue import search
from postroad.delivery.models import Route, Stop
from postroad.directory.models import Address
from postroad.ill.lifecycle import Outcome, State
from postroad.ill.models import Request
from postroad.notices.models import Kind, Notice
from tests.cast import Cast, outside
from tests.ill.story import assert_whole
from tests.journeys.conftest import copy, title
from tests.journeys.people import Person, Play
from tests.journeys.seeing import look, look_on_a_phone_at_night

OUT, HOME = "9400111899223100001230", "1Z5R89390357567127"
YALE = "39002000000018"
VOLUMES = {"v.1": "30001000000101", "v.2": "30001000000119", "v.3": "30001000000127"}


@pytest.fixture
def mailed(browse: Callable[..., Page]) -> Callable[[str], Person]:
    """Somebody at a library who has nothing but the newest request in its mail."""

    def opened(name: str) -> Person:
        letter = Notice.objects.filter(kind=Kind.ASKED_TO_LEND).latest("pk")
        someone = Person(name, browse(), look)
        someone.goes(letter.link)
        return someone

    return opened


def ref_of(person: Person) -> str:
    return person.page.url.rstrip("/").rsplit("/", 1)[1]


def asks_for(play: Play, words: str, name: str) -> str:
    ada = play["ada"]
    ada.searches(words)
    ada.follows(name)
    ada.follows("Ask for it")
    ada.presses("Ask for it")
    ada.is_told("We have your request.")
    play.worker()
    return ref_of(ada)


def ended(ref: str) -> tuple[str, str]:
    ill = assert_whole(Request.objects.get(ref=ref))
    return ill.state, ill.outcome


def test_a_one_room_library_answers_its_first_request_from_its_mail(
    play: Play, cast: Cast, mailed: Callable[[str], Person]
):
    route = Route.objects.get(code="WEST 2")
    Stop.objects.create(
        library=cast.otis_school, route=route, place=9, drop_days="-T-T---", pick_up_days="-T-T---"
    )
    copy(title("Cape Cod", "Thoreau, Henry David", 1865), cast.otis_school, "")
    search.rebuild()
    ref = asks_for(play, "cape cod", "Cape Cod")
    school = mailed("the school")
    school.reads("Your library is asked to lend it.")
    school.reads_not("Ada")
    look_on_a_phone_at_night(school.page)
    school.follows("Yes, we will send it")
    school.presses("Yes, we will send it")
    school.follows("We have shipped it")
    look_on_a_phone_at_night(school.page)
    school.presses("We have shipped it")
    school.reads("The van takes it to Lee Library")
    play.worker()
    ada, clerk = play["ada"], play["borrower"]
    ada.goes(f"/patron/requests/{ref}/")
    ada.reads("On its way from Otis")

    play.later(days=3)
    clerk.goes("/staff/borrowing/receive/")
    clerk.scans(ref, "On the hold shelf until")
    clerk.goes("/staff/borrowing/lend/")
    clerk.scans(ref, "Lent until")
    clerk.goes("/staff/borrowing/take-back/")
    clerk.scans(ref, "Cape Cod")
    clerk.goes("/staff/borrowing/send-home/")
    clerk.scans(ref, "Otis School Library")
    play.later(days=4)
    school.goes(school.page.url)
    school.follows("It is home again")
    school.presses("It is home again")
    school.reads("There is nothing more to do.")
    assert ended(ref) == (State.CLOSED, Outcome.FILLED)


@pytest.mark.nightly
def test_what_no_catalog_lists_fails_at_three_members_and_comes_from_elsewhere_by_mail(
    play: Play, cast: Cast, mailed: Callable[[str], Person]
):
    yale = outside(email="ill@yale.example.org")
    Address.objects.create(
        library=yale,
        purpose=Address.Purpose.RETURN,
        lines="Interlibrary Loan\n130 Wall Street",
        town="New Haven",
        state="CT",
        zip="06520",
    )
    yankee = title("A Yankee in Canada", "Thoreau, Henry David", 1866)
    for number, owner in enumerate((cast.lenox, cast.pittsfield, cast.providence)):
        copy(yankee, owner, f"3000100000020{number}")
    ada, clerk, centre = play["ada"], play["borrower"], play["centre"]
    ada.searches("yankee canada antislavery papers")
    ada.follows("It is not in the catalog")
    look_on_a_phone_at_night(ada.page)
    ada.follows("book")
    ada.page.locator("[name=title]").fill("A yankee in Canada, with antislavery papers")
    ada.page.locator("[name=author]").fill("Thoreau")
    ada.presses("Ask for it")
    ref = ref_of(ada)
    play.worker()
    search.rebuild()

    centre.goes(f"/office/centre/{ref}/")
    look_on_a_phone_at_night(centre.page)
    centre.goes(f"/staff/requests/{ref}/match/?q=yankee+canada")
    look_on_a_phone_at_night(centre.page)
    centre.presses("It is this one")
    centre.is_told("Matched.")
    play.worker()
    for name in ("lender", "neighbour"):
        someone = play[name]
        someone.goes("/staff/lending/")
        someone.reads("A Yankee in Canada")
        someone.follows("Say no")
        someone.page.get_by_label("not found as described").check()
        someone.presses("Say no")
        play.worker()
    providence = mailed("Providence")
    providence.follows("No, we cannot send it")
    providence.page.get_by_label("not on the shelf").check()
    providence.presses("No, we cannot send it")
    play.worker()

    centre.goes(f"/staff/requests/{ref}/numbers/")
    centre.page.get_by_label("Number", exact=True).fill("CLIO-4711")
    centre.presses("Enter it")
    centre.goes(f"/office/centre/{ref}/")
    page = centre.page
    page.get_by_label("Asked through").select_option("OCLC WorldShare")
    page.get_by_label("Lender", exact=True).fill("Yale University")
    page.get_by_label("ILL number").fill("201993144")
    centre.presses("Save")
    centre.is_told("Recorded.")
    page.get_by_label("Barcode of the item").fill(YALE)
    page.get_by_label("Tracking number").fill(OUT)
    centre.presses("It was sent")
    play.worker()
    for typed in ("CLIO-4711", "201993144", OUT):
        centre.finds(typed)
        page.get_by_role("heading", name="Yankee").first.wait_for()

    play.later(days=3)
    for name, says in (("receive", "On the hold shelf until"), ("lend", "Lent until")):
        clerk.goes(f"/staff/borrowing/{name}/")
        clerk.scans(YALE, says)
    clerk.goes("/staff/borrowing/take-back/")
    clerk.scans(YALE, "Yale University")
    clerk.goes("/staff/borrowing/send-home/")
    clerk.scans(YALE, "by mail")
    clerk.goes(f"/staff/requests/{ref}/tracking/")
    look_on_a_phone_at_night(clerk.page)
    clerk.page.get_by_label("Tracking number").fill(HOME)
    clerk.presses("Save")
    play.later(days=5)
    centre.goes(f"/office/centre/{ref}/")
    page.get_by_label("the carrier says that it was delivered").check()
    centre.presses("It is home")
    centre.presses("Yes, it is home")
    play.worker()
    assert ended(ref) == (State.CLOSED, Outcome.FILLED)


@pytest.mark.nightly
def test_of_three_volumes_one_comes_damaged_and_one_goes_home_early(play: Play, cast: Cast):
    peace = title("War and peace", "Tolstoy, Leo", 1869)
    for volume, barcode in VOLUMES.items():
        item = copy(peace, cast.lenox, barcode)
        item.volume = volume
        item.save()
    search.rebuild()
    ada, clerk, lender = play["ada"], play["borrower"], play["lender"]
    ada.searches("war and peace tolstoy")
    ada.follows("War and peace")
    ada.follows("Ask for it")
    ada.page.get_by_label("Which volume").select_option(label="all volumes")
    ada.presses("Ask for it")
    ada.is_told("We have your request.")
    ref = ref_of(ada)
    play.worker()
    first, second, third = VOLUMES.values()
    lender.goes("/staff/lending/ship/")
    for barcode, says in ((first, "2 more are"), (second, "1 more is"), (third, "War and peace")):
        lender.scans(barcode, says)
    play.later(days=2)
    clerk.goes("/staff/borrowing/receive/")
    for barcode in (first, second, third):
        clerk.scans(barcode, "On the hold shelf until")
    clerk.goes(f"/staff/requests/{ref}/")
    look_on_a_phone_at_night(clerk.page)
    clerk.follows("It is damaged: v.2")
    look_on_a_phone_at_night(clerk.page)
    clerk.page.get_by_label("What is damaged").fill("Its spine is torn.")
    clerk.page.locator("main form button.main").click()
    clerk.goes(f"/staff/requests/{ref}/")
    clerk.reads("waiting for Lenox Library")
    third_of(clerk).get_by_role("button", name="No longer wanted").click()
    clerk.goes(f"/staff/requests/{ref}/")
    third_of(clerk).get_by_role("button", name="Send home").click()
    play.later(days=2)
    lender.goes("/staff/lending/check-in/")
    lender.scans(third, "War and peace")
    lender.goes("/staff/questions/")
    lender.follows("Damaged")
    look_on_a_phone_at_night(lender.page)
    charge = lender.page.get_by_role("region", name="There is a charge")
    charge.get_by_label("Amount").fill("5")
    lender.clicks(charge.get_by_role("button"))
    lender.is_told("Answered: ")

    for name, says in (("lend", "Lent until"), ("take-back", "War"), ("send-home", "Lenox")):
        clerk.goes(f"/staff/borrowing/{name}/")
        for barcode in (first, second):
            clerk.scans(barcode, says)
    play.later(days=2)
    lender.goes("/staff/lending/check-in/")
    for barcode in (first, second):
        lender.scans(barcode, "War and peace")
    assert ended(ref) == (State.CLOSED, Outcome.FILLED)
    lender.goes(f"/staff/requests/{ref}/")
    lender.presses("It was paid")
    lender.reads("paid")
    look_on_a_phone_at_night(lender.page)


def third_of(clerk: Person) -> Locator:
    things = clerk.page.get_by_role("region", name="What is out")
    return things.get_by_role("listitem").filter(has_text="v.3")
