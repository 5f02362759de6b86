"""The libraries of the consortium: a list to narrow, and a page for each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.views.decorators.http import require_safe

from postroad.catalogue.models import Format
from postroad.delivery.models import Stop
from postroad.directory.models import Closure, Kind, Library, Network, State
from postroad.directory.opening import weekdays

A_PAGE = 40
AHEAD = timedelta(days=60)
NARROWING = ("q", "state", "kind", "network")


@require_safe
def libraries(request: HttpRequest) -> HttpResponse:
    typed = {name: request.GET.get(name, "").strip()[:100] for name in NARROWING}
    page = Paginator(chosen(typed), A_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    shut = closures(*days_anywhere(now), page.object_list)
    return render(
        request,
        "public/libraries.html",
        {
            "typed": typed,
            "narrowed": any(typed.values()),
            "page": page,
            "rows": [row(each, shut, now) for each in page.object_list],
            "everywhere": [each for each in shut if holds(each, None, timezone.localdate(now))],
            "states": State.choices,
            "kinds": [(kind.value, kind.label) for kind in Kind if kind is not Kind.CENTRE],
            "networks": Network.objects.order_by("name"),
        },
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A library in the list, and how it stands today."""

    library: Library
    shut: Closure | None
    open_today: bool


def row(library: Library, shut: Iterable[Closure], now: datetime) -> Row:
    """By the library's own day, which need not be that of its neighbour in the list."""
    today = library.day_of(now)
    return Row(
        library,
        next((each for each in shut if holds(each, library.pk, today)), None),
        today.weekday() in weekdays(library.open_days),
    )


def holds(closure: Closure, library: int | None, day: date) -> bool:
    return closure.library_id == library and closure.shut().covers(day)


def days_anywhere(now: datetime) -> tuple[date, date]:
    """The first and the last day that it can be somewhere at this moment."""
    return (now - timedelta(days=1)).date(), (now + timedelta(days=1)).date()


def chosen(typed: dict[str, str]) -> QuerySet[Library]:
    """The libraries that answer the filter; each word in the name or the town."""
    found = Library.objects.filter(active=True).exclude(kind=Kind.CENTRE).select_related("network")
    for word in typed["q"].replace("\x00", "").split():
        found = found.filter(Q(name__icontains=word) | Q(town__icontains=word))
    if typed["state"] in State.values:
        found = found.filter(state=typed["state"])
    if typed["kind"] in Kind.values:
        found = found.filter(kind=typed["kind"])
    if typed["network"]:
        found = found.filter(network__code=typed["network"].replace("\x00", ""))
    return found.order_by("town", "name", "pk")


def closures(first: date, last: date, of: Iterable[Library]) -> list[Closure]:
    """What is shut between these days, at these libraries or everywhere."""
    touching = Closure.objects.touching(first, last).worth_telling()
    return list(touching.filter(Q(library=None) | Q(library__in=list(of))))


@require_safe
def library(request: HttpRequest, code: str) -> HttpResponse:
    shown = Library.objects.select_related("network", "policy").filter(code=code).first()
    if shown is None:
        raise Http404
    today = shown.day_of(timezone.now())
    policy = shown.rules
    stop = Stop.objects.select_related("route").filter(library=shown, active=True).first()
    labels = dict(Format.choices)
    return render(
        request,
        "public/library.html",
        {
            "library": shown,
            "policy": policy,
            "not_lent": [labels[each] for each in policy.formats_not_lent if each in labels],
            "stop": stop,
            "open_days": day_names(shown.open_days),
            "van_days": day_names(stop.days) if stop else [],
            "closures": closures(today, today + AHEAD, [shown]),
            "demo": settings.DEMO,
        },
    )


def day_names(days: str) -> list[str]:
    return [str(WEEKDAYS[day]) for day in sorted(weekdays(days))]
