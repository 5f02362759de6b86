"""The days between which something may be claimed, and how a claim goes on."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad.delivery import claim_rules
from postroad.delivery.claim_rules import STEPS, Kind, Sent, State, Step, Time, Window
from postroad.delivery.ledger import Entry, How, Move

DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))
NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 11, 30), 2, date(2027, 1, 30)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),  # February has no 31st
        (date(2027, 12, 30), 2, date(2028, 2, 29)),  # nor a 30th, in a leap year either
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 2, date(2028, 4, 29)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 5, 17), 0, date(2026, 5, 17)),
    ],
)
def test_months_after_a_day(day, months, after):
    assert claim_rules.months_after(day, months) == after


def test_what_is_lost_waits_two_months_and_what_is_damaged_does_not():
    sent = date(2026, 11, 30)
    last = date(2027, 11, 30)
    assert claim_rules.window(Kind.LOST, sent, 2, 12) == Window(date(2027, 1, 30), last)
    assert claim_rules.window(Kind.DAMAGED, sent, 2, 12) == Window(sent, last)


def test_both_ends_of_the_window_are_in_it():
    window = Window(date(2027, 1, 30), date(2027, 11, 30))
    assert window.on(date(2027, 1, 29)) is Time.EARLY
    assert window.on(date(2027, 1, 30)) is Time.RIGHT
    assert window.on(date(2027, 11, 30)) is Time.RIGHT
    assert window.on(date(2027, 12, 1)) is Time.LATE


@given(DAYS, st.integers(0, 24), st.integers(0, 24))
def test_a_window_never_ends_before_it_begins(sent, first, more):
    window = claim_rules.window(Kind.LOST, sent, first, first + more)
    assert sent <= window.first <= window.last


@given(DAYS, DAYS, st.integers(0, 60))
def test_what_was_sent_later_is_never_claimed_earlier(one, other, months):
    earlier, later = sorted((one, other))
    assert claim_rules.months_after(earlier, months) <= claim_rules.months_after(later, months)


@given(DAYS, st.integers(0, 60))
def test_months_after_is_that_many_months_on_and_at_most_at_its_end(day, months):
    after = claim_rules.months_after(day, months)
    assert (after.year - day.year) * 12 + after.month - day.month == months
    assert after.day == day.day or (after + timedelta(days=1)).day == 1


@given(DAYS, DAYS)
def test_a_day_is_early_then_right_then_late_and_never_two_of_them(sent, day):
    window = claim_rules.window(Kind.LOST, sent, 2, 12)
    times = [window.on(day + timedelta(days=more)) for more in range(3)]
    assert times == sorted(times, key=list(Time).index)


def test_the_cap_itself_is_not_over_the_cap():
    cap = Decimal(250)
    assert not claim_rules.is_over(cap, cap)
    assert claim_rules.is_over(Decimal("250.01"), cap)


def test_every_state_can_be_reached_and_every_step_leads_somewhere():
    reached = {State.OPEN} | {after for steps in STEPS.values() for after in steps.values()}
    assert reached == set(State)
    used = {step for steps in STEPS.values() for step in steps}
    assert used == set(Step) - {Step.UNDO}


def test_found_ends_whatever_is_live_and_nothing_else():
    for state in State:
        after = claim_rules.after(state, Step.FIND)
        assert after == (State.CANCELLED if state in claim_rules.LIVE else None)


def line(step, hours=0, library=1, how=How.SCANNED, undoes=""):
    return Entry(f"{step}{hours}", step, NOON + timedelta(hours=hours), how, library, undoes)


MADE = line(Move.MADE, how=How.DECLARED)


@pytest.mark.parametrize(
    ("lines", "sent"),
    [
        ([MADE], Sent.SAID),
        ([MADE, line(Move.PICKED_UP, 1)], Sent.SEEN),
        ([MADE, line(Move.PICKED_UP, 1, how=How.INFERRED)], Sent.SAID),
        ([MADE, line(Move.RECEIVED, 1)], Sent.NO),  # its sender has it in hand
        ([MADE, line(Move.CANCELLED, 1, how=How.DECLARED)], Sent.NO),
        ([MADE, line(Move.DROPPED, 2, library=3)], Sent.SEEN),
    ],
)
def test_whether_it_left_its_sender(lines, sent):
    assert claim_rules.was_sent(lines, origin=1) is sent


def test_a_scan_that_was_taken_back_proves_nothing():
    scan = line(Move.PICKED_UP, 1)
    undo = line(Move.UNDONE, 2, undoes=scan.key)
    assert claim_rules.was_sent([MADE, scan, undo], origin=1) is Sent.SAID
