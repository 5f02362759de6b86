"""The claims of a library against the carrier: /staff/claims/. Only the owner claims a thing."""

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from postroad import words
from postroad.accounts.models import LENDING
from postroad.delivery import claims
from postroad.delivery.claim_rules import Kind
from postroad.delivery.models import Claim, ClaimKind, ClaimState, Parcel
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.web.shared import claims as shown
from postroad.web.shared import custody_flaws, gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.paging import page_of
from postroad.web.staff.counter import show

A_PAGE = 50
MOST = 100  # of what may be claimed; those sent first


class OpenForm(InOurWords, forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What happened to it"),
        choices=[
            (ClaimKind.LOST, gettext_lazy("lost on the road")),
            (ClaimKind.DAMAGED, gettext_lazy("damaged on the road")),
        ],
        widget=forms.RadioSelect,
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Cost of a new copy, in dollars"),
        min_value=Decimal("0.01"),
        max_digits=8,
        decimal_places=2,
    )


class CompleteForm(InOurWords, forms.Form):
    evidence = forms.CharField(
        label=gettext_lazy("What you know, and how"),
        help_text=gettext_lazy(
            "Where you looked, what the damage is, on which page of your catalog the price stands. "
            "Keep photographs until the claim is settled."
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    initials = forms.CharField(label=gettext_lazy("Your initials"), max_length=10)
    sender_said = forms.CharField(
        label=gettext_lazy("Who says that it was sent, and when"),
        max_length=300,
        required=False,
    )


class CancelForm(InOurWords, forms.Form):
    why = forms.CharField(label=gettext_lazy("Why"), max_length=300, required=False)


@require_safe
@needs(*LENDING)
def listed(request: SignedIn) -> HttpResponse:
    """What was claimed, the newest first, and what may be claimed."""
    library, now = gates.desk(request).library, timezone.now()
    rows = Claim.objects.of(library).shown().order_by("-opened_at", "-pk")
    context = {
        "page": page_of(request, rows, A_PAGE),
        "ways": shown.to_claim(library, now, MOST),
    }
    return show(request, "staff/claims/claims.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*LENDING)
def new(request: SignedIn, number: str) -> HttpResponse:
    """Claim what is in a parcel, if it is this library's."""
    library, now = gates.desk(request).library, timezone.now()
    found = Parcel.objects.select_related("from_library", "to_library", "item_library")
    parcel = get_object_or_404(found, number=number)
    if claims.owner(parcel) != library:
        raise Http404
    initial = {"kind": request.GET.get("kind", ClaimKind.LOST)}
    form = OpenForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        kind, amount = Kind(form.cleaned_data["kind"]), form.cleaned_data["amount"]
        try:
            made = claims.make(parcel, library, kind=kind, amount=amount, by=request.user, at=now)
        except Refusal as no:
            form.add_error(None, words.refusal(no))
        else:
            messages.success(request, _("Opened. Complete it below."))
            return redirect("staff-claim", made.pk)
    context = {
        "form": form,
        "parcel": parcel,
        "terms": claims.terms(parcel, Kind.LOST),
        "when": shown.when(claims.terms(parcel, Kind.LOST).window, library.day_of(now)),
        "flaws": custody_flaws.of_parcel(parcel, now),
    }
    return show(request, "staff/claims/new.html", context, 422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*LENDING)
def one(request: SignedIn, claim: int) -> HttpResponse:
    """One claim: what it rests on, what happened to it, what comes next."""
    library = gates.desk(request).library
    found = get_object_or_404(Claim.objects.of(library).shown(), pk=claim)
    step = request.POST.get("step", "") if request.method == "POST" else ""
    complete = CompleteForm(request.POST if step == "complete" else None)
    cancel = CancelForm(request.POST if step == "cancel" else None, auto_id="cancel_%s")
    if step and act(request, found, step, complete, cancel):
        return redirect("staff-claim", found.pk)
    context = {
        **shown.beside(found, timezone.now()),
        "complete": complete if found.state == ClaimState.OPEN else None,
        "cancel": cancel if found.is_live and found.state != ClaimState.PAID else None,
        "undoable": claims.undoable(found) if found.state not in OF_THE_OFFICE else None,
    }
    status = 422 if complete.errors or cancel.errors else 200
    return show(request, "staff/claims/claim.html", context, status)


OF_THE_OFFICE = (ClaimState.PAID, ClaimState.REFUSED)  # which recorded it, and takes it back


def act(
    request: SignedIn, claim: Claim, step: str, complete: CompleteForm, cancel: CancelForm
) -> bool:
    """Do what a button says; False, with the form that has to be mended first."""
    by, at = request.user, timezone.now()
    form = {"complete": complete, "cancel": cancel}.get(step)
    if form is None and (step != "undo" or claim.state in OF_THE_OFFICE):
        raise Http404
    if form is not None and not form.is_valid():
        return False
    try:
        if step == "complete":
            claims.complete(claim, **complete.cleaned_data, by=by, at=at)
            said = _("Complete. It goes to the carrier on the first of next month.")
        elif step == "cancel":
            claims.cancel(claim, why=cancel.cleaned_data["why"], by=by, at=at)
            said = _("Withdrawn.")
        else:
            claims.undo(claim, by=by, at=at)
            said = _("Undone.")
    except Refusal as no:
        if form is None:
            messages.warning(request, words.refusal(no))
            return True
        form.add_error(None, words.refusal(no))
        return False
    messages.success(request, said)
    return True
