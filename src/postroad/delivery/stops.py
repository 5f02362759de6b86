"""The days on which the van calls, with everything that changes them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from postroad.delivery.models import Route, ScheduleChange, Stop
from postroad.directory import closures, opening
from postroad.directory.models import Closure, ClosureQuerySet, Effect, Library
from postroad.directory.opening import Calendar, Scope, Shut, Spell, weekdays

NO_VAN = (Effect.CLOSED, Effect.NO_DELIVERY)
TOLD = Q(effect=Effect.NO_DELIVERY) | Q(effect=Effect.CLOSED, library=None)  # to the office

# Written out, since every parcel asks for it, and to compose it takes Django longer than to answer
# takes the database. A stretch of days has no zone; one without weekdays is one without the van.
DAYS = """
    SELECT library_id, state, first_day, last_day, NULL AS days, NULL AS time_zone, reason
    FROM directory_closure
    WHERE effect IN ({no_van}) AND (library_id IS NULL OR library_id IN ({libraries}))
        AND last_day >= %s
    UNION ALL
    SELECT stop.library_id, '', first_day, last_day, change.days, NULL, ''
    FROM delivery_schedulechange change JOIN delivery_stop stop ON stop.id = change.stop_id
    WHERE stop.active AND stop.library_id IN ({libraries}) AND last_day >= %s
    UNION ALL
    SELECT stop.library_id, library.state, NULL, NULL, stop.days, library.time_zone, ''
    FROM delivery_stop stop JOIN directory_library library ON library.id = stop.library_id
    WHERE stop.active AND stop.library_id IN ({libraries})
    ORDER BY 3
"""


def calendars(libraries: Collection[int], since: date) -> dict[int, Calendar]:
    """The delivery days of libraries from a day on, in one query; who has no stop is absent."""
    stops: dict[int, tuple[str, str, str]] = {}
    spells: dict[int, list[Spell]] = defaultdict(list)
    shut = defaultdict[Scope, list[Shut]](list)
    for library, state, first_day, last_day, days, zone, reason in _days(libraries, since):
        if zone:
            stops[library] = (days, zone, state)
        elif days:
            spells[library].append(Spell(first_day, last_day, weekdays(days)))
        else:
            shut[library or state].append(Shut(first_day, last_day, reason))
    return {
        library: opening.calendar(
            days,
            zone,
            reversed(opening.scopes(library, state)),  # what keeps the van from all is told first
            shut,
            spells[library],
        )
        for library, (days, zone, state) in stops.items()
    }


def _days(libraries: Collection[int], since: date) -> list[tuple[Any, ...]]:
    keys = tuple(libraries)
    if not keys:
        return []
    places = {"no_van": ["%s"] * len(NO_VAN), "libraries": ["%s"] * len(keys)}
    sql = DAYS.format(**{name: ", ".join(each) for name, each in places.items()})
    with connection.cursor() as cursor:
        first = connection.ops.adapt_datefield_value(since)
        cursor.execute(sql, (*NO_VAN, *keys, first, *keys, first, *keys))
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


def pause(
    *,
    first_day: date,
    last_day: date | None,
    reason: str,
    at: Library | Route | None = None,
    state: str = "",
    said_by: str = "",
    key: UUID | None = None,
) -> list[Closure]:
    """No van for a while: at one library, along a whole route, in a state, or anywhere.

    By the `key` of its form a second press finds the first entry.
    """
    libraries: list[Library | int] = [at] if isinstance(at, Library) else []
    if isinstance(at, Route):
        libraries = list(at.stops.filter(active=True).values_list("library_id", flat=True))
        if not libraries:
            return []  # a route without stops is not everywhere
    return closures.close(
        effect=Effect.NO_DELIVERY,
        libraries=libraries,
        state=state,
        first_day=first_day,
        last_day=last_day,
        reason=reason,
        source="delivery",
        said_by=said_by,
        key=key,
    )


@transaction.atomic
def change_for_a_while(
    stop: Stop, *, first_day: date, last_day: date, days: str, reason: str
) -> ScheduleChange:
    """Other days for a while; said twice it is one change, so that one press removes it."""
    Stop.objects.select_for_update(no_key=True).get(pk=stop.pk)
    change, _new = ScheduleChange.objects.get_or_create(
        stop=stop, first_day=first_day, last_day=last_day, days=days, reason=reason
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
