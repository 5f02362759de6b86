"""Which step of a request can be undone, and by which side, without a page."""

from datetime import timedelta
from decimal import Decimal

import pytest

from postroad.ill import lending, loans, losing, shipping, undo
from postroad.ill.acts import Act
from postroad.ill.identity import Side
from postroad.ill.lending import Offer
from postroad.ill.lifecycle import Condition, Later, Reason, State, SupplyState, Verb
from postroad.ill.models import Event, Loan
from tests.ill.story import assert_whole, begin, copy

LAST = {
    State.REFERRED: None,
    State.SHIPPED: (Verb.SHIP, Side.LENDING),
    State.ARRIVED: (Verb.RECEIVE, Side.BORROWING),
    State.LENT: (Verb.CHECK_OUT, Side.BORROWING),
    State.BACK: (Verb.RETURN, Side.BORROWING),
    State.HOMEWARD: (Verb.SHIP_RETURN, Side.BORROWING),
    State.CLOSED: (Verb.CHECK_IN, Side.LENDING),
}


@pytest.fixture
def story(cast):
    return begin(cast)


def last(story):
    found = undo.last_step(story.ill.events.all())
    return (found.event.verb, found.side) if found else None


@pytest.mark.parametrize("state", LAST)
def test_the_last_step_is_undone_by_the_side_that_did_it(story, state):
    assert last(story.at(state)) == LAST[state]


def test_a_no_is_undone_by_its_lender_while_nobody_else_has_promised(story):
    story.at(State.REFERRED)
    lending.refuse(story.supply, Act(story.cast.lender, story.now), reason=Reason.NOT_ON_SHELF)
    story.listen()
    assert last(story) == (Verb.REFUSE, Side.LENDING)


@pytest.mark.parametrize("says", ["no", "later"])
def test_what_it_said_of_an_offer_is_undone_with_its_conditions(story, says):
    story.at(State.REFERRED)
    lends, on = Act(story.cast.lender, story.now), story.now.date() + timedelta(days=7)
    offer = Offer([Condition.LIBRARY_USE, Condition.COST], "In its folder.", Decimal(5))
    lending.offer(story.supply, lends, offer)
    if says == "no":
        lending.refuse(story.supply, lends, reason=Reason.NOT_ON_SHELF)
    else:
        lending.retry(story.supply, lends, reason=Later.IN_USE, on=on)
    story.listen()
    undo.undo(Event.objects.get(request=story.ill, verb__in=(Verb.REFUSE, Verb.RETRY)), lends)
    story.look()
    assert_whole(story.ill)
    assert story.supply.state == SupplyState.OFFERED
    assert lending.offered(story.supply) == offer


def test_what_came_back_without_arriving_is_undone_where_it_was_scanned(story):
    story.at(State.SHIPPED)
    shipping.back_again(story.loan, Act(story.cast.lender, story.now))
    assert last(story) is None


def test_what_happens_to_another_volume_does_not_stand_in_the_way(story):
    story.at(State.SHIPPED)
    lends = Act(story.cast.lender, story.now)
    sent = Event.objects.get(request=story.ill, verb=Verb.SHIP)
    item = copy(story.record, story.cast.lenox, "30001000000025", volume="2")
    shipping.ship(story.supply, lends, item=item)
    assert undo.stands(str(sent.pk))
    assert undo.is_last(sent, list(story.ill.events.all()))
    undo.undo(sent, lends)
    ill = assert_whole(story.ill)
    assert ill.things_out == 1
    assert ill.state == State.SHIPPED


def test_of_two_volumes_that_came_home_the_first_can_be_undone_after_the_second(story):
    story.at(State.HOMEWARD)
    lends = Act(story.cast.lender, story.now)
    first = story.loan
    item = copy(story.record, story.cast.lenox, "30001000000025", volume="2")
    second = shipping.ship(story.supply, lends, item=item)
    loans.receive(second, Act(story.cast.borrower, story.now))
    for loan in (first, second):
        shipping.check_in(Loan.objects.get(pk=loan.pk), lends)
    undo.undo(Event.objects.get(loan=first, verb=Verb.CHECK_IN), lends)
    ill = assert_whole(story.ill)
    assert (ill.state, ill.outcome, ill.closed_at) == (State.HOMEWARD, "", None)


def test_what_was_said_of_a_thing_stands_when_it_did_not_come_back_after_all(story):
    story.at(State.SHIPPED)
    lends, loan = Act(story.cast.lender, story.now), story.loan
    Loan.objects.update(pieces=3, pieces_back=2, label="v. 2")
    loans.not_wanted(loan, Act(story.cast.borrower, story.now))
    shipping.come_back(story.loan, lends)
    undo.undo(Event.objects.get(request=story.ill, verb=Verb.COME_BACK), lends)
    again = story.loan
    assert again.pk != loan.pk
    assert (again.pieces, again.pieces_back, again.label, again.not_wanted) == (3, 2, "v. 2", True)
    assert_whole(story.ill)


def test_what_is_found_long_after_changes_no_day_on_which_it_had_ended(story):
    story.at(State.LENT)
    losing.write_off(story.loan, Act(story.cast.lender, story.now))
    story.look()
    ended = story.ill.closed_at
    losing.recover(story.loan, Act(story.cast.lender, story.now + timedelta(days=90)))
    story.look()
    assert story.ill.closed_at == story.loan.closed_at == ended == story.now
