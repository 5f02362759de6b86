"""What may be claimed from the carrier, when, up to how much, and how a claim goes on (R12).

Pure: days and amounts come in, an answer comes out.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from postroad.delivery import ledger
from postroad.delivery.ledger import Entry, Move


class Kind(StrEnum):
    LOST = "lost"
    DAMAGED = "damaged"


class State(StrEnum):
    """Where a claim stands."""

    OPEN = "open"  # something that the carrier asks for is not there yet
    READY = "ready"  # goes with the next month's file
    SENT = "sent"
    PAID = "paid"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What moves a claim."""

    COMPLETE = "complete"  # evidence is written down, and that it was sent
    SEND = "send"  # in the file of the month
    PAY = "pay"
    REFUSE = "refuse"
    CANCEL = "cancel"  # by the library that made it
    FIND = "find"  # the thing has turned up
    UNDO = "undo"  # the last of these was a mistake


# What may follow where; an undo goes back to where the step it takes back began.
STEPS: Mapping[State, Mapping[Step, State]] = {
    State.OPEN: {
        Step.COMPLETE: State.READY,
        Step.CANCEL: State.CANCELLED,
        Step.FIND: State.CANCELLED,
    },
    State.READY: {
        Step.SEND: State.SENT,
        Step.CANCEL: State.CANCELLED,
        Step.FIND: State.CANCELLED,
    },
    State.SENT: {
        Step.PAY: State.PAID,
        Step.REFUSE: State.REFUSED,
        Step.CANCEL: State.CANCELLED,
        Step.FIND: State.CANCELLED,
    },
    State.PAID: {Step.FIND: State.CANCELLED},  # what was paid is given back
    State.REFUSED: {},
    State.CANCELLED: {},
}
UNDOABLE = frozenset({Step.COMPLETE, Step.PAY, Step.REFUSE, Step.CANCEL, Step.FIND})
LIVE = frozenset({State.OPEN, State.READY, State.SENT, State.PAID})  # one of a thing at a time
AT_THE_CARRIER = frozenset({State.SENT, State.PAID})  # who must hear that it is withdrawn


class Time(StrEnum):
    EARLY = "early"
    RIGHT = "right"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Window:
    """The first and the last day on which a claim may be made; both are right."""

    first: date
    last: date

    def on(self, day: date) -> Time:
        if day < self.first:
            return Time.EARLY
        return Time.LATE if day > self.last else Time.RIGHT


def months_after(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def window(kind: Kind, sent_on: date, first: int, last: int) -> Window:
    """What is lost must have been in transit for `first` months; what is damaged lies there, so
    nobody waits. After `last` months neither is claimed."""
    begins = months_after(sent_on, first) if kind is Kind.LOST else sent_on
    return Window(begins, months_after(sent_on, last))


def is_over(amount: Decimal, cap: Decimal) -> bool:
    return amount > cap


def after(state: State, step: Step) -> State | None:
    """Where the step leads; None, if it is not in turn."""
    return STEPS[state].get(step)


def month_of(day: date) -> date:
    """By which the carrier's file is known: the first of its month."""
    return day.replace(day=1)


class Sent(StrEnum):
    """Whether it is known to have left its sender."""

    SEEN = "seen"  # the van or another library had it: somebody scanned it
    SAID = "said"  # its sender says so, and nobody scanned it since
    NO = "no"  # its sender has kept it, or has it again


def was_sent(entries: Iterable[Entry], origin: int) -> Sent:
    """What the ledger says of whether it left. The sender's own hands prove nothing."""
    lines = ledger.in_force(entries)
    ended = (Move.RECEIVED, Move.CANCELLED)
    if any(line.step in ended and line.library == origin for line in lines):
        return Sent.NO
    seen = any(line.step in ledger.ON_THE_WAY and line.how is ledger.How.SCANNED for line in lines)
    return Sent.SEEN if seen else Sent.SAID
