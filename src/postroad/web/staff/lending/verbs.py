"""The buttons of the lending desk, each at its own address: /staff/supplies/REF/ATTEMPT/…/."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from postroad.accounts.models import LENDING
from postroad.ill import copies, lending, shipping
from postroad.ill.lifecycle import SupplyState, Verb
from postroad.ill.models import Loan, Supply
from postroad.reference_numbers import grouped
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.things import THING
from postroad.web.staff.borrowing.verbs import said_of
from postroad.web.staff.counter import back, goes_on, lent, sent, with_undo


@require_POST
@needs(*LENDING, or_center=True)
def promise(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    supply = lent(request.user, ref, attempt)
    freed = supply.state == SupplyState.OFFERED
    lending.promise(supply, gates.act(request.user))
    said = (
        _("Promised without conditions; ship it next.") if freed else _("Promised; ship it next.")
    )
    say(request, said, supply)
    return back(request, *goes_on(request.user, "staff-lending", ref))


@require_POST
@needs(*LENDING, or_center=True)
def not_on_shelf(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    """The copy is marked missing; the next copy is looked for, or the next library asked."""
    supply = lent(request.user, ref, attempt)
    other = lending.not_on_shelf(supply, gates.act(request.user), item=copies.looked_for(supply))
    if other is None:
        said = _("Not on the shelf, so marked missing; the next library is asked.")
    else:
        said = _("Marked missing. Your library has another copy: %(copy)s. Look for that one.")
        place = (other.location, other.call_number, grouped(other.barcode))
        said %= {"copy": ", ".join(part for part in place if part)}
    say(request, said, supply)
    after = goes_on(request.user, "staff-lending", ref)
    return with_undo(back(request, *after), supply.request)


@require_POST
@needs(*LENDING, or_center=True)
def check_in(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    """It is home, whatever its barcode says."""
    loan = sent(request.user, ref, attempt, Verb.CHECK_IN, request.POST.get(THING, ""))
    shipping.check_in(loan, gates.act(request.user))
    say(request, _("Checked in; back on its shelf."), loan)
    return back(request, "staff-request", ref)


@require_POST
@needs(*LENDING, or_center=True)
def come_back(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    """It never got there and is here again."""
    loan = sent(request.user, ref, attempt, Verb.COME_BACK, request.POST.get(THING, ""))
    shipping.back_again(loan, gates.act(request.user))
    say(request, _("It is here again; ship it again, or say no."), loan)
    return back(request, "staff-request", ref)


def say(request: SignedIn, said: str, of: Supply | Loan) -> None:
    messages.success(request, said_of(said, of.request.title, of.request.ref))
