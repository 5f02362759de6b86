"""The days on which the van calls, with everything that changes them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import starmap
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from postroad.delivery.lanes import Lane, Van, Vans, in_force, shortest
from postroad.delivery.models import (
    HELD,
    WHOLE,
    Hub,
    Region,
    Route,
    ScheduleChange,
    Stop,
    Transfer,
)
from postroad.delivery.stopping import Meanwhile, Stopped
from postroad.directory import closures, opening
from postroad.directory.models import Closure, ClosureQuerySet, Effect, Library
from postroad.directory.opening import Calendar, Scope, Shut, Spell, weekdays

NO_VAN = (Effect.CLOSED, Effect.NO_DELIVERY)
TOLD = Q(effect=Effect.NO_DELIVERY) | Q(effect=Effect.CLOSED, library=None)  # to the office

# Written out, since every parcel asks for it, and to compose it takes Django longer than to answer
# takes the database. Each row says what it tells of in its first column.
DAYS = """
    SELECT 'shut', COALESCE(library_id, 0), state, first_day, last_day, reason, '', 0,
        CASE WHEN source LIKE '{held}:%%' THEN 1 ELSE 0 END, '', 0
    FROM directory_closure
    WHERE effect IN ({no_van}) AND (library_id IS NULL OR library_id IN ({libraries}))
        AND last_day >= %s
    UNION ALL
    SELECT 'change', stop.library_id, '', first_day, last_day,
        change.pick_up_days, change.drop_days, 0, 0, '', 0
    FROM delivery_schedulechange change JOIN delivery_stop stop ON stop.id = change.stop_id
    WHERE stop.active AND stop.library_id IN ({libraries}) AND last_day >= %s
    UNION ALL
    SELECT 'stop', stop.library_id, library.state, NULL, NULL,
        stop.pick_up_days, stop.drop_days, region.hub_id,
        CASE WHEN stop.on_demand THEN stop.notice_hours ELSE 0 END, library.time_zone,
        COALESCE(town.library_id, 0)
    FROM delivery_stop stop JOIN directory_library library ON library.id = stop.library_id
    JOIN delivery_route route ON route.id = stop.route_id
    LEFT JOIN delivery_region region ON region.id = route.region_id
    LEFT JOIN delivery_stop town ON town.id = stop.behind_id AND town.active
    WHERE stop.active AND stop.library_id IN ({libraries})
    UNION ALL
    SELECT 'lane', from_hub_id, '', first_day, NULL, '', '', to_hub_id, nights, '', 0
    FROM delivery_transfer
    UNION ALL
    SELECT 'stopped', 0, instead, first_day, last_day, reason,
        COALESCE(CAST(last_pick_up AS text), ''), 0, 0, '', 0
    FROM delivery_delay WHERE kind IN ({whole}) AND ended_at IS NULL AND last_day >= %s
    ORDER BY 4
"""


class NotBehind(StrEnum):
    """Why a stop is no hub town of another."""

    NO_VAN = "no-van"
    SATELLITE = "satellite"  # it is one itself
    HAS_OWN = "has-own"  # the other is a hub town itself


class _Row(NamedTuple):
    """A row of DAYS."""

    tells: str
    key: int  # a library; 0: all of a state or everywhere; of a lane the hub where it begins
    state: str  # of a service that stops, what is done instead
    first_day: Any  # a date; of a stop none
    last_day: Any
    text: str  # why there is no van; of a stop and its changes, the days on which it takes
    drop_days: str  # of a service that stops, the last day on which it takes
    hub: int | None  # of a stop; of a lane the one where it ends
    number: int | None  # hours of notice; of a lane its nights; of a closure whether bins are held
    zone: str
    behind: int  # of a satellite, the library of its hub town


def calendars(libraries: Collection[int], since: date) -> Vans:
    """The days of the van at libraries from a day on, and the lanes between, in one query, and one
    more for the hub towns of satellites; who has no stop is absent."""
    rows = defaultdict[str, list[_Row]](list)
    for row in map(_Row._make, _days(libraries, since)):
        rows[row.tells].append(row)
    shut = defaultdict[Scope, list[Shut]](list)
    for row in rows["shut"]:
        shut[row.key or row.state].append(
            Shut(row.first_day, row.last_day, row.text, bool(row.number))
        )
    changes = defaultdict[int, list[_Row]](list)
    for row in rows["change"]:
        changes[row.key].append(row)
    stopped = tuple(_stopped(row) for row in rows["stopped"])
    no_pick_up = [each.no_pick_up for each in stopped if each.no_pick_up]
    to_take = {**shut, "": [*shut.get("", ()), *no_pick_up]} if no_pick_up else shut
    stops = {row.key: _van(row, shut, to_take, changes[row.key]) for row in rows["stop"]}
    _put_behind(stops, {row.key: row.behind for row in rows["stop"] if row.behind}, since)
    lanes = tuple(Lane(row.key, row.hub or 0, row.first_day, row.number) for row in rows["lane"])
    return Vans(stops, lanes, stopped)


def _put_behind(stops: dict[int, Van], behind: Mapping[int, int], since: date) -> None:
    """Give each satellite its hub town's stop."""
    towns: Mapping[int, Van] = stops
    if not stops.keys() >= set(behind.values()):
        towns = calendars(set(behind.values()), since)
    for library, town in behind.items():
        stops[library] = replace(stops[library], behind=towns.get(town))


def _stopped(row: _Row) -> Stopped:
    last_pick_up = date.fromisoformat(row.drop_days) if row.drop_days else None
    days = row.first_day, row.last_day
    return Stopped(*days, row.text, Meanwhile(row.state), last_pick_up)


def lanes() -> tuple[Lane, ...]:
    """The nights between hubs, in one query."""
    rows = Transfer.objects.order_by().values_list("from_hub", "to_hub", "first_day", "nights")
    return tuple(starmap(Lane, rows))


def nights_from(hub: Hub, day: date) -> list[tuple[Hub, int | None]]:
    """How many nights it takes to each other hub, by the shortest way; None where none leads."""
    ways = in_force(lanes(), day)
    others = Hub.objects.exclude(pk=hub.pk)
    return [(other, shortest(ways, hub.pk, other.pk)) for other in others]


Days = Mapping[Scope, Sequence[Shut]]


def _van(row: _Row, shut: Days, to_take: Days, changes: Sequence[_Row]) -> Van:
    scopes = opening.scopes(row.key, row.state)[::-1]  # what keeps the van from all is told first

    def calendar(days: Callable[[_Row], str], shut: Days) -> Calendar:
        spells = [Spell(each.first_day, each.last_day, weekdays(days(each))) for each in changes]
        return opening.calendar(days(row), row.zone, scopes, shut, spells)

    drop = calendar(attrgetter("drop_days"), shut)
    pick_up = calendar(attrgetter("text"), to_take)
    return Van(pick_up, drop, row.state, row.hub, row.number or 0)


def _days(libraries: Collection[int], since: date) -> list[tuple[Any, ...]]:
    keys = tuple(libraries)
    if not keys:
        return []
    places = {
        "no_van": ["%s"] * len(NO_VAN),
        "libraries": ["%s"] * len(keys),
        "whole": ["%s"] * len(WHOLE),
    }
    sql = DAYS.format(held=HELD, **{name: ", ".join(each) for name, each in places.items()})
    with connection.cursor() as cursor:
        first = connection.ops.adapt_datefield_value(since)
        cursor.execute(sql, (*NO_VAN, *keys, first, *keys, first, *keys, *WHOLE, first))
        return list(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch without the van, entered once: anywhere, in a state, along a route, or at one
    library.

    Where all libraries are shut, no van comes either; that is not the delivery office's to change.
    """

    entry: UUID
    first_day: date
    last_day: date
    reason: str
    libraries: list[Library]  # none: anywhere
    state: str  # all libraries there
    route: str  # of all these libraries, if there are several on one
    all_shut: bool
    said_by: str
    said_at: datetime | None

    @property
    def open_ended(self) -> bool:
        return self.last_day == Closure.FURTHER_NOTICE


def pauses(day: date) -> list[Pause]:
    """Those that are not over, the next first, in two queries."""
    told = (
        Closure.objects.current(day)
        .filter(TOLD)
        .select_related("library")
        .order_by("first_day", "last_day", "reason", "library__town", "pk")
    )
    together: dict[UUID, list[Closure]] = defaultdict(list)
    for closure in told:
        together[closure.entry].append(closure)
    routes = dict(Stop.objects.order_by().values_list("library", "route__code"))
    return [as_one(entered, routes) for entered in together.values()]


def as_one(entered: list[Closure], routes: dict[int, str]) -> Pause:
    libraries = [closure.library for closure in entered if closure.library]
    on = {routes.get(library.pk, "") for library in libraries}
    first = entered[0]
    return Pause(
        entry=first.entry,
        first_day=first.first_day,
        last_day=first.last_day,
        reason=first.reason,
        libraries=libraries,
        state=first.get_state_display() if first.state else "",
        route=on.pop() if len(libraries) > 1 and len(on) == 1 else "",
        all_shut=first.effect == Effect.CLOSED,
        said_by=first.said_by,
        said_at=first.said_at,
    )


def resume(
    entry: UUID, *, by: str, at: datetime | None = None, library: Library | None = None
) -> list[Closure]:
    """The van comes again wherever a pause was entered at once, or at one library of those."""
    if not Closure.objects.filter(entry=entry, effect=Effect.NO_DELIVERY).exists():
        return []
    return closures.reopen(entry, by=by, at=at, library=library)


def of(library: Library | None) -> Stop | None:
    return Stop.objects.filter(library=library, active=True).first() if library else None


def why_not_behind(library: Library, town: Library) -> NotBehind | None:
    """Why a library cannot be a satellite of another: one town stands between it and the hub."""
    stop = of(town)
    if stop is None:
        return NotBehind.NO_VAN
    if stop.library_id == library.pk or stop.behind_id is not None:
        return NotBehind.SATELLITE
    behind_it = Stop.objects.filter(behind__library=library, active=True)
    return NotBehind.HAS_OWN if behind_it.exists() else None


def served(at: Library | Route | Region | None) -> list[int]:
    """The libraries of a route or a region, or all at which the van calls; a library is itself."""
    if isinstance(at, Library):
        return [at.pk]
    found = Stop.objects.filter(active=True)
    if isinstance(at, Route):
        found = found.filter(route=at)
    if isinstance(at, Region):
        found = found.filter(route__region=at)
    return list(found.values_list("library_id", flat=True))


def pause(
    *,
    first_day: date,
    last_day: date | None,
    reason: str,
    at: Library | Route | Region | None = None,
    state: str = "",
    said_by: str = "",
    key: UUID | None = None,
    source: str = "delivery",
) -> list[Closure]:
    """No van for a while: at one library, along a route, in a region or a state, or anywhere.

    By the `key` of its form a second press finds the first entry.
    """
    libraries = [] if at is None else served(at)
    if at is not None and not libraries:
        return []  # a route without stops is not everywhere
    return closures.close(
        effect=Effect.NO_DELIVERY,
        libraries=libraries,
        state=state,
        first_day=first_day,
        last_day=last_day,
        reason=reason,
        source=source,
        said_by=said_by,
        key=key,
    )


@transaction.atomic
def change_for_a_while(
    stop: Stop,
    *,
    first_day: date,
    last_day: date | None,
    drop_days: str,
    pick_up_days: str,
    reason: str,
    source: str = "",
) -> ScheduleChange:
    """Other days from a day on, until a day or until further notice; said twice it is one change,
    so that one press removes it."""
    Stop.objects.select_for_update(no_key=True).get(pk=stop.pk)
    change, _new = ScheduleChange.objects.get_or_create(
        stop=stop,
        first_day=first_day,
        last_day=last_day or Closure.FURTHER_NOTICE,
        drop_days=drop_days,
        pick_up_days=pick_up_days,
        reason=reason,
        source=source,
    )
    return change


def pauses_from(day: date) -> ClosureQuerySet:
    """Days without the van that are not over."""
    told = Closure.objects.current(day).filter(TOLD).select_related("library")
    return told.order_by("first_day", "library__town", "pk")


def lately_ended(day: date) -> ClosureQuerySet:
    """What somebody has ended, though some of its days are still to come."""
    ended = Closure.objects.filter(was_until__gte=day, effect=Effect.NO_DELIVERY)
    return ended.select_related("library").order_by("-ended_at", "-pk")


def ended_entries(day: date) -> list[Closure]:
    """One row of each entry that was ended, the last one first."""
    rows = reversed(lately_ended(day)[:200])
    return list({each.entry: each for each in rows}.values())[::-1]
