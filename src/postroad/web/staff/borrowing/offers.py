"""What a borrowing desk says to a lender's conditions, and when it will wait no longer."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from postroad import words
from postroad.accounts.models import BORROWING
from postroad.ill import lending, referral
from postroad.ill.acts import Act
from postroad.ill.lifecycle import OutOfTurn, State, SupplyState, Verb
from postroad.ill.models import Request, Supply
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff.borrowing.verbs import said_of
from postroad.web.staff.counter import back, borrowed, show, with_undo

READ = "offer"  # in what a button sends: the mark of the conditions that the page showed


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*BORROWING, or_center=True)
def accept(request: SignedIn, ref: str) -> HttpResponse:
    """It may come on these conditions. Asks first: the lender sends it on that word."""
    ill = borrowed(request.user, ref)
    if request.method == "POST" and request.POST.get("sure") == "yes":
        _answer(request, ill, Verb.ACCEPT_OFFER, lending.accept_offer)
        said = _("Accepted; the lender ships it next.")
        messages.success(request, said_of(said, ill.title, ill.ref))
        return redirect("staff-request", ill.ref)
    supply = _on_offer(ill, Verb.ACCEPT_OFFER)
    if request.method == "POST":
        lending.check_offer(supply, request.POST.get(READ, ""))
    facts = {"title": ill.title, "lender": supply.lender_name, "terms": words.ill.terms(supply)}
    return show(
        request,
        "shared/sure.html",
        {
            "title": _("Accept the conditions for “%(title)s”?") % facts,
            "happens": _(
                "%(lender)s is told to send it, and your library keeps to its conditions. This "
                "cannot be undone. The conditions: %(terms)s"
            )
            % facts,
            "verb": _("Accept the conditions"),
            "button": "main",
            "fields": {READ: lending.offered(supply).mark},
            "back": reverse("staff-request", args=[ill.ref]),
        },
    )


@require_POST
@needs(*BORROWING, or_center=True)
def decline(request: SignedIn, ref: str) -> HttpResponse:
    """Not on these conditions: the next lender is asked."""
    ill = borrowed(request.user, ref)
    _answer(request, ill, Verb.DECLINE_OFFER, lending.decline_offer)
    said = _("Declined; the next library is asked.")
    messages.success(request, said_of(said, ill.title, ill.ref))
    return with_undo(back(request, "staff-request", ill.ref), ill)


def _answer(request: SignedIn, ill: Request, verb: Verb, answer: Callable[..., None]) -> None:
    """Answer to what was read, and to nothing else."""
    act: Act = gates.act(request.user)
    answer(_on_offer(ill, verb), act, read=request.POST.get(READ, ""))


def _on_offer(ill: Request, verb: Verb) -> Supply:
    supply = offered(ill)
    if supply is None:
        part, state = ("supply", ill.supply.state) if ill.supply else ("wish", ill.state)
        raise OutOfTurn(state=state, verb=verb, part=part, ref=ill.ref)
    return supply


def offered(ill: Request) -> Supply | None:
    """The attempt whose conditions wait for this library's word."""
    supply = ill.supply if ill.state == State.REFERRED else None
    return supply if supply is not None and supply.state == SupplyState.OFFERED else None


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*BORROWING, or_center=True)
def ask_centre(request: SignedIn, ref: str) -> HttpResponse:
    """Nobody waits for a member's day any more. Asks first: the center may ask far away."""
    ill = borrowed(request.user, ref)
    referral.check_waiting(ill)
    if request.method == "POST" and request.POST.get("sure") == "yes":
        referral.ask_centre(ill, gates.act(request.user))
        messages.success(request, said_of(_("The ILL center has it now."), ill.title, ill.ref))
        return HttpResponseRedirect(reverse("staff-request", args=[ill.ref]))
    return show(
        request,
        "shared/sure.html",
        {
            "title": _("Ask the ILL center for “%(title)s” now?") % {"title": ill.title},
            "happens": _(
                "The center looks for it outside the member libraries. The library that named a "
                "day is not asked again by itself; the center can ask the members once more."
            ),
            "verb": _("Ask the center now"),
            "back": reverse("staff-request", args=[ill.ref]),
        },
    )
