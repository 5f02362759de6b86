"""What everybody may know of the van at a stop, on a route, and from a hub: /delivery/."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from postroad.accounts import roles
from postroad.accounts.models import Role
from postroad.delivery import doors, figures, glance, overview, stops
from postroad.delivery.glance import AtAStop
from postroad.delivery.models import Hub, Route, Stop
from postroad.directory.opening import Calendar
from postroad.web.public import delivery_map
from postroad.web.shared.charts import Bar, Bars, Line

NEXT = 4  # days that are named
AHEAD = 14  # days that are told one by one


@require_safe
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """One library: its days, what comes and waits, and the last four weeks."""
    now = timezone.now()
    today = timezone.localdate(now)
    at = next(iter(glance.at(Stop.objects.filter(library__code=code), today)), None)
    if at is None:
        raise Http404
    return render(
        request,
        "public/delivery/stop.html",
        {
            "at": at,
            "stop": at.stop,
            "sentence": sentence(at),
            "tone": {"ok": "ok", "warn": "warn", "note": ""}[delivery_map.mark(at)],
            "brings": following(at.van.drop, today),
            "takes": following(at.van.pick_up, today),
            "ahead": at.van.ahead(today, AHEAD),
            **counted([at.stop.library_id], now),
            **for_the_office(request),
        },
    )


def following(calendar: Calendar, today: date) -> list[date]:
    """The next days, today among them."""
    return list(islice(calendar.open_days(today), NEXT))


def sentence(at: AtAStop) -> str:
    today = at.today
    if today.kept_away:
        return _("No van today: %(reason)s") % {"reason": today.reason}
    if at.stop.on_demand and today.comes:
        return _("The van comes today if it is asked to")
    if today.brings and today.takes:
        return _("The van comes today")
    if today.brings:
        return _("The van brings today and takes nothing")
    if today.takes:
        return _("The van takes today and brings nothing")
    return _("The van does not come today")


@require_safe
def route(request: HttpRequest, route: str) -> HttpResponse:
    """A round of the van: its stops in their order."""
    now = timezone.now()
    today = timezone.localdate(now)
    known = Route.objects.select_related("region__hub")
    shown = get_object_or_404(known, code=route.replace("\0", ""))
    places = glance.at(Stop.objects.filter(route=shown), today)
    office = for_the_office(request)
    return render(
        request,
        "public/delivery/route.html",
        {
            "route": shown,
            "places": places,
            "calls": sum(each.today.comes for each in places),
            "map": delivery_map.drawn(places, near=True, numbered=True),
            "delays": delivery_map.told(places),
            "drivers": doors.on_route(shown, today) if office["office"] else [],
            **counted([each.stop.library_id for each in places], now),
            **office,
        },
    )


@require_safe
def hub(request: HttpRequest, hub: str) -> HttpResponse:
    """Where it is sorted: its routes, and the nights to other hubs."""
    now = timezone.now()
    today = timezone.localdate(now)
    shown = get_object_or_404(Hub.objects.select_related("courier"), code=hub.replace("\0", ""))
    places = glance.at(Stop.objects.filter(route__region__hub=shown), today)
    facts = counted([each.stop.library_id for each in places], now)
    sorted_here = figures.sorted_at(shown, today)
    if any(items for _day, items in sorted_here):
        facts["lines"].append(by_day(_("Items sorted here a day"), sorted_here))
    return render(
        request,
        "public/delivery/hub.html",
        {
            "hub": shown,
            "listed": delivery_map.by_route(places),
            "map": delivery_map.drawn(places, near=True),
            "delays": delivery_map.told(places),
            "nights": stops.nights_from(shown, today),
            "lying": overview.lying_at(shown),
            "count": len(places),
            **facts,
            **for_the_office(request),
        },
    )


def counted(libraries: Collection[int], now: datetime) -> dict[str, Any]:
    """What is under way, as numbers, and the drawings of the last four weeks."""
    today = timezone.localdate(now)
    moved, road = figures.by_day(libraries, today), figures.on_the_road(libraries, today)
    dropped = by_day(_("Items dropped a day"), [(e.day, e.dropped) for e in moved])
    taken = by_day(_("Items picked up a day"), [(e.day, e.picked_up) for e in moved])
    return {
        "standing": overview.at(libraries, now),
        "lines": [line for line in (dropped, taken) if line.most],
        "road": Bars(
            _("Days from pick-up to drop"),
            _("Days"),
            _("Items"),
            [Bar(days_taken(days), items) for days, items in road.days],
        )
        if road.days
        else None,
        "unknown": road.unknown,
    }


def by_day(title: str, items: Sequence[tuple[date, float]]) -> Line:
    return Line(title, _("items"), items, _("item"))


def days_taken(days: int) -> str:
    if not days:
        return _("the same day")
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def for_the_office(request: HttpRequest) -> dict[str, bool]:
    """Whether who reads works in the delivery office, and so is shown the way to its pages."""
    return {"office": request.user.is_authenticated and roles.has(request.user, Role.DELIVERY)}
