"""Counting pieces, a book and its discs: /staff/requests/REF/pieces/, for both desks."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad.accounts.models import BORROWING, LENDING
from postroad.form_errors import InOurWords
from postroad.ill import access, pieces
from postroad.ill.access import NoSuchRequest
from postroad.ill.lifecycle import LoanState, Owner
from postroad.ill.models import Loan, Request
from postroad.ill.models.request import together
from postroad.web.shared import gates
from postroad.web.shared.gates import STAFF, SignedIn, needs
from postroad.web.shared.paging import is_key
from postroad.web.shared.things import THING
from postroad.web.staff.counter import show, works


class Count(InOurWords, forms.Form):
    counted = forms.IntegerField(
        label=gettext_lazy("How many pieces are there?"),
        help_text=gettext_lazy("Count everything: a book with two discs is 3."),
        min_value=0,
        max_value=999,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*STAFF, or_center=True)
def page(request: SignedIn, ref: str) -> HttpResponse:
    """What the lender sends, and what of it is here; of what is missing the other side is asked."""
    ill, _sight = access.request_for(request.user, ref)
    given = request.POST if request.method == "POST" else request.GET
    loan = named(ill, str(given.get(THING, "")))
    side = side_of(request, loan)
    sent = request.POST if request.method == "POST" else None
    form = Count(sent, initial={"counted": loan.pieces})
    if request.method == "POST" and form.is_valid():
        counted = form.cleaned_data["counted"]
        missing = pieces.count(loan, gates.act(request.user), counted, side=side)
        if missing is not None:
            messages.warning(request, _("Saved. The other library has been asked for the rest."))
        else:
            messages.success(request, _("Saved."))
        return redirect("staff-request", ill.ref)
    here = {
        "ill": ill,
        "loan": loan,
        "leaves": loan.state == LoanState.SHIPPED,
        "may_count": pieces.may_count(loan, side),
        "form": form,
        "back": reverse("staff-request", args=[ill.ref]),
    }
    return show(request, "staff/pieces.html", here, status=422 if form.is_bound else 200)


def named(ill: Request, key: str) -> Loan:
    """The thing of this key, or the foremost."""
    every = ill.loans.select_related("supply__lender", "item")
    found = every.filter(pk=key).first() if is_key(key) else ill.loan
    if found is None:
        raise NoSuchRequest(ref=ill.ref)
    return together(ill, None, found)[2] or found


def side_of(request: SignedIn, loan: Loan) -> Owner:
    """On which side this person counts it: the one that has it, if she works on both."""
    sides = []
    if works(request.user, loan.request.library, BORROWING):
        sides.append(Owner.BORROWING)
    if works(request.user, loan.supply.lender, LENDING):
        sides.append(Owner.LENDING)
    if not sides:
        raise NoSuchRequest(ref=loan.request.ref)
    return next((each for each in sides if pieces.may_count(loan, each)), sides[0])
