"""What a lender says of a thing that is out, unasked: due later, a charge, found again.

For an outside lender the center says it.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from postroad import words
from postroad.accounts.models import LENDING, Role
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.ill import access, charging, due, losing, parties
from postroad.ill.access import NoSuchRequest
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Owner
from postroad.ill.models import Charge, ChargeKind, ChargeState, Loan, Request
from postroad.ill.models.request import together
from postroad.web.shared import gates, questions
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.things import THING
from postroad.web.staff.counter import back, show

LENDS = (*LENDING, Role.CENTRE)


class DueForm(InOurWords, forms.Form):
    day = forms.DateField(
        label=gettext_lazy("New due date"),
        help_text=gettext_lazy("To have it back earlier, ask for it back instead."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class ChargeForm(InOurWords, forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("For what"),
        choices=[(str(kind), words.questions.CHARGES[kind]) for kind in ChargeKind],
        widget=forms.RadioSelect,
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount, in dollars"),
        min_value=Decimal("0.01"),
        max_digits=8,
        decimal_places=2,
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)


def sent(request: SignedIn, ref: str) -> Loan:
    """The thing of this request that this person's library lends; of several, the one named."""
    ill, _sight = access.request_for(request.user, ref)
    named = request.POST.get(THING) or request.GET.get(THING, "")
    every = ill.loans.select_related("supply__lender", "item").order_by("-shipped_at", "-pk")
    loans = [loan for loan in every if not named or str(loan.pk) == named]
    mine = [loan for loan in loans if lends(request, ill, loan)]
    if not mine:
        raise NoSuchRequest(ref=ref)
    loan = next((loan for loan in mine if loan.pk == ill.current_loan_id), mine[0])
    together(ill, None, loan)
    return loan


def lends(request: SignedIn, ill: Request, loan: Loan) -> bool:
    return Owner.LENDING in parties.seat(request.user, ill, loan.supply).sides


def form_page(
    title: Promise, kind: type[forms.Form], does: Callable[[Loan, Any, SignedIn], str]
) -> Callable[..., HttpResponse]:
    """A page with one form, whose verb may still say no."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @needs(*LENDS, or_center=True)
    def page(request: SignedIn, ref: str) -> HttpResponse:
        loan = sent(request, ref)
        form = kind(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                said = does(loan, form, request)
            except Refusal as no:
                form.add_error(None, words.refusal(no))
            else:
                messages.success(request, said)
                return redirect("staff-request", loan.request.ref)
        context = {
            "ill": loan.request,
            "form": form,
            "title": title,
            "thing": questions.name_of(loan),
            "back": reverse("staff-request", args=[loan.request.ref]),
        }
        return show(request, "shared/ask.html", context, status=422 if form.is_bound else 200)

    return page


def _lengthen(loan: Loan, form: Any, request: SignedIn) -> str:
    due.lengthen(loan, act(request), day=form.cleaned_data["day"])
    return _("Changed. The reader is told.")


def _charge(loan: Loan, form: Any, request: SignedIn) -> str:
    given = form.cleaned_data
    charging.charge(
        loan,
        act(request),
        kind=ChargeKind(given["kind"]),
        amount=given["amount"],
        note=given["note"],
    )
    return _("Recorded. The borrowing library reads it on this page.")


change_due = form_page(gettext_lazy("Let it be kept longer"), DueForm, _lengthen)
charge = form_page(gettext_lazy("Charge the borrowing library"), ChargeForm, _charge)


@require_POST
@needs(*LENDS, or_center=True)
def settle(request: SignedIn, charge: int) -> HttpResponse:
    """It was paid, waived or given back, or is owed after all."""
    found = Charge.objects.select_related("loan__request__library", "loan__supply__lender")
    owed = found.filter(pk=charge).first()
    if owed is None or not lends(request, owed.loan.request, owed.loan):
        raise NoSuchRequest(ref=charge)
    together(owed.loan.request, None, owed.loan)
    state = request.POST.get("state", "")
    if state not in set(ChargeState):
        raise charging.ChargeMoved(ref=owed.loan.request.ref)
    charging.settle(owed, act(request), state=ChargeState(state))
    messages.success(request, _("Recorded."))
    return back(request, "staff-request", owed.loan.request.ref)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*LENDS, or_center=True)
def recover(request: SignedIn, ref: str) -> HttpResponse:
    """What was given up has turned up. Asks first: its closed record bears nothing else."""
    loan = sent(request, ref)
    losing.check_recover(loan)
    charged = losing.charged_for(loan)
    if request.method == "POST" and request.POST.get("sure") == "yes":
        losing.recover(loan, act(request))
        said = _("Found again. It is on its shelf.")
        owed = _("Found again. It is on its shelf. Say below what becomes of the charge for it.")
        messages.success(request, owed if charged else said)
        return redirect("staff-request", ref)
    name = questions.name_of(loan)
    title = f"{loan.request.title} ({name})" if name else loan.request.title
    happens = _(
        "Its copy is listed as on the shelf again, and the borrowing library is told that it has "
        "been found. The loan stays closed. This cannot be undone: if it is not in your hand yet, "
        "go back."
    )
    then = _("The charge for it stays as it is until you say what becomes of it.")
    return show(
        request,
        "shared/sure.html",
        {
            "title": _("Was “%(title)s” found again?") % {"title": title},
            "happens": f"{happens} {then}" if charged else happens,
            "verb": _("It was found again"),
            "button": "main",
            "fields": {THING: str(loan.pk)},
            "back": reverse("staff-request", args=[ref]),
        },
    )


def act(request: SignedIn) -> Act:
    return gates.act(request.user).as_role(Owner.LENDING)
