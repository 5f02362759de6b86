"""A thing that does not come home: its lender gives it up, takes that back, or finds it again."""

from django.db import transaction

from postroad.catalogue import holdings
from postroad.catalogue.models import Item, ItemStatus
from postroad.delivery import claims, parcels
from postroad.delivery.models import Parcel
from postroad.ill import charging, in_hand, shipping
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Ending, LoanEnding, LoanState, Outcome, Verb
from postroad.ill.lookup import NEVER_WENT
from postroad.ill.models import Charge, ChargeState, Event, Loan
from postroad.ill.models.loan import TRAVELS


@transaction.atomic
def write_off(loan: Loan, act: Act, *, note: str = "") -> None:
    """Its lender gives it up: only that one closes a loss, and the center for one outside.

    The last of a supply's things ends it, and the last of all the request.
    """
    was = loan.state
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
        said={"lender": loan.supply.lender_name, "stood": was},
        note=note,
    )
    if loan.item is not None:
        holdings.lose(loan.item)
    if parcel := _travels(loan, LoanState(was)):
        parcels.give_up(parcel, by=act.by, at=act.at)


@transaction.atomic
def undo_write_off(event: Event, act: Act) -> None:
    """It was given up by mistake: the loan stands where it stood before."""
    ill, supply, loan = event.parts()
    assert supply is not None  # a thing is given up with its supply
    assert loan is not None
    ill.move(
        Verb.UNDO_WRITE_OFF,
        act,
        supply=supply,
        loan=loan,
        to=LoanState(event.loan_before),
        **shipping.REOPENED,
        said={"lender": supply.lender_name},
    )
    if loan.item is not None:
        holdings.undo_lose(loan.item)
    if parcel := _travels(loan, LoanState(loan.state)):
        parcels.undo_give_up(parcel, by=act.by, at=act.at)
    for owed in loan.charges.owed().filter(made_at=event.at):  # what was charged with it
        owed.loan = loan
        charging.settle(owed, act, state=ChargeState.WAIVED)


def _travels(loan: Loan, state: LoanState) -> Parcel | None:
    """The parcel in which it is on the road, where it stands so."""
    parcel: Parcel | None = getattr(loan, TRAVELS[state]) if state in TRAVELS else None
    return parcel


def check_recover(loan: Loan) -> None:
    """Raises OutOfTurn where it is not, or no more, given up as lost."""
    loan.request.refuse_out_of_turn(Verb.RECOVER, loan=loan)


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
    for parcel in filter(None, (loan.parcel_out_id, loan.parcel_home_id)):
        claims.found(parcel, by=act.by, at=act.at)
    item = loan.item
    if item is not None and item.status == ItemStatus.MISSING:  # or a file has put it right before
        holdings.undo_lose(item)
        holdings.give_back(item, in_hand.status_at_home(loan))


def charged_for(loan: Loan) -> list[Charge]:
    """The charges for it that are owed or were paid: of what is found, its lender says what
    becomes of them."""
    return list(loan.charges.filter(state__in=(ChargeState.OWED, ChargeState.PAID)))


def lost_with(item: Item) -> Loan | None:
    """The loan on which this copy was given up, if it was out on none since."""
    last = Loan.objects.filter(item=item).exclude(ending__in=NEVER_WENT)
    known = last.select_related("request__library", "item", "supply__lender")
    loan = known.order_by("-shipped_at", "-pk").first()
    return loan if loan is not None and loan.state == LoanState.LOST else None
