"""One request as the centre sees it, and the steps that it takes there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from postroad.accounts.models import Role
from postroad.catalogue import citation
from postroad.catalogue.models import Record
from postroad.delivery import tracking
from postroad.delivery.tracking import Carrier
from postroad.errors import Refusal
from postroad.ill import access
from postroad.ill.access import NoSuchRequest, Sight
from postroad.ill.mediation import NumberTaken
from postroad.ill.models import Event, Request, Supply
from postroad.web import words
from postroad.web.office.centre.steps import STEPS, current
from postroad.web.shared import history, mileposts
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.pieces import Why
from postroad.web.shared.why import names, why

CARRIERS: Mapping[Carrier, Promise | str] = {
    Carrier.USPS: "USPS",
    Carrier.UPS: "UPS",
    Carrier.FEDEX: "FedEx",
    Carrier.POST: gettext_lazy("a foreign post"),
}


@needs(Role.CENTRE)
@never_cache
@require_safe
def one(request: SignedIn, ref: str) -> HttpResponse:
    ill, sight = access.request_for(request.user, ref)
    return show(request, ill, sight)


@needs(Role.CENTRE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: SignedIn, ref: str, step: str) -> HttpResponse:
    """One of the steps; what cannot be undone is asked first, on a page of its own."""
    ill, sight = access.request_for(request.user, ref)
    if step not in STEPS:
        raise Http404
    if request.method != "POST":
        return sure(request, ill) if step == "home" else redirect("office-centre-request", ill.ref)
    form = STEPS[step].form(request.POST)
    if form.is_valid() and take(request, ill, step, form):
        return redirect("office-centre-request", ill.ref)
    return show(request, ill, sight, {step: form}, status=422)


def take(request: SignedIn, ill: Request, step: str, form: forms.Form) -> bool:
    """The verb, and what to say after it. False: the form has to be mended first."""
    try:
        STEPS[step].act(ill, form, request.user)
    except NoSuchRequest:
        raise
    except NumberTaken as no:
        form.add_error("number", words.refusal(no))
        return False
    except Refusal as no:
        messages.warning(request, words.refusal(no))
        return True
    messages.success(request, str(STEPS[step].done))
    doubt(request, form.cleaned_data.get("tracking_number", ""))
    return True


def doubt(request: SignedIn, number: str) -> None:
    """A tracking number that is nobody's was kept; somebody may want to look again."""
    if number and not tracking.candidates(number):
        messages.warning(
            request,
            _("Tracking number %(number)s looks like no carrier's. It was kept as you wrote it.")
            % {"number": number},
        )


def sure(request: SignedIn, ill: Request) -> HttpResponse:
    return render(
        request,
        "shared/sure.html",
        {
            "title": _("Is it home at %(lender)s?") % {"lender": current(ill).lender_name},
            "happens": _(
                "The loan ends, and the reader's name leaves the record. This cannot be taken back."
            ),
            "verb": _("Yes, it is home"),
            "back": reverse("office-centre-request", args=[ill.ref]),
        },
    )


def show(
    request: SignedIn,
    ill: Request,
    sight: Sight,
    typed: Mapping[str, forms.Form] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """One request as the centre sees it: no reader's name, but all that a lender may ask."""
    events = list(ill.events.select_related("by"))
    offered = {name: step.form() for name, step in STEPS.items() if step.fits(ill)}
    return render(
        request,
        "office/centre/request.html",
        {
            "ill": ill,
            "title": citation.short_title(ill.title),
            "author": citation.person(ill.author),
            "status": mileposts.status(ill, timezone.now()),
            "stands": words.label(words.STATES, ill.state),
            "stones": mileposts.stones(ill, timezone.now(), events),
            "numbers": numbers(ill.record),
            "attempts": [attempt(supply) for supply in ill.supplies.all()],
            "why": why_here(events),
            "forms": {**offered, **(typed or {})},
            "told": history.history(ill, sight, events)[::-1],
            "carriers": carriers(ill.current.tracking_number if ill.current else ""),
        },
        status=status,
    )


def numbers(record: Record | None) -> list[tuple[str, str]]:
    """ISBN, OCLC number and so on: what other systems look it up by."""
    if record is None:
        return []
    return sorted((each.get_kind_display(), each.value) for each in record.identifiers.all())


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of what was tried before."""

    supply: Supply
    answer: str


def attempt(supply: Supply) -> Attempt:
    if supply.is_open:
        return Attempt(supply, words.label(words.SUPPLY_STATES, supply.state))
    parts = [words.label(words.ENDINGS, supply.ending)]
    if supply.reason:
        parts.append(words.label(words.REASONS, supply.reason))
    return Attempt(supply, ": ".join(parts))


def why_here(events: Sequence[Event]) -> Why | None:
    """Why no member could supply it, as it was decided last."""
    led = [event for event in events if event.verb == "escalate"]
    if not led:
        return None
    rota = led[-1].facts.get("rota", {})
    return why(rota, names([rota]), led[-1].at)


def carriers(number: str) -> str:
    """To whom a tracking number may belong; several are all named."""
    return _(" or ").join(str(CARRIERS[each]) for each in tracking.candidates(number))
