"""The van at a glance: how today is at each stop, and how far each route is."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from postroad.delivery import delays, outlook, rounds, stops, visits
from postroad.delivery.lanes import OnADay, Van
from postroad.delivery.models import Delay, Duty, Route, Stop
from postroad.delivery.rounds import Call


@dataclass(frozen=True, slots=True)
class AtAStop:
    """A stop, its days, and what is not as usual there."""

    stop: Stop
    van: Van
    today: OnADay
    delays: tuple[Delay, ...]  # those to come, too

    @property
    def in_force(self) -> tuple[Delay, ...]:
        return tuple(each for each in self.delays if each.first_day <= self.today.day)

    @property
    def disturbed(self) -> bool:
        return bool(self.in_force) or self.today.kept_away


def at(wanted: QuerySet[Stop], today: date) -> list[AtAStop]:
    """How it stands today at some stops, by route and place, in three queries."""
    places = list(
        wanted.filter(active=True).select_related(
            "library", "route__region__hub", "behind__library"
        )
    )
    known = stops.calendars([each.library_id for each in places], today)
    standing = list(Delay.objects.standing(today))
    return [
        AtAStop(
            stop=each,
            van=known[each.library_id],
            today=known[each.library_id].on(today),
            delays=tuple(delay for delay in standing if delays.concerns(delay, each)),
        )
        for each in places
    ]


def kept_away(places: Iterable[AtAStop]) -> str:
    """Why no van comes to any of them today, if it comes nowhere though it would."""
    days = [each.today for each in places]
    if any(day.comes for day in days):
        return ""
    reasons = Counter(day.reason for day in days if day.kept_away)
    return reasons.most_common(1)[0][0] if reasons else ""


@dataclass(frozen=True, slots=True)
class RouteDay:
    """A route today: where the van calls, where its driver has confirmed, what keeps it."""

    route: Route
    calls: tuple[Call, ...]
    visited: frozenset[int]  # libraries
    delays: tuple[Delay, ...]
    drivers: tuple[str, ...]
    now: datetime

    @property
    def due(self) -> list[Call]:
        return [call for call in self.calls if call.called]

    @property
    def confirmed(self) -> int:
        return sum(call.stop.library_id in self.visited for call in self.due)

    @property
    def missed(self) -> list[Call]:
        """Not confirmed, though the time in which the van may come is over."""
        clock = timezone.localtime(self.now).time()
        return [
            call
            for call in self.due
            if call.stop.library_id not in self.visited
            and call.stop.closes is not None
            and call.stop.closes < clock
        ]

    @property
    def waits(self) -> int:
        return sum(call.load.to_do for call in self.calls)

    @property
    def kept_away(self) -> list[Call]:
        """Where the van would come today and does not."""
        return [call for call in self.calls if call.reason]

    @property
    def skipped(self) -> list[Call]:
        """Those of which no delay of the route tells already why."""
        told = {delay.reason for delay in self.delays}
        return [call for call in self.kept_away if call.reason not in told]

    @property
    def disturbed(self) -> bool:
        return bool(self.delays or self.missed or self.kept_away)


@dataclass(frozen=True, slots=True)
class Today:
    """The day of all routes."""

    routes: Sequence[RouteDay]
    held: int  # parcels that wait at a hub for libraries whose bins are held

    @property
    def running(self) -> list[RouteDay]:
        return [each for each in self.routes if each.due]

    @property
    def resting(self) -> int:
        return len(self.routes) - len(self.running)

    @property
    def due(self) -> int:
        return sum(len(each.due) for each in self.routes)

    @property
    def confirmed(self) -> int:
        return sum(each.confirmed for each in self.routes)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why the van does not come where it would, and at how many stops; the most first."""
        told = Counter(call.reason for each in self.routes for call in each.kept_away)
        return told.most_common()

    @property
    def falling_out(self) -> int:
        return sum(len(each.kept_away) for each in self.routes)

    @property
    def waits(self) -> int:
        return sum(each.waits for each in self.routes)


def today(now: datetime) -> Today:
    """In a constant number of queries."""
    day = timezone.localdate(now)
    places = at(Stop.objects.all(), day)
    load = rounds.loads([each.stop.library_id for each in places], day)
    visited = frozenset(visits.of_day(day).values_list("library", flat=True))
    driving = _drivers(day)
    by_route = defaultdict[int, list[AtAStop]](list)
    for each in places:
        by_route[each.stop.route_id].append(each)
    routes = [
        RouteDay(
            route=here[0].stop.route,
            calls=tuple(
                rounds.call(each.stop, each.van, load[each.stop.library_id], day) for each in here
            ),
            visited=visited,
            delays=tuple(_once(delay for each in here for delay in each.in_force)),
            drivers=tuple(driving.get(route, ())),
            now=now,
        )
        for route, here in by_route.items()
    ]
    held = [each.stop.library_id for each in places if _is_held(each.van, day)]
    return Today(routes, outlook.held(held).count() if held else 0)


def _drivers(day: date) -> dict[int, list[str]]:
    found = defaultdict[int, list[str]](list)
    for duty in Duty.objects.filter(day=day).select_related("driver").order_by("pk"):
        found[duty.route_id].append(str(duty.driver))
    return found


def _once(told: Iterable[Delay]) -> Iterable[Delay]:
    return {delay.pk: delay for delay in told}.values()


def _is_held(van: Van, day: date) -> bool:
    shut = van.drop.shut_on(day)
    return shut is not None and shut.held
