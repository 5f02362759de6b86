"""What a library lent and borrowed, how much of it was filled, and how long it took."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Count, F, OuterRef, Q, Subquery

from postroad.directory.models import Library
from postroad.ill.lifecycle import Ending, Outcome
from postroad.ill.models import Event, Request, Supply, Tally

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Month:
    """What was lent and borrowed in a month; `first` is its first day."""

    first: date
    lent: int
    borrowed: int


def by_month(library: Library, today: date, months: int = MONTHS) -> list[Month]:
    """The last months, the present one last; a month without a loan counts none. One query."""
    first = today.replace(day=1)
    wanted = [before(first, back) for back in range(months - 1, -1, -1)]
    kept = {row.month: row for row in Tally.objects.filter(library=library, month__gte=wanted[0])}
    return [
        Month(month, kept[month].lent, kept[month].borrowed)
        if month in kept
        else Month(month, 0, 0)
        for month in wanted
    ]


def before(first: date, back: int) -> date:
    """The first day of the month that lies so many months back."""
    months = first.year * 12 + first.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Filled:
    """Of so many that ended, so many were filled."""

    filled: int
    ended: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.filled / self.ended) if self.ended else None


def filled_for_us(library: Library, since: datetime) -> Filled:
    """Of the requests of this library that ended: those that arrived. Cancelled ones count not."""
    ended = Request.objects.at(library).filter(closed_at__gte=since)
    found = ended.exclude(outcome=Outcome.CANCELLED).aggregate(
        ended=Count("pk"),
        filled=Count("pk", filter=Q(outcome__in=(Outcome.FILLED, Outcome.UNCLAIMED))),
    )
    return Filled(found["filled"], found["ended"])


def filled_by_us(library: Library, since: datetime) -> Filled:
    """Of the requests that this library answered: those that it shipped.

    A request that was withdrawn before an answer counts not; one that lapsed does, as a no.
    """
    asked = Supply.objects.at(library).filter(asked_at__gte=since)
    shipped = Q(shipped_at__isnull=False)
    refused = Q(ending__in=(Ending.REFUSED, Ending.LAPSED, Ending.CLOSED))
    found = asked.filter(shipped | refused).aggregate(
        ended=Count("pk"), filled=Count("pk", filter=shipped)
    )
    return Filled(found["filled"], found["ended"])


def days_to_arrive(library: Library, since: datetime) -> float | None:
    """The middle of the days from asked to the hold shelf; None if nothing arrived."""
    arrived = Event.objects.filter(request=OuterRef("pk"), verb="receive").order_by("-at")
    rows = (
        Request.objects.at(library)
        .annotate(arrived_at=Subquery(arrived.values("at")[:1]))
        .filter(arrived_at__gte=since)
        .values_list("asked_at", F("arrived_at"))
    )
    return middle(rows)


def days_to_ship(library: Library, since: datetime) -> float | None:
    """The middle of the days from asked to shipped; None if nothing was shipped."""
    rows = Supply.objects.at(library).filter(shipped_at__gte=since)
    spans = rows.values_list("asked_at", "shipped_at")
    return middle((asked, shipped) for asked, shipped in spans if shipped)


def middle(spans: Iterable[tuple[datetime, datetime]]) -> float | None:
    days = [(end - start) / timedelta(days=1) for start, end in spans]
    return round(median(days), 1) if days else None
