"""What is carried along when a container moves, and where a container stands.

Pure: lines come in, in whatever order they were heard of; the same lines give the same answer.
A parcel is in a container from the line that put it there until the next line of somebody who had
the parcel in hand, or until the container was emptied.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from postroad.delivery.ledger import IN_HAND, Entry, Move, in_force

LONGEST = timedelta(days=31)  # that a parcel stays in one container, if nobody says otherwise
NEVER = datetime.max.replace(tzinfo=UTC)


class Turn(StrEnum):
    """What happened to a container."""

    OPENED = "opened"  # emptied: what was in it lies where it stands
    ARRIVED = "arrived"  # at a hub
    PUT_IN = "put-in"  # into another container
    TAKEN_OUT = "taken-out"
    CLOSED = "closed"
    LOADED = "loaded"
    DROPPED = "dropped"


class ContainerStands(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    AT_HUB = "at-hub"
    INSIDE = "inside"
    LOADED = "loaded"
    DROPPED = "dropped"


ORDER = list(Turn)  # at one and the same moment
CARRIES = {
    Turn.ARRIVED: Move.SORTED,
    Turn.LOADED: Move.PICKED_UP,
    Turn.DROPPED: Move.DROPPED,
}
LEADS_TO = {
    Turn.OPENED: ContainerStands.OPEN,
    Turn.ARRIVED: ContainerStands.AT_HUB,
    Turn.PUT_IN: ContainerStands.INSIDE,
    Turn.TAKEN_OUT: ContainerStands.AT_HUB,
    Turn.CLOSED: ContainerStands.CLOSED,
    Turn.LOADED: ContainerStands.LOADED,
    Turn.DROPPED: ContainerStands.DROPPED,
}


@dataclass(frozen=True, slots=True)
class Shift:
    """One line of a container's history."""

    key: str
    container: int
    step: Turn
    at: datetime
    library: int | None = None
    holder: str = ""  # a hub or a route
    into: int | None = None
    user: int | None = None


Shifts = Mapping[int, Sequence[Shift]]  # of each container, those in force, in order


@dataclass(frozen=True, slots=True)
class Where:
    """How and where a container stands; None: nothing happened to it since it was made."""

    state: ContainerStands
    library: int | None
    holder: str
    inside: int | None
    at: datetime


def in_turn(shifts: Iterable[Shift]) -> list[Shift]:
    """By the time of the event, not of the writing."""
    return sorted(shifts, key=lambda shift: (shift.at, ORDER.index(shift.step), shift.key))


def where(shifts: Sequence[Shift]) -> Where | None:
    """What the last line says; closed or opened without a place is so where it stood before."""
    placed = [each for each in shifts if each.library or each.holder]
    if not shifts:
        return None
    last, place = shifts[-1], placed[-1] if placed else shifts[-1]
    standing = [each for each in shifts if each.step is not Turn.CLOSED]
    inside = standing[-1].into if standing and standing[-1].step is Turn.PUT_IN else None
    state = ContainerStands.INSIDE if inside else LEADS_TO[last.step]
    return Where(state, place.library, place.holder, inside, last.at)


def in_hand(entries: Iterable[Entry]) -> list[Entry]:
    """The lines of those who had the parcel itself, without where it began and what only tells of
    damage."""
    lines = in_force(entries)
    told_only = (Move.MADE, Move.DAMAGED)
    return [line for line in lines if line.how in IN_HAND and line.step not in told_only]


def now_in(entries: Iterable[Entry], shifts: Shifts) -> int | None:
    """The container in which the parcel is."""
    lines = in_hand(entries)
    if not lines or lines[-1].container is None:
        return None
    last = lines[-1]
    later = (shift for shift in shifts.get(last.container or 0, ()) if shift.at >= last.at)
    left = any(each.step is Turn.OPENED or each.at > last.at + LONGEST for each in later)
    return None if left else last.container


def carried(entries: Iterable[Entry], shifts: Shifts) -> list[tuple[Shift, Move]]:
    """The scans of containers that moved this parcel with them, and what each says of it."""
    lines = in_hand(entries)
    found: dict[str, Shift] = {}
    for line, after in pairwise([*lines, None]):
        if line is not None and line.container is not None:
            until = min(after.at if after else NEVER, line.at + LONGEST)
            along = _along(line.container, line.at, until, shifts, frozenset())
            found |= {shift.key: shift for shift in along}
    return [(shift, CARRIES[shift.step]) for shift in in_turn(found.values())]


def _along(
    container: int, since: datetime, until: datetime, shifts: Shifts, around: frozenset[int]
) -> Iterator[Shift]:
    """The moves of a container between two moments, and of those in which it was meanwhile."""
    if container in around:  # late lines may have put two into each other
        return
    own = [each for each in shifts.get(container, ()) if each.step is not Turn.CLOSED]
    for shift, after in pairwise([*own, None]):
        if shift is None or shift.at >= until:
            return
        if shift.step is Turn.PUT_IN and shift.into is not None:
            begin, end = max(shift.at, since), min(after.at if after else NEVER, until)
            if begin < end:
                yield from _along(shift.into, begin, end, shifts, around | {container})
        elif shift.at >= since:
            if shift.step is Turn.OPENED:
                return
            if shift.step in CARRIES:
                yield shift
