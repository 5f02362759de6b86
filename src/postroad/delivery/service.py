"""What it would mean to stop the whole service, told before anybody does it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from postroad.delivery import outlook
from postroad.delivery.models import ParcelState, Stop


@dataclass(frozen=True, slots=True)
class Preview:
    """Stops at which libraries are told, and parcels of the van as they stand now."""

    stops: int
    ready: int  # packed, and not picked up
    moving: int
    promised: int  # with a day on or after the first one


def preview(first_day: date) -> Preview:
    """In two statements."""
    parcels = outlook.under_way().order_by()
    found = parcels.aggregate(
        ready=Count("pk", filter=Q(state=ParcelState.READY)),
        moving=Count("pk", filter=Q(state=ParcelState.MOVING)),
        promised=Count("pk", filter=Q(expected_on__gte=first_day)),
    )
    return Preview(stops=Stop.objects.filter(active=True).count(), **found)
