"""A route's sheet for a day, to print and as a spreadsheet: /office/delivery/manifests/."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from postroad.accounts.models import Role
from postroad.delivery import manifests
from postroad.delivery.manifests import Manifest
from postroad.delivery.models import Route
from postroad.web.shared import csv_files
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.van_counts import day_of

AHEAD = timedelta(days=31)


@require_safe
@needs(Role.DELIVERY)
def page(request: SignedIn) -> HttpResponse:
    """Chosen in the address; today, if it names no day."""
    now = timezone.now()
    today = timezone.localdate(now)
    day = min(day_of(request, "day") or today, today + AHEAD)
    routes = list(Route.objects.filter(stops__active=True).distinct())
    asked = request.GET.get("route", "")
    route = next((each for each in routes if each.code == asked), None)
    found = manifests.of(route, day, now) if route else None
    if found and csv_files.wanted(request):
        return csv_files.plain(f"manifest-{day}", table(found))
    return render(
        request,
        "office/delivery/manifest.html",
        {
            "routes": routes,
            "day": day,
            "manifest": found,
            "csv": csv(route, day) if route else "",
            "before": csv(route, day - timedelta(days=1), None) if route else "",
            "after": csv(route, day + timedelta(days=1), None) if route else "",
        },
    )


def csv(route: Route, day: date, form: str | None = "csv") -> str:
    """The address of this sheet on a day, or of its spreadsheet."""
    asked: dict[str, Any] = {"route": route.code, "day": day.isoformat()}
    return "?" + urlencode(asked | ({"format": form} if form else {}))


def table(manifest: Manifest) -> list[list[object]]:
    heads: list[object] = [
        *(_("Place"), _("Library code"), _("Library"), _("Town"), _("The van calls"), _("Reason")),
        *(_("To leave"), _("Left"), _("To pick up"), _("Picked up"), _("Bins to leave")),
        *(_("Bins left"), _("Bins standing there"), _("Bins taken"), _("Empties wanted")),
        *(_("Confirmed at"), _("Left, as confirmed"), _("Taken, as confirmed")),
    ]
    lines: list[list[object]] = [heads]
    for each in manifest.lines:
        library, load, bins = each.stop.library, each.load, each.bins
        last = each.visits[-1] if each.visits else None
        lines.append(
            [
                *(each.stop.place, library.code, library.name, library.town),
                *(_("yes") if each.calls else _("no"), each.reason),
                *(load.to_drop, load.dropped, load.to_pick_up + load.astray, load.picked_up),
                *(bins.to_leave, bins.left, bins.standing, bins.taken, bins.wanted),
                *((last.at, last.left, last.taken) if last else (None, None, None)),
            ]
        )
    return lines
