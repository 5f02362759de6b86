"""Claims at the delivery office: /office/delivery/claims/, the carrier's answers, the files."""

from datetime import date
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from postroad import words
from postroad.accounts.models import Role
from postroad.delivery import claim_files, claims
from postroad.delivery.models import Claim, ClaimBatch, ClaimState
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.web.shared import claims as shown
from postroad.web.shared import csv_files
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.paging import page_of
from postroad.web.shared.pieces import Choice

A_PAGE = 50
FILES = 24  # two years of months beside the list
COLUMNS = (
    ("what", gettext_lazy("Claimed or withdrawn")),
    ("claim", gettext_lazy("Claim")),
    ("library", gettext_lazy("Library")),
    ("kind", gettext_lazy("Lost or damaged")),
    ("parcel", gettext_lazy("Parcel")),
    ("barcode", gettext_lazy("Barcode")),
    ("title", gettext_lazy("Title")),
    ("from", gettext_lazy("From")),
    ("to", gettext_lazy("To")),
    ("sent_on", gettext_lazy("Sent on")),
    ("opened_on", gettext_lazy("Claimed on")),
    ("amount", gettext_lazy("Amount, in dollars")),
    ("paid", gettext_lazy("Paid, in dollars")),
    ("evidence", gettext_lazy("Evidence")),
    ("initials", gettext_lazy("Initials")),
)


class PayForm(InOurWords, forms.Form):
    amount = forms.DecimalField(
        label=gettext_lazy("Paid, in dollars"),
        min_value=Decimal("0.01"),
        max_digits=8,
        decimal_places=2,
    )


class RefuseForm(InOurWords, forms.Form):
    why = forms.CharField(label=gettext_lazy("Why the carrier refuses"), max_length=300)


@require_safe
@needs(Role.DELIVERY)
def listed(request: SignedIn) -> HttpResponse:
    """The claims of all libraries, by state, and the files of the months."""
    asked = request.GET.get("state", "")
    state = asked if asked in ClaimState.values else ""
    rows = Claim.objects.shown().order_by("-opened_at", "-pk")
    counts = dict(Claim.objects.order_by().values_list("state").annotate(Count("pk")))
    choices = [Choice(_("all"), "?", sum(counts.values()), not state)]
    choices += [
        Choice(str(label), f"?state={name}", counts.get(name, 0), name == state)
        for name, label in ClaimState.choices
    ]
    context = {
        "page": page_of(request, rows.filter(state=state) if state else rows, A_PAGE),
        "choices": choices,
        "files": list(ClaimBatch.objects.defer("lines")[:FILES]),
    }
    return render(request, "office/delivery/claims.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def one(request: SignedIn, claim: int) -> HttpResponse:
    """One claim, and what the carrier says to it."""
    found = get_object_or_404(Claim.objects.shown(), pk=claim)
    step = request.POST.get("step", "") if request.method == "POST" else ""
    initial = {"amount": found.amount}
    pay = PayForm(request.POST if step == "pay" else None, initial=initial)
    refuse = RefuseForm(request.POST if step == "refuse" else None)
    if step and act(request, found, step, pay, refuse):
        return redirect("office-delivery-claim", found.pk)
    answers = found.state == ClaimState.SENT
    settled = found.state in (ClaimState.PAID, ClaimState.REFUSED)
    context = {
        **shown.beside(found, timezone.now()),
        "pay": pay if answers else None,
        "refuse": refuse if answers else None,
        "undoable": claims.undoable(found) if settled else None,
    }
    status = 422 if pay.errors or refuse.errors else 200
    return render(request, "office/delivery/claim.html", context, status=status)


def act(request: SignedIn, claim: Claim, step: str, pay: PayForm, refuse: RefuseForm) -> bool:
    """Do what a button says; False, with the form that has to be mended first."""
    by, at = request.user, timezone.now()
    form = {"pay": pay, "refuse": refuse}.get(step)
    settled = claim.state in (ClaimState.PAID, ClaimState.REFUSED)
    if form is None and (step != "undo" or not settled):
        raise Http404
    if form is not None and not form.is_valid():
        return False
    try:
        if step == "pay":
            claims.pay(claim, amount=pay.cleaned_data["amount"], by=by, at=at)
        elif step == "refuse":
            claims.refuse(claim, why=refuse.cleaned_data["why"], by=by, at=at)
        else:
            claims.undo(claim, by=by, at=at)
    except Refusal as no:
        if form is None:
            messages.warning(request, words.refusal(no))
            return True
        form.add_error(None, words.refusal(no))
        return False
    messages.success(request, _("Undone.") if step == "undo" else _("Recorded."))
    return True


@require_safe
@needs(Role.DELIVERY)
def file(request: SignedIn, batch: int) -> HttpResponse:
    """What the carrier gets, to be printed, or as CSV (`?format=csv`)."""
    found = get_object_or_404(ClaimBatch, pk=batch)
    rows = [[line[name] for name, _label in COLUMNS] for line in found.lines]
    if csv_files.wanted(request):
        heads = [label for _name, label in COLUMNS]
        return csv_files.plain(f"claims-{found.month:%Y-%m}", [heads, *rows])
    context = {
        "batch": found,
        "lines": [{**line, "sent": date.fromisoformat(line["sent_on"])} for line in found.lines],
        "total": claim_files.total(found),
    }
    return render(request, "office/delivery/claim-file.html", context)
