"""A thing that does not come home: its lender gives it up, takes that back, or finds it again."""

from django.db import transaction

from postroad.catalogue import holdings
from postroad.ill import in_hand, shipping
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Ending, LoanEnding, LoanState, Outcome, Verb
from postroad.ill.models import Event, Loan


@transaction.atomic
def write_off(loan: Loan, act: Act, *, note: str = "") -> None:
    """Its lender gives it up: only that one closes a loss, and the center for one outside.

    The last of a supply's things ends it, and the last of all the request.
    """
    last_of_supply, last_of_all = shipping.last(loan)
    others = loan.request.loans.filter(ending=LoanEnding.RETURNED)
    outcome = shipping.outcome(loan) if others.exists() else Outcome.LOST
    loan.request.move(
        Verb.WRITE_OFF,
        act,
        loan=loan,
        change={"outcome": outcome} if last_of_all else {},
        supply_change={"ending": Ending.LOST} if last_of_supply else {},
        loan_change={"ending": LoanEnding.LOST},
        said={"lender": loan.supply.lender_name, "stood": loan.state},
        note=note,
    )
    if loan.item is not None:
        holdings.lose(loan.item)


@transaction.atomic
def undo_write_off(event: Event, act: Act) -> None:
    """It was given up by mistake: the loan stands where it stood before."""
    ill, supply, loan = event.parts()
    assert supply is not None  # a thing is given up with its supply
    assert loan is not None
    if loan.item is not None:
        holdings.undo_lose(loan.item)
    ill.move(
        Verb.UNDO_WRITE_OFF,
        act,
        supply=supply,
        loan=loan,
        to=LoanState(event.loan_before),
        **shipping.REOPENED,
        said={"lender": supply.lender_name},
    )


@transaction.atomic
def recover(loan: Loan, act: Act) -> None:
    """What was given up has turned up at its lender: the one thing that a closed record bears."""
    loan.request.move(
        Verb.RECOVER,
        act,
        loan=loan,
        loan_change={"ending": LoanEnding.FOUND},
        said={"lender": loan.supply.lender_name},
    )
    if loan.item is not None:
        holdings.undo_lose(loan.item)
        holdings.give_back(loan.item, in_hand.status_at_home(loan))
