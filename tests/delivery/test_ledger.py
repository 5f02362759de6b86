"""The order of events and what they say, whenever each was heard of."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from postroad.delivery.ledger import Entry, How, Move, Stands, in_force, in_order, standing

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
SENDER, DESTINATION, ELSEWHERE = 1, 2, 3


def entry(step, minute, library=SENDER, how=How.SCANNED, undoes="", key=""):
    key = key or f"{step}:{library}:{minute}"
    return Entry(key, step, NOON + timedelta(minutes=minute), how, library, undoes)


MADE = entry(Move.MADE, 0, how=How.DECLARED)
scans = st.builds(
    entry,
    st.sampled_from([Move.PICKED_UP, Move.SORTED, Move.DROPPED, Move.RECEIVED]),
    st.integers(0, 20),
    st.sampled_from([SENDER, DESTINATION, ELSEWHERE]),
    st.sampled_from(list(How)),
)


@st.composite
def ledgers(draw):
    """A ledger as it was written, and the same lines in some other order."""
    lines = [MADE, *draw(st.lists(scans, max_size=6, unique_by=lambda line: line.key))]
    undone = draw(st.lists(st.sampled_from(lines[1:]), unique=True)) if lines[1:] else []
    lines += [entry(Move.UNDONE, 30, undoes=line.key, key=f"undo {line.key}") for line in undone]
    return lines, draw(st.permutations(lines))


@given(ledgers())
def test_the_order_in_which_scans_come_in_changes_nothing(both):
    written, shuffled = both
    assert in_order(shuffled) == in_order(written)
    assert standing(shuffled, SENDER, DESTINATION) == standing(written, SENDER, DESTINATION)


@given(ledgers())
def test_nothing_is_delivered_unless_somebody_saw_it_at_its_destination(both):
    lines = both[0]
    seen = [
        line
        for line in in_force(lines)
        if line.library == DESTINATION
        and line.how is not How.INFERRED
        and line.step in (Move.DROPPED, Move.RECEIVED)
    ]
    if standing(lines, SENDER, DESTINATION).state in (Stands.DROPPED, Stands.ARRIVED):
        assert seen


@given(ledgers())
def test_the_last_line_is_one_that_nobody_took_back(both):
    lines = both[0]
    last = standing(lines, SENDER, DESTINATION).last
    assert last.step is not Move.UNDONE
    assert last.key not in {line.undoes for line in lines}


@given(ledgers())
def test_what_was_received_at_its_destination_stays_received_whatever_is_scanned_later(both):
    received = entry(Move.RECEIVED, 5, DESTINATION, key="hand to hand")
    assert standing([*both[0], received], SENDER, DESTINATION).state is Stands.ARRIVED


def test_a_drop_at_another_library_leaves_it_on_its_way():
    there = standing([MADE, entry(Move.DROPPED, 5, ELSEWHERE)], SENDER, DESTINATION)
    assert (there.state, there.last.library) == (Stands.MOVING, ELSEWHERE)


def test_the_same_minute_keeps_the_order_of_the_way():
    drop, pick_up = entry(Move.DROPPED, 5), entry(Move.PICKED_UP, 5)
    assert in_order([drop, pick_up]) == [pick_up, drop]


def test_what_its_sender_has_in_hand_again_is_kept_there():
    lines = [MADE, entry(Move.PICKED_UP, 5), entry(Move.RECEIVED, 9, SENDER)]
    assert standing(lines, SENDER, DESTINATION).state is Stands.CANCELLED
    elsewhere = [MADE, entry(Move.PICKED_UP, 5), entry(Move.RECEIVED, 9, ELSEWHERE)]
    assert standing(elsewhere, SENDER, DESTINATION).state is Stands.MOVING
