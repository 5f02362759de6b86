"""A loan that was made without us, entered after the fact."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from postroad.accounts.models import Card
from postroad.catalogue.models import Item, ItemStatus
from postroad.ill import entering, loans, shipping, sweeps, undo
from postroad.ill.acts import Act
from postroad.ill.entering import Entry
from postroad.ill.in_hand import ItemOut
from postroad.ill.lifecycle import LoanEnding, Outcome, Owner, State, Verb
from postroad.ill.models import Loan, Request, Tally
from postroad.notices import tell
from postroad.notices.models import Notice
from tests.cast import outside
from tests.ill.story import MONDAY, assert_whole, begin, copy, title

TODAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 20)
DUE = date(2026, 12, 14)


@pytest.fixture
def item(cast):
    return copy(title(), cast.lenox, "30001000000017")


def entry(cast, **more):
    card = Card.objects.select_related("user").get(user=cast.ada)
    facts = {"card": card, "library": cast.lee, "lender": cast.lenox, "on": FRIDAY, "due": DUE}
    return Entry(**{**facts, **more})


def act(cast):
    return Act(cast.borrower, MONDAY)


def test_it_is_out_as_if_it_had_been_lent_here_that_day(cast, item):
    loan = entering.enter(entry(cast, item=item), act(cast))
    ill = assert_whole(loan.request)
    assert (ill.state, ill.patron, ill.library, ill.record) == (
        *(State.LENT, cast.ada, cast.lee),
        item.record,
    )
    assert (loan.due_back, loan.lent_at.date(), loan.barcode) == (DUE, FRIDAY, item.barcode)
    assert Item.objects.get().status == ItemStatus.AWAY
    assert Tally.objects.get(library=cast.lenox).lent == 1
    (event,) = ill.events.all()
    assert (event.verb, event.role, event.by) == (Verb.ENTER, Owner.BORROWING, cast.borrower)


def test_it_goes_home_like_any_other(cast, item):
    loan = entering.enter(entry(cast, item=item), act(cast))
    loans.return_item(loan, act(cast))
    loans.ship_return(loan, act(cast))
    shipping.check_in(loan, Act(cast.lender, MONDAY))
    ill = assert_whole(loan.request)
    assert (ill.state, ill.outcome) == (State.CLOSED, Outcome.FILLED)
    assert Item.objects.get().status == ItemStatus.IN


def test_its_reader_is_told_nothing_of_what_she_knows_and_reminded_when_it_is_late(cast, item):
    loan = entering.enter(entry(cast, item=item), act(cast))
    assert loan.request.events.get().due_at is None  # nobody hears of it
    sweeps.ring(MONDAY + timedelta(days=30))
    for event in loan.request.events.all():
        tell.people(event, event.at)
    assert "overdue" in Notice.objects.filter(user=cast.ada).values_list("kind", flat=True)


def test_entered_by_mistake_nothing_of_it_is_left_but_its_story(cast, item):
    loan = entering.enter(entry(cast, item=item), act(cast))
    found = undo.last_step(loan.request.events.all())
    undo.undo(found.event, act(cast))
    ill = assert_whole(loan.request)
    assert (ill.state, ill.outcome) == (State.CLOSED, Outcome.CANCELLED)
    assert Loan.objects.get().ending == LoanEnding.NEVER_LEFT
    assert Item.objects.get().status == ItemStatus.IN
    assert Tally.objects.get(library=cast.lenox).lent == 0
    item.refresh_from_db()
    assert entering.enter(entry(cast, item=item), act(cast)).is_open


def test_what_no_catalog_has_is_entered_by_its_title_and_label(cast):
    elsewhere = outside()
    made = entry(cast, lender=elsewhere, title=" Cape  Cod ", barcode="y-1")
    loan = entering.enter(made, act(cast))
    ill = assert_whole(loan.request)
    assert (ill.title, ill.is_blank, loan.barcode, loan.item) == ("Cape Cod", True, "y-1", None)
    assert loan.due_back == DUE


def test_without_a_due_day_it_is_lent_for_as_long_as_its_lender_usually_does(cast, item):
    loan = entering.enter(entry(cast, item=item, due=None), act(cast))
    assert loan.due_back == FRIDAY + timedelta(days=28)


def test_a_closed_day_gives_way_to_the_open_one_before(cast, item):
    sunday = date(2026, 12, 20)
    loan = entering.enter(entry(cast, item=item, due=sunday), act(cast))
    assert loan.due_back == sunday - timedelta(days=1)


def test_pressed_twice_it_is_entered_once(cast, item):
    made = entry(cast, item=item, key=uuid4())
    assert entering.enter(made, act(cast)) == entering.enter(made, act(cast))


def test_a_copy_that_is_out_on_another_loan_is_refused_whole(cast):
    story = begin(cast).at(State.LENT)
    other = Card.objects.select_related("user").get(user=cast.bea)
    with pytest.raises(ItemOut):
        entering.enter(entry(cast, card=other, item=story.loan.item), act(cast))
    assert Request.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "no"),
    [
        ({"on": TODAY + timedelta(days=1)}, entering.HandedOverWhen),
        ({"on": TODAY - timedelta(days=500)}, entering.HandedOverWhen),
        ({"due": FRIDAY - timedelta(days=1)}, entering.DueWhen),
        ({"due": TODAY + timedelta(days=2000)}, entering.DueWhen),
    ],
)
def test_days_that_cannot_be_are_refused(cast, item, said, no):
    with pytest.raises(no):
        entering.enter(entry(cast, item=item, **said), act(cast))
    assert not Request.objects.exists()


def test_the_copy_says_who_lent_it_and_no_library_borrows_from_itself(cast, item):
    with pytest.raises(entering.OthersItem):
        entering.enter(entry(cast, item=item, lender=cast.pittsfield), act(cast))
    with pytest.raises(entering.OwnLoan):
        entering.enter(entry(cast, lender=cast.lee, title="Emma"), act(cast))


def test_a_blocked_card_and_an_open_request_are_told_of_unless_one_insists(cast, item):
    Card.objects.filter(user=cast.ada).update(blocked="owes 20 dollars")
    with pytest.raises(entering.CardStopped):
        entering.enter(entry(cast, item=item), act(cast))
    Card.objects.filter(user=cast.ada).update(blocked="")
    entering.enter(entry(cast, item=item), act(cast))
    second = copy(item.record, cast.lenox, "30001000000025")
    with pytest.raises(entering.AskedElsewhere):
        entering.enter(entry(cast, item=second), act(cast))
    entering.enter(entry(cast, item=second, insists=True), act(cast))
    assert Loan.objects.open().count() == 2
