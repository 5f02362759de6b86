"""The states of a case, and the verbs that move it.

No Django here. Whose turn it is, is seen from the side that answers: *ours* is theirs to answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from postroad.errors import Refusal


class State(StrEnum):
    """Where a case stands. How it ended is another field."""

    NEW = "new"  # nobody has answered yet
    OURS = "ours"  # the asker wrote last
    THEIRS = "theirs"  # answered; the asker may write again
    PUT_OFF = "put-off"  # until a day, for a reason
    CLOSED = "closed"


class Side(StrEnum):
    """Who speaks or acts in a case."""

    ASKER = "asker"
    ANSWERER = "answerer"
    MACHINE = "machine"


class Verb(StrEnum):
    ASK = "ask"
    ANSWER = "answer"
    REPLY = "reply"
    PUT_OFF = "put_off"
    ASSIGN = "assign"
    CLOSE = "close"
    REOPEN = "reopen"
    MERGE = "merge"
    UNMERGE = "unmerge"
    CONFIRM = "confirm"
    WAKE = "wake"
    REMIND = "remind"
    LAPSE = "lapse"


class Ending(StrEnum):
    """How a case ended."""

    ANSWERED = "answered"
    SETTLED = "settled"  # the thing was found, paid, put right
    CONFIRMED = "confirmed"  # the owner said whether it takes returns (R3)
    NOTHING = "nothing"  # nothing could be done
    WITHDRAWN = "withdrawn"  # by whoever asked
    NOT_FOR_US = "not-for-us"  # advertising, or sent by mistake
    NO_REPLY = "no-reply"  # the asker was silent for too long
    MERGED = "merged"  # goes on in another case


# The reasons from which whoever closes a case chooses; the others follow from what was done.
BY_HAND = (
    Ending.ANSWERED,
    Ending.SETTLED,
    Ending.NOTHING,
    Ending.NOT_FOR_US,
)

OPEN = frozenset(State) - {State.CLOSED}
WAITING = frozenset({State.NEW, State.OURS})  # for whoever answers


class OutOfTurn(Refusal):
    """The case stands where this cannot be done, or the other side does it."""

    code = "case-out-of-turn"


@dataclass(frozen=True, slots=True)
class Step:
    """Which sides take it, and to where it leads from where."""

    sides: frozenset[Side]
    leads: Mapping[State, State]


def _all_to(after: State) -> dict[State, State]:
    return dict.fromkeys(OPEN, after)


STAYS = {state: state for state in OPEN}
ANSWERER, ASKER, MACHINE = (frozenset({side}) for side in (Side.ANSWERER, Side.ASKER, Side.MACHINE))

TABLE: Mapping[Verb, Step] = {
    Verb.ANSWER: Step(ANSWERER, _all_to(State.THEIRS)),
    Verb.REPLY: Step(ASKER, {**dict.fromkeys(State, State.OURS), State.NEW: State.NEW}),
    Verb.PUT_OFF: Step(ANSWERER, _all_to(State.PUT_OFF)),
    Verb.ASSIGN: Step(ANSWERER, STAYS),
    Verb.CLOSE: Step(ANSWERER | ASKER, _all_to(State.CLOSED)),
    Verb.CONFIRM: Step(ANSWERER, _all_to(State.CLOSED)),
    Verb.REOPEN: Step(ANSWERER, {State.CLOSED: State.OURS}),
    Verb.MERGE: Step(ANSWERER, _all_to(State.CLOSED)),
    Verb.UNMERGE: Step(ANSWERER, {State.CLOSED: State.OURS}),
    Verb.WAKE: Step(MACHINE, {State.PUT_OFF: State.OURS}),
    Verb.REMIND: Step(MACHINE, {State.NEW: State.NEW, State.OURS: State.OURS}),
    Verb.LAPSE: Step(MACHINE, {State.THEIRS: State.CLOSED}),
}


class Unit(StrEnum):
    WORKING = "working"  # days of whoever answers
    CALENDAR = "calendar"
    DAY = "day"  # named when it was put off


@dataclass(frozen=True, slots=True)
class Clock:
    """How long a case may stand, by the dated threshold of this name, and what rings."""

    limit: str
    unit: Unit
    rings: Verb


CLOCKS: Mapping[State, Clock] = {
    State.NEW: Clock("case-new", Unit.WORKING, Verb.REMIND),
    State.OURS: Clock("case-ours", Unit.WORKING, Verb.REMIND),
    State.THEIRS: Clock("case-theirs", Unit.CALENDAR, Verb.LAPSE),
    State.PUT_OFF: Clock("", Unit.DAY, Verb.WAKE),
}
# How often it rings before it is everybody's business, not only that of whoever has it in hand.
ESCALATES = 2


def step(state: State, verb: Verb, side: Side) -> State:
    """The state that `verb` of this side leads to, or OutOfTurn."""
    row = TABLE[verb]
    if side not in row.sides or state not in row.leads:
        raise OutOfTurn(state=str(state), verb=str(verb), side=str(side))
    return row.leads[state]


def may(state: State, verb: Verb, side: Side) -> bool:
    return side in TABLE[verb].sides and state in TABLE[verb].leads
