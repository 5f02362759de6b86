"""The counts of the van as pages ask for them: by route, stop, day or lane, each in one query."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from postroad.directory.models import Library
from postroad.reports.models import LaneDay, StopDay

SEEN = {
    "left": ("left_scanned", "left_in_bins", "left_declared", "left_at_desk"),
    "taken": ("taken_scanned", "taken_in_bins", "taken_declared"),
    "bins": ("bins_left", "bins_taken"),
}
TYPED = ("typed_left", "typed_taken", "own_left", "own_taken")
SUMS = (*(name for names in SEEN.values() for name in names), *TYPED)
SILENT = Q(due=True, typed_left=None, **{name: 0 for names in SEEN.values() for name in names})


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of some stops on some days. `said` has no number where nobody said one."""

    key: Any  # a route's code, a library, a day
    said: dict[str, int | None]
    due: int  # visits by the timetable
    silent: int  # of these, those of which nobody said anything
    confirmed: int  # visits of which the driver typed numbers

    def seen(self, way: str) -> int:
        """Pieces that were seen one by one or with their bin; bins, where these are asked for."""
        return sum(self.said[name] or 0 for name in SEEN[way])


def days(first: date, last: date, *, route: str = "", library: int = 0) -> QuerySet[StopDay]:
    rows = StopDay.objects.filter(day__range=(first, last)).order_by()
    if route:
        rows = rows.filter(route=route)
    return rows.filter(library=library) if library else rows


def by_route(rows: QuerySet[StopDay]) -> list[Figures]:
    return sorted(_figures(rows, "route"), key=lambda each: str(each.key))


def by_day(rows: QuerySet[StopDay]) -> list[Figures]:
    """The last day first."""
    return sorted(_figures(rows, "day"), key=lambda each: each.key, reverse=True)


def by_stop(rows: QuerySet[StopDay]) -> list[Figures]:
    """By town and name, in two queries."""
    found = list(_figures(rows, "library"))
    libraries = Library.objects.in_bulk([each.key for each in found])
    named = [
        Figures(libraries[each.key], each.said, each.due, each.silent, each.confirmed)
        for each in found
    ]
    return sorted(named, key=lambda each: (each.key.town, each.key.name, each.key.pk))


def in_all(rows: QuerySet[StopDay]) -> Figures:
    return _of(None, rows.aggregate(**_columns()))


def _figures(rows: QuerySet[StopDay], by: str) -> Iterator[Figures]:
    for row in rows.values(by).annotate(**_columns()):
        yield _of(row[by], row)


def _columns() -> dict[str, Any]:
    return {
        **{f"sum_{name}": Sum(name) for name in SUMS},
        "visits": Count("pk", filter=Q(due=True)),
        "silent": Count("pk", filter=SILENT),
        "confirmed": Count("typed_left"),
    }


def _of(key: Any, row: dict[str, Any]) -> Figures:
    said = {name: row[f"sum_{name}"] for name in SUMS}
    return Figures(key, said, row["visits"], row["silent"], row["confirmed"])


@dataclass(frozen=True, slots=True)
class Lane:
    """What was put in on one route for another; without a name it is of no route."""

    origin: str
    destination: str
    items: int


def by_lane(first: date, last: date, route: str = "") -> Sequence[Lane]:
    """The largest first; of one route what it put in and what was put in for it."""
    rows = LaneDay.objects.filter(day__range=(first, last)).order_by()
    if route:
        rows = rows.filter(Q(origin=route) | Q(destination=route))
    summed = rows.values_list("origin", "destination").annotate(items=Sum("items"))
    lanes = [Lane(origin, destination, items) for origin, destination, items in summed]
    return sorted(lanes, key=lambda each: (-each.items, each.origin, each.destination))
