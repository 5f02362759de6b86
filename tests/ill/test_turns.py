"""Whose turn it is, until when, and what is late, without a page."""

from datetime import timedelta

import pytest

from postroad.ill import dates, loans, shipping, sweeps, turns, undo, waiting
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanState, Owner, State, SupplyState
from postroad.ill.models import Event, Loan
from postroad.ill.turns import Late, Step
from postroad.ill.waiting import Borrowing
from tests.ill.story import begin

AFTER = {
    State.REFERRED: Owner.LENDING,
    State.SHIPPED: Owner.BORROWING,
    State.ARRIVED: Owner.PATRON,
    State.LENT: Owner.PATRON,
    State.BACK: Owner.BORROWING,
    State.HOMEWARD: Owner.LENDING,
}


@pytest.fixture
def story(cast):
    return begin(cast)


@pytest.mark.parametrize("state", AFTER)
def test_the_one_clock_that_runs_says_whose_turn_it_is_until_when(story, state):
    story.at(state)
    turn = turns.of_request(story.ill, story.now)
    assert turn == turns.Turn(AFTER[state], story.rings_at, late=False)
    past = turns.of_request(story.ill, story.rings_at + timedelta(seconds=1))
    assert past is not None
    assert past.late


def test_a_closed_request_is_nobodys_turn(story):
    story.at(State.CLOSED)
    assert turns.of_request(story.ill, story.now) is None
    assert turns.late(story.ill, story.now + timedelta(days=99)) is None


def test_what_its_patron_keeps_is_overdue_and_no_turn_of_hers_alone(story):
    story.at(State.LENT)
    later = story.now + timedelta(days=60)
    turn = turns.of_request(story.ill, later)
    assert turn is not None
    assert turn.overdue
    assert turns.late(story.ill, later) == Late.OVERDUE


def test_what_should_have_arrived_yesterday_is_late_on_the_road(story):
    story.at(State.SHIPPED)
    expected = story.loan.arrives_on
    assert expected is not None
    days = (expected - story.ill.library.day_of(story.now)).days
    assert turns.late(story.ill, story.now + timedelta(days=days)) is None
    assert turns.late(story.ill, story.now + timedelta(days=days + 1)) == Late.ON_THE_ROAD


def test_who_lets_the_time_pass_is_late(story):
    story.at(State.BACK)
    assert turns.late(story.ill, story.rings_at + timedelta(seconds=1)) == Late.TURN


def test_an_attempt_stands_where_its_thing_does_once_that_is_out(story):
    story.at(State.REFERRED)
    assert turns.stands(story.ill.supply) == SupplyState.ASKED
    assert turns.is_lenders(story.ill.supply)
    story.ship()
    story.look()
    assert turns.stands(story.ill.supply) == LoanState.SHIPPED
    assert not turns.is_lenders(story.ill.supply)
    turn = turns.of_supply(story.ill.supply, story.now)
    assert turn is not None
    assert turn.until == story.rings_at


def test_what_nobody_fetched_is_unclaimed_and_no_longer_held(story):
    story.at(State.ARRIVED)
    assert dates.is_held(story.loan, story.now)
    assert not dates.is_unclaimed(story.loan, story.now)
    rang = story.rings_at
    assert not dates.is_held(story.loan, rang)
    assert dates.is_unclaimed(story.loan, rang)
    sweeps.things(rang)
    assert not dates.is_held(story.loan, rang)  # though its clock runs again, for the desk
    assert dates.is_unclaimed(story.loan, rang)


def test_what_is_done_about_an_overdue_thing_grows_with_its_days(story):
    story.at(State.LENT)
    due = story.loan.due_back
    assert due is not None
    steps = {
        days: turns.overdue_step(story.loan, due + timedelta(days=days)) for days in (6, 7, 27, 28)
    }
    assert steps == {6: Step.REMIND, 7: Step.TALK, 27: Step.TALK, 28: Step.SETTLE}
    assert turns.days_overdue(story.loan, due + timedelta(days=6)) == 6


def test_what_was_not_there_and_arrives_in_the_end_is_held_like_anything(story):
    story.at(State.ARRIVED)
    rang = story.rings_at
    sweeps.things(rang)
    borrows = Act(story.cast.borrower, rang)
    loans.undo_receive(story.loan, borrows)
    loans.receive(story.loan, borrows)
    assert dates.is_held(story.loan, rang)


def sent_home_and_not(story, act):
    loans.ship_return(story.loan, act)
    loans.undo_ship_return(story.loan, act)


def lent_and_not(story, act):
    loans.check_out(story.loan, act)
    loans.undo_check_out(story.loan, act)


def checked_in_and_not(story, act):
    shipping.check_in(story.loan, act)
    undo.undo(Event.objects.latest("pk"), act)


MISTAKES = [sent_home_and_not, lent_and_not, checked_in_and_not]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_nobody_fetched_stays_unclaimed_after_a_mistake_put_right(story, mistake):
    story.at(State.ARRIVED)
    rang = story.rings_at
    sweeps.things(rang)
    mistake(story, Act(story.cast.borrower, rang))
    lists = dict(waiting.borrowing(rang, rang.date()))
    for of_requests in (Borrowing.CONDITIONS, Borrowing.WAITING):
        del lists[of_requests]
    stands = {name for name, which in lists.items() if Loan.objects.filter(which).exists()}
    assert stands == {Borrowing.UNCLAIMED}
    assert dates.is_unclaimed(story.loan, rang)
    assert not dates.is_held(story.loan, rang)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_is_still_held_is_held_after_a_mistake_put_right(story, mistake):
    story.at(State.ARRIVED)
    mistake(story, Act(story.cast.borrower, story.now))
    assert dates.is_held(story.loan, story.now)
    assert not dates.is_unclaimed(story.loan, story.now)
