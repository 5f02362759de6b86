"""What the van left and took, counted from the ledger: /office/delivery/counts/."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from postroad.accounts.models import Role
from postroad.directory.models import Library
from postroad.reports import van_figures
from postroad.reports.van_figures import Figures, Lane
from postroad.web.shared import csv_files, van_counts
from postroad.web.shared.charts import percent
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.pieces import Choice
from postroad.web.shared.van_counts import Part, Row, Span

MOST = 200  # rows of a page; the spreadsheet has all
BY: Mapping[str, Promise] = {
    "route": gettext_lazy("By route"),
    "day": gettext_lazy("By day"),
    "stop": gettext_lazy("By stop"),
    "lane": gettext_lazy("From route to route"),
}
HEADINGS: Mapping[str, Promise] = {
    "route": gettext_lazy("Route"),
    "day": gettext_lazy("Day"),
    "stop": gettext_lazy("Stop"),
}


@require_safe
@needs(Role.DELIVERY)
def page(request: SignedIn) -> HttpResponse:
    """The counts of some days: by what, of which route or stop, as the address says."""
    span, by = Span.of(request), request.GET.get("by", "")
    by = by if by in BY else "route"
    route, stop = narrowed(request)
    kept = {"route": route} if route else {}
    kept |= {"stop": stop.code} if stop else {}
    days = van_figures.days(span.first, span.last, route=route, library=stop.pk if stop else 0)
    if by == "lane":
        lanes = van_figures.by_lane(span.first, span.last, route)
        if csv_files.wanted(request):
            return csv_files.plain("counts-lane", lanes_as_table(lanes))
        shown = {**of_lanes(lanes), "kept": {**kept, "by": by}}
    else:
        asks = {
            "route": van_figures.by_route,
            "day": van_figures.by_day,
            "stop": van_figures.by_stop,
        }
        found = asks[by](days)
        if csv_files.wanted(request):
            return csv_files.plain(f"counts-{by}", van_counts.table(str(HEADINGS[by]), found))
        shown = of_stops(found, by, van_counts.way_of(request), span, kept)
    facts = {
        **van_counts.shown(van_figures.in_all(days), span),
        "by": choices(by, {**span.query, **kept}),
        "narrowed": stop or route,
        "all_address": "?" + urlencode({**span.query, "by": by}),
        "csv": "?" + urlencode({**span.query, **kept, "by": by, "format": "csv"}),
    }
    return render(request, "office/delivery/counts.html", facts | shown)


def narrowed(request: SignedIn) -> tuple[str, Library | None]:
    """The route and the stop of which alone the counts are, if the address names them."""
    route, code = (request.GET.get(name, "").replace("\0", "")[:20] for name in ("route", "stop"))
    return route, Library.objects.filter(code=code).first() if code else None


def choices(by: str, kept: dict[str, str]) -> list[Choice]:
    return [
        Choice(str(said), "?" + urlencode({**kept, "by": each}), chosen=each == by)
        for each, said in BY.items()
    ]


def of_stops(
    found: Sequence[Figures], by: str, way: str, span: Span, kept: dict[str, str]
) -> dict[str, Any]:
    listed = found[:MOST]
    return {
        "ways": van_counts.ways(way, {**span.query, **kept, "by": by}),
        "kept": {**kept, "by": by, "way": way},
        "heading": HEADINGS[by],
        "headings": van_counts.headings(way),
        "legend": van_counts.legend(way),
        "rows": van_counts.rows(listed, way, addresses(by, listed, span, way)),
        "more": max(len(found) - MOST, 0),
    }


def addresses(by: str, found: Sequence[Figures], span: Span, way: str) -> dict[Any, str]:
    """Each row opens what it is the sum of: a route its stops, a stop its days."""
    kept = {**span.query, "way": way}
    if by == "route":
        opened = {each.key: {"by": "stop", "route": each.key} for each in found if each.key}
    elif by == "stop":
        opened = {each.key: {"by": "day", "stop": each.key.code} for each in found}
    else:
        opened = {}
    return {key: "?" + urlencode({**kept, **more}) for key, more in opened.items()}


def of_lanes(lanes: Sequence[Lane]) -> dict[str, Any]:
    longest = lanes[0].items if lanes else 0
    label, items = van_counts.label, _("Items put in")
    return {
        "heading": _("From route to route"),
        "headings": [items],
        "legend": [("scanned", items)],
        "rows": [
            Row(
                _("%(origin)s to %(destination)s")
                % {"origin": label(each.origin), "destination": label(each.destination)},
                "",
                [(items, each.items)],
                [Part("scanned", "0%", percent(each.items, longest))],
                0,
                0,
            )
            for each in lanes[:MOST]
        ],
        "more": max(len(lanes) - MOST, 0),
    }


def lanes_as_table(lanes: Sequence[Lane]) -> list[list[object]]:
    heads: list[object] = [_("From route"), _("To route"), _("Items put in")]
    return [heads, *([each.origin, each.destination, each.items] for each in lanes)]
