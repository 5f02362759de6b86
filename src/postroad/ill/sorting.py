"""Where a thing goes whose barcode a sorter scans, by all that was told of it.

Pure: what is known of a barcode comes in, a decision comes out. A barcode is unique in its library
only, so a thing that may be of two libraries goes to neither. What nobody knows is never a yes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Who knows something of a barcode."""

    LOAN = "loan"  # an open loan of a request
    PARCEL = "parcel"  # what a library made ready, with or without a request
    HOLD = "hold"  # what a library told us
    ITEM = "item"  # a catalog


class Reason(StrEnum):
    """Why it goes where it goes, or why that is not known."""

    LOAN = "loan"
    RETURN = "return"
    UNSENT = "unsent"  # lent by a request, and nobody recorded sending it home
    PARCEL = "parcel"
    HOLD = "hold"
    OWNER = "owner"
    SEVERAL = "several"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"
    ROUNDED = "rounded"  # by a spreadsheet program
    NO_LIBRARY = "no-library"  # the question names a library that we do not know


class Do(StrEnum):
    """What the sorter does with it."""

    SORT = "sort"
    HOLD = "hold"  # it waits at the hub (R6)
    ASIDE = "aside"  # for somebody to look at


class Trouble(StrEnum):
    """What keeps a thing from going on whose destination is known."""

    NO_STOP = "no-stop"  # the van does not call there
    NO_CODE = "no-code"  # which a slip there bears: missing, unknown or retired (R7)
    HELD = "held"
    NO_DAYS = "no-days"  # it calls on no day in sight


# A loan that is open goes before all else, since its lender has to check it in; then what was said
# last; the catalog alone says only whose it is.
RANK = {Source.LOAN: 0, Source.PARCEL: 1, Source.HOLD: 1, Source.ITEM: 2}
DOES = {
    Trouble.NO_STOP: Do.ASIDE,
    Trouble.NO_CODE: Do.ASIDE,
    Trouble.HELD: Do.HOLD,
    Trouble.NO_DAYS: Do.HOLD,
}


@dataclass(frozen=True, slots=True)
class Clue:
    """One thing that is known of a barcode; libraries are their keys."""

    source: Source
    reason: Reason
    owner: int | None  # whose it is, as far as that was said
    to: int | None  # where it goes by this; of a hold None: not any more
    container: str = ""  # in which it is now


@dataclass(frozen=True, slots=True)
class Decision:
    """Where it goes and why; of several owners, who they are."""

    reason: Reason
    to: int | None = None
    owners: tuple[int, ...] = ()
    container: str = ""


def decide(clues: Sequence[Clue], owner: int | None = None) -> Decision:
    """What follows from all that is known, in the order in which it was said; `owner` is the
    library whose barcode it is, if the question names one."""
    mine = [each for each in clues if owner is None or each.owner in (owner, None)]
    owners = list(dict.fromkeys(each.owner for each in mine))
    known = tuple(each for each in owners if each is not None)
    if not mine:
        return Decision(Reason.UNKNOWN)
    if len(owners) > 1 and owner is None:
        return Decision(Reason.SEVERAL, owners=known)
    told = _counts(mine)
    container = next((each.container for each in mine[::-1] if each.container), "")
    if told is None:  # a hold that is over says whose it is, as a catalog would
        return Decision(Reason.OWNER, known[0], known, container)
    return Decision(told.reason, told.to, known, container)


def _counts(clues: Sequence[Clue]) -> Clue | None:
    """The clue that counts: of the first rank, what was said last."""
    holds = [each for each in clues if each.source is Source.HOLD]
    live = [each for each in clues if each.source is not Source.HOLD or each is holds[-1]]
    live = [each for each in live if each.to is not None]
    first = min((RANK[each.source] for each in live), default=None)
    return next((each for each in live[::-1] if RANK[each.source] == first), None)


def does(decision: Decision, trouble: Trouble | None) -> Do:
    """What the sorter does by a decision, and by what stands in its way."""
    if decision.to is None:
        return Do.ASIDE
    return Do.SORT if trouble is None else DOES[trouble]
