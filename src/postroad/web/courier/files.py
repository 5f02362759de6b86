"""A driver's file of scans, from the memory of a hand scanner: /courier/files/."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from postroad.accounts.models import Role
from postroad.delivery.models import ScanFile
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.scan_files import ScanFileForm, bad_lines

SHOWN = 5  # files; the office has all
BAD_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DRIVER)
def files(request: SignedIn) -> HttpResponse:
    """Send a file; below it, the driver's last ones and what was wrong in them."""
    sent = request.method == "POST"
    form = ScanFileForm(request.POST, request.FILES) if sent else ScanFileForm()
    if form.is_bound and form.is_valid() and form.keep(request, request.user):
        return redirect("courier-files")
    mine = ScanFile.objects.defer("content").filter(by=request.user)[:SHOWN]
    rows = [(file, bad_lines(file, BAD_SHOWN) if file.refused else []) for file in mine]
    return render(
        request,
        "courier/files.html",
        {"form": form, "rows": rows},
        status=422 if form.is_bound else 200,
    )
