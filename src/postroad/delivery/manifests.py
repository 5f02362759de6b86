"""A route's sheet for a day, in the order of its stops: what is handed in and picked up at each,
pieces and bins, and when the stop was confirmed.

Of a day that is over it says what happened; of today what is done and left; of a day to come what
is expected on it by the forecasts, and what waits already.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from postroad.delivery import containers, rounds, stops
from postroad.delivery.models import (
    Container,
    ContainerLine,
    ContainerState,
    ContainerStep,
    Parcel,
    ParcelState,
    Route,
    Stop,
    Via,
    Visit,
)
from postroad.delivery.rounds import Load


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins and bags to leave at a stop, those that stand there, and empties that it still wants."""

    to_leave: int = 0
    left: int = 0
    standing: int = 0
    taken: int = 0
    wanted: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One stop of the sheet. Without a call there may be a reason."""

    stop: Stop
    calls: bool
    reason: str
    load: Load
    bins: Bins
    visits: Sequence[Visit] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Manifest:
    route: Route
    day: date
    over: bool  # the day has passed: nothing is left to do on it
    ahead: bool  # the day is still to come: its pieces are expected
    lines: Sequence[Line]

    @property
    def to_drop(self) -> int:
        return sum(line.load.to_drop for line in self.lines)

    @property
    def to_pick_up(self) -> int:
        return sum(line.load.to_pick_up + line.load.astray for line in self.lines)

    @property
    def dropped(self) -> int:
        return sum(line.load.dropped for line in self.lines)

    @property
    def picked_up(self) -> int:
        return sum(line.load.picked_up for line in self.lines)


def of(route: Route, day: date, now: datetime) -> Manifest:
    """In a constant number of queries."""
    today = timezone.localdate(now)
    places = list(route.stops.filter(active=True).select_related("library", "route"))
    keys = [place.library_id for place in places]
    known, load = stops.calendars(keys, min(day, today)), _loads(keys, day, today)
    bins, visited = _bins(keys, day, today), _visits(keys, day)
    lines = []
    for place in places:
        call = rounds.call(place, known[place.library_id], load[place.library_id], day)
        seen = visited[place.library_id]
        lines.append(
            Line(
                place,
                call.called or bool(seen),
                call.reason,
                call.load,
                bins[place.library_id],
                seen,
            )
        )
    return Manifest(route, day, day < today, day > today, lines)


def _loads(keys: Collection[int], day: date, today: date) -> dict[int, Load]:
    if day == today:
        return rounds.loads(keys, day)
    return _over(keys, day) if day < today else _expected(keys, day)


def _over(keys: Collection[int], day: date) -> dict[int, Load]:
    found = rounds.done(keys, day)
    return {key: Load(**found.get(key, {})) for key in keys}


def _expected(keys: Collection[int], day: date) -> dict[int, Load]:
    """What should come on a day, by the forecasts, and what waits already."""
    by_van = Parcel.objects.open().filter(via=Via.DELIVERY).order_by()
    coming = by_van.filter(to_library__in=keys, expected_on=day).exclude(state=ParcelState.DROPPED)
    ready = by_van.filter(from_library__in=keys, state=ParcelState.READY)
    to_drop = dict(coming.values_list("to_library").annotate(pieces=Count("pk")))
    waits = dict(ready.values_list("from_library").annotate(pieces=Count("pk")))
    return {key: Load(to_drop=to_drop.get(key, 0), to_pick_up=waits.get(key, 0)) for key in keys}


def _within(day: date) -> Q:
    return Q(at__gte=rounds.start_of(day), at__lt=rounds.start_of(day + timedelta(days=1)))


def _bins(keys: Collection[int], day: date, today: date) -> dict[int, Bins]:
    """Those that were left and taken on the day; of today and later also what is to be done."""
    lines = ContainerLine.objects.filter(_within(day), library__in=keys, undone_at=None).order_by()
    done = lines.values_list("library").annotate(
        left=Count("container", filter=Q(step=ContainerStep.DROPPED), distinct=True),
        taken=Count("container", filter=Q(step=ContainerStep.LOADED), distinct=True),
    )
    moved = {library: (left, taken) for library, left, taken in done}
    to_leave: dict[int, int] = {}
    standing: dict[int, int] = {}
    wanted: dict[int, int] = {}
    if day >= today:
        full = Parcel.objects.filter(state=ParcelState.MOVING, to_library__in=keys).order_by()
        inside = full.exclude(container=None).values_list("to_library")
        to_leave = dict(inside.annotate(bins=Count("container", distinct=True)))
        there = Container.objects.filter(library__in=keys, retired_on=None).order_by()
        there = there.exclude(state=ContainerState.LOADED)
        standing = dict(there.values_list("library").annotate(bins=Count("pk")))
        asked = containers.empties_wanted()
        wanted = {each.asked.library_id: each.left for each in asked}
    return {
        key: Bins(
            to_leave.get(key, 0),
            *moved.get(key, (0, 0))[:1],
            standing.get(key, 0),
            *moved.get(key, (0, 0))[1:],
            wanted.get(key, 0),
        )
        for key in keys
    }


def _visits(keys: Collection[int], day: date) -> dict[int, list[Visit]]:
    """The confirmed stops of the day, the earliest first."""
    found: dict[int, list[Visit]] = defaultdict(list)
    visits = Visit.objects.filter(_within(day), library__in=keys, withdrawn_at=None)
    for visit in visits.select_related("driver").order_by("at", "pk"):
        found[visit.library_id].append(visit)
    return found
