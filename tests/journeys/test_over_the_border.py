"""To Rhode Island and from there: one slip shows, another one, if any, lies inside (R7)."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from postroad.accounts.models import Post, Role, User
from postroad.catalogue.models import Item, Record
from postroad.delivery import outlook
from postroad.delivery.models import Parcel, Stop
from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from tests.cast import PASSWORD, Cast
from tests.delivery.test_slips import barcodes, pages
from tests.ill.story import Story
from tests.journeys.people import Person, Play
from tests.journeys.road import slip_on_offer, stop_at

WIDTHS = [360, pytest.param(1280, marks=pytest.mark.nightly)]
NUMBER = "32222000000018"


@pytest.fixture
def play(stage: Callable[[int], Play], cast: Cast, width: int) -> Play:
    """With a clerk of Providence, and a van that calls everywhere each day."""
    clerk = User.objects.create_user("prudence", first_name="Prudence", password=PASSWORD)
    for role in (Role.LENDING, Role.BORROWING):
        Post.objects.create(user=clerk, role=role, library=cast.providence)
    Stop.objects.update(drop_days="MTWTF--", pick_up_days="MTWTF--")
    outlook.follow(timezone.now())
    return stage(width)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_book_of_rhode_island_comes_with_its_slip_for_the_way_home_inside(
    play: Play, cast: Cast, walden: Record
) -> None:
    """Lent by Providence to Lee: the letter and the town show, RI and three letters lie inside."""
    Item.objects.filter(record=walden).delete()
    Item.objects.create(record=walden, library=cast.providence, barcode=NUMBER)
    ill = asking.ask(walden, Act(cast.ada, timezone.now()), patron=cast.ada, library=cast.lee)
    Story(cast, walden, ill).at(State.REFERRED)
    lender = play["prudence"]
    lender.goes("/staff/lending/ship/")
    lender.scans(NUMBER, "To Lee Library in Lee, there on Wednesday 25 November: “Walden”.")
    number = slip_on_offer(lender)
    printed = lender.prints("Print the slip to Lee")
    shows, inside = slips(printed)
    assert barcodes(printed) == [number]  # the sorter finds no second one
    assert "Lee" in shows
    assert "PRV" not in shows
    assert {"RI WEST 2 Way home: fold inside", "PRV"} <= set(inside)

    brings(play, number, "Providence", "Lee")
    clerk = play["borrower"]
    clerk.goes("/staff/borrowing/receive/")
    clerk.scans(NUMBER, "On the hold shelf until")
    clerk.goes("/staff/borrowing/lend/")
    clerk.scans(NUMBER, "Lent until")
    play.later(days=7)
    clerk.goes("/staff/borrowing/take-back/")
    clerk.scans(NUMBER, "Send it home to Providence Public Library.")
    clerk.goes("/staff/borrowing/send-home/")
    clerk.scans(NUMBER, "Goes home to Providence Public Library in Providence")
    home = slip_on_offer(clerk)
    back = clerk.prints("Print the slip to Providence")
    (only,) = slips(back)
    assert barcodes(back) == [home]
    assert {"RI WEST 2", "PRV"} <= set(only)
    brings(play, home, "Lee", "Providence")
    lender.goes("/staff/lending/check-in/")
    lender.scans(NUMBER, "Shelve it")
    lender.look(lender.page)


@pytest.mark.nightly
@pytest.mark.parametrize("width", [360, 1280])
def test_a_book_of_massachusetts_goes_there_and_comes_home_with_one_slip_each(
    play: Play, cast: Cast, walden: Record
) -> None:
    """Any item of any library, without a request: to Providence, and home from there."""
    clerk = play["borrower"]
    sends(clerk, "30001000000017", to="Providence Public Library")
    number = waiting(clerk)
    there = clerk.prints("Print selected")
    assert barcodes(there) == [number]
    (only,) = slips(there)
    assert {"RI WEST 2", "PRV"} <= set(only)
    brings(play, number, "Lee", "Providence")

    other = play["prudence"]
    other.goes("/staff/borrowing/receive/")
    other.scans(number, "Received: “Walden”, sent by Lee Library without a request.")
    sends(other, "30001000000017")
    home = waiting(other)
    back = other.prints("Print selected")
    (only,) = slips(back)
    assert barcodes(back) == [home]
    assert "Lenox" in only
    brings(play, home, "Providence", "Lenox")
    lender = play["lender"]
    lender.goes("/staff/lending/check-in/")
    lender.scans(home, "Home: “Walden”, sent back by Providence Public Library. Shelve it.")
    lender.page.get_by_role("main").get_by_role("button", name="Undo").first.click()
    lender.reads("Undone. “Walden” is on its way here.")
    lender.scans("30001000000017", "Home: “Walden”, sent back by Providence Public Library.")
    lender.look(lender.page)
    assert not Parcel.objects.open().exists()


def sends(clerk: Person, barcode: str, to: str = "") -> None:
    page = clerk.goes("/staff/transit/")
    page.get_by_label("Barcodes, one a line").press_sequentially(f"{barcode}\n")
    if to:
        page.get_by_label("To another library than its own").fill(to)
    clerk.presses("Whose are they?")
    clerk.look(page)
    clerk.presses("Make parcels of them")
    clerk.is_told("1 parcel is ready.")


def waiting(clerk: Person) -> str:
    """The one parcel whose slip is to be printed; it is ticked."""
    ticked = clerk.page.locator("input[name=parcel]")
    expect(ticked).to_be_checked()
    return ticked.get_attribute("value") or ""


def brings(play: Play, number: str, start: str, end: str) -> None:
    """The driver takes it at one stop and leaves it at the other, two days later."""
    driver = play["driver"]
    stop_at(driver, start)
    driver.scans(number, "Picked up. It goes to")
    play.later(days=2)
    stop_at(driver, end)
    driver.scans(number, "Dropped. It comes from")


def slips(pdf: bytes) -> list[list[str]]:
    """The lines of each page."""
    read = [page.get_textpage().get_text_bounded() for page in pages(pdf)]
    return [[line.strip() for line in text.splitlines()] for text in read]
