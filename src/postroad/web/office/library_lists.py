"""Many libraries at once, from a spreadsheet: /office/libraries/file/."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts import uploads
from postroad.accounts.models import Upload
from postroad.directory import listing
from postroad.web.shared.file_form import FileForm, known_headings
from postroad.web.shared.gates import RECORDS, SignedIn, needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*RECORDS)
def file(request: SignedIn) -> HttpResponse:
    """Choose a spreadsheet."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_bound and form.is_valid():
        table = form.table(listing.HEADINGS, ["code"])
        if table is not None:
            kept = uploads.keep(
                Upload.Kind.LIBRARIES,
                form.cleaned_data["file"].name,
                table,
                library=None,
                by=request.user,
                at=timezone.now(),
            )
            return redirect("office-libraries-file-one", kept.pk)
    return render(
        request,
        "office/libraries/file.html",
        {"form": form, "headings": known_headings(listing.HEADINGS)},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*RECORDS)
def file_one(request: SignedIn, upload: int) -> HttpResponse:
    """What a list would change; then do it, whole or not at all."""
    kept = get_object_or_404(Upload, pk=upload, kind=Upload.Kind.LIBRARIES)
    if kept.by_id != request.user.pk:
        raise Http404
    waits = kept.state == Upload.State.READ
    difference = listing.compare(uploads.rows(kept), kept.columns) if waits else None
    if request.method == "POST" and "cancel" in request.POST:
        uploads.cancel(kept)
        messages.success(request, _("Nothing was changed."))
        return redirect("office-libraries")
    if request.method == "POST" and difference is not None:
        if difference.wrong or request.POST.get("seen") != difference.seen:
            messages.warning(
                request, _("Something has changed meanwhile. Look at it again before you save.")
            )
        elif uploads.accept(kept):
            counted = listing.apply(difference, by=str(request.user), at=timezone.now())
            uploads.done(kept, counted)
            messages.success(
                request,
                _("Saved: %(new)s added, %(changed)s changed, %(same)s as they were.") % counted,
            )
            return redirect("office-libraries")
    return render(
        request,
        "office/libraries/file_one.html",
        {
            "upload": kept,
            "difference": difference,
            "wrong": difference.wrong[:200] if difference else (),
            "new": difference.new[:200] if difference else (),
            "changed": [
                (each, words.records.changes(each.changes, words.records.RECORD))
                for each in (difference.changed[:200] if difference else ())
            ],
        },
    )
