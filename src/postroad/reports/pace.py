"""How long each step of a loan takes as a rule, and how long this one took."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from statistics import median
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from postroad.delivery.models import Stop
from postroad.directory.models import Library
from postroad.ill.lifecycle import OPEN, Service, State
from postroad.ill.models import Event, Loan, Request, Supply
from postroad.reports.counts import FEWEST_TIMES, SEASON
from postroad.reports.models import Pace
from postroad.reports.steps import (
    NOT_COMPARED,
    TRAVELS,
    Kind,
    Lane,
    Level,
    Moment,
    Place,
    Step,
    lanes,
    steps,
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who lends, and how the thing travels there and back."""

    lender: int
    out: str = ""
    home: str = ""

    def via(self, kind: Kind) -> str:
        return {Kind.ROAD: self.out, Kind.HOME: self.home}.get(kind, "")


@dataclass(frozen=True, slots=True)
class Paced:
    """A step of one loan, its days, and what is usual; None: not compared, or too few to say."""

    step: Step
    days: int | None  # None: not known
    via: str = ""
    usual: Pace | None = None

    @property
    def compared(self) -> bool:
        return self.step.kind not in NOT_COMPARED and self.days is not None

    @property
    def is_slow(self) -> bool:
        return self.usual is not None and self.days is not None and self.days > self.usual.days


def days_of(began: datetime, ended: datetime, zone: ZoneInfo) -> int:
    """Calendar days of the borrowing library, as a reader counts them."""
    return (ended.astimezone(zone).date() - began.astimezone(zone).date()).days


# One loan


def of_loan(
    ill: Request, events: Iterable[Event], supplies: Iterable[Supply], now: datetime
) -> list[Paced]:
    """Its steps, each with its days and, of a loan, what is usual on this way. Four queries at
    most."""
    ordered = sorted(events, key=lambda event: event.pk)
    moments = [Moment(e.verb, e.at, State(e.after), e.supply_id) for e in ordered]
    attempts = _attempts(list(supplies))
    made = steps(moments)
    where = places({ill.library_id, *(each.lender for each in attempts.values())})
    compared = () if ill.is_copy else made
    usual = _usual(
        {lane for step in compared for lane in _lanes_of(step, ill.library_id, attempts, where)}
    )
    zone = ZoneInfo(ill.library.time_zone)
    return [
        Paced(
            step,
            days_of(step.began, step.ended or now, zone) if step.measured else None,
            _via(step, attempts),
            _narrowest(_lanes_of(step, ill.library_id, attempts, where), usual),
        )
        for step in made
    ]


def _attempts(supplies: Sequence[Supply]) -> dict[int, Attempt]:
    """Each with how its things travel; of several the way of the last counts."""
    rows = Loan.objects.filter(supply__in=[each.pk for each in supplies]) if supplies else None
    return {each.pk: Attempt(each.lender_id) for each in supplies} | (
        _travelled(rows) if rows is not None else {}
    )


def _travelled(loans: QuerySet[Loan]) -> dict[int, Attempt]:
    rows = loans.order_by("pk").values_list(
        "supply_id", "lender_id", "parcel_out__via", "parcel_home__via"
    )
    return {key: Attempt(lender, out or "", home or "") for key, lender, out, home in rows}


def _via(step: Step, attempts: Mapping[int, Attempt]) -> str:
    attempt = attempts.get(step.supply or 0)
    return attempt.via(step.kind) if attempt else ""


def _lanes_of(
    step: Step, borrower: int, attempts: Mapping[int, Attempt], where: Mapping[int, Place]
) -> list[Lane]:
    """Where its days are compared, the narrowest lane first; none for what is not compared."""
    if step.kind in NOT_COMPARED or not step.measured:
        return []
    here, attempt = where[borrower], attempts.get(step.supply or 0)
    if step.kind != Kind.LENDER and step.kind not in TRAVELS:
        return list(lanes(step.kind, "", here))
    if attempt is None:
        return []
    there, via = where[attempt.lender], attempt.via(step.kind)
    if step.kind == Kind.LENDER:
        return list(lanes(step.kind, "", there))
    ends = (there, here) if step.kind == Kind.ROAD else (here, there)
    return list(lanes(step.kind, via, *ends)) if via else []


def _narrowest(ways: Iterable[Lane], usual: Mapping[Lane, Pace]) -> Pace | None:
    """What is usual on the narrowest lane of which enough is known. All the country is no way."""
    own = (lane for lane in ways if lane.level != Level.ALL or lane.kind == Kind.CENTRE)
    return next((usual[lane] for lane in own if lane in usual), None)


def _usual(wanted: Collection[Lane]) -> dict[Lane, Pace]:
    if not wanted:
        return {}
    rows = Pace.objects.filter(
        kind__in={lane.kind for lane in wanted},
        origin__in={lane.origin for lane in wanted},
        destination__in={lane.destination for lane in wanted},
    )
    return {_lane(row): row for row in rows}


def _lane(row: Pace) -> Lane:
    return Lane(row.kind, Level(row.level), row.via, row.origin, row.destination)


def places(keys: Collection[int] | None = None) -> dict[int, Place]:
    """Where libraries are: their region is the van's."""
    libraries = Library.objects.all() if keys is None else Library.objects.filter(pk__in=keys)
    stops = Stop.objects.filter(active=True).select_related("route__region")
    regions = {
        stop.library_id: stop.route.region_name
        for stop in (stops if keys is None else stops.filter(library__in=keys))
    }
    rows = libraries.order_by().values_list("pk", "code", "state")
    return {pk: Place(code, regions.get(pk, ""), state) for pk, code, state in rows}


# All loans


def general() -> dict[str, Pace]:
    """What is usual for everybody: the whole, a lender's days, the van and the mail."""
    rows = Pace.objects.filter(level=Level.ALL, kind__in=(Pace.WHOLE, Kind.LENDER, Kind.ROAD))
    return {f"{row.kind}-{row.via}" if row.via else row.kind: row for row in rows}


def reckon(now: datetime) -> int:
    """Job: keep the middle of the days of the last season for each lane with enough of them. Of
    loans: a copy is made in hours, and travels on no lane."""
    since = now - SEASON
    found: dict[Lane, list[int]] = defaultdict(list)
    where, zones = places(), _zones()
    asked = Request.objects.filter(service=Service.LOAN)
    still_open = asked.filter(state__in=OPEN)  # as an index knows them
    for lately in (still_open, asked.filter(closed_at__gte=since)):
        attempts = _all_attempts(lately)
        borrowers = dict(lately.values_list("pk", "library_id"))
        for key, moments in _histories(lately):
            if (borrower := borrowers.get(key)) is None:
                continue  # asked for between two of these statements
            zone = zones[borrower]
            made = steps(moments)
            for step in made:
                if step.ended is not None and step.ended >= since:
                    days = days_of(step.began, step.ended, zone)
                    for lane in _lanes_of(step, borrower, attempts, where):
                        found[lane].append(days)
            if (arrived := _arrived(made)) and arrived >= since:
                days = days_of(made[0].began, arrived, zone)
                for lane in lanes(Pace.WHOLE, "", where[borrower]):
                    found[lane].append(days)
    return _keep(found, now)


def _arrived(made: Sequence[Step]) -> datetime | None:
    """When it came to the hold shelf for the first time."""
    return next((step.began for step in made if step.kind == Kind.SHELF), None)


def _zones() -> dict[int, ZoneInfo]:
    rows = Library.objects.order_by().values_list("pk", "time_zone")
    return {pk: ZoneInfo(name) for pk, name in rows}


def _all_attempts(lately: QuerySet[Request]) -> dict[int, Attempt]:
    rows = Supply.objects.filter(request__in=lately).order_by()
    every = {key: Attempt(lender) for key, lender in rows.values_list("pk", "lender_id")}
    return every | _travelled(Loan.objects.filter(request__in=lately))


def _histories(lately: QuerySet[Request]) -> Iterable[tuple[int, list[Moment]]]:
    rows = (
        Event.objects.filter(request__in=lately)
        .order_by("request_id", "pk")
        .values_list("request_id", "verb", "at", "after", "supply_id")
    )
    for key, events in groupby(rows.iterator(chunk_size=5000), key=itemgetter(0)):
        yield key, [Moment(verb, at, State(after), supply) for _, verb, at, after, supply in events]


@transaction.atomic
def _keep(found: Mapping[Lane, Sequence[int]], now: datetime) -> int:
    enough = {lane: days for lane, days in found.items() if len(days) >= FEWEST_TIMES}
    Pace.objects.all().delete()
    Pace.objects.bulk_create(
        [
            Pace(
                kind=lane.kind,
                level=lane.level,
                via=lane.via,
                origin=lane.origin,
                destination=lane.destination,
                days=median(days),
                times=len(days),
                reckoned_at=now,
            )
            for lane, days in enough.items()
        ],
        batch_size=1000,
    )
    return len(enough)
