"""Everybody of a loan who is not the worker: they do whatever is their turn, until all is done."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from postroad.catalogue.models import Item
from postroad.ill import borrowing, lending
from postroad.ill.lifecycle import State, SupplyState
from postroad.ill.models import Request, Supply


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
        lending.ship(supply, item=item, by=None, at=at)
    return len(waiting)


def borrow(at: datetime) -> int:
    verbs: dict[State, Callable[..., None]] = {
        State.SHIPPED: borrowing.receive,
        State.ARRIVED: borrowing.lend,
        State.LENT: borrowing.take_back,
        State.BACK: borrowing.send_home,
    }
    done = 0
    for state, verb in verbs.items():
        for ill in list(Request.objects.shown().filter(state=state)):
            verb(ill, by=None, at=at)
            done += 1
    return done


def take_home(at: datetime) -> int:
    coming = list(
        Supply.objects.filter(state=SupplyState.HOMEWARD).select_related(
            "request__library", "lender", "item", "parcel_home"
        )
    )
    for supply in coming:
        lending.check_in(supply, by=None, at=at)
    return len(coming)
