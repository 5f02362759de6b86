"""What the van left and took at this library, day by day: /staff/van/counts/."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from postroad.reports import van_figures
from postroad.web.shared import csv_files, gates, van_counts
from postroad.web.shared.gates import STAFF, SignedIn, needs
from postroad.web.shared.van_counts import Span


@require_safe
@needs(*STAFF)
def page(request: SignedIn) -> HttpResponse:
    """Its own stop alone."""
    span, way = Span.of(request), van_counts.way_of(request)
    days = van_figures.days(span.first, span.last, library=gates.desk(request).library.pk)
    found = van_figures.by_day(days)
    if csv_files.wanted(request):
        return csv_files.plain("counts", van_counts.table(_("Day"), found))
    return render(
        request,
        "staff/van-counts.html",
        {
            **van_counts.shown(van_figures.in_all(days), span),
            "ways": van_counts.ways(way, span.query),
            "kept": {"way": way},
            "heading": _("Day"),
            "headings": van_counts.headings(way),
            "legend": van_counts.legend(way),
            "rows": van_counts.rows(found, way, {}),
            "csv": "?" + urlencode({**span.query, "format": "csv"}),
        },
    )
