"""The days on which the van calls, with everything that changes them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models import Q

from postroad.delivery.models import Route, ScheduleChange, Stop
from postroad.directory.models import Closure, Effect, Library
from postroad.directory.opening import Calendar, Shut, Spell, weekdays

NO_VAN = (Effect.CLOSED, Effect.NO_DELIVERY)


def calendars(libraries: Collection[int]) -> dict[int, Calendar]:
    """The delivery days of these libraries, in three queries. Who has no stop is absent."""
    wanted = set(libraries)
    stops = list(
        Stop.objects.filter(library__in=wanted, active=True)
        .order_by()
        .values_list("pk", "library_id", "days", "library__time_zone")
    )
    if not stops:
        return {}
    spells = spells_of([pk for pk, *_rest in stops])
    shut = shut_days(wanted)
    return {
        library: Calendar(
            weekdays(days), zone, tuple(shut[None] + shut[library]), tuple(spells[pk])
        )
        for pk, library, days, zone in stops
    }


def called_at(libraries: Collection[int]) -> set[int]:
    """Those of these libraries at which the van calls, in one query."""
    calls = Stop.objects.filter(library__in=libraries, active=True).order_by()
    return set(calls.values_list("library_id", flat=True))


def spells_of(stops: Collection[int]) -> dict[int, list[Spell]]:
    found: dict[int, list[Spell]] = defaultdict(list)
    for change in ScheduleChange.objects.filter(stop__in=stops):
        found[change.stop_id].append(change.spell())
    return found


def shut_days(libraries: Collection[int]) -> dict[int | None, list[Shut]]:
    """The stretches without the van by library; those of everybody under None."""
    found: dict[int | None, list[Shut]] = defaultdict(list)
    everybodys_or_theirs = Q(library=None) | Q(library__in=libraries)
    closures = Closure.objects.filter(everybodys_or_theirs, effect__in=NO_VAN)
    rows = closures.values_list("library", "first_day", "last_day", "reason")
    for library, first_day, last_day, reason in rows:
        found[library].append(Shut(first_day, last_day, reason))
    return found


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
