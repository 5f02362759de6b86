"""What the van left and took, by day and stop, counted at night from the ledger.

What was scanned, what came in a scanned bin, what a driver said without a scan, and what was typed
stand beside each other; none is made to fit another. A day is counted anew whenever something is
heard of it: the same lines give the same count.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from postroad.delivery import ledger, rounds, stops
from postroad.delivery.lanes import Vans
from postroad.delivery.models import (
    ContainerLine,
    ContainerStep,
    Custody,
    CustodyStep,
    How,
    SetAside,
    Stop,
    Via,
    Visit,
)
from postroad.delivery.visits import WHILE
from postroad.reports.models import CountRun, LaneDay, StopDay

A_TURN = 31  # days that one turn counts, the newest first; the next goes on
BACK = timedelta(days=400)  # what is heard of a day before is not counted any more
IN_FLIGHT = timedelta(minutes=10)  # what was written so lately may not all be seen yet
WAYS = {CustodyStep.DROPPED: "left", CustodyStep.PICKED_UP: "taken"}
OF_BINS = {ContainerStep.DROPPED: "bins_left", ContainerStep.LOADED: "bins_taken"}
# How a piece is known, the surest first: of one that is known in two ways the surer counts.
KNOWN_BY = {How.SCANNED: "scanned", How.CONTAINED: "in_bins", How.DECLARED: "declared"}
SUREST = list(KNOWN_BY)
IN_HAND = tuple(how.value for how in ledger.IN_HAND)


@dataclass(frozen=True, slots=True)
class Timetable:
    """Where the van stops, on which route, and on which days it was to come since a day."""

    routes: Mapping[int, str]
    known: Vans
    asked: frozenset[int]  # where it comes only when it is asked to: it is never due there

    @classmethod
    def since(cls, day: date) -> "Timetable":
        rows = Stop.objects.filter(active=True).order_by()
        found = list(rows.values_list("library", "route__code", "on_demand"))
        asked = frozenset(library for library, _route, on_demand in found if on_demand)
        routes = {library: route for library, route, _on_demand in found}
        return cls(routes, stops.calendars(list(routes), day), asked)

    def due(self, day: date) -> set[int]:
        called = (
            key
            for key, van in self.known.items()
            if van.drop.is_open(day) or van.pick_up.is_open(day)
        )
        return set(called) - self.asked


@dataclass(slots=True)
class Stretch:
    """A day, from its first moment to that of the next; and on which route each stop was."""

    day: date
    routes: Mapping[int, str]
    found: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def within(self) -> Q:
        following = self.day + timedelta(days=1)
        return Q(at__gte=rounds.start_of(self.day), at__lt=rounds.start_of(following))


def follow(now: datetime, back: timedelta = BACK) -> int:
    """Job: count the days that are over and of which something was heard; how many there were."""
    run = CountRun.objects.get_or_create(pk=1)[0]
    look(run, now, back)
    today = timezone.localdate(now)
    due = sorted((day for day in run.days if day < today.isoformat()), reverse=True)[:A_TURN]
    timetable = Timetable.since(date.fromisoformat(due[-1])) if due else None
    for day in due:
        count(date.fromisoformat(day), timetable)
    run.days = sorted(set(run.days) - set(due))
    run.at = now
    run.save()
    return len(due)


def look(run: CountRun, now: datetime, back: timedelta = BACK) -> None:
    """Add the days of which something was written since the last turn, and those that are over."""
    heard = heard_of(run)
    today = timezone.localdate(now)
    first = run.through + timedelta(days=1) if run.through else min(heard, default=today)
    passed = {first + timedelta(days=each) for each in range((today - first).days)}
    days = {day for day in heard | passed if today - back <= day <= today}
    run.days = sorted({*run.days, *(day.isoformat() for day in days)})
    run.through = max(today - timedelta(days=1), run.through or date.min)
    settled = Q(noted_at__lt=now - IN_FLIGHT)
    run.lines = _last(Custody.objects.filter(settled, pk__gt=run.lines)) or run.lines
    run.bin_lines = _last(ContainerLine.objects.filter(settled, pk__gt=run.bin_lines)) or (
        run.bin_lines
    )


def _last(rows: QuerySet[Custody] | QuerySet[ContainerLine]) -> int | None:
    last: int | None = rows.aggregate(last=Max("pk"))["last"]
    return last


def heard_of(run: CountRun) -> set[date]:
    """The days of which something was written since the last turn. What was seen at a desk may be
    known to have been dropped before, and what was told is taken back."""
    new = Custody.objects.filter(pk__gt=run.lines).order_by()
    desks = Custody.objects.filter(step=CustodyStep.RECEIVED, parcel__in=new.values("parcel"))
    moved = new.filter(step__in=(*WAYS, CustodyStep.RECEIVED))
    days = _days(moved) | _days(new.exclude(undoes=None), "undoes__at") | _days(desks.order_by())
    since = run.at - IN_FLIGHT if run.at else None
    turned, visited = Q(pk__gt=run.bin_lines), Q()
    if since:
        turned |= Q(undone_at__gte=since)
        visited = Q(noted_at__gte=since) | Q(counted_at__gte=since) | Q(withdrawn_at__gte=since)
    days |= _days(ContainerLine.objects.filter(turned).order_by())
    return days | _days(Visit.objects.filter(visited).order_by())


def _days(
    rows: QuerySet[Custody] | QuerySet[ContainerLine] | QuerySet[Visit], at: str = "at"
) -> set[date]:
    zone = ZoneInfo(settings.TIME_ZONE)
    return set(
        rows.annotate(day=TruncDate(at, tzinfo=zone)).values_list("day", flat=True).distinct()
    )


@transaction.atomic
def count(day: date, timetable: Timetable | None = None) -> None:
    """Count one day from all that is known of it, instead of what was counted before."""
    timetable = timetable or Timetable.since(day)
    before = StopDay.objects.filter(day=day).order_by()
    stretch = Stretch(day, {**timetable.routes, **dict(before.values_list("library", "route"))})
    _pieces(stretch)
    _at_desks(stretch)
    _bins(stretch)
    _typed(stretch)
    due = timetable.due(day)
    before.delete()
    StopDay.objects.bulk_create(
        StopDay(
            day=day,
            library_id=library,
            route=stretch.routes.get(library, ""),
            due=library in due,
            **stretch.found.get(library, {}),
        )
        for library in sorted(due | stretch.found.keys())
    )
    LaneDay.objects.filter(day=day).delete()
    LaneDay.objects.bulk_create(
        LaneDay(day=day, origin=origin, destination=destination, items=items)
        for (origin, destination), items in sorted(_lanes(stretch).items())
    )


def _pieces(stretch: Stretch) -> None:
    """What was left and taken: each piece once a day at a stop, by the surest that is known."""
    lines = Custody.objects.filter(stretch.within, step__in=WAYS, how__in=SUREST, undone_by=None)
    surest: dict[tuple[int, str, int], int] = {}
    told = lines.exclude(library=None).order_by()
    for library, step, parcel, how in told.values_list("library", "step", "parcel", "how"):
        piece, sure = (library, step, parcel), SUREST.index(How(how))
        surest[piece] = min(sure, surest.get(piece, sure))
    for (library, step, _parcel), sure in surest.items():
        name = f"{WAYS[CustodyStep(step)]}_{KNOWN_BY[SUREST[sure]]}"
        of_stop = stretch.found[library]
        of_stop[name] = of_stop.get(name, 0) + 1


def _at_desks(stretch: Stretch) -> None:
    """What a desk received though nobody scanned it as left there."""
    dropped = Custody.objects.filter(
        parcel=OuterRef("parcel"),
        library=OuterRef("library"),
        step=CustodyStep.DROPPED,
        undone_by=None,
    )
    received = Custody.objects.filter(
        stretch.within,
        step=CustodyStep.RECEIVED,
        how__in=IN_HAND,
        undone_by=None,
        parcel__via=Via.DELIVERY,
        library=F("parcel__to_library"),
    ).exclude(Exists(dropped))
    counted = received.order_by().values_list("library")
    for library, items in counted.annotate(items=Count("parcel", distinct=True)):
        stretch.found[library or 0]["left_at_desk"] = items


def _bins(stretch: Stretch) -> None:
    lines = ContainerLine.objects.filter(stretch.within, step__in=OF_BINS, undone_at=None)
    counted = lines.exclude(library=None).order_by().values_list("library", "step")
    for library, step, bins in counted.annotate(bins=Count("container", distinct=True)):
        stretch.found[library or 0][OF_BINS[ContainerStep(step)]] = bins


def _typed(stretch: Stretch) -> None:
    """What drivers typed, and what the desks counted where they counted every visit of the day."""
    visits = Visit.objects.filter(stretch.within, withdrawn_at=None).order_by()
    counted = visits.values("library").annotate(
        Sum("left"),
        Sum("taken"),
        Sum("counted_left"),
        Sum("counted_taken"),
        visits=Count("pk"),
        desks=Count("counted_at"),
    )
    for row in counted:
        told = {"typed_left": row["left__sum"], "typed_taken": row["taken__sum"]}
        if row["visits"] == row["desks"]:
            own = (row["counted_left__sum"], row["counted_taken__sum"])
            told |= {"own_left": own[0], "own_taken": own[1]}
        stretch.found[row["library"]] |= told


def _lanes(stretch: Stretch) -> Counter[tuple[str, str]]:
    """What its senders put in, from route to route."""
    lines = Custody.objects.filter(
        stretch.within,
        step=CustodyStep.PICKED_UP,
        how__in=SUREST,
        undone_by=None,
        library=F("parcel__from_library"),
    )
    ends = lines.order_by().values_list("parcel__from_library", "parcel__to_library")
    found: Counter[tuple[str, str]] = Counter()
    for origin, destination, items in ends.annotate(items=Count("parcel", distinct=True)):
        lane = stretch.routes.get(origin, ""), stretch.routes.get(destination, "")
        found[lane] += items
    return found


def whole_until(now: datetime) -> date | None:
    """The last day of which nothing more is awaited: its phones have sent, its desks have counted,
    no scan of it waits for a person, and all that was heard is in the count."""
    run = CountRun.objects.filter(pk=1).first()
    if run is None or run.through is None:
        return None
    scans = SetAside.objects.filter(settled_at=None, at__gte=now - BACK)
    waiting = scans.aggregate(first=Min("at"))["first"]
    open_days = [date.fromisoformat(day) for day in run.days]
    open_days += [timezone.localdate(now - WHILE), run.through + timedelta(days=1)]
    if waiting is not None:
        open_days.append(timezone.localdate(waiting))
    return min(open_days) - timedelta(days=1)
