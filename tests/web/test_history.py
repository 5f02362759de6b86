"""What is told of a loan, and to whom."""

from datetime import timedelta

import pytest
import time_machine

from postroad.delivery import parcels
from postroad.ill import sweeps
from postroad.ill.access import Sight
from postroad.ill.lifecycle import State, Verb
from postroad.web.shared import custody_flaws, history, mileposts
from tests.ill.story import ALONG, MONDAY, begin


def test_every_verb_has_a_sentence_in_the_history():
    assert set(Verb) == set(history.FOR_STAFF)


@pytest.mark.parametrize("state", ALONG)
def test_the_whole_story_reads_plainly_for_everybody(cast, state):
    story = begin(cast).at(state)
    for sight in Sight:
        lines = [line.sentence for line in history.history(story.ill, sight)]
        assert lines
        assert not any("%(" in line or "unknown" in line for line in lines), lines
    assert mileposts.status(story.ill, MONDAY).sentence
    stones = mileposts.stones(story.ill, MONDAY, list(story.ill.events.all()))
    assert [stone.place for stone in stones] == sorted(
        (stone.place for stone in stones), key=["passed", "here", "ahead"].index
    )


def test_the_patron_reads_no_clerks_name_and_the_lender_no_patrons(cast):
    story = begin(cast).at(State.CLOSED)
    seen = {
        sight: " ".join(f"{line.sentence} {line.who}" for line in history.history(story.ill, sight))
        for sight in Sight
    }
    assert not any(name in seen[Sight.PATRON] for name in ("Borrower", "Lender", "rota"))
    assert "Ada" not in seen[Sight.LENDING]
    assert "Borrower" not in seen[Sight.LENDING]
    assert "Borrower" in seen[Sight.BORROWING]


def test_the_status_names_the_town_and_the_day(cast):
    story = begin(cast).at(State.SHIPPED)
    with time_machine.travel(MONDAY):
        assert mileposts.status(story.ill, MONDAY).sentence == (
            "On its way from Lenox; should be here on Tuesday 24 November."
        )


def test_a_clock_that_rings_on_both_sides_is_told_once_to_each(cast):
    story = begin(cast).at(State.LENT)
    sweeps.ring(story.rings_at)
    for sight, told in (
        (Sight.BORROWING, "Time is up: the patron has not brought it back."),
        (Sight.LENDING, "Time is up: the borrowing library has not sent it back."),
    ):
        lines = [line.sentence for line in history.history(story.ill, sight)]
        assert [line for line in lines if line.startswith("Time is up")] == [told]


def test_what_a_hub_loads_left_it_and_was_picked_up_nowhere_unknown(cast):
    story = begin(cast).at(State.SHIPPED)
    parcel = story.ill.loan.parcel_out
    assert parcel is not None
    for verb, hours in ((parcels.pick_up, 1), (parcels.sort, 5), (parcels.load, 9)):
        holder = {} if verb is parcels.pick_up else {"holder": "PLYMOUTH"}
        at = parcel.last_at + timedelta(hours=hours)
        verb(parcel, by=cast.driver, at=at, **holder)
    for sight in Sight:
        lines = [line.sentence for line in history.history(story.ill, sight)]
        assert "It left the sorting center on the van." in lines
        assert not any("unknown" in line for line in lines)
    flaws = custody_flaws.of_parcel(parcel, parcel.last_at + timedelta(days=9))
    assert ["the van at the sorting center" in flaw.sentence for flaw in flaws] == [True]
