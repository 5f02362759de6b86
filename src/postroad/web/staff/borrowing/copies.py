"""The borrowing desk says for its reader what is wrong with a copy."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from postroad.accounts.models import BORROWING
from postroad.catalogue import citation
from postroad.ill.lifecycle import Verb
from postroad.web.shared import gates
from postroad.web.shared.copy_fault import FaultForm
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
