"""The libraries of the consortium: a list to narrow, and a page for each."""

from datetime import timedelta

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
from postroad.directory import closures
from postroad.directory.models import Kind, Library, Network, State
from postroad.directory.opening import weekdays
from postroad.notices import topics

A_PAGE = 40
AHEAD = timedelta(days=60)
NARROWING = ("q", "state", "kind", "network")


@require_safe
def libraries(request: HttpRequest) -> HttpResponse:
    typed = {name: request.GET.get(name, "").strip()[:100] for name in NARROWING}
    page = Paginator(chosen(typed), A_PAGE).get_page(request.GET.get("page"))
    now, listed = timezone.now(), list(page.object_list)
    board = closures.Board(listed, now)
    return render(
        request,
        "public/libraries.html",
        {
            "typed": typed,
            "narrowed": any(typed.values()),
            "page": page,
            "rows": [board.today(each) for each in listed],
            "everywhere": board.for_many(timezone.localdate(now)),
            "states": State.choices,
            "kinds": [(kind.value, kind.label) for kind in Kind if kind is not Kind.CENTRE],
            "networks": Network.objects.order_by("name"),
        },
    )


def chosen(typed: dict[str, str]) -> QuerySet[Library]:
    """The libraries that answer the filter; each word in the name or the town."""
    found = Library.objects.members().exclude(kind=Kind.CENTRE).select_related("network")
    for word in typed["q"].replace("\x00", "").split():
        found = found.filter(Q(name__icontains=word) | Q(town__icontains=word))
    if typed["state"] in State.values:
        found = found.filter(state=typed["state"])
    if typed["kind"] in Kind.values:
        found = found.filter(kind=typed["kind"])
    if typed["network"]:
        found = found.filter(network__code=typed["network"].replace("\x00", ""))
    return found.order_by("town", "name", "pk")


@require_safe
def library(request: HttpRequest, code: str) -> HttpResponse:
    shown = Library.objects.select_related("network", "policy").filter(code=code).first()
    if shown is None:
        raise Http404
    now = timezone.now()
    board = closures.Board([shown], now)
    today = board.today(shown)
    policy = shown.rules
    stop = Stop.objects.select_related("route").filter(library=shown, active=True).first()
    labels = dict(Format.choices)
    return render(
        request,
        "public/library.html",
        {
            "library": shown,
            "feed": topics.of_library(shown.code),
            "policy": policy,
            "not_lent": [labels[each] for each in policy.formats_not_lent if each in labels],
            "stop": stop,
            "open_days": day_names(shown.open_days),
            "van_days": day_names(stop.days) if stop else [],
            "today": today,
            "closures": board.told(shown, today.day + AHEAD),
            "demo": settings.DEMO,
        },
    )


def day_names(days: str) -> list[str]:
    return [str(WEEKDAYS[day]) for day in sorted(weekdays(days))]
