"""What waits at a library's desks: which list each thing stands in, and which lists must be worked
off. Every door counts by these filters. What the center looks after is in `worklist`."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Q

from postroad.directory.models import Library
from postroad.ill import dates
from postroad.ill.lifecycle import LoanState, Owner, Service, State, SupplyState
from postroad.ill.models import Request


class Borrowing(StrEnum):
    """The lists of a desk that borrows."""

    REVIEW = "review"
    CONDITIONS = "conditions"  # a lender's offer to say yes or no to
    OVERDUE = "overdue"
    BACK = "back"
    UNCLAIMED = "unclaimed"
    COMING = "coming"
    SHELF = "shelf"
    LENT = "lent"
    WAITING = "waiting"  # while lenders are asked
    HOMEWARD = "homeward"


class Lending(StrEnum):
    """The lists of a desk that lends, while nothing has left."""

    ASKED = "asked"
    PROMISED = "promised"
    COPIES = "copies"  # to be made and sent
    OFFERED = "offered"  # its conditions wait for the borrower's word


class Out(StrEnum):
    """The lists of what a library has lent and not yet got back."""

    RECEIVED = "received"  # its borrower has it
    LATE = "late"
    SHIPPED = "shipped"
    HOMEWARD = "homeward"


# What somebody at the desk must work off; the others are there to be looked at.
TO_DO = frozenset(
    {
        *(Borrowing.REVIEW, Borrowing.CONDITIONS, Borrowing.OVERDUE),
        *(Borrowing.BACK, Borrowing.UNCLAIMED),
        *(Lending.ASKED, Lending.PROMISED, Lending.COPIES),
    }
)
# Of requests
TO_REVIEW = Q(state=State.REVIEW)
ON_CONDITIONS = Q(state=State.REFERRED, current__state=SupplyState.OFFERED)
LOOKED_FOR = (
    Q(state__in=(State.ASKED, State.APPROVED, State.WAITING, State.REFERRED, State.CENTRE))
    & ~ON_CONDITIONS
)
# Of attempts
LOANS = Q(request__service=Service.LOAN)
ASKED, OFFERED = LOANS & Q(state=SupplyState.ASKED), Q(state=SupplyState.OFFERED)
PROMISED = LOANS & Q(state__in=(SupplyState.PROMISED, SupplyState.SUPPLYING))  # or more to send
COPIES = Q(request__service=Service.COPY, state__in=(SupplyState.ASKED, SupplyState.PROMISED))
# Of things
SHIPPED, ON_SHELF, LENT, BACK, HOMEWARD = (
    Q(state=state)
    for state in (
        *(LoanState.SHIPPED, LoanState.ARRIVED, LoanState.LENT),
        *(LoanState.BACK, LoanState.HOMEWARD),
    )
)
NOT_WANTED = ON_SHELF & Q(not_wanted=True)  # it goes home without having been lent


def overdue(desk_day: date) -> Q:
    """Things overdue. `desk_day` is the last day on which the desk was open: what is due that day
    can still be brought."""
    return LENT & Q(due_back__lt=desk_day)


def over(now: datetime) -> Q:
    """Things on the hold shelf whose time there is over: `dates.is_unclaimed`, of many at once."""
    return Q(due_at__lte=now) | Q(owner=Owner.BORROWING)


def unclaimed(now: datetime) -> Q:
    return ON_SHELF & over(now)


def borrowing(now: datetime, desk_day: date) -> Mapping[Borrowing, Q]:
    """Of requests, where none is out yet, and of things."""
    return {
        Borrowing.REVIEW: TO_REVIEW,
        Borrowing.CONDITIONS: ON_CONDITIONS,
        Borrowing.OVERDUE: overdue(desk_day),
        Borrowing.BACK: BACK | NOT_WANTED,
        Borrowing.UNCLAIMED: unclaimed(now) & ~NOT_WANTED,
        Borrowing.COMING: SHIPPED,
        Borrowing.SHELF: ON_SHELF & ~over(now),
        Borrowing.LENT: LENT & ~Q(due_back__lt=desk_day),
        Borrowing.WAITING: LOOKED_FOR,
        Borrowing.HOMEWARD: HOMEWARD,
    }


def out(library: Library, now: datetime) -> Mapping[Out, Q]:
    """Of things that this library lends."""
    late = dates.overdue_of(library, now)
    return {
        Out.RECEIVED: dates.AT_THE_BORROWER & ~late,
        Out.LATE: late,
        Out.SHIPPED: SHIPPED,
        Out.HOMEWARD: HOMEWARD,
    }


def is_from_outside(ill: Request) -> bool:
    """Whether an outside lender was asked for it last: the centre speaks for that one."""
    return ill.supply is not None and ill.supply.is_outside


def is_the_centres(ill: Request) -> bool:
    """Whether the centre works on it: it looks for it, or speaks for its lender."""
    open_outside = ill.supply is not None and ill.supply.is_open and is_from_outside(ill)
    return ill.state == State.CENTRE or open_outside


def of_members(ill: Request, *, ever: bool = False) -> list[Library]:
    """The members on its two sides, for which the center may act: those that have it in hand, or
    that `ever` had."""
    lenders = [supply.lender for supply in ill.supplies.all() if supply.is_open or ever]
    every = dict.fromkeys([ill.library, *lenders])
    return [each for each in every if not each.is_outside] if ill.is_open or ever else []
