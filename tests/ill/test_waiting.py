"""What waits at the desks and at the centre, without a page."""

from datetime import timedelta

import pytest

from postroad.directory.models import Membership
from postroad.ill import waiting
from postroad.ill.lifecycle import State
from postroad.ill.models import Loan, Request, Supply
from postroad.ill.waiting import Borrowing, Lending, Out
from tests.ill.story import begin


@pytest.fixture
def story(cast):
    return begin(cast)


def lists(story, days=0):
    """Of which lists the one request of the story, or what is out of it, is part."""
    now = story.now + timedelta(days=days)
    of_requests = {Borrowing.REVIEW, Borrowing.CONDITIONS, Borrowing.WAITING}
    borrowing = waiting.borrowing(now, now.date())
    found = {
        name
        for name, which in borrowing.items()
        if (Request if name in of_requests else Loan)._default_manager.filter(which).exists()
    }
    out = waiting.out(story.cast.lenox, now)
    return found, {name for name, which in out.items() if Loan.objects.filter(which).exists()}


EXPECTED = {
    State.REFERRED: ({Borrowing.WAITING}, set()),
    State.SHIPPED: ({Borrowing.COMING}, {Out.SHIPPED}),
    State.ARRIVED: ({Borrowing.SHELF}, {Out.RECEIVED}),
    State.LENT: ({Borrowing.LENT}, {Out.RECEIVED}),
    State.BACK: ({Borrowing.BACK}, {Out.RECEIVED}),
    State.HOMEWARD: ({Borrowing.HOMEWARD}, {Out.HOMEWARD}),
    State.CLOSED: (set(), set()),
}


@pytest.mark.parametrize("state", EXPECTED)
def test_each_thing_stands_in_one_list_of_each_desk(story, state):
    story.at(state)
    assert lists(story) == EXPECTED[state]


def test_what_nobody_fetched_leaves_the_shelf_for_the_unclaimed(story):
    story.at(State.ARRIVED)
    found, _out = lists(story, days=30)
    assert found == {Borrowing.UNCLAIMED}


def test_what_is_past_its_day_is_overdue_at_both_ends(story):
    story.at(State.LENT)
    assert lists(story, days=60) == ({Borrowing.OVERDUE}, {Out.LATE})


def test_the_desk_works_off_what_waits_for_it_and_looks_at_the_rest():
    looked_at = {*Borrowing, *Lending} - waiting.TO_DO
    assert looked_at == {"coming", "shelf", "lent", "waiting", "homeward", "offered"}


def test_an_attempt_is_to_be_answered_and_then_to_be_shipped(story):
    story.at(State.REFERRED)
    assert Supply.objects.filter(waiting.ASKED).exists()
    assert not Supply.objects.filter(waiting.PROMISED).exists()


def test_what_comes_from_a_member_is_none_of_the_centres(story):
    story.at(State.SHIPPED)
    assert not waiting.is_the_centres(story.ill)


def test_what_comes_from_outside_is_the_centres_until_it_is_home(story):
    story.at(State.SHIPPED)
    type(story.cast.lenox).objects.filter(pk=story.cast.lenox.pk).update(
        membership=Membership.OUTSIDE
    )
    story.look()
    assert waiting.is_the_centres(story.ill)
