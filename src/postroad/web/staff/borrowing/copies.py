"""The borrowing desk says for its reader what is wrong with a copy, or prints it for her."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import BORROWING
from postroad.catalogue import citation
from postroad.errors import Refusal
from postroad.ill import document_delivery
from postroad.ill.lifecycle import Verb
from postroad.notices import handing_over
from postroad.web.shared import gates
from postroad.web.shared.copy_fault import FaultForm
from postroad.web.shared.copy_file import as_attachment
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff.borrowing.verbs import said_of
from postroad.web.staff.counter import borrowed, show


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*BORROWING, or_center=True)
def wrong(request: SignedIn, ref: str) -> HttpResponse:
    ill = borrowed(request.user, ref)
    ill.refuse_out_of_turn(Verb.REJECT_COPY, supply=ill.supply)
    form = FaultForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        form.reject(ill, gates.act(request.user))
        said = _("The library was asked to send it once more.")
        messages.success(request, said_of(said, ill.title, ill.ref))
        return redirect("staff-request", ill.ref)
    return show(
        request,
        "shared/copy_fault.html",
        {
            "title": citation.short_title(ill.title),
            "form": form,
            "back": reverse("staff-request", args=[ill.ref]),
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(*BORROWING)
def hand_over(request: SignedIn, ref: str) -> HttpResponse:
    """Opened by staff for a reader who cannot; where mail reaches her, only as she asks for it."""
    ill, no = borrowed(request.user, ref), ""
    ill.refuse_out_of_turn(Verb.HAND_OVER)
    if request.method == "POST":
        try:
            unopened = request.POST.get("unopened") == "yes"
            opened = handing_over.open_for(ill, gates.act(request.user), unopened=unopened)
        except Refusal as why:
            no = words.refusal(why)
        else:
            return cast(
                "HttpResponse", as_attachment(request, opened)
            )  # what a page may answer with
    return show(
        request,
        "staff/borrowing/hand_over.html",
        {
            "ill": ill,
            "copy": document_delivery.newest(ill.supply) if ill.supply else None,
            "must_say": ill.patron is not None and handing_over.must_say(ill.patron),
            "no": no,
            "back": reverse("staff-request", args=[ref]),
        },
        status=409 if no else 200,
    )
