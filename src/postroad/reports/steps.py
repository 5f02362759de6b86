"""The steps that a loan made, and which of them can be compared with what is usual.

No Django here. A step is time in which the same side had the same thing to do; what was undone
took no time of its own.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from postroad.ill.lifecycle import State, Verb


class Kind(StrEnum):
    """What somebody was doing meanwhile."""

    CHECK = "check"  # the borrowing library looks at the request
    SEARCH = "search"  # the next lender is looked for
    WAIT = "wait"  # for the day from which a lender can send it
    CENTRE = "centre"  # the center looks outside
    LENDER = "lender"  # one lender finds it and sends it, or says no
    ROAD = "road"  # from the lender to the borrowing library
    SHELF = "shelf"  # on the hold shelf
    LOAN = "loan"  # with the reader
    DESK = "desk"  # back, and not sent home yet
    HOME = "home"  # on its way to the lender


KINDS: Mapping[State, Kind] = {
    State.ASKED: Kind.CHECK,
    State.REVIEW: Kind.CHECK,
    State.APPROVED: Kind.SEARCH,
    State.WAITING: Kind.WAIT,
    State.CENTRE: Kind.CENTRE,
    State.REFERRED: Kind.LENDER,
    State.SHIPPED: Kind.ROAD,
    State.ARRIVED: Kind.SHELF,
    State.LENT: Kind.LOAN,
    State.BACK: Kind.DESK,
    State.HOMEWARD: Kind.HOME,
    State.DELIVERED: Kind.LOAN,
}
TRAVELS = frozenset({Kind.ROAD, Kind.HOME})
# How long a reader keeps a thing, or until when a lender cannot send it, is said before; in finding
# the next lender nobody takes time.
NOT_COMPARED = frozenset({Kind.SEARCH, Kind.WAIT, Kind.LOAN})
OF_NO_LENDER = frozenset({Kind.CHECK, Kind.SEARCH, Kind.WAIT, Kind.CENTRE})

# Verbs that say that a step did not happen after all.
UNDOES = frozenset(
    {
        Verb.UNDO_SHIP,
        Verb.UNDO_RECEIVE,
        Verb.UNDO_CHECK_OUT,
        Verb.UNDO_RETURN,
        Verb.UNDO_SHIP_RETURN,
        Verb.UNDO_CHECK_IN,
        Verb.UNDO_WRITE_OFF,
    }
)


@dataclass(frozen=True, slots=True)
class Moment:
    """An event, as far as steps go by it."""

    verb: str
    at: datetime
    after: State
    supply: int | None = None  # the key of the attempt


@dataclass(frozen=True, slots=True)
class Step:
    kind: Kind
    began: datetime
    ended: datetime | None = None  # None: it goes on
    supply: int | None = None
    ended_by: str = ""  # the verb
    measured: bool = True  # nobody saw it leave: how its days divide is not known


def steps(moments: Iterable[Moment]) -> list[Step]:
    """The steps in their order; of a request that has not ended the last one goes on."""
    made: list[Step] = []
    for moment in moments:
        kind = KINDS.get(moment.after)
        if moment.verb in UNDOES:
            made = _back_to(made, kind)
        elif kind is None:
            made = _end(made, moment)
        elif not made or made[-1].ended is not None or kind != made[-1].kind:
            supply = None if kind in OF_NO_LENDER else moment.supply
            made = [*_end(made, moment), Step(kind, moment.at, supply=supply)]
    return _unmeasured(made)


def _end(made: list[Step], moment: Moment) -> list[Step]:
    if not made or made[-1].ended is not None:
        return made
    return [*made[:-1], replace(made[-1], ended=moment.at, ended_by=moment.verb)]


def _back_to(made: list[Step], kind: Kind | None) -> list[Step]:
    """As if what followed the last step of this kind had not happened: it goes on."""
    for place in range(len(made) - 1, -1, -1):
        if made[place].kind == kind:
            return [*made[:place], replace(made[place], ended=None, ended_by="")]
    return made


def _unmeasured(made: list[Step]) -> list[Step]:
    """What arrived without having been scanned out was written down as sent at that moment."""
    unseen = {n for n, each in enumerate(made) if each.kind in TRAVELS and each.ended == each.began}
    doubtful = unseen | {n - 1 for n in unseen}
    return [replace(e, measured=False) if n in doubtful else e for n, e in enumerate(made)]


@dataclass(frozen=True, slots=True)
class Place:
    """A library, as ways are compared: by itself, its region, its state."""

    library: str
    region: str = ""
    state: str = ""


class Level(StrEnum):
    """How narrowly a way is taken, the narrowest first."""

    LIBRARY = "library"
    REGION = "region"
    STATE = "state"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Lane:
    """A way on which times are compared: what is done, how it travels, from where to where."""

    kind: str
    level: Level
    via: str = ""
    origin: str = ""
    destination: str = ""


def lanes(kind: str, via: str, origin: Place, destination: Place | None = None) -> Iterator[Lane]:
    """The lanes that a step belongs to, from the narrowest to the widest."""
    for level in (Level.LIBRARY, Level.REGION, Level.STATE):
        ends = [getattr(each, level.value) for each in (origin, destination) if each is not None]
        if all(ends):
            yield Lane(kind, level, via, *ends)
    yield Lane(kind, Level.ALL, via)
