"""The buttons of the lending desk, each at its own address: /staff/supplies/REF/ATTEMPT/…/."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from postroad import words
from postroad.accounts.models import LENDING
from postroad.form_errors import InOurWords
from postroad.ill import copies, lending, shipping
from postroad.ill.lifecycle import Reason, Verb
from postroad.ill.models import Loan, Supply
from postroad.reference_numbers import grouped
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.things import THING
from postroad.web.staff.borrowing.verbs import said_of
from postroad.web.staff.counter import back, lent, sent, show

UNDO = "undo"  # in the address of the queue: the event that it offers to take back


@require_POST
@needs(*LENDING)
def promise(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    supply = lent(request.user, ref, attempt)
    lending.promise(supply, gates.act(request.user))
    say(request, _("Promised; ship it next."), supply)
    return back(request, "staff-lending")


@require_POST
@needs(*LENDING)
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
    return with_undo(back(request, "staff-lending"), supply)


def with_undo(answer: HttpResponseRedirect, supply: Supply) -> HttpResponseRedirect:
    """The page to come offers to take the answer back."""
    event = supply.request.events.order_by("pk").last()
    parts = urlsplit(answer.url)
    query = [pair for pair in parse_qsl(parts.query) if pair[0] != UNDO]
    query.append((UNDO, str(event.pk) if event else ""))
    return HttpResponseRedirect(urlunsplit(parts._replace(query=urlencode(query))))


class Refuse(InOurWords, forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why it cannot be lent"),
        choices=[(reason.value, words.ill.REASONS[reason]) for reason in Reason],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Note to the borrowing library"), max_length=300, required=False
    )

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if given.get("reason") == Reason.OTHER and not given.get("note"):
            self.add_error("note", _("Say what the other reason is."))
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
        return with_undo(HttpResponseRedirect(reverse("staff-lending")), supply)
    here = {"supply": supply, "form": form, "back": reverse("staff-lending")}
    return show(request, "staff/lending/refuse.html", here, status=422 if form.is_bound else 200)


def no(request: SignedIn, supply: Supply, reason: Reason, note: str = "") -> None:
    """Say no; if a copy was looked for in vain, it is the one that the queue showed."""
    item = copies.looked_for(supply) if reason in lending.MISSING_NOW else None
    lending.refuse(supply, gates.act(request.user), reason=reason, note=note, item=item)


@require_POST
@needs(*LENDING)
def check_in(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    """It is home, whatever its barcode says."""
    loan = sent(request.user, ref, attempt, Verb.CHECK_IN, request.POST.get(THING, ""))
    shipping.check_in(loan, gates.act(request.user))
    say(request, _("Checked in; back on its shelf."), loan)
    return back(request, "staff-request", ref)


@require_POST
@needs(*LENDING)
def come_back(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    """It never got there and is here again."""
    loan = sent(request.user, ref, attempt, Verb.COME_BACK, request.POST.get(THING, ""))
    shipping.back_again(loan, gates.act(request.user))
    say(request, _("It is here again; ship it again, or say no."), loan)
    return back(request, "staff-request", ref)


def say(request: SignedIn, said: str, of: Supply | Loan) -> None:
    messages.success(request, said_of(said, of.request.title, of.request.ref))
