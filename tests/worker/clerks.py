"""Everybody of a loan who is not the worker: they do whatever is their turn, until all is done."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from postroad.catalogue.models import Item
from postroad.ill import loans, shipping
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanState, SupplyState
from postroad.ill.models import Loan, Supply


def work(now: datetime | None = None) -> int:
    """One round of all desks; how many things were done."""
    at = now or timezone.now()
    return lend_out(at) + borrow(at) + take_home(at)


def lend_out(at: datetime) -> int:
    waiting = list(
        Supply.objects.filter(state=SupplyState.ASKED).select_related("request__library", "lender")
    )
    for supply in waiting:
        item = Item.objects.select_related("library", "record").get(
            record=supply.request.record_id, library=supply.lender_id
        )
        shipping.ship(supply, Act(at=at), item=item)
    return len(waiting)


def borrow(at: datetime) -> int:
    verbs: dict[LoanState, Callable[..., object]] = {
        LoanState.SHIPPED: loans.receive,
        LoanState.ARRIVED: loans.check_out,
        LoanState.LENT: loans.return_item,
        LoanState.BACK: loans.ship_return,
    }
    done = 0
    for state, verb in verbs.items():
        for loan in list(Loan.objects.shown().filter(state=state)):
            verb(loan, Act(at=at))
            done += 1
    return done


def bring_to_their_readers(at: datetime) -> None:
    """What is on its way arrives, and is lent."""
    for loan in list(Loan.objects.shown().filter(state=LoanState.SHIPPED)):
        loans.receive(loan, Act(at=at))
    for loan in list(Loan.objects.shown().filter(state=LoanState.ARRIVED)):
        loans.check_out(loan, Act(at=at))


def take_home(at: datetime) -> int:
    coming = list(Loan.objects.shown().filter(state=LoanState.HOMEWARD))
    for loan in coming:
        shipping.check_in(loan, Act(at=at))
    return len(coming)
