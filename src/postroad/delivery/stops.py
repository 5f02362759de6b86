"""The days on which the van calls, with everything that changes them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from postroad.delivery.models import Route, Stop
from postroad.directory.models import Closure, Effect, Keys, Library
from postroad.directory.opening import Calendar, Shut, Spell, weekdays

NO_VAN = (Effect.CLOSED, Effect.NO_DELIVERY)


def calendars(libraries: Keys) -> dict[int, Calendar]:
    """The delivery days of these libraries, in two queries. Who has no stop is absent."""
    stops: dict[int, tuple[str, str]] = {}
    spells: dict[int, list[Spell]] = defaultdict(list)
    for library, days, zone, *change in _days_and_changes(libraries):
        stops[library] = (days, zone)
        first_day, last_day, changed = change
        if first_day is not None:
            spells[library].append(Spell(first_day, last_day, weekdays(changed)))
    if not stops:
        return {}
    shut = shut_days(libraries)
    return {
        library: Calendar(
            weekdays(days), zone, tuple(shut[None] + shut[library]), tuple(spells[library])
        )
        for library, (days, zone) in stops.items()
    }


def _days_and_changes(libraries: Keys) -> QuerySet[Stop, tuple[Any, ...]]:
    """A row for each change of a stop, the later ones last; one with nothing where none is."""
    return (
        Stop.objects.filter(library__in=libraries, active=True)
        .order_by("changes__first_day")
        .values_list(
            "library_id",
            "days",
            "library__time_zone",
            "changes__first_day",
            "changes__last_day",
            "changes__days",
        )
    )


def shut_days(libraries: Keys) -> dict[int | None, list[Shut]]:
    """The stretches without the van by library; those of everybody under None."""
    found: dict[int | None, list[Shut]] = defaultdict(list)
    everybodys_or_theirs = Q(library=None) | Q(library__in=libraries)
    closures = Closure.objects.filter(everybodys_or_theirs, effect__in=NO_VAN)
    rows = closures.values_list("library", "first_day", "last_day", "reason")
    for library, first_day, last_day, reason in rows:
        found[library].append(Shut(first_day, last_day, reason))
    return found


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch without the van, entered once: anywhere, along a route, or at one library."""

    pk: int  # of one of its closures
    first_day: date
    last_day: date
    reason: str
    libraries: list[Library]  # none: anywhere
    route: str  # of all these libraries, if there are several on one


def pauses(day: date) -> list[Pause]:
    """Those that are not over, the next first, in two queries."""
    closures = (
        Closure.objects.filter(effect=Effect.NO_DELIVERY, last_day__gte=day)
        .select_related("library")
        .order_by("first_day", "last_day", "reason", "library__town", "pk")
    )
    together: dict[tuple[Any, ...], list[Closure]] = defaultdict(list)
    for closure in closures:
        everywhere = closure.library_id is None
        together[(closure.first_day, closure.last_day, closure.reason, everywhere)].append(closure)
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
