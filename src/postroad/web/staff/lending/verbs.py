"""The buttons of the lending desk, each at its own address: /staff/supplies/REF/ATTEMPT/…/."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from postroad.delivery.models import ParcelState
from postroad.ill import lending
from postroad.ill.lifecycle import Reason
from postroad.ill.models import Supply
from postroad.mistakes import InOurWords
from postroad.web import words
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff.borrowing.verbs import said_of
from postroad.web.staff.counter import LENDING, back, lent, show
from postroad.web.staff.lending import copies


@require_POST
@needs(*LENDING)
def promise(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    supply = lent(request.user, ref, attempt)
    lending.promise(supply, by=request.user)
    say(request, _("Promised; ship it next."), supply)
    return back(request, "staff-lending")


@require_POST
@needs(*LENDING)
def not_on_shelf(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    """The copy is marked missing, and the next library is asked."""
    supply = lent(request.user, ref, attempt)
    no(request, supply, Reason.NOT_ON_SHELF)
    say(request, _("Not on the shelf, so marked missing; the next library is asked."), supply)
    return back(request, "staff-lending")


class Refuse(InOurWords, forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why it cannot be lent"),
        choices=[(reason.value, words.REASONS[reason]) for reason in Reason],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("A word to the borrowing library"), max_length=300, required=False
    )

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if given.get("reason") == Reason.OTHER and not given.get("note"):
            self.add_error("note", _("Another reason needs a word that says which."))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*LENDING)
def refuse(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    """No, with a reason from the list."""
    supply = lent(request.user, ref, attempt)
    form = Refuse(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = Reason(form.cleaned_data["reason"])
        no(request, supply, reason, form.cleaned_data["note"])
        say(request, _("Said no; the next library is asked."), supply)
        return redirect("staff-lending")
    here = {"supply": supply, "form": form, "back": reverse("staff-lending")}
    return show(request, "staff/lending/refuse.html", here, status=422 if form.is_bound else 200)


def no(request: SignedIn, supply: Supply, reason: Reason, note: str = "") -> None:
    """Say no; if a copy was looked for in vain, it is the one that the queue showed."""
    item = None
    if reason in lending.MISSING_NOW and supply.lender and supply.request.record_id:
        at_hand = copies.of([supply], supply.lender).get(supply.request.record_id)
        item = at_hand.first if at_hand else None
    lending.refuse(supply, reason=reason, by=request.user, note=note, item=item)


@require_POST
@needs(*LENDING)
def check_in(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    """It is home, whatever its barcode says."""
    supply = lent(request.user, ref, attempt)
    lending.check_in(supply, by=request.user)
    say(request, _("Checked in; back on its shelf."), supply)
    return back(request, "staff-request", ref)


@require_POST
@needs(*LENDING)
def come_back(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    """It never got there and is here again."""
    supply = lent(request.user, ref, attempt)
    returned(supply, request)
    say(request, _("It is here again; ship it once more, or say no."), supply)
    return back(request, "staff-request", ref)


def returned(supply: Supply, request: SignedIn) -> None:
    """What has not left is taken back, what came home by van has come back."""
    parcel = supply.parcel_out
    if parcel is not None and parcel.state == ParcelState.READY:
        lending.unship(supply, by=request.user)
    else:
        lending.come_back(supply, by=request.user)


def say(request: SignedIn, said: str, supply: Supply) -> None:
    messages.success(request, said_of(said, supply.request.title, supply.request.ref))
