"""The page that enters a loan that was made without us."""

import pytest

from postroad.accounts.models import Card
from postroad.ill.lifecycle import State
from postroad.ill.models import Loan, Request
from tests.cast import outside
from tests.ill.story import begin, copy, title
from tests.web.staff.crowd import read

ADA = "20000000000001"
PAGE = f"/staff/borrowing/enter/?card={ADA}"
BARCODE = "30001000000017"
DAYS = {"on": "2026-11-20", "due": "2026-12-14"}


@pytest.fixture
def item(cast):
    return copy(title(), cast.lenox, BARCODE)


def test_a_card_and_a_barcode_are_enough_to_know_who_lent_what(cast, at, item):
    desk = at(cast.borrower)
    assert "/staff/borrowing/enter/" in read(desk.get("/staff/borrowing/"))
    page = read(desk.get(f"{PAGE}&q={BARCODE}"))
    assert "Lenox Library" in page
    assert "Who lent it" not in page
    answer = desk.post(f"{PAGE}&q={BARCODE}", DAYS, follow=True)
    ill = Request.objects.get()
    assert ill.state == State.LENT
    assert "Entered for Ada; due back on Monday 14 December." in read(answer)
    assert "Entered afterwards: lent by Lenox Library until Monday 14 December." in read(answer)
    event = ill.events.get()
    undone = desk.post(f"/staff/requests/{ill.ref}/undo/", {"event": event.pk}, follow=True)
    assert "Entered by mistake" in read(undone)


def test_what_no_catalog_has_is_entered_by_its_title_and_its_lender(cast, at):
    yale = outside()
    desk = at(cast.borrower)
    offered = read(desk.get(f"{PAGE}&q=Cape+Cod"))
    assert "typed=on" in offered
    page = read(desk.get(f"{PAGE}&q=Cape+Cod&typed=on"))
    assert 'value="Cape Cod"' in page
    told = {**DAYS, "title": "Cape Cod", "lender": yale.code, "barcode": "y-1"}
    assert desk.post(f"{PAGE}&q=Cape+Cod&typed=on", told).status_code == 302
    loan = Loan.objects.get()
    assert (loan.lender, loan.barcode, loan.request.title) == (yale, "y-1", "Cape Cod")


def test_what_is_out_already_is_refused_with_a_sentence(cast, at):
    begin(cast).at(State.LENT)
    Card.objects.filter(user=cast.bea).update(library=cast.lee)
    bea = Card.objects.get(user=cast.bea)
    answer = at(cast.borrower).post(f"/staff/borrowing/enter/?card={bea.barcode}&q={BARCODE}", DAYS)
    assert answer.status_code == 409
    assert "is out on another loan" in read(answer)


def test_a_blocked_card_is_told_of_and_one_may_insist(cast, at, item):
    Card.objects.filter(user=cast.ada).update(blocked="owes 20 dollars")
    desk = at(cast.borrower)
    answer = desk.post(f"{PAGE}&q={BARCODE}", DAYS)
    assert "This card is blocked: owes 20 dollars" in read(answer)
    assert "Enter it anyway" in read(answer)
    assert desk.post(f"{PAGE}&q={BARCODE}", {**DAYS, "insists": "on"}).status_code == 302


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (f"{PAGE}&item=99999", DAYS),
        (f"{PAGE}&item=%00", DAYS),
        (f"{PAGE}&typed=on", {**DAYS, "title": "Emma", "lender": "nowhere"}),
        (f"{PAGE}&typed=on", {**DAYS, "title": "Emma"}),
        (f"{PAGE}&typed=on", {"on": "yesterday", "title": "Emma", "lender": "lenox"}),
        ("/staff/borrowing/enter/?card=1", DAYS),
    ],
)
def test_what_is_not_enough_changes_nothing(cast, at, address, told):
    assert at(cast.borrower).post(address, told).status_code == 422
    assert not Request.objects.exists()
