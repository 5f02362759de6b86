"""Who is asked, in which order, and why a library is passed over.

Pure: facts in, answer out. First goes who named this day itself; of a copy, who is known to have
the volume before who may have it, and last who supplies copies to all; of these, last whose holding
is doubted. In between the borrower's own network goes first, where the borrower has it so; then the
soonest to arrive, then fair share (least lent against borrowed), then the least busy, then the
nearest. What is decided here is stored with the request.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from postroad.delivery.stopping import Meanwhile


class Step(StrEnum):
    """One step of the order in which a library's requests look for a lender."""

    NETWORK = "network"  # the members of its own network
    UNION = "union"  # all members that own it
    MEDIATED = "mediated"  # the ILL center looks for it


USUAL = (Step.NETWORK, Step.UNION, Step.MEDIATED)


class WhyNot(StrEnum):
    """The reason a library is passed over."""

    BORROWER = "borrower"  # it is the library that asks
    ASKED = "asked-already"
    LATER = "later"  # it was asked, and named a day that has not come
    NOT_IN_ORDER = "not-in-order"  # the borrower has the center look before it
    NOT_LENDING = "not-lending"
    FORMAT = "format-not-lent"
    KEPT_INSIDE = "kept-in-network"  # the lender's network keeps such things for its own members
    KEPT_IN_STATE = "kept-in-state"  # the lender lends to libraries of its own state alone
    NO_COPY = "no-copy-in"
    LACKS_VOLUME = "lacks-volume"  # it has the title, and not the volume that is wanted
    CLOSED = "closed"
    NOT_KNOWN = "days-not-known"  # nobody knows when it is open
    NO_LENDING_NOW = "no-lending-now"
    NO_DELIVERY = "no-delivery"
    NO_DELIVERY_THERE = "no-delivery-there"  # the van does not come to the borrower
    TOO_LATE = "after-need-by"
    COPIES_ONLY = "copies-only"  # the whole service has stopped, and nothing goes by mail meanwhile


class Tier(IntEnum):
    """Of those that are asked for a copy, what is known of their holding: the lower goes first."""

    HAS_IT = 0
    MAY_HAVE_IT = 1  # what it says of its volumes does not tell
    SUPPLIES = 2  # it makes copies for all, and nobody else is known to have it


@dataclass(frozen=True, slots=True)
class Lender:
    """What is known of one owning library when the choice is made."""

    code: str
    name: str
    town: str
    on_shelf: int  # copies that are in and may go
    lacks_volume: bool = False
    lends: bool = True
    lends_format: bool = True
    keeps_inside: bool = False  # its network does not lend this to who asks
    keeps_in_state: bool = False  # it does not lend to the state of who asks
    is_borrower: bool = False
    asked_already: bool = False
    retry_on: date | None = None  # asked already, it said that it can from this day on
    tier: Tier = Tier.HAS_IT
    doubted: bool = False  # it said more than once that it does not have it
    days_known: bool = True
    open_on: date | None = None  # the next day it is open; None: not within a year
    lending_on: date | None = None  # the next day it is open and lends
    on_route: bool = True
    borrower_on_route: bool = True
    arrives: date | None = None
    meanwhile: Meanwhile | None = None  # what is done instead, while the whole service stops
    mailed_by: date | None = None  # the limit of what goes by mail meanwhile
    need_by: date | None = None
    today: date | None = None
    borrowers_day: date | None = None  # today, where it is asked for
    patience: int = 4  # days: a week-end with a holiday is not "closed"
    lent: int = 0  # in the last twelve months
    borrowed: int = 0
    in_hand: int = 0  # requests that it has not answered or shipped
    miles: float | None = None
    same_network: bool = False  # as the borrower
    order: tuple[Step, ...] = USUAL  # the borrower's

    @property
    def step(self) -> int | None:
        """In which step of the borrower's order its turn comes first; None: in none before the
        center's."""
        for number, step in enumerate(self.order):
            if step == Step.MEDIATED:
                return None
            if step == Step.UNION or self.same_network:
                return number
        return None

    @property
    def share(self) -> float:
        """Lent against borrowed: the lower, the sooner it is this library's turn."""
        return self.lent / (self.borrowed + 1)

    @property
    def can_by_now(self) -> bool:
        """Whether the day has come that it named itself, at either end: which goes before what the
        last file said of its copies."""
        days = [day for day in (self.today, self.borrowers_day) if day is not None]
        return self.retry_on is not None and bool(days) and self.retry_on <= max(days)


def why_not(lender: Lender) -> WhyNot | None:
    """The reason this library is passed over, or None if it may be asked."""
    if lender.is_borrower:
        return WhyNot.BORROWER
    if lender.asked_already and not lender.can_by_now:
        return WhyNot.LATER if lender.retry_on is not None else WhyNot.ASKED
    if lender.step is None:
        return WhyNot.NOT_IN_ORDER
    if not lender.lends:
        return WhyNot.NOT_LENDING
    if not lender.lends_format:
        return WhyNot.FORMAT
    if lender.keeps_inside:
        return WhyNot.KEPT_INSIDE
    if lender.keeps_in_state:
        return WhyNot.KEPT_IN_STATE
    if lender.on_shelf < 1 and not lender.can_by_now:
        return WhyNot.NO_COPY
    if lender.lacks_volume:
        return WhyNot.LACKS_VOLUME
    return _why_not_now(lender)


def _why_not_now(lender: Lender) -> WhyNot | None:
    """The reasons that lie in these days and on the road."""
    if not lender.days_known:
        return WhyNot.NOT_KNOWN
    if not _soon(lender.open_on, lender):
        return WhyNot.CLOSED
    if not _soon(lender.lending_on, lender):
        return WhyNot.NO_LENDING_NOW
    if lender.meanwhile is not None:
        return _why_not_meanwhile(lender)
    if not lender.on_route:
        return WhyNot.NO_DELIVERY
    if not lender.borrower_on_route or lender.arrives is None:
        return WhyNot.NO_DELIVERY_THERE
    if lender.need_by is not None and lender.arrives > lender.need_by:
        return WhyNot.TOO_LATE
    return None


def _why_not_meanwhile(lender: Lender) -> WhyNot | None:
    """The same while no van goes. When it is there by mail nobody knows, so its limit counts."""
    if lender.meanwhile is Meanwhile.COPIES:
        return WhyNot.COPIES_ONLY
    in_time = lender.need_by is None or (lender.mailed_by or date.max) <= lender.need_by
    return None if in_time else WhyNot.TOO_LATE


def _soon(day: date | None, lender: Lender) -> bool:
    if day is None or lender.today is None:
        return day is not None
    return (day - lender.today).days <= lender.patience


def rank(lenders: Iterable[Lender]) -> list[Lender]:
    """Those that may be asked, the first to ask first."""
    able = [lender for lender in lenders if why_not(lender) is None]
    return sorted(able, key=turn)


def turn(lender: Lender) -> tuple[bool, int, bool, int, date, float, int, float, str]:
    """What the order goes by, in words and on the page: the smaller goes first."""
    return (
        not lender.can_by_now,
        lender.tier,
        lender.doubted,
        len(lender.order) if lender.step is None else lender.step,
        lender.arrives or date.max,
        round(lender.share, 3),
        lender.in_hand,
        lender.miles if lender.miles is not None else float("inf"),
        lender.code,
    )


def passed_over(lenders: Iterable[Lender]) -> list[tuple[Lender, WhyNot]]:
    """The others, each with the reason, by name."""
    reasons = ((lender, why_not(lender)) for lender in lenders)
    return sorted(
        ((lender, reason) for lender, reason in reasons if reason is not None),
        key=lambda pair: (pair[0].town, pair[0].name),
    )
