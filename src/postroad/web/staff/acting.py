"""The ILL center acts for a library: chosen on the page of a request, and said on every page.

What it may do there is what the desk of that library may do with this request; it sees no more
than the center does. The history names the library and the person.
"""

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from postroad.accounts import roles
from postroad.accounts.models import LENDING, Role, User
from postroad.directory.models import Library
from postroad.form_errors import InOurWords
from postroad.ill import access, copies, lending, unscanned, waiting
from postroad.ill.access import NoSuchRequest, Sight
from postroad.ill.lifecycle import Verb
from postroad.ill.models import Request, Supply
from postroad.reference_numbers import grouped
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff.counter import lent, show
from postroad.web.staff.lending.verbs import say

# What only the library itself does: it reads its reader's card, or what she wrote.
ITS_OWN = frozenset({Verb.RENEW, Verb.AMEND})


def offered(user: User, ill: Request) -> dict[str, Sequence[Library]]:
    """For whom somebody of the center may choose to act here."""
    if not roles.has(user, Role.CENTRE):
        return {"acts_for": []}
    return {"acts_for": [each for each in waiting.of_members(ill) if each != user.stands_in_for]}


def may_act(user: User, sight: Sight, side: Sight) -> bool:
    """Whether somebody who sees a request so works on this side of it, or acts for it."""
    return sight == side or user.stands_in_for is not None


def acts_here(user: User, ill: Request) -> bool:
    """Whether somebody of the center acts for a library that has, or had, a part in it."""
    library = user.stands_in_for
    return library is not None and library in waiting.of_members(ill, ever=True)


@require_POST
@needs(Role.CENTRE)
def choose(request: SignedIn, ref: str) -> HttpResponse:
    """For which library, or for none any more."""
    ill, _sight = access.request_for(request.user, ref)
    code = request.POST.get("library", "")
    library = next((each for each in waiting.of_members(ill) if each.code == code), None)
    if code and library is None:
        raise NoSuchRequest(ref=ref)
    gates.act_for(request, library)
    if library is None:
        messages.success(request, _("You act for the ILL center again."))
        return redirect("office-centre-request", ill.ref)
    return redirect("staff-request", ill.ref)


@require_POST
@needs(Role.CENTRE)
def stop(request: SignedIn) -> HttpResponse:
    """From the note on any page."""
    gates.act_for(request, None)
    messages.success(request, _("You act for the ILL center again."))
    return redirect("office-centre")


class ShipForm(InOurWords, forms.Form):
    """Which copy the library has sent: nobody here has it in hand to scan it."""

    copy = forms.TypedChoiceField(
        label=gettext_lazy("Which copy was sent"), coerce=int, widget=forms.RadioSelect
    )
    barcode = forms.CharField(
        label=gettext_lazy("Barcode or label on it"),
        help_text=gettext_lazy(
            "The catalog lists no copy at this library. Both desks can scan what you type here; "
            "leave it empty if there is none, then the slip is scanned."
        ),
        max_length=40,
        required=False,
    )
    tracking_number = forms.CharField(
        label=gettext_lazy("Tracking number, if it goes by mail"), max_length=40, required=False
    )

    def __init__(self, data: object, supply: Supply) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # what a POST holds, or nothing
        known = copies.of([supply], supply.lender).get(supply.pk, copies.Copies())
        self.items = {item.pk: item for item in known.items}
        del self.fields["barcode" if self.items else "copy"]
        if not self.items:
            return
        field = self.fields["copy"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [
            (
                item.pk,
                ", ".join(
                    part
                    for part in (
                        grouped(item.barcode),
                        item.volume,
                        item.call_number,
                        str(item.get_status_display()),
                    )
                    if part
                ),
            )
            for item in known.items
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*LENDING, or_center=True)
def ship(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    """The library has sent it, and somebody writes that down without a scan."""
    supply = lent(request.user, ref, attempt)
    lending.check(supply, Verb.SHIP)
    form = ShipForm(request.POST if request.method == "POST" else None, supply)
    if form.is_valid():
        told = form.cleaned_data
        unscanned.ship(
            supply,
            gates.act(request.user),
            item=form.items.get(told.get("copy", 0)),
            barcode=told.get("barcode", ""),
            tracking_number=told["tracking_number"],
            sure=True,
        )
        say(request, _("Shipped."), supply)
        return redirect("staff-request", supply.request.ref)
    return show(
        request,
        "staff/lending/ship_by_hand.html",
        {
            "supply": supply,
            "form": form,
            "back": reverse("staff-request", args=[supply.request.ref]),
        },
        status=422 if form.is_bound else 200,
    )
