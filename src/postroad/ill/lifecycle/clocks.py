"""The clock of each state: whose turn it is, for how long, and the verb that follows silence.

Each clock stands on exactly one row: on the request until a lender has it in hand, on the attempt
until something of it is out, and then on each thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from postroad.ill.lifecycle.states import LoanState, Owner, SupplyState, Wish
from postroad.ill.lifecycle.verb import Verb


class Level(StrEnum):
    """Within how many hours at work a copy is promised: the threshold, of its lender."""

    RUSH = "copy-hours-rush"
    VERIFIED = "copy-hours"  # it is known to have that volume
    UNVERIFIED = "copy-hours-unverified"  # it has to look first what is meant, or whether it has it


class Unit(StrEnum):
    """How a clock counts."""

    HOURS = "hours"  # of anybody's day
    WORKING = "working"  # working days of the owner's library, by threshold
    CALENDAR = "calendar"  # calendar days, by threshold
    ROAD = "road"  # as long as its parcel is not late (R6, R9, R10); without one, as CALENDAR
    HOURS_AT_WORK = "hours-at-work"  # of the lender, by threshold: a day at work has 24
    POLICY = "policy"  # working days of the lender, by its policy
    SHELF = "shelf"  # days without those of closures, by the borrowing library's policy
    DAY = "day"  # until a day that somebody named, by the borrowing library's own clock
    DATE = "date"  # until the borrowing library opens again after the day on which it is due


@dataclass(frozen=True, slots=True)
class Clock:
    """Whose turn it is in a state, how long it may take, and the verb that follows silence."""

    owner: Owner
    unit: Unit
    limit: str
    rings: Verb
    then: Owner | None = None  # whose turn it is once it has rung, if another's


WISH_CLOCKS: Mapping[Wish, Clock] = {
    Wish.ASKED: Clock(Owner.MACHINE, Unit.HOURS, "1", Verb.REVIEW),
    Wish.REVIEW: Clock(Owner.BORROWING, Unit.WORKING, "staff-answer", Verb.REMIND),
    Wish.APPROVED: Clock(Owner.MACHINE, Unit.HOURS, "1", Verb.ESCALATE),
    Wish.WAITING: Clock(Owner.MACHINE, Unit.DAY, "retry_on", Verb.REFER_AGAIN),
    Wish.CENTRE: Clock(Owner.CENTRE, Unit.WORKING, "centre-answer", Verb.REMIND),
    Wish.DELIVERED: Clock(Owner.MACHINE, Unit.CALENDAR, "copy-days", Verb.FINISH),
}
SUPPLY_CLOCKS: Mapping[SupplyState, Clock] = {
    SupplyState.ASKED: Clock(Owner.LENDING, Unit.POLICY, "answer_days", Verb.LAPSE),
    SupplyState.OFFERED: Clock(
        Owner.BORROWING, Unit.WORKING, "conditional-answer", Verb.DECLINE_OFFER
    ),
    SupplyState.PROMISED: Clock(Owner.LENDING, Unit.POLICY, "ship_days", Verb.LAPSE),
}
LOAN_CLOCKS: Mapping[LoanState, Clock] = {
    LoanState.SHIPPED: Clock(Owner.BORROWING, Unit.ROAD, "courier-late", Verb.REMIND_LOAN),
    LoanState.ARRIVED: Clock(
        Owner.PATRON, Unit.SHELF, "hold_shelf_days", Verb.REMIND_LOAN, then=Owner.BORROWING
    ),
    LoanState.LENT: Clock(Owner.PATRON, Unit.DATE, "due_back", Verb.REMIND_LOAN),
    LoanState.BACK: Clock(Owner.BORROWING, Unit.WORKING, "desk", Verb.REMIND_LOAN),
    LoanState.HOMEWARD: Clock(Owner.LENDING, Unit.ROAD, "courier-late", Verb.REMIND_LOAN),
}


def of_copy(level: Level) -> Clock:
    """A copy is made and sent in one go: its lender has one limit from being asked to sent."""
    return Clock(Owner.LENDING, Unit.HOURS_AT_WORK, level, Verb.LAPSE)


# What a lender has still to send, of which something is out: that never lapses.
MORE_CLOCK = Clock(Owner.LENDING, Unit.POLICY, "ship_days", Verb.REMIND_LENDER)
# The centre asks after an outside lender; only a person there records what it said.
OUTSIDE_CLOCK = Clock(Owner.CENTRE, Unit.CALENDAR, "mail-late", Verb.REMIND_LENDER)
