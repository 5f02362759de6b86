"""What the custody ledger says, in whatever order its entries came in.

Pure: entries come in, an order and a standing come out. The same entries give the same answer,
whenever each of them was written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Move(StrEnum):
    """What happened to a parcel."""

    MADE = "made"
    PICKED_UP = "picked-up"
    SORTED = "sorted"  # at a hub, or into a container
    HELD = "held"  # kept at a hub
    RELEASED = "released"
    FOUND = "found"  # at a hub, where nobody had scanned it
    MISROUTED = "misrouted"  # it came to a hub that it has no business at
    DAMAGED = "damaged"  # told of where it is; it goes on all the same
    DROPPED = "dropped"
    RECEIVED = "received"
    CANCELLED = "cancelled"
    LOST = "lost"  # whose it is gave it up
    UNDONE = "undone"


class How(StrEnum):
    """How we know."""

    SCANNED = "scanned"
    DECLARED = "declared"
    CONTAINED = "contained"  # in a container that was scanned
    INFERRED = "inferred"


class Stands(StrEnum):
    READY = "ready"
    MOVING = "moving"
    DROPPED = "dropped"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    LOST = "lost"


OPEN = (Stands.READY, Stands.MOVING, Stands.DROPPED)
AT_A_HUB = (Move.SORTED, Move.HELD, Move.RELEASED, Move.FOUND, Move.MISROUTED, Move.DAMAGED)
ON_THE_WAY = (Move.PICKED_UP, *AT_A_HUB, Move.DROPPED, Move.RECEIVED)
IN_HAND = (How.SCANNED, How.DECLARED)  # somebody had the parcel itself before them
WAY = list(Move)  # at one and the same moment, the earlier step of the way comes first


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger."""

    key: str
    step: Move
    at: datetime
    how: How
    library: int | None = None
    undoes: str = ""  # the key of the line that this one takes back
    container: int | None = None  # into which it was put, or with which it was moved


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a parcel stands, and the line that says who has it."""

    state: Stands
    last: Entry


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """By the time of the event, not of the writing."""
    return sorted(entries, key=lambda entry: (entry.at, WAY.index(entry.step), entry.key))


def in_force(entries: Iterable[Entry]) -> list[Entry]:
    """Those that nobody took back, in order."""
    ordered = in_order(entries)
    undone = {entry.undoes for entry in ordered if entry.step is Move.UNDONE}
    return [e for e in ordered if e.step is not Move.UNDONE and e.key not in undone]


def collected(entries: Iterable[Entry]) -> bool:
    """Whether the parcel has left its sender's hands."""
    return any(entry.step in ON_THE_WAY for entry in in_force(entries))


def standing(entries: Sequence[Entry], origin: int, destination: int) -> Standing:
    """Where the parcel stands. Needs the line that made it.

    In the hands of its destination, back in those of its sender, cancelled or given up: that ends
    the matter, whatever late scan comes after. Otherwise the last event counts; a drop is one only
    at the destination and if somebody saw it, or the container in which it was. Damage moves
    nothing. In hand is only what somebody had before them.
    """
    lines = [line for line in in_force(entries) if line.step is not Move.DAMAGED]
    if arrival := last_of(lines, Move.RECEIVED, destination):
        return Standing(Stands.ARRIVED, arrival)
    if kept := last_of(lines, Move.RECEIVED, origin) or last_of(lines, Move.CANCELLED, origin):
        return Standing(Stands.CANCELLED, kept)
    if lost := last_of(lines, Move.LOST, origin):
        return Standing(Stands.LOST, lost)
    last = lines[-1]
    if last.step is Move.MADE:
        return Standing(Stands.READY, last)
    if last is last_of(lines, Move.DROPPED, destination):
        return Standing(Stands.DROPPED, last)
    return Standing(Stands.MOVING, last)


def last_of(lines: Iterable[Entry], step: Move, library: int) -> Entry | None:
    """The last line of this kind at this library that is more than a guess. What came in a
    container was left there with it; nobody has received it."""
    enough = (*IN_HAND, How.CONTAINED) if step is Move.DROPPED else IN_HAND
    known = [
        line
        for line in lines
        if line.step is step and line.library == library and line.how in enough
    ]
    return known[-1] if known else None
