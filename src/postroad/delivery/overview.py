"""The delivery office's figures: what waits, what moves, what is late, and for how long.

Every figure opens its rows: each count has a filter of the same name in `rows`.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from postroad.delivery.models import (
    AT_A_HUB,
    Hub,
    Parcel,
    ParcelQuerySet,
    ParcelState,
    Route,
    Stop,
    Via,
)

AGES = (1, 3, 7, 14)  # days since the last line of the ledger
LATE, PAST_ITS_DAY = "late", "past-its-day"


@dataclass(frozen=True, slots=True)
class Standing:
    """A route's open parcels: ready at its senders; under way to, or dropped at, its receivers."""

    route: Route | None  # None: libraries off every route
    ready: int
    moving: int
    dropped: int
    late: int

    @property
    def total(self) -> int:
        return self.ready + self.moving + self.dropped


@dataclass(frozen=True, slots=True)
class Age:
    """Open parcels whose last line is at least `days` old and less than `under`."""

    days: int
    under: int | None
    ready: int
    moving: int
    dropped: int

    @property
    def total(self) -> int:
        return self.ready + self.moving + self.dropped


def by_route(now: datetime) -> list[Standing]:
    """In four queries."""
    routes = list(Route.objects.all())
    route_of = dict(Stop.objects.order_by().values_list("library", "route"))
    ready: Counter[int | None] = Counter()
    moving: Counter[int | None] = Counter()
    dropped: Counter[int | None] = Counter()
    late: Counter[int | None] = Counter()
    open_parcels = under_way()
    for library, count in leaving(open_parcels):
        ready[route_of.get(library)] += count
    for library, on_the_way, left, overdue in coming(open_parcels, now):
        moving[route_of.get(library)] += on_the_way
        dropped[route_of.get(library)] += left
        late[route_of.get(library)] += overdue
    counters = (ready, moving, dropped, late)
    everywhere: list[Route | None] = [*routes, None]
    standings = [
        Standing(route, *(count[route.pk if route else None] for count in counters))
        for route in everywhere
    ]
    return [each for each in standings if each.route or each.total]


def at(libraries: Collection[int], now: datetime) -> Standing:
    """The same of some libraries together, in two queries."""
    open_parcels = under_way()
    ready = leaving(open_parcels.filter(from_library__in=libraries))
    others = list(coming(open_parcels.filter(to_library__in=libraries), now))
    moving, dropped, late = (sum(each[at] for each in others) for at in (1, 2, 3))
    return Standing(None, sum(count for _library, count in ready), moving, dropped, late)


def under_way() -> ParcelQuerySet:
    return Parcel.objects.open().filter(via=Via.DELIVERY).order_by()


def leaving(parcels: ParcelQuerySet) -> Iterable[tuple[int, int]]:
    """By sender: what is ready there."""
    waiting = parcels.filter(state=ParcelState.READY).values_list("from_library")
    return waiting.annotate(count=Count("pk"))


def coming(parcels: ParcelQuerySet, now: datetime) -> Iterable[tuple[int, int, int, int]]:
    """By receiver: what is on its way to it, what was dropped there, how much of all is late."""
    return parcels.values_list("to_library").annotate(
        moving=Count("pk", filter=Q(state=ParcelState.MOVING)),
        dropped=Count("pk", filter=Q(state=ParcelState.DROPPED)),
        late=Count("pk", filter=Q(late_at__lt=now)),
    )


def lying_at(hub: Hub) -> int:
    """How many parcels were seen last at a hub."""
    moving = Parcel.objects.filter(state=ParcelState.MOVING, last_step__in=AT_A_HUB)
    return moving.filter(last_holder=hub.code).count()


def by_age(now: datetime) -> list[Age]:
    """How long ago somebody last saw each open parcel, in one query."""
    bounds = [0, *AGES]
    ages: list[tuple[int, int | None]] = [*zip(bounds, AGES, strict=False), (AGES[-1], None)]
    counts = (
        Parcel.objects.between_members()
        .open()
        .aggregate(
            **{
                f"{state}_{days}": Count("pk", filter=Q(state=state) & seen(now, days, under))
                for days, under in ages
                for state in (ParcelState.READY, ParcelState.MOVING, ParcelState.DROPPED)
            }
        )
    )
    return [
        Age(
            days,
            under,
            counts[f"{ParcelState.READY}_{days}"],
            counts[f"{ParcelState.MOVING}_{days}"],
            counts[f"{ParcelState.DROPPED}_{days}"],
        )
        for days, under in ages
    ]


def seen(now: datetime, days: int, under: int | None) -> Q:
    """Last seen so many days ago."""
    long_enough = Q(last_at__lte=now - timedelta(days=days)) if days else Q()
    return long_enough & (Q(last_at__gt=now - timedelta(days=under)) if under else Q())


def rows(
    now: datetime, *, state: str = "", route: str = "", days: int | None = None
) -> QuerySet[Parcel]:
    """The parcels behind a figure, the longest unseen first."""
    parcels = (
        Parcel.objects.between_members()
        .open()
        .select_related("from_library", "to_library", "last_library")
    )
    if state == LATE:
        parcels = parcels.late(now)
    elif state == PAST_ITS_DAY:
        parcels = parcels.past_its_day(now)
    elif state:
        parcels = parcels.filter(state=state)
    if days is not None:
        under = next((bound for bound in AGES if bound > days), None)
        parcels = parcels.filter(seen(now, days, under))
    if route:
        end = "from_library" if state == ParcelState.READY else "to_library"
        libraries = Stop.objects.filter(route__code=route).values("library")
        parcels = parcels.filter(**{f"{end}__in": libraries})
    return parcels.order_by("last_at", "pk")
