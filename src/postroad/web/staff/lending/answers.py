"""What a lender answers with more than a press: no, yes on conditions, later.

Each is a page with a form, at its own address: /staff/supplies/REF/ATTEMPT/…/.
"""

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import LENDING
from postroad.ill import copies, lending
from postroad.ill.lifecycle import Later, Reason, SupplyState, Verb
from postroad.ill.models import Supply
from postroad.web.shared import gates
from postroad.web.shared.answering import Conditions, NotNow, Refuse
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff.counter import goes_on, lent, show, with_undo
from postroad.web.staff.lending.verbs import say


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*LENDING, or_center=True)
def refuse(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    """No, with a reason from the list."""
    supply = lent(request.user, ref, attempt)
    form = Refuse(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = Reason(form.cleaned_data["reason"])
        no(request, supply, reason, form.cleaned_data["note"])
        say(request, _("Said no; the next library is asked."), supply)
        return with_undo(HttpResponseRedirect(home(request, supply)), supply.request)
    return page(request, "refuse", supply, form)


def no(request: SignedIn, supply: Supply, reason: Reason, note: str = "") -> None:
    """Say no; if a copy was looked for in vain, it is the one that the queue showed."""
    item = copies.looked_for(supply) if reason in lending.MISSING_NOW else None
    lending.refuse(supply, gates.act(request.user), reason=reason, note=note, item=item)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*LENDING, or_center=True)
def offer(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    """Yes, on conditions; or other conditions than before."""
    supply = lent(request.user, ref, attempt)
    lending.check(supply, Verb.OFFER)
    changes = supply.state == SupplyState.OFFERED
    form = Conditions(request.POST if request.method == "POST" else None, supply)
    if form.is_valid():
        lending.offer(supply, gates.act(request.user), form.offered)
        said = _("Changed; the borrowing library is told.")
        say(request, said if changes else _("The borrowing library says if it accepts."), supply)
        return HttpResponseRedirect(home(request, supply))
    return page(request, "offer", supply, form, changes=changes)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*LENDING, or_center=True)
def later(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    """Not now, but from a day on."""
    supply = lent(request.user, ref, attempt)
    lending.check(supply, Verb.RETRY)
    form = NotNow(request.POST if request.method == "POST" else None, supply, timezone.now())
    if form.is_valid():
        given = form.cleaned_data
        act = gates.act(request.user)
        lending.retry(
            supply, act, reason=Later(given["reason"]), on=given["on"], note=given["note"]
        )
        said = _("Others are asked meanwhile; you are asked again from %(day)s.")
        say(request, said % {"day": words.day(given["on"])}, supply)
        return with_undo(HttpResponseRedirect(home(request, supply)), supply.request)
    return page(request, "later", supply, form)


def home(request: SignedIn, supply: Supply) -> str:
    """Where a lender goes on: with the list on which it stood."""
    queue = "staff-lending-copies" if supply.request.is_copy else "staff-lending"
    name, *of = goes_on(request.user, queue, supply.request.ref)
    return reverse(name, args=of)


def page(
    request: SignedIn, name: str, supply: Supply, form: forms.Form, **more: object
) -> HttpResponse:
    here = {"supply": supply, "form": form, "back": home(request, supply), **more}
    status = 422 if form.is_bound else 200
    return show(request, f"staff/lending/{name}.html", here, status=status)
