"""The road of a request as milestones, without a page."""

from datetime import timedelta

import pytest

from postroad.delivery import parcels
from postroad.ill import borrowing, lending, loans, milestones
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.milestones import ROAD, Place
from tests.ill.story import begin


@pytest.fixture
def story(cast):
    return begin(cast)


def road(story, days=0):
    now = story.now + timedelta(days=days)
    return milestones.road(story.ill, now, list(story.ill.events.all()))


@pytest.mark.parametrize("state", [each for each in ROAD if each != State.ASKED])
def test_what_lies_behind_is_passed_and_what_lies_ahead_is_not(story, state):
    found = road(story.at(state))
    here = ROAD.index(state)
    assert [each.state for each in found] == list(ROAD)
    assert {each.place for each in found[:here]} == {Place.PASSED}
    assert all(each.day for each in found[: here + 1])
    expected = Place.PASSED if state == State.CLOSED else Place.HERE
    assert found[here].place == expected
    assert {each.place for each in found[here + 1 :]} <= {Place.AHEAD}


def test_the_next_milestone_has_the_day_on_which_it_is_expected(story):
    ahead = road(story.at(State.SHIPPED))[ROAD.index(State.ARRIVED)]
    assert (ahead.day, ahead.late) == (story.loan.arrives_on, False)
    assert road(story, days=9)[ROAD.index(State.ARRIVED)].late
    assert milestones.is_late(story.ill, story.now + timedelta(days=9))


def test_what_the_van_has_left_at_the_door_is_expected_no_longer(story):
    story.at(State.SHIPPED)
    assert not milestones.is_at_the_door(story.ill)
    parcels.pick_up(story.loan.parcel_out, by=story.cast.driver, at=story.now)
    parcels.drop(story.loan.parcel_out, library=story.cast.lee, by=story.cast.driver, at=story.now)
    story.look()
    assert milestones.is_at_the_door(story.ill)
    assert road(story)[ROAD.index(State.ARRIVED)].day is None


def test_what_fell_back_has_not_reached_what_came_after(story):
    story.at(State.ARRIVED)
    loans.undo_receive(story.loan, Act(story.cast.borrower, story.now))
    story.look()
    days = milestones.reached(story.ill, story.ill.events.all())
    assert set(days) == {State.ASKED, State.REFERRED, State.SHIPPED}


@pytest.mark.parametrize("promised", [False, True])
def test_of_one_that_ended_early_it_is_told_whether_a_lender_had_said_yes(story, promised):
    story.at(State.REFERRED)
    if promised:
        lending.promise(story.supply, Act(story.cast.lender, story.now))
        story.look()
    borrowing.cancel(story.ill, Act(story.cast.ada, story.now))
    story.look()
    found = road(story)
    assert [each.state for each in found] == [State.ASKED, State.REFERRED, State.CLOSED]
    assert {each.place for each in found} == {Place.PASSED}
    assert found[1].answered == promised
