"""What happens to a parcel on its way concerns the loan: its clocks follow the parcel's (R6)."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from postroad.ill import clocks
from postroad.ill.lifecycle import SupplyState
from postroad.ill.models import TRAVELS, Request, Supply

BATCH = 200  # of one way a turn; the next takes the rest


def follow(now: datetime) -> int:
    """Set the clocks of loans on the road by when their parcels are late now; how many moved.

    Deliveries that are suspended after shipping stop these clocks, and their return starts them.
    """
    return sum(_follow(state, parcel, now) for state, parcel in TRAVELS.items())


def _follow(state: str, name: str, now: datetime) -> int:
    late, rings = F(f"{name}__late_at"), F("due_at")
    ahead = Q(**{f"{name}__late_at__gt": now}) & ~Q(due_at=late)
    behind = Q(**{f"{name}__late_at__lte": now, f"{name}__late_at__lt": rings}, due_at__gt=now)
    on_the_road = Supply.objects.open().filter(ahead | behind, state=SupplyState(state))
    listed = on_the_road.select_related("request__library", "lender", name).order_by("due_at", "pk")
    return sum(_set(supply, state, name, now) for supply in listed[:BATCH])


@transaction.atomic
def _set(supply: Supply, state: str, name: str, now: datetime) -> bool:
    """Both sides; whoever moved one of them meanwhile has set its clock."""
    parcel, ill = getattr(supply, name), supply.request
    clock = clocks.of_supply(
        SupplyState(state), now, lender=supply.lender, borrower=ill.library, late_at=parcel.late_at
    )
    rings = clock.due_at
    if rings is None or (rings >= (supply.due_at or rings) and parcel.late_at <= now):
        return False  # it has rung, and rings again in its time
    same = {"state": state, "due_at": supply.due_at, f"{name}_id": parcel.pk}
    if not Supply.objects.filter(pk=supply.pk, **same).update(due_at=rings):
        return False
    Request.objects.filter(pk=ill.pk, state=ill.state, current=supply.pk).update(due_at=rings)
    return True
