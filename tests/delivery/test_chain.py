"""Gaps and contradictions of a chain of custody are named, never smoothed."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad.delivery import chain, ledger
from postroad.delivery.chain import Doubt
from postroad.delivery.ledger import Entry, How, Move

MONDAY = datetime(2026, 11, 30, 17, tzinfo=UTC)
LEE, LENOX, OTIS = 1, 2, 3  # from Lee to Lenox


def line(step, day, library=LEE, how=How.SCANNED, undoes=""):
    key = f"{step}-{day}-{library}"
    return Entry(key, step, MONDAY + timedelta(days=day), how, library, undoes)


MADE = line(Move.MADE, 0, how=How.DECLARED)
TAKEN = line(Move.PICKED_UP, 0.1)
LEFT = line(Move.DROPPED, 1, LENOX)
THERE = line(Move.RECEIVED, 1.1, LENOX)


def doubts(*lines, days=2):
    now = MONDAY + timedelta(days=days)
    return [each.doubt for each in chain.flaws(lines, LENOX, now)]


def test_a_whole_chain_has_none():
    assert doubts(MADE, TAKEN, LEFT, THERE, days=100) == []


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([MADE, TAKEN, line(Move.DROPPED, 4, LENOX)], [Doubt.UNSEEN]),
        ([MADE, TAKEN, THERE], [Doubt.NOT_PUT_DOWN]),
        ([MADE, LEFT], [Doubt.NOT_TAKEN]),
        ([MADE, THERE], [Doubt.NOT_TAKEN]),
        ([MADE, TAKEN, line(Move.DROPPED, 1, OTIS), THERE], [Doubt.NOT_TAKEN]),
        ([MADE, TAKEN, line(Move.DROPPED, 0.5, OTIS), LEFT], [Doubt.TWICE]),
        ([MADE, TAKEN, LEFT, line(Move.PICKED_UP, 2, OTIS)], [Doubt.JUMPED]),
        ([MADE, line(Move.PICKED_UP, 1, OTIS)], [Doubt.JUMPED]),
        ([MADE, TAKEN, LEFT, THERE, line(Move.DROPPED, 2, OTIS)], [Doubt.AFTER_THE_END]),
        ([line(Move.PICKED_UP, -1), MADE, LEFT], [Doubt.BEFORE_IT_LEFT, Doubt.NOT_TAKEN]),
        ([MADE, line(Move.PICKED_UP, 0.1, how=How.INFERRED), LEFT], [Doubt.GUESSED]),
        ([MADE, line(Move.CANCELLED, 1)], []),
    ],
)
def test_each_doubt_has_its_name(lines, found):
    assert doubts(*lines) == found


def test_nobody_has_scanned_it_since():
    assert doubts(MADE, TAKEN, days=3) == []
    assert doubts(MADE, TAKEN, days=4) == [Doubt.SILENT]
    assert doubts(MADE, days=30) == []  # it waits at its sender, where it is


def test_what_was_taken_back_is_no_doubt():
    stray = line(Move.DROPPED, 0.5, OTIS)
    undo = line(Move.UNDONE, 0.6, undoes=stray.key)
    assert doubts(MADE, TAKEN, stray, undo, LEFT) == []


LINES = st.lists(
    st.builds(
        line,
        st.sampled_from(sorted(set(Move) - {Move.MADE, Move.UNDONE})),
        st.integers(-2, 12),
        st.sampled_from([LEE, LENOX, OTIS]),
        st.sampled_from(sorted(How)),
    ),
    max_size=6,
    unique_by=lambda each: each.key,
)


@given(LINES, st.randoms())
def test_the_order_of_writing_changes_nothing(lines, dice):
    every = [MADE, *lines]
    shuffled = dice.sample(every, len(every))
    assert doubts(*every, days=20) == doubts(*shuffled, days=20)


@given(LINES)
def test_no_move_between_two_places_is_smoothed_over(lines):
    """Wherever two lines that follow one another are at two libraries, and neither is the van
    putting down what it took, something is said."""
    ordered = ledger.in_force([MADE, *lines])
    found = chain.flaws([MADE, *lines], LENOX, MONDAY + timedelta(days=1))
    said = {(each.before.key, each.after.key if each.after else "") for each in found}
    for before, after in itertools.pairwise(ordered):
        at_rest = before.step in (Move.MADE, Move.DROPPED, Move.RECEIVED)
        moved = before.library != after.library and after.step in ledger.ON_THE_WAY
        if at_rest and moved:
            assert (before.key, after.key) in said
