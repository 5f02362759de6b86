"""What waits at a hub for a route, and taking all of it with one press: onto the route, or into the
bin that is chosen.

Nobody scanned each piece, so the ledger says that it was declared.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from postroad.accounts.models import User
from postroad.delivery import bulk, custody, stops
from postroad.delivery.custody import Scan
from postroad.delivery.hub import LONGEST_KEY, AtHub, Hand
from postroad.delivery.models import (
    Custody,
    CustodyStep,
    How,
    Hub,
    Parcel,
    ParcelQuerySet,
    ParcelState,
    Route,
    Stop,
    Via,
)

MOST = 500  # of one press; what is left waits for the next
AT_REST = (
    CustodyStep.SORTED,
    CustodyStep.RELEASED,
    CustodyStep.FOUND,
    CustodyStep.MISROUTED,
)


class Waiting(NamedTuple):
    """What may be taken, and how much is kept for libraries to which nothing is delivered now."""

    parcels: Sequence[Parcel]
    kept: int


def loose(hub: Hub) -> ParcelQuerySet:
    """In no bin at this hub, and not held there."""
    return Parcel.objects.filter(
        state=ParcelState.MOVING,
        via=Via.DELIVERY,
        last_step__in=AT_REST,
        last_holder=hub.code,
        container=None,
    )


def by_route(hub: Hub) -> list[tuple[Route, int]]:
    """Every route with how much lies here for it, in two queries."""
    stops_of = Stop.objects.filter(active=True, library=OuterRef("to_library"))
    lying = loose(hub).annotate(route=Subquery(stops_of.values("route")[:1])).order_by()
    counted = dict(lying.values_list("route").annotate(parcels=Count("pk")))
    return [(route, counted.get(route.pk, 0)) for route in Route.objects.all()]


def waiting(hub: Hub, route: Route, now: datetime) -> Waiting:
    """What lies here for libraries on this route, of each in the order in which it came."""
    served = list(route.stops.filter(active=True).values_list("library", flat=True))
    today = timezone.localdate(now)
    suspended = {
        key
        for key, van in stops.calendars(served, today).items()
        if (shut := van.drop.shut_on(today)) and shut.held
    }
    lying = loose(hub).filter(to_library__in=served).select_related("to_library")
    found = list(lying.order_by("to_library__town", "to_library", "last_at", "pk"))
    going = [each for each in found if each.to_library_id not in suspended]
    return Waiting(going[:MOST], len(found) - len(going))


@transaction.atomic
def take(here: AtHub, numbers: Collection[str], key: str) -> list[Custody]:
    """Those of these that still wait; the same press sent twice is one. Their new lines."""
    if here.route is None or (here.hand is Hand.SORT and here.into is None):
        return []
    found = waiting(here.hub, here.route, here.at).parcels
    taken = [each for each in found if each.number in numbers]
    scan = _scan(here, here.route, key[:LONGEST_KEY])
    bulk.write([(each.pk, scan) for each in taken], [], here.at)
    keys = [scan.key_in(each, []) for each in taken]
    return list(Custody.objects.filter(key__in=keys).order_by("pk"))


def _scan(here: AtHub, route: Route, key: str) -> Scan:
    own = f"all-{here.hand}-{key}"
    if here.hand is Hand.LOAD:
        return Scan(CustodyStep.PICKED_UP, here.at, here.user, None, own, route.code, How.DECLARED)
    into = here.into.pk if here.into else None
    return Scan(
        CustodyStep.SORTED,
        here.at,
        here.user,
        None,
        own,
        here.hub.code,
        How.DECLARED,
        container=into,
    )


@transaction.atomic
def undo(lines: Collection[int], *, by: User | None, at: datetime) -> int:
    """Take back what one press did; the ledger keeps both. How many wait there again."""
    written = Custody.objects.filter(pk__in=lines, undone_by=None).order_by("pk")
    scans = [(line.parcel_id, custody.taking_back(line, by=by, at=at)) for line in written]
    bulk.write(scans, [], at)
    return len(scans)
