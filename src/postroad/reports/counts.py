"""What a library lent and borrowed, how much of it was filled, and how long it took.

Each figure is counted from rows that a page can show: `web/staff/figures.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
)

from postroad.directory.models import Library, Membership
from postroad.ill.lifecycle import Ending, Outcome, Service, Verb
from postroad.ill.models import (
    Event,
    Request,
    RequestQuerySet,
    Supply,
    SupplyQuerySet,
    Tally,
)

MONTHS = 12
SEASON = timedelta(days=90)  # what "lately" means
FEWEST_TIMES = 20  # by which it can be said what is usual
FILLED = Q(outcome__in=(Outcome.FILLED, Outcome.UNCLAIMED, Outcome.DELIVERED))
LOANS = Q(request__service=Service.LOAN)  # a copy travels no road
SHIPPED = Q(shipped_at__isnull=False)
NOT_SHIPPED = Q(shipped_at=None, ending__in=(Ending.REFUSED, Ending.LAPSED, Ending.CLOSED))


@dataclass(frozen=True, slots=True)
class Month:
    """What was lent and borrowed in a month, and the copies; `first` is its first day."""

    first: date
    lent: int
    borrowed: int
    copies_sent: int = 0
    copies_had: int = 0


def by_month(library: Library, today: date, months: int = MONTHS) -> list[Month]:
    """The last months, the present one last; a month without a loan counts none. One query."""
    first = today.replace(day=1)
    wanted = [before(first, back) for back in range(months - 1, -1, -1)]
    kept = {row.month: row for row in Tally.objects.filter(library=library, month__gte=wanted[0])}
    return [
        Month(month, row.lent, row.borrowed, row.copies_sent, row.copies_had)
        if (row := kept.get(month))
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


def ended_for_us(library: Library, since: datetime) -> RequestQuerySet:
    """The requests of this library that ended. Cancelled ones count not."""
    ended = Request.objects.at(library).filter(closed_at__gte=since)
    return ended.exclude(outcome=Outcome.CANCELLED)


def answered_by_us(library: Library, since: datetime) -> SupplyQuerySet:
    """The requests that this library was asked for and that it shipped or did not.

    A request that was withdrawn before an answer counts not; one that lapsed does, as a no.
    """
    return Supply.objects.at(library).filter(SHIPPED | NOT_SHIPPED, asked_at__gte=since)


def arrived(library: Library, since: datetime) -> Any:
    """What reached the hold shelf of this library, with the time that it took."""
    scans = Event.objects.filter(request=OuterRef("pk"), verb=Verb.RECEIVE).order_by("-at", "-pk")
    not_long_over = Q(closed_at=None) | Q(closed_at__gte=since)  # no scan of others is looked up
    ours = Request.objects.at(library).filter(not_long_over)
    rows = ours.annotate(arrived_at=Subquery(scans.values("at")[:1]))
    return took(rows.filter(arrived_at__gte=since), "arrived_at")


def shipped(library: Library, since: datetime) -> Any:
    """What this library sent, with the time that it took."""
    rows = Supply.objects.at(library).filter(LOANS, shipped_at__gte=since)
    return took(rows, "shipped_at")


def took(rows: Any, end: str) -> Any:
    return rows.annotate(took=ExpressionWrapper(F(end) - F("asked_at"), DurationField()))


def lent_in(library: Library, month: date) -> SupplyQuerySet:
    """The loans that the month of `by_month` counts as lent."""
    return Supply.objects.filter(LOANS, in_month(month), lender=library)


def borrowed_in(library: Library, month: date) -> SupplyQuerySet:
    """The loans that the month of `by_month` counts as borrowed, from members."""
    rows = Supply.objects.filter(
        LOANS, in_month(month), request__library=library, lender__membership=Membership.MEMBER
    )
    return rows.select_related("lender")


def in_month(month: date) -> Q:
    """Shipped in this month, by the lender's own days."""
    first, last = (datetime.combine(day, time()) for day in (month, before(month, -1)))
    found = Q(pk=None)
    for name in Library.objects.values_list("time_zone", flat=True).order_by().distinct():
        zone = ZoneInfo(name)
        found |= Q(
            lender__time_zone=name,
            shipped_at__gte=first.replace(tzinfo=zone),
            shipped_at__lt=last.replace(tzinfo=zone),
        )
    return found


def filled_for_us(library: Library, since: datetime) -> Filled:
    """Of the requests of this library that ended: those that arrived."""
    return share_of(ended_for_us(library, since), FILLED)


def filled_by_us(library: Library, since: datetime) -> Filled:
    """Of the requests that this library answered: those that it shipped."""
    return share_of(answered_by_us(library, since), SHIPPED)


def share_of(rows: Any, good: Q) -> Filled:
    found = rows.aggregate(ended=Count("pk"), filled=Count("pk", filter=good))
    return Filled(found["filled"], found["ended"])


def days_to_arrive(library: Library, since: datetime) -> float | None:
    """The middle of the days from asked to the hold shelf; None if nothing arrived."""
    return usual_days(library, since).days


@dataclass(frozen=True, slots=True)
class Usual:
    """How long something takes, by so many times that it was done."""

    days: float | None
    times: int


def usual_days(library: Library, since: datetime) -> Usual:
    """The middle of the days from asked to the hold shelf, and of how many arrivals it is that."""
    spans = list(arrived(library, since).values_list("took", flat=True))
    return Usual(middle(spans), len(spans))


def days_to_ship(library: Library, since: datetime) -> float | None:
    """The middle of the days from asked to shipped; None if nothing was shipped."""
    return middle(shipped(library, since).values_list("took", flat=True))


def middle(spans: Iterable[timedelta]) -> float | None:
    days = [in_days(span) for span in spans]
    return round(median(days), 1) if days else None


def in_days(span: timedelta) -> float:
    return span / timedelta(days=1)
