"""The libraries of the consortium: a list to narrow, and a page for each."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.views.decorators.http import require_safe

from postroad import words
from postroad.catalogue.models import Format
from postroad.delivery.models import Delay, Stop
from postroad.directory import calendars, closures, evidence, known, network_rules, thresholds
from postroad.directory.models import Address, Closure, Kind, Library, Network, Policy, State
from postroad.directory.opening import weekdays
from postroad.directory.standing import Service
from postroad.ill.lifecycle import Level
from postroad.notices import topics
from postroad.web.shared import status

A_PAGE = 40
AHEAD = timedelta(days=60)
NARROWING = ("q", "state", "kind", "network")


@require_safe
def libraries(request: HttpRequest) -> HttpResponse:
    typed = {name: request.GET.get(name, "").strip()[:100] for name in NARROWING}
    page = Paginator(chosen(typed), A_PAGE).get_page(request.GET.get("page"))
    now, listed = timezone.now(), list(page.object_list)
    board = closures.Board(listed, now)
    open_hours = words.hours.today_of(board, listed)
    return render(
        request,
        "public/libraries.html",
        {
            "typed": typed,
            "narrowed": any(typed.values()),
            "page": page,
            "listed": [(board.today(each), open_hours.get(each.pk, "")) for each in listed],
            "everywhere": board.for_many(timezone.localdate(now)),
            "states": State.choices,
            "kinds": [(kind.value, kind.label) for kind in Kind if kind is not Kind.CENTRE],
            "networks": Network.objects.order_by("name", "pk"),
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
    policy = network_rules.in_force(shown, today.day)
    stop = Stop.objects.select_related("route").filter(library=shown, active=True).first()
    labels = dict(Format.choices)
    return render(
        request,
        "public/library.html",
        {
            "library": shown,
            "feed": topics.of_library(shown.code),
            "policy": policy,
            "copies": copies(shown, policy, today.day),
            "not_lent": [labels[each] for each in policy.formats_not_lent if each in labels],
            "stop": stop,
            "open_days": day_names(shown.open_days),
            "delays": Delay.objects.standing(today.day).at(shown) if stop else [],
            "van_days": day_names(stop.drop_days) if stop else [],
            "pick_up_days": day_names(stop.pick_up_days) if stop and stop.days_apart else [],
            "opening": words.hours.shown(board, shown),
            "closures": board.told(shown, today.day + AHEAD),
            "demo": settings.DEMO,
            **record(shown, stop is not None, now, asks_of_doors=not today.is_known),
        },
    )


def copies(shown: Library, policy: Policy, today: date) -> dict[str, int]:
    """Within how many hours at work it sends copies, as it says itself; of none that sends none."""
    if shown.is_outside or not policy.copies:
        return {}
    names = {"soon": Level.RUSH, "usual": Level.VERIFIED, "looked_for": Level.UNVERIFIED}
    return {name: thresholds.days(level, on=today, library=shown) for name, level in names.items()}


def record(shown: Library, stop: bool, now: datetime, *, asks_of_doors: bool) -> dict[str, Any]:
    """How it stands, and what is known of how to reach it, with who said so and when.

    Whether it is open is told once: by its hours above, and here only where those do not know.
    """
    here = known.one(shown, now)
    told = [
        each
        for each in status.lines(here, stop=stop)
        if asks_of_doors or each.service != Service.OPEN
    ]
    seen = evidence.standing(shown, shown.day_of(now))
    return {
        "known": here,
        "lines": told,
        "evidence": seen,
        "runs_out": evidence.runs_out(seen) if seen else None,
        "symbols": shown.symbols.all(),
        "addresses": shown.addresses.exclude(purpose=Address.Purpose.BILLING),
        "contacts": shown.contacts.all(),
        "confirmed": {each.field: each for each in shown.confirmations.all()},
    }


@require_safe
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Its closures of the last weeks and to come, to be subscribed to."""
    shown = get_object_or_404(Library, code=code)
    now = timezone.now()
    today = shown.day_of(now)
    rows = Closure.objects.current(today - closures.LOOK_BACK).at(shown)
    days = [
        calendars.Day(
            uid=f"{each.entry}-{each.pk}@{request.get_host()}",
            first=each.first_day,
            last=None if each.open_ended else each.last_day,
            summary=f"{shown.name}: {each.get_effect_display()}"
            + (f" ({each.reason})" if each.reason else ""),
            changed=each.ended_at or each.said_at or now,
        )
        for each in rows
    ]
    body = calendars.render(days, name=str(shown), today=today)
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{shown.code}.ics"'
    return answer


def day_names(days: str) -> list[str]:
    return [str(WEEKDAYS[day]) for day in sorted(weekdays(days))]
