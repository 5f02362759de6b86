"""Files of scans: /office/delivery/scan-files/."""

import csv

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from postroad.accounts.models import Role
from postroad.delivery.models import ScanFile
from postroad.web.shared import scan_files
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.paging import page_of
from postroad.web.shared.scan_files import ScanFileForm

A_PAGE = 30
SHOWN = 200  # bad lines on the page; the file to download has all


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def files(request: SignedIn) -> HttpResponse:
    """Send a file; below it, those that came."""
    sent = request.method == "POST"
    form = ScanFileForm(request.POST, request.FILES) if sent else ScanFileForm()
    if form.is_bound and form.is_valid() and (kept := form.keep(request, request.user)):
        return redirect("office-delivery-scan-file", kept.pk)
    listed = ScanFile.objects.defer("content").select_related("by")
    return render(
        request,
        "office/delivery/scan-files.html",
        {"form": form, "page": page_of(request, listed, A_PAGE)},
        status=422 if form.is_bound else 200,
    )


@require_safe
@needs(Role.DELIVERY)
def one(request: SignedIn, scan_file: int) -> HttpResponse:
    """How far a file is taken in, and which of its lines are wrong."""
    found = get_object_or_404(ScanFile.objects.defer("content").select_related("by"), pk=scan_file)
    bad = scan_files.bad_lines(found, SHOWN)
    facts = {"file": found, "bad": bad, "more": found.refused - len(bad)}
    return render(request, "office/delivery/scan-file.html", facts)


@require_safe
@needs(Role.DELIVERY)
def bad_lines(request: SignedIn, scan_file: int) -> HttpResponse:
    """The bad lines of a file as a file: line, column, why, and the line as it was sent."""
    found = get_object_or_404(ScanFile.objects.defer("content"), pk=scan_file)
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="bad-lines-{found.pk}.csv"'},
    )
    rows = csv.writer(answer)
    rows.writerow([_("Line"), _("Column"), _("Why"), _("As it was sent")])
    for each in scan_files.bad_lines(found):
        rows.writerow([each.row.line, each.column, each.sentence, "'" + each.row.text])
    return answer
