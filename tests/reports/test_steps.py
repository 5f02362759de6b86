"""The steps of a loan, read from its events alone."""

from datetime import UTC, datetime, timedelta

import pytest

from postroad.ill.lifecycle import State
from postroad.reports.steps import KINDS, Kind, Level, Moment, Place, lanes, steps

START = datetime(2026, 11, 2, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def moments(*told: tuple[str, State, int]) -> list[Moment]:
    """(verb, the state after it, the day on which it was)."""
    return [Moment(verb, START + day * DAY, after, 1) for verb, after, day in told]


ASKED = (
    ("ask", State.ASKED, 0),
    ("approve", State.APPROVED, 0),
    ("refer", State.REFERRED, 0),
)
SENT = (*ASKED, ("promise", State.REFERRED, 1), ("ship", State.SHIPPED, 2))


def shape(*told: tuple[str, State, int]) -> list[tuple[Kind, int | None]]:
    return [
        (step.kind, (step.ended - step.began).days if step.ended else None)
        for step in steps(moments(*told))
        if step.kind not in (Kind.CHECK, Kind.SEARCH)
    ]


def test_every_state_in_which_a_request_is_open_has_a_step():
    assert set(KINDS) == set(State) - {State.CLOSED}


def test_an_answer_within_the_step_does_not_begin_another():
    told = shape(*SENT, ("receive", State.ARRIVED, 5))
    assert told == [(Kind.LENDER, 2), (Kind.ROAD, 3), (Kind.SHELF, None)]


def test_what_was_undone_took_no_time_of_its_own():
    mistaken = (("receive", State.ARRIVED, 3), ("undo_receive", State.SHIPPED, 4))
    told = shape(*SENT, *mistaken, ("receive", State.ARRIVED, 6))
    assert told == [(Kind.LENDER, 2), (Kind.ROAD, 4), (Kind.SHELF, None)]


def test_a_check_in_that_was_undone_leaves_the_way_home_open():
    home = (
        ("receive", State.ARRIVED, 3),
        ("check_out", State.LENT, 4),
        ("return", State.BACK, 10),
        ("ship_return", State.HOMEWARD, 11),
        ("check_in", State.CLOSED, 13),
    )
    assert shape(*SENT, *home)[-1] == (Kind.HOME, 2)
    assert shape(*SENT, *home, ("undo_check_in", State.HOMEWARD, 14))[-1] == (Kind.HOME, None)


def test_a_lender_that_said_no_and_the_next_one_are_two_steps():
    no = ("refuse", State.APPROVED, 3)
    told = [
        *moments(*ASKED, no),
        Moment("refer", START + 3 * DAY, State.REFERRED, 2),
        Moment("ship", START + 4 * DAY, State.SHIPPED, 2),
    ]
    found = [step for step in steps(told) if step.kind == Kind.LENDER]
    assert [(step.supply, step.ended_by) for step in found] == [(1, "refuse"), (2, "ship")]


def test_what_nobody_saw_leave_says_nothing_of_the_days_on_the_road():
    told = steps(moments(*ASKED, ("ship", State.SHIPPED, 6), ("receive", State.ARRIVED, 6)))
    measured = {step.kind: step.measured for step in told}
    assert measured[Kind.LENDER] is measured[Kind.ROAD] is False
    assert measured[Kind.CHECK] is measured[Kind.SHELF] is True


def test_lanes_go_from_the_library_to_its_region_to_its_state():
    lee, prov = Place("lee", "West", "MA"), Place("prov", "", "RI")
    found = [(lane.level, lane.origin, lane.destination) for lane in lanes("road", "", lee, prov)]
    assert found == [
        (Level.LIBRARY, "lee", "prov"),
        (Level.STATE, "MA", "RI"),  # nobody knows the region of one of them
        (Level.ALL, "", ""),
    ]


@pytest.mark.parametrize("verb", ["expire", "cancel", "decline"])
def test_what_ended_early_has_no_step_that_goes_on(verb):
    assert all(step.ended for step in steps(moments(*ASKED, (verb, State.CLOSED, 9))))
