"""Which step of a request can be undone, and by which side, without a page."""

import pytest

from postroad.ill import lending, shipping, undo
from postroad.ill.acts import Act
from postroad.ill.identity import Side
from postroad.ill.lifecycle import Reason, State, Verb
from tests.ill.story import begin

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


def test_what_came_back_without_arriving_is_undone_where_it_was_scanned(story):
    story.at(State.SHIPPED)
    shipping.back_again(story.loan, Act(story.cast.lender, story.now))
    assert last(story) is None
