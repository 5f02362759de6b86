"""The days on which the van calls, with everything that changes them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from postroad.delivery.models import Route, Stop
from postroad.directory.models import Closure, Effect, Library
from postroad.directory.opening import Calendar, Shut, Spell, weekdays

NO_VAN = (Effect.CLOSED, Effect.NO_DELIVERY)
TOLD = Q(effect=Effect.NO_DELIVERY) | Q(effect=Effect.CLOSED, library=None)  # to the office

# Written out, since every parcel asks for it, and to compose it takes Django longer than to answer
# takes the database. A stretch of days has no zone; one without weekdays is one without the van.
DAYS = """
    SELECT library_id, first_day, last_day, NULL AS days, NULL AS time_zone, reason
    FROM directory_closure
    WHERE effect IN ({no_van}) AND (library_id IS NULL OR library_id IN ({libraries}))
    UNION ALL
    SELECT stop.library_id, first_day, last_day, change.days, NULL, ''
    FROM delivery_schedulechange change JOIN delivery_stop stop ON stop.id = change.stop_id
    WHERE stop.active AND stop.library_id IN ({libraries})
    UNION ALL
    SELECT stop.library_id, NULL, NULL, stop.days, library.time_zone, ''
    FROM delivery_stop stop JOIN directory_library library ON library.id = stop.library_id
    WHERE stop.active AND stop.library_id IN ({libraries})
    ORDER BY 2
"""


def calendars(libraries: Collection[int]) -> dict[int, Calendar]:
    """The delivery days of these libraries, in one query. Who has no stop is absent."""
    stops: dict[int, tuple[str, str]] = {}
    spells: dict[int, list[Spell]] = defaultdict(list)
    shut: dict[int | None, list[Shut]] = defaultdict(list)
    for library, first_day, last_day, days, zone, reason in _days(libraries):
        if zone:
            stops[library] = (days, zone)
        elif days:
            spells[library].append(Spell(first_day, last_day, weekdays(days)))
        else:
            shut[library].append(Shut(first_day, last_day, reason))
    return {
        library: Calendar(
            weekdays(days), zone, tuple(shut[None] + shut[library]), tuple(spells[library])
        )
        for library, (days, zone) in stops.items()
    }


def _days(libraries: Collection[int]) -> list[tuple[Any, ...]]:
    keys = tuple(libraries)
    if not keys:
        return []
    places = {"no_van": ["%s"] * len(NO_VAN), "libraries": ["%s"] * len(keys)}
    sql = DAYS.format(**{name: ", ".join(each) for name, each in places.items()})
    with connection.cursor() as cursor:
        cursor.execute(sql, (*NO_VAN, *keys, *keys, *keys))
        return list(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch without the van, entered once: anywhere, along a route, or at one library.

    Where all libraries are shut, no van comes either; that is not the delivery office's to change.
    """

    pk: int  # of one of its closures
    first_day: date
    last_day: date
    reason: str
    libraries: list[Library]  # none: anywhere
    route: str  # of all these libraries, if there are several on one
    all_shut: bool


def pauses(day: date) -> list[Pause]:
    """Those that are not over, the next first, in two queries."""
    closures = (
        Closure.objects.filter(TOLD, last_day__gte=day)
        .select_related("library")
        .order_by("first_day", "last_day", "reason", "library__town", "pk")
    )
    together: dict[tuple[Any, ...], list[Closure]] = defaultdict(list)
    for closure in closures:
        where = (closure.library_id is None, closure.effect)
        together[(closure.first_day, closure.last_day, closure.reason, *where)].append(closure)
    routes = dict(Stop.objects.order_by().values_list("library", "route__code"))
    return [as_one(entered, routes) for entered in together.values()]


def as_one(entered: list[Closure], routes: dict[int, str]) -> Pause:
    libraries = [closure.library for closure in entered if closure.library]
    on = {routes.get(library.pk, "") for library in libraries}
    first = entered[0]
    return Pause(
        pk=first.pk,
        first_day=first.first_day,
        last_day=first.last_day,
        reason=first.reason,
        libraries=libraries,
        route=on.pop() if len(libraries) > 1 and len(on) == 1 else "",
        all_shut=first.effect == Effect.CLOSED,
    )


def resume(pk: int) -> None:
    """Remove a pause wherever it was entered together with this one."""
    one = Closure.objects.filter(pk=pk, effect=Effect.NO_DELIVERY).first()
    if one is not None:
        Closure.objects.filter(
            effect=Effect.NO_DELIVERY,
            first_day=one.first_day,
            last_day=one.last_day,
            reason=one.reason,
            library__isnull=one.library_id is None,
        ).delete()


def pause(
    *, first_day: date, last_day: date, reason: str, at: Library | Route | None = None
) -> list[Closure]:
    """No van for a while: at one library, along a whole route, or (without either) anywhere."""
    libraries: list[int | None] = [at.pk if at else None]
    if isinstance(at, Route):
        libraries = list(at.stops.filter(active=True).values_list("library_id", flat=True))
    return Closure.objects.bulk_create(
        Closure(
            library_id=library,
            effect=Effect.NO_DELIVERY,
            first_day=first_day,
            last_day=last_day,
            reason=reason,
        )
        for library in libraries
    )
