"""What the ledger tells of the last four weeks: how many items were left and taken a day, how many
were sorted, and how many days they were on the road.

What was undone counts nowhere, and nothing that is only inferred does.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import (
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import TruncDate

from postroad.delivery import rounds
from postroad.delivery.models import Custody, CustodyStep, How, Hub

SPAN = 28  # days, today among them


@dataclass(frozen=True, slots=True)
class Moved:
    """The items of a day: left at libraries, and taken from them."""

    day: date
    dropped: int = 0
    picked_up: int = 0


@dataclass(frozen=True, slots=True)
class OnTheRoad:
    """How many items took how many days from being picked up to being dropped."""

    days: tuple[tuple[int, int], ...]  # days, and how many items
    unknown: int  # of which no scan says when they were picked up

    @property
    def known(self) -> int:
        return sum(items for _days, items in self.days)


def days_until(today: date) -> list[date]:
    return [today - timedelta(days=back) for back in reversed(range(SPAN))]


def by_day(libraries: Collection[int], today: date) -> list[Moved]:
    """Day by day at these libraries, in one query; every day of the span is there."""
    lines = _since(today).filter(
        library__in=libraries, step__in=(CustodyStep.DROPPED, CustodyStep.PICKED_UP)
    )
    counted = {
        (day, step): items
        for day, step, items in lines.annotate(day=_day("at"))
        .values_list("day", "step")
        .annotate(items=Count("parcel", distinct=True))
    }
    return [
        Moved(
            day,
            counted.get((day, CustodyStep.DROPPED), 0),
            counted.get((day, CustodyStep.PICKED_UP), 0),
        )
        for day in days_until(today)
    ]


def sorted_at(hub: Hub, today: date) -> list[tuple[date, int]]:
    """How many items were sorted at a hub day by day, in one query."""
    lines = _since(today).filter(holder=hub.code, step=CustodyStep.SORTED)
    counted = dict(
        lines.annotate(day=_day("at"))
        .values_list("day")
        .annotate(items=Count("parcel", distinct=True))
    )
    return [(day, counted.get(day, 0)) for day in days_until(today)]


def on_the_road(libraries: Collection[int], today: date) -> OnTheRoad:
    """Of what was dropped where it goes to, at these libraries, in one query."""
    taken = Custody.objects.filter(
        parcel=OuterRef("parcel"), step=CustodyStep.PICKED_UP, undone_by=None
    ).exclude(how=How.INFERRED)
    lines = _since(today).filter(
        library__in=libraries, parcel__to_library=F("library"), step=CustodyStep.DROPPED
    )
    took = ExpressionWrapper(F("left_on") - F("taken_on"), DurationField())
    counted = (
        lines.annotate(
            left_on=_day("at"),
            taken_on=TruncDate(
                Subquery(taken.order_by("at", "pk").values("at")[:1]), tzinfo=_zone()
            ),
        )
        .annotate(took=took)
        .values_list("took")
        .annotate(items=Count("parcel", distinct=True))
    )
    by_days: dict[int, int] = {}
    unknown = 0
    for took_so_long, items in counted:
        if took_so_long is None or took_so_long < timedelta(0):  # a clock was wrong
            unknown += items
        else:
            by_days[took_so_long.days] = items
    return OnTheRoad(tuple(sorted(by_days.items())), unknown)


def _since(today: date) -> QuerySet[Custody]:
    dawn = rounds.start_of(today - timedelta(days=SPAN - 1))
    found = Custody.objects.filter(at__gte=dawn, at__lt=rounds.start_of(today + timedelta(days=1)))
    return found.filter(undone_by=None).exclude(how=How.INFERRED).order_by()


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _day(field: str) -> TruncDate:
    return TruncDate(field, tzinfo=_zone())
