"""A driver's day: the stops of a route in their order, with what waits and what is on the van."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q

from postroad.delivery import stops
from postroad.delivery.lanes import Van
from postroad.delivery.models import Custody, CustodyStep, Parcel, ParcelState, Route, Stop, Via

DAY = timedelta(days=1)
DONE = {CustodyStep.DROPPED: "dropped", CustodyStep.PICKED_UP: "picked_up"}
SORTED = (CustodyStep.SORTED, CustodyStep.RELEASED)
NIGHT_ENDS = time(6)  # what a hub sorts after that waits for the next day's van


@dataclass(frozen=True, slots=True)
class Load:
    """What there is to do at a library on a day, and what is done."""

    to_pick_up: int = 0
    picked_up: int = 0
    to_drop: int = 0
    dropped: int = 0
    astray: int = 0  # left there though they go elsewhere: to be picked up too

    @property
    def to_do(self) -> int:
        return self.to_pick_up + self.to_drop + self.astray


@dataclass(frozen=True, slots=True)
class Call:
    """A stop on a day. Without a call there is a reason, if it is more than the timetable."""

    stop: Stop
    load: Load
    brings: bool
    takes: bool
    reason: str = ""

    @property
    def called(self) -> bool:
        """Whether the van comes: to a stop that wants to be asked only if there is something."""
        comes = self.brings or self.takes
        return comes and (not self.stop.on_demand or bool(self.load.to_do))


@dataclass(frozen=True, slots=True)
class Totals:
    """What is left to do and what is done, along the whole route."""

    left: int
    done: int


def calls(route: Route, day: date) -> list[Call]:
    """The stops of a route on a day, in a constant number of queries."""
    places = list(route.stops.filter(active=True).select_related("library", "route"))
    ids = [place.library_id for place in places]
    known, load = stops.calendars(ids, day), loads(ids, day)
    return [call(place, known[place.library_id], load[place.library_id], day) for place in places]


def call(stop: Stop, van: Van, load: Load, day: date) -> Call:
    on = van.on(day)
    return Call(
        stop, load, brings=on.brings, takes=on.takes, reason=on.reason if on.kept_away else ""
    )


def last_driven(driver: int) -> Route | None:
    """The route on which this driver scanned last."""
    called_at = Stop.objects.filter(active=True).values("library")
    scans = Custody.objects.filter(user=driver, library__in=called_at).order_by("-at", "-pk")
    last = scans.values_list("library", flat=True).first()
    return Route.objects.filter(stops__library=last, stops__active=True).first() if last else None


def totals(calls: list[Call]) -> Totals:
    loads = [call.load for call in calls if call.called]
    return Totals(
        left=sum(load.to_do for load in loads),
        done=sum(load.picked_up + load.dropped for load in loads),
    )


def next_call(calls: list[Call], here: int | None) -> Call | None:
    """The next stop with something to do, after the one at which the van stands, if it does."""
    at = next((place for place, call in enumerate(calls) if call.stop.pk == here), -1)
    ahead = [*calls[at + 1 :], *calls[: max(at, 0)]]
    return next((call for call in ahead if call.called and call.load.to_do), None)


def loads(libraries: Collection[int], day: date) -> dict[int, Load]:
    """What waits at these libraries, what the van brings them and what is done, in four queries."""
    by_van = Parcel.objects.filter(via=Via.DELIVERY).order_by()
    ready = by_van.filter(state=ParcelState.READY, from_library__in=libraries)
    leaving = dict(ready.values_list("from_library").annotate(count=Count("pk")))
    moving = by_van.filter(on_the_van(day), state=ParcelState.MOVING, to_library__in=libraries)
    coming = dict(moving.values_list("to_library").annotate(count=Count("pk")))
    finished = done(libraries, day)
    strays = dict(
        Parcel.objects.astray()
        .filter(last_library__in=libraries)
        .order_by()
        .values_list("last_library")
        .annotate(count=Count("pk"))
    )
    return {
        library: Load(
            to_pick_up=leaving.get(library, 0),
            to_drop=coming.get(library, 0),
            astray=strays.get(library, 0),
            **finished.get(library, {}),
        )
        for library in libraries
    }


def done(libraries: Collection[int], day: date) -> dict[int, dict[str, int]]:
    """What the ledger says of a day, also of what has been received or sorted since: each piece
    once at a stop."""
    dawn = start_of(day)
    lines = Custody.objects.filter(
        at__gte=dawn, at__lt=dawn + DAY, library__in=libraries, step__in=DONE, undone_by=None
    ).order_by()
    found: dict[int, dict[str, int]] = defaultdict(dict)
    counted = lines.values_list("library", "step")
    for library, step, pieces in counted.annotate(pieces=Count("parcel", distinct=True)):
        found[library or 0][DONE[CustodyStep(step)]] = pieces
    return found


def start_of(day: date) -> datetime:
    """The first moment of a day where the vans drive."""
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))


def on_the_van(day: date) -> Q:
    """Moving parcels that the van brings on a day: what a hub has loaded on it, also this morning,
    what was sorted or released there by the end of the night, and what was picked up before."""
    dawn = start_of(day)
    night_ends = datetime.combine(day, NIGHT_ENDS, dawn.tzinfo)
    return (
        Q(last_step=CustodyStep.PICKED_UP, last_library=None, last_at__lt=dawn + DAY)
        | Q(last_step=CustodyStep.PICKED_UP, last_at__lt=dawn)
        | Q(last_step__in=SORTED, last_at__lt=night_ends)
    )


def to_pick_up(stop: Stop) -> list[Parcel]:
    """What waits at a stop; what strayed there comes first."""
    strays = Parcel.objects.astray().filter(last_library=stop.library_id)
    ready = Parcel.objects.ready_at(stop.library_id)
    return [*strays.select_related("to_library"), *ready.select_related("to_library")]


def to_drop(stop: Stop, day: date) -> list[Parcel]:
    """What is on the van for this stop."""
    return list(
        Parcel.objects.filter(
            on_the_van(day),
            state=ParcelState.MOVING,
            via=Via.DELIVERY,
            to_library=stop.library_id,
        ).select_related("from_library")
    )
