"""A reader's copy on the page of her request: open it, keep it longer, complain of it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from postroad.accounts.models import Role
from postroad.catalogue import citation
from postroad.documents import gate
from postroad.documents.models import Copy
from postroad.documents.troubles import Gone
from postroad.errors import Refusal
from postroad.ill import access, document_delivery, undo
from postroad.ill.lifecycle import State, Verb
from postroad.ill.models import Event, Request
from postroad.notices import links
from postroad.web.patron.moved_on import moved_on
from postroad.web.shared import gates
from postroad.web.shared.copy_fault import FaultForm
from postroad.web.shared.gates import SignedIn, needs


@dataclass(frozen=True, slots=True)
class Shown:
    """What she has of a copy, or had; and what she can do."""

    copy: Copy | None = None
    opens_at: str = ""  # the page of its button
    link: str = ""  # instead of a file
    lender: str = ""
    may_extend: bool = False
    may_complain: bool = False
    complained: bool = False  # and can take it back

    @property
    def used_up(self) -> bool:
        """Whether nothing of it can be opened now: as often as it may be, or its time is over."""
        return not self.link and not (self.copy and self.copy.views_left)


def of(ill: Request, now: datetime) -> Shown | None:
    """None of what is no copy, or was not delivered."""
    supply = ill.supply
    if not ill.is_copy or supply is None or not supply.is_open:
        return None
    copy = document_delivery.newest(supply)
    complained = last_complaint(ill) is not None
    if ill.state != State.DELIVERED and not complained:
        return None
    is_there = copy is not None and not copy.is_over(now)
    return Shown(
        copy=copy if is_there else None,
        opens_at=links.copy(gate.token(copy)) if copy is not None and is_there else "",
        link=supply.link,
        lender=supply.lender_name,
        may_extend=is_there and ill.state == State.DELIVERED,
        may_complain=ill.may(Verb.REJECT_COPY, supply=supply),
        complained=complained,
    )


def last_complaint(ill: Request) -> Event | None:
    """What she said of it last, while its lender has not sent it anew."""
    if ill.state != State.REFERRED:
        return None
    said = ill.events.filter(verb=Verb.REJECT_COPY).order_by("-pk").first()
    return said if said is not None and undo.is_last(said) else None


@needs(Role.PATRON)
@require_POST
def extend(request: SignedIn, ref: str) -> HttpResponse:
    """As many days and openings as a new one has."""
    ill = access.patron_request(request.user, ref)
    copy = document_delivery.newest(ill.supply) if ill.supply else None
    if copy is None or ill.state != State.DELIVERED:
        moved_on(request)
        return redirect("patron-request", ref)
    try:
        document_delivery.extend(copy, ill, timezone.now())
    except Gone:
        moved_on(request)
    else:
        messages.success(request, _("You can open it longer now."))
    return redirect("patron-request", ref)


@needs(Role.PATRON)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def wrong(request: SignedIn, ref: str) -> HttpResponse:
    """She says what is wrong with it; it is sent once more, and she asks for nothing anew."""
    ill = access.patron_request(request.user, ref)
    if not ill.may(Verb.REJECT_COPY, supply=ill.supply):
        moved_on(request)
        return redirect("patron-request", ref)
    form = FaultForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            form.reject(ill, gates.act(request.user))
        except Refusal:
            moved_on(request)
        else:
            messages.success(request, _("Thank you. The library was asked to send it once more."))
        return redirect("patron-request", ref)
    return render(
        request,
        "shared/copy_fault.html",
        {
            "title": citation.short_title(ill.title),
            "form": form,
            "back": reverse("patron-request", args=[ref]),
        },
        status=422 if form.is_bound else 200,
    )


@needs(Role.PATRON)
@require_POST
def fine(request: SignedIn, ref: str) -> HttpResponse:
    """It can be used after all."""
    ill = access.patron_request(request.user, ref)
    said = last_complaint(ill)
    try:
        if said is None:
            raise undo.TooLateToUndo(verb=Verb.REJECT_COPY, ref=ill.ref)
        undo.undo(said, gates.act(request.user))
    except Refusal:
        moved_on(request)
    else:
        messages.success(request, _("Good. Nobody needs to send it again."))
    return redirect("patron-request", ref)
