"""Two volumes of one request: each stands in its own list, and is meant by its own barcode."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from postroad import words
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


def things(page: Any) -> dict[str, tuple[str, list[str]]]:
    """By barcode, what the page says of each and which buttons it has."""
    return {
        thing.loan.barcode: (thing.stands, [str(each.label) for each in thing.buttons])
        for thing in page.context["things"]
    }


def press(desk: Client, page: Any, barcode: str, label: str) -> Any:
    (thing,) = [each for each in page.context["things"] if each.loan.barcode == barcode]
    (button,) = [each for each in thing.buttons if str(each.label) == label]
    due = thing.loan.due_back.isoformat() if thing.loan.due_back else ""
    return desk.post(button.address, {"thing": thing.loan.pk, "due": due}, follow=True)


def page_of(desk: Client, two: Story) -> Any:
    return desk.get(f"/staff/requests/{two.ill.ref}/")


def test_each_has_its_own_state_day_and_buttons_on_the_page_of_the_borrower(two, at):
    desk = at(two.cast.borrower)
    page = page_of(desk, two)
    assert things(page) == dict.fromkeys(
        (FIRST, SECOND),
        ("It is on its way to the pickup library.", ["It is here", "No longer wanted"]),
    )
    assert page.context["offers"] == []
    page = press(desk, page, SECOND, "It is here")
    assert states() == {FIRST: LoanState.SHIPPED, SECOND: LoanState.ARRIVED}
    on_hold = ("It is on the hold shelf.", ["Lend it", "Send home", "No longer wanted"])
    assert things(page)[SECOND] == on_hold
    page = press(desk, page, SECOND, "Lend it")
    assert things(page)[SECOND] == ("It is with the patron.", ["Take back", "Renew"])
    due = Loan.objects.get(barcode=SECOND).due_back
    page = press(desk, page, SECOND, "Renew")
    assert Loan.objects.get(barcode=SECOND).due_back > due
    page = press(desk, page, SECOND, "Take back")
    page = press(desk, page, SECOND, "Send home")
    assert states() == {FIRST: LoanState.SHIPPED, SECOND: LoanState.HOMEWARD}
    assert_whole(two.ill)


def test_each_has_its_own_buttons_on_the_page_of_the_lender(two, at):
    desk = at(two.cast.lender)
    page = page_of(desk, two)
    assert things(page)[FIRST] == ("It is on its way to the borrower.", ["It is here again"])
    assert page.context["offers"] == []
    press(desk, page, FIRST, "It is here again")
    assert states() == {FIRST: LoanState.CLOSED, SECOND: LoanState.SHIPPED}
    assert things(page_of(desk, two)) == {}  # one alone, as ever
    assert_whole(two.ill)


def test_a_button_of_one_that_went_on_meanwhile_moves_no_other(two, at):
    desk, lender = at(two.cast.borrower), at(two.cast.lender)
    page = page_of(desk, two)
    press(lender, page_of(lender, two), FIRST, "It is here again")
    press(desk, page, FIRST, "It is here")
    assert states() == {FIRST: LoanState.CLOSED, SECOND: LoanState.SHIPPED}
    desk.post(f"/staff/requests/{two.ill.ref}/receive/", {"thing": "99999"})
    assert states() == {FIRST: LoanState.CLOSED, SECOND: LoanState.SHIPPED}


def test_what_is_overdue_is_said_of_that_one_and_the_center_reads_of_both(two, at):
    desk = at(two.cast.borrower)
    for page in ("receive", "lend"):
        scan(desk, f"borrowing/{page}", FIRST)
    Loan.objects.filter(barcode=FIRST).update(due_back=date(2026, 11, 2))
    for who, path in ((two.cast.borrower, "staff/requests"), (two.cast.centre, "office/centre")):
        shown = at(who).get(f"/{path}/{two.ill.ref}/", follow=True)
        assert [thing.late for thing in shown.context["things"]] == [True, False]
        assert f"Due {words.day(date(2026, 11, 2))}" in shown.content.decode()


def test_its_reader_renews_the_one_that_she_means(two, at):
    desk, ada = at(two.cast.borrower), at(two.cast.ada)
    for barcode in (FIRST, SECOND):
        for page in ("receive", "lend"):
            scan(desk, f"borrowing/{page}", barcode)
    before = dict(Loan.objects.values_list("barcode", "due_back"))
    page = ada.get(f"/patron/requests/{two.ill.ref}/")
    assert things(page) == dict.fromkeys((FIRST, SECOND), ("It is with you.", ["Renew"]))
    press(ada, page, SECOND, "Renew")
    after = dict(Loan.objects.values_list("barcode", "due_back"))
    assert after[FIRST] == before[FIRST]
    assert after[SECOND] > before[SECOND]


@pytest.mark.parametrize("path", ["/staff/borrowing/?show=back", "/staff/"])
def test_the_button_of_a_row_means_the_thing_of_that_row(two, at, path):
    desk = at(two.cast.borrower)
    for barcode in (FIRST, SECOND):
        for page in ("receive", "lend", "take-back"):
            scan(desk, f"borrowing/{page}", barcode)
    page = desk.get(path).content.decode()
    named = re.findall(r'name="thing" value="(\d+)"', page)
    keys = dict(Loan.objects.values_list("barcode", "pk"))
    assert sorted(named) == sorted(map(str, keys.values()))
    desk.post(f"/staff/requests/{two.ill.ref}/send-home/", {"thing": keys[SECOND]})
    assert states() == {FIRST: LoanState.BACK, SECOND: LoanState.HOMEWARD}
    assert len(at(two.cast.ada).get("/patron/requests/").context["open"]) == 1
