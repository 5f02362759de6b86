"""Where a chain of custody has gaps, and where it contradicts itself. Nothing is smoothed.

Pure: the lines of the ledger come in, what is doubtful about them comes out, in their order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from postroad.delivery import ledger
from postroad.delivery.ledger import ON_THE_WAY, Entry, How, Move

QUIET = timedelta(days=3)  # a night at the hub and a weekend are no gap
IN_THE_VAN = (Move.PICKED_UP, *ledger.AT_A_HUB)
AT_A_PLACE = (Move.MADE, Move.DROPPED, Move.RECEIVED)


class Doubt(StrEnum):
    """What is doubtful between two lines, or after the last."""

    UNSEEN = "unseen"  # nobody scanned it for days
    SILENT = "silent"  # and nobody has since
    NOT_TAKEN = "not-taken"  # it was elsewhere though nobody took it from where it was
    NOT_PUT_DOWN = "not-put-down"  # a desk has it though no van put it down
    JUMPED = "jumped"  # taken from a place at which it was not
    TWICE = "twice"  # put down at two places, and nobody took it between
    AFTER_THE_END = "after-the-end"  # seen elsewhere though it had come
    BEFORE_IT_LEFT = "before-it-left"  # seen before it was made ready: a wrong clock
    GUESSED = "guessed"  # nobody saw this, it was inferred


GAPS = frozenset({Doubt.UNSEEN, Doubt.SILENT, Doubt.NOT_TAKEN, Doubt.NOT_PUT_DOWN, Doubt.GUESSED})


@dataclass(frozen=True, slots=True)
class Flaw:
    """A doubt, and the lines between which it lies."""

    doubt: Doubt
    before: Entry
    after: Entry | None = None

    @property
    def is_gap(self) -> bool:
        return self.doubt in GAPS


def flaws(entries: Iterable[Entry], destination: int, now: datetime) -> list[Flaw]:
    """All that is doubtful, in the order of the events."""
    lines = ledger.in_force(entries)
    found: list[Flaw] = []
    for before, after in pairwise(lines):
        found += between(before, after, destination)
    if lines and is_open(lines, destination) and now - lines[-1].at > QUIET:
        found.append(Flaw(Doubt.SILENT, lines[-1]))
    return found


def is_open(lines: list[Entry], destination: int) -> bool:
    """Whether it is still on its way: neither there, nor kept, nor waiting at its sender."""
    last = lines[-1]
    return last.step in ON_THE_WAY and not (
        last.step is Move.RECEIVED and last.library == destination
    )


def between(before: Entry, after: Entry, destination: int) -> list[Flaw]:
    """What is doubtful between two lines that follow one another."""
    found = []
    if after.how is How.INFERRED:
        found.append(Flaw(Doubt.GUESSED, before, after))
    if doubt := contradiction(before, after, destination):
        found.append(Flaw(doubt, before, after))
    if before.step in IN_THE_VAN and after.step in ON_THE_WAY and after.at - before.at > QUIET:
        found.append(Flaw(Doubt.UNSEEN, before, after))
    return found


def contradiction(before: Entry, after: Entry, destination: int) -> Doubt | None:
    """What two lines cannot both say unless a third is missing."""
    if after.step is Move.MADE:
        return Doubt.BEFORE_IT_LEFT
    if after.step not in ON_THE_WAY:
        return None
    elsewhere = after.library != before.library
    if before.step is Move.RECEIVED and before.library == destination and elsewhere:
        return Doubt.AFTER_THE_END
    if after.step is Move.PICKED_UP:
        loaded = after.library is None and before.step is Move.PICKED_UP  # at a hub, for its route
        was_there = before.step in ledger.AT_A_HUB or loaded
        return Doubt.JUMPED if elsewhere and not was_there else None
    if before.step in AT_A_PLACE and (elsewhere or after.step in ledger.AT_A_HUB):
        put_down = before.step is Move.DROPPED and after.step is Move.DROPPED
        return Doubt.TWICE if put_down else Doubt.NOT_TAKEN
    if after.step is Move.RECEIVED and before.step in IN_THE_VAN:
        return Doubt.NOT_PUT_DOWN
    return None
