"""Whose turn it is, until when, and what is late: for whoever tells it, in whatever words."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from postroad.delivery.models import Parcel
from postroad.directory import thresholds
from postroad.ill import dates
from postroad.ill.lifecycle import LENDERS_TURN, OUT, LoanState, Owner, State, SupplyState
from postroad.ill.models import Loan, Request, Supply
from postroad.ill.models.loan import TRAVELS
from postroad.ill.models.request import together


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is to act next, and by when."""

    owner: Owner
    until: datetime
    late: bool  # that has passed
    overdue: bool = False  # the patron has it after its due day, and is reminded then


class Late(StrEnum):
    """What is late about a request."""

    OVERDUE = "overdue"  # with its patron, after its due day
    ON_THE_ROAD = "on-the-road"  # it should have arrived
    TURN = "turn"  # whoever is to act has let the time pass


class Step(StrEnum):
    """What is to be done about a thing that its patron keeps too long."""

    REMIND = "remind"  # mail does it
    TALK = "talk"  # the desk talks to its reader
    SETTLE = "settle"  # the two libraries agree on what to do


def days_overdue(loan: Loan, today: date) -> int:
    """For its reader, and her library."""
    return (today - loan.due_back).days if loan.due_back else 0


def due_for_lender(loan: Loan) -> date | None:
    """The day that counts for its lender: at home, where that is what "due" means."""
    return loan.due_home or loan.due_back


def overdue_step(loan: Loan, today: date) -> Step:
    """What is to be done about it by now, by the thresholds of its borrower."""
    days, library = days_overdue(loan, today), loan.request.library
    due = due_for_lender(loan)
    at_lender = (today - due).days if due else 0
    if at_lender >= thresholds.days("overdue-lender", on=today, library=library):
        return Step.SETTLE
    talk = thresholds.days("overdue-desk", on=today, library=library)
    return Step.TALK if days >= talk else Step.REMIND


def of_request(ill: Request, now: datetime) -> Turn | None:
    """Whose turn a request waits for; None, once it is closed."""
    until = ill.rings_at
    if until is None:
        return None
    return Turn(Owner(ill.owner), until, until < now, is_overdue(ill, now))


def is_overdue(ill: Request, now: datetime) -> bool:
    """Whether its patron has it after its due day, and could have brought it."""
    return ill.state == State.LENT and ill.loan is not None and dates.is_overdue(ill.loan, now)


def late(ill: Request, now: datetime) -> Late | None:
    """What is late about it, the worst first."""
    if is_overdue(ill, now):
        return Late.OVERDUE
    if ill.state == State.SHIPPED and ill.loan is not None and is_late_on_road(ill.loan, now):
        return Late.ON_THE_ROAD
    until = ill.rings_at
    return Late.TURN if until is not None and until < now else None


def is_late_on_road(loan: Loan, now: datetime) -> bool:
    """Whether it should have reached its borrower before today, by the borrower's own days."""
    return loan.arrives_on is not None and loan.arrives_on < loan.request.library.day_of(now)


def under_way(loan: Loan) -> Parcel | None:
    """The parcel in which it travels just now."""
    travels = TRAVELS.get(LoanState(loan.state))
    return getattr(loan, travels) if travels else None


def of_supply(supply: Supply, now: datetime) -> Turn | None:
    """Whose turn an attempt waits for: its own, until something of it is out."""
    part = thing_of(supply) or supply
    if part.due_at is None:
        return None
    return Turn(Owner(part.owner), part.due_at, part.due_at < now)


def is_lenders(supply: Supply) -> bool:
    """Whether its lender is to act: to answer, or to ship."""
    return supply.state in LENDERS_TURN


def thing_of(supply: Supply | None) -> Loan | None:
    """What is out of an attempt, or was last: the foremost of its request, if it is of this one."""
    loan = supply.request.current_loan if supply else None
    if supply is None or loan is None or loan.supply_id != supply.pk:
        return None
    return together(supply.request, supply, loan)[2]


def stands(supply: Supply) -> SupplyState | LoanState:
    """Where an attempt stands for its lender: where its thing does, once that is out."""
    loan = thing_of(supply)
    if supply.state == SupplyState.SUPPLYING and loan:
        return LoanState(loan.state)
    return SupplyState(supply.state)


def is_with_borrower(loan: Loan | None) -> bool:
    """Whether it is out, and not on the road: then its due day is what counts."""
    return loan is not None and loan.state in OUT - TRAVELS.keys()
