"""Two volumes of one request: each stands in its own list, and is meant by its own barcode."""

import pytest
from django.test import Client

from postroad.ill import shipping
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanState, State
from postroad.ill.models import Loan
from postroad.web.shared.scanning import Line, Tone
from tests.ill.story import MONDAY, Story, assert_whole, copy

FIRST, SECOND = "30001000000017", "30001000000025"


@pytest.fixture
def two(story: Story) -> Story:
    """Both were shipped on the same request."""
    story.at(State.SHIPPED)
    item = copy(story.record, story.cast.lenox, SECOND)
    shipping.ship(story.supply, Act(story.cast.lender, MONDAY), item=item)
    story.look()
    return story


def scan(desk: Client, page: str, text: str) -> Line:
    shown = desk.post(f"/staff/{page}/", {"scan": text}, headers={"HX-Request": "true"})
    line = shown.context["sitting"].answer
    assert isinstance(line, Line)
    return line


def listed(desk: Client, page: str) -> list[str]:
    return [row.loan.barcode for row in desk.get(f"/staff/{page}").context["rows"]]


def states() -> dict[str, str]:
    return dict(Loan.objects.values_list("barcode", "state"))


def test_each_goes_its_own_way_by_its_own_barcode(two, at):
    borrower, lender = at(two.cast.borrower), at(two.cast.lender)
    assert listed(borrower, "borrowing/?show=coming") == [FIRST, SECOND]
    assert scan(borrower, "borrowing/receive", SECOND).tone == Tone.OK
    assert listed(borrower, "borrowing/?show=coming") == [FIRST]
    assert listed(borrower, "borrowing/?show=shelf") == [SECOND]
    assert listed(lender, "lending/out/?show=shipped") == [FIRST]
    assert listed(lender, "lending/out/?show=received") == [SECOND]
    assert scan(borrower, "borrowing/lend", SECOND).tone == Tone.OK
    assert scan(borrower, "borrowing/receive", FIRST).tone == Tone.OK
    assert scan(borrower, "borrowing/send-home", SECOND).tone == Tone.OK
    assert states() == {FIRST: LoanState.ARRIVED, SECOND: LoanState.HOMEWARD}
    assert_whole(two.ill)
    assert scan(lender, "lending/check-in", SECOND).tone == Tone.OK
    assert states() == {FIRST: LoanState.ARRIVED, SECOND: LoanState.CLOSED}
    assert assert_whole(two.ill).state == State.ARRIVED
    assert scan(lender, "lending/check-in", FIRST).tone == Tone.OK
    assert assert_whole(two.ill).state == State.CLOSED


def test_the_slip_of_one_means_that_one(two, at):
    parcel = Loan.objects.get(barcode=FIRST).parcel_out
    assert scan(at(two.cast.borrower), "borrowing/receive", parcel.number).tone == Tone.OK
    assert states() == {FIRST: LoanState.ARRIVED, SECOND: LoanState.SHIPPED}


def test_what_a_scan_did_to_one_is_undone_of_that_one(two, at):
    desk = at(two.cast.borrower)
    scan(desk, "borrowing/receive", FIRST)
    line = scan(desk, "borrowing/receive", SECOND)
    desk.post("/staff/borrowing/receive/", {"undo": line.key})
    assert states() == {FIRST: LoanState.ARRIVED, SECOND: LoanState.SHIPPED}
    assert_whole(two.ill)


@pytest.mark.parametrize("who", ["borrower", "lender", "centre"])
def test_the_request_has_a_page(two, at, who):
    shown = at(getattr(two.cast, who)).get(f"/staff/requests/{two.ill.ref}/")
    assert shown.status_code == 200
