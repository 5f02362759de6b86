"""The week of a stop: on which days what is put out there arrives at each other library, and what
is put out there arrives here: /delivery/stops/…/week/."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.dates import WEEKDAYS
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from postroad import words
from postroad.delivery import stops, weekly
from postroad.delivery.forecast import Forecast, Leg
from postroad.delivery.lanes import Vans
from postroad.delivery.models import Delay, Stop
from postroad.delivery.weekly import Between, Week
from postroad.directory.models import State
from postroad.web.shared import csv_files

FARTHEST = timedelta(days=366)
HEADINGS = "code name town state arrives_there arrives_here no_van_there".split()
LEGS = (Leg.COLLECTED, Leg.SORTED, Leg.DELIVERED)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says: which week, of which other libraries."""

    today: date
    week: Week
    q: str
    state: str
    other: str

    @classmethod
    def of(cls, request: HttpRequest, today: date) -> "Asked":
        sent = request.GET
        state = sent.get("state", "")
        return cls(
            today=today,
            week=weekly.week_of(_day(sent.get("day", ""), today)),
            q=sent.get("q", "").replace("\x00", "").strip()[:100],
            state=state if state in State.values else "",
            other=sent.get("with", "")[:16],
        )

    def address(self, **changed: str) -> str:
        facts = {
            "day": self.week[0].isoformat(),
            "q": self.q,
            "state": self.state,
            "with": self.other,
        }
        return "?" + urlencode({k: v for k, v in {**facts, **changed}.items() if v})

    def wants(self, stop: Stop) -> bool:
        of = f"{stop.library.name} {stop.library.town} {stop.library.code}".casefold()
        return self.state in ("", stop.library.state) and all(
            word in of for word in self.q.casefold().split()
        )


def _day(text: str, today: date) -> date:
    """The day that was asked for; today if it is none, or far away."""
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    return found if found and abs(found - today) <= FARTHEST else today


@dataclass(frozen=True, slots=True)
class Row:
    """One other library, in words."""

    stop: Stop
    address: str  # of the same, step by step
    between: Between
    there: str
    here: str
    note: str


@dataclass(frozen=True, slots=True)
class Way:
    """What is put out by a day, step by step."""

    by: date
    days: Sequence[date]  # taken, sorted, delivered
    waits_for: str


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """In four statements, however many libraries there are."""
    today = timezone.localdate()
    asked = Asked.of(request, today)
    places = list(Stop.objects.filter(active=True).select_related("library", "route"))
    here = next((each for each in places if each.library.code == code), None)
    if here is None:
        raise Http404
    vans = stops.calendars([each.library_id for each in places], asked.week[0])
    own = weekly.fall_out(vans[here.library_id], asked.week)
    other = next((each for each in places if each.library.code == asked.other), None)
    other = None if other == here else other
    rows = [] if other else list(_rows(places, here, vans, asked))
    if csv_files.wanted(request):
        return csv_files.plain(f"{code}-{asked.week[0]}", [HEADINGS, *map(_cells, rows)])
    before, after = asked.week[0] - timedelta(days=7), asked.week[0] + timedelta(days=7)
    return render(
        request,
        "public/delivery/week.html",
        {
            "stop": here,
            "asked": asked,
            "rows": rows,
            "own": own,
            "delays": Delay.objects.standing(today).at(here.library),
            "states": State.choices,
            "before": asked.address(day=before.isoformat()),
            "after": asked.address(day=after.isoformat()),
            "csv": asked.address(format="csv", **{"with": ""}),
            "all": asked.address(**{"with": ""}),
            "is_now": today in asked.week,
            "other": other,
            "ways": _both_ways(vans, here, other, asked) if other else (),
        },
    )


def _rows(places: Sequence[Stop], here: Stop, vans: Vans, asked: Asked) -> Iterator[Row]:
    """Those that are wanted, by town; libraries whose days are alike share their words."""
    between = weekly.overview(vans, here.library_id, asked.week, asked.today)
    own = {each.day for each in weekly.fall_out(vans[here.library_id], asked.week)}
    said: dict[int, tuple[str, str, str]] = {}
    wanted = [each for each in places if each.library_id in between and asked.wants(each)]
    for each in sorted(wanted, key=lambda stop: (stop.library.town, stop.library.name, stop.pk)):
        found = between[each.library_id]
        if id(found) not in said:
            said[id(found)] = (
                spoken(found.there, asked.week),
                spoken(found.here, asked.week),
                _missing(found, own),
            )
        address = asked.address(**{"with": each.library.code})
        yield Row(each, address, found, *said[id(found)])


def spoken(days: Sequence[date], week: Week) -> str:
    """ "Tuesday, Friday"; a day after the week with its date."""
    named = [str(WEEKDAYS[day.weekday()]) if day <= week[-1] else words.day(day) for day in days]
    return ", ".join(named)


def _missing(between: Between, own: set[date]) -> str:
    """On which days the van does not come there, though it does here."""
    told = [
        _("no van on %(day)s (%(reason)s)")
        % {"day": WEEKDAYS[each.day.weekday()], "reason": each.reason}
        for each in between.fall_out
        if each.day not in own
    ]
    return "; ".join(told)


def _cells(row: Row) -> list[str]:
    library, between = row.stop.library, row.between
    return [
        library.code,
        library.name,
        library.town,
        library.state,
        " ".join(day.isoformat() for day in between.there),
        " ".join(day.isoformat() for day in between.here),
        " ".join(each.day.isoformat() for each in between.fall_out),
    ]


def _both_ways(
    vans: Vans, here: Stop, other: Stop, asked: Asked
) -> Sequence[tuple[Stop, Stop, list[Way]]]:
    """From here to the one library and back, step by step."""
    return [
        (start, end, [_way(each) for each in _between(vans, start, end, asked)])
        for start, end in ((here, other), (other, here))
    ]


def _between(vans: Vans, start: Stop, end: Stop, asked: Asked) -> list[Forecast]:
    ends = vans[start.library_id], vans[end.library_id]
    return weekly.ways(vans, *ends, asked.week, asked.today)


def _way(expected: Forecast) -> Way:
    steps: Mapping[Leg, date] = {step.leg: step.day for step in expected.steps}
    return Way(
        by=steps[Leg.READY],
        days=[steps[leg] for leg in LEGS],
        waits_for="; ".join(
            f"{words.day(each.day)}: {each.reason}"
            for step in expected.steps
            for each in step.skipped
        ),
    )
