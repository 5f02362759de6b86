"""Scans uploaded many at once: /staff/lending/copies/upload/. Each is filed by its cover sheet;
what has none waits here until somebody says for which request it is."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from postroad import words
from postroad.accounts.models import LENDING
from postroad.documents import incoming as waiting_scans
from postroad.documents.checks import Upload
from postroad.documents.models import Incoming
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.ill import filing, waiting
from postroad.ill.filing import Filed, Why
from postroad.reference_numbers import grouped
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff.counter import show
from postroad.web.staff.lending.copies import in_order, of_library
from postroad.web.staff.lending.verbs import say
from postroad.words.incoming import WHY

MOST = 100  # files at once, and requests to choose from


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        several = getattr(files, "getlist", None)
        return several(name) if several else files.get(name)


class Scans(forms.FileField):
    """Any number of files."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        every = data if isinstance(data, list) else [data] if data else []
        if not every:
            raise forms.ValidationError(_("Choose one file or several."))
        if len(every) > MOST:
            raise forms.ValidationError(_("Choose at most 100 files at once."))
        return every


class UploadForm(InOurWords, forms.Form):
    scans = Scans(
        label=gettext_lazy("The scans"),
        help_text=gettext_lazy(
            "PDF, TIFF, JPEG or PNG, at most 200 MB together; one file for each request, with its "
            "cover sheet as the first page."
        ),
        widget=SeveralFiles(attrs={"accept": ".pdf,.tif,.tiff,.jpg,.jpeg,.png"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*LENDING)
def page(request: SignedIn) -> HttpResponse:
    library = gates.desk(request).library
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    results: list[dict[str, Any]] = []
    if form.is_valid():
        act = gates.act(request.user)
        for sent in form.cleaned_data["scans"]:
            upload = Upload(sent.name or "", sent.chunks(), sent.size)
            results.append(result(filing.file(library, act, upload)))
        form = UploadForm()
    return show(
        request,
        "staff/lending/upload.html",
        {
            "form": form,
            "results": results,
            "waiting": [
                {"row": row, "why": WHY[Why(row.why)]} for row in waiting_scans.of(library)
            ],
            "asked": list(in_order(of_library(library).filter(waiting.COPIES), library)[:MOST]),
        },
        422 if form.is_bound else 200,
    )


def result(filed: Filed) -> dict[str, Any]:
    """One line of what became of the files."""
    said: object = ""
    if filed.refused is not None:
        said = words.refusal(filed.refused)
    elif filed.waits is not None:
        said = WHY[Why(filed.waits.why)]
    elif filed.again:
        said = _("This very file was sent for this request before; nothing was sent twice.")
    else:
        said = _("Sent. The reader is told how to open it.")
    sent = filed.supply is not None
    return {"name": filed.name, "said": said, "sent": sent, "supply": filed.supply}


def sure(request: SignedIn, row: Incoming) -> HttpResponse:
    """Asks before a scan is thrown away: nobody has it but who scanned it."""
    facts = {
        "title": _("Throw away “%(name)s”?") % {"name": row.name},
        "happens": _("It was sent to nobody. It is deleted, and can only be scanned again."),
        "verb": _("Throw it away"),
        "back": reverse("staff-lending-upload"),
        "fields": {"discard": "yes"},
    }
    return show(request, "shared/sure.html", facts)


@require_POST
@needs(*LENDING)
def one(request: SignedIn, incoming: int) -> HttpResponse:
    """A scan that waits: for which request it is, or that it is thrown away."""
    library = gates.desk(request).library
    row = get_object_or_404(Incoming, library=library, pk=incoming)
    if "discard" in request.POST and "sure" not in request.POST:
        return sure(request, row)
    if "discard" in request.POST:
        waiting_scans.discard(row)
        messages.success(request, _("Thrown away: %(name)s.") % {"name": row.name})
        return redirect("staff-lending-upload")
    ref = request.POST.get("ref", "").replace("\0", "")[:16]
    asked = of_library(library).filter(waiting.COPIES, request__ref=ref).shown().first()
    if asked is None:
        messages.warning(request, _("Choose the request for which it is."))
        return redirect("staff-lending-upload")
    try:
        filing.assign(row, asked, gates.act(request.user))
    except FileNotFoundError:
        waiting_scans.discard(row)
        messages.warning(request, _("This file is gone. Upload it again."))
    except Refusal as no:
        messages.warning(request, f"{grouped(ref)}: {words.refusal(no)}")
    else:
        say(request, _("Sent. The reader is told how to open it."), asked)
    return redirect("staff-lending-upload")
