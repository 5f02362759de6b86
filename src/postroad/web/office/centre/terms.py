"""On what a lender elsewhere sends it: conditions, cost, dates, where it goes back to."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import barcodes
from postroad.ill import mediation
from postroad.ill.mediation import Terms
from postroad.ill.models import Request, Supply
from postroad.web.shared.answering import Conditions
from postroad.web.shared.tracking import TrackingNumber


def within_a_year(day: date | None) -> date | None:
    today = timezone.localdate()
    if day is not None and not today <= day <= today + timedelta(days=366):
        raise forms.ValidationError(_("Choose a day from today on, within a year."))
    return day


class OfferForm(Conditions):
    """The lender elsewhere would send it on conditions."""

    def __init__(self, data: Any = None, initial: Any = None) -> None:
        forms.Form.__init__(self, data, initial=initial)
        self.fields["note"].label = _("In the lender's words")


class TermsForm(OfferForm):
    """What it said of conditions, dates and its address."""

    lender_due_on = forms.DateField(
        label=gettext_lazy("Due date set by the lender"),
        required=False,
        help_text=gettext_lazy(
            "Leave it empty if the lender gave no date: the reader then has four weeks from the "
            "day of pickup."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    renewals = forms.IntegerField(
        label=gettext_lazy("Renewals that the lender allows"), min_value=0, max_value=9, initial=0
    )
    return_to = forms.CharField(
        label=gettext_lazy("Return address of this item"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "As on a label. Leave it empty if it goes to the address that is kept for the lender."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    field_order: Sequence[str] = (
        "lender_due_on",
        "renewals",
        "conditions",
        "cost",
        "note",
        "return_to",
    )

    def __init__(self, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial)
        self.fields["conditions"].required = False

    def clean_lender_due_on(self) -> date | None:
        day: date | None = self.cleaned_data["lender_due_on"]
        return within_a_year(day)

    def clean_return_to(self) -> str:
        lines = (" ".join(line.split()) for line in self.cleaned_data["return_to"].splitlines())
        return "\n".join(line for line in lines if line)

    @property
    def terms(self) -> Terms:
        given = self.cleaned_data
        return Terms(given["lender_due_on"], given["renewals"], self.offered, given["return_to"])


class SentForm(TermsForm):
    """The lender elsewhere says that it has sent the item, and on what terms."""

    expected_on = forms.DateField(
        label=gettext_lazy("Should be here on"),
        required=False,
        help_text=gettext_lazy("Leave it empty to allow three weeks by mail."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    barcode = forms.CharField(
        label=gettext_lazy("Barcode of the item"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("If you know it, the library can receive the item by scanning it."),
    )
    tracking_number = TrackingNumber()
    field_order = (
        "expected_on",
        "lender_due_on",
        "renewals",
        "barcode",
        "tracking_number",
        *("conditions", "cost", "note", "return_to"),
    )

    def clean_expected_on(self) -> date | None:
        return within_a_year(self.cleaned_data["expected_on"])

    def clean(self) -> dict[str, object]:
        given = super().clean()
        arrives, due = (self.cleaned_data.get(name) for name in ("expected_on", "lender_due_on"))
        if arrives and due and due <= arrives:
            self.add_error("lender_due_on", _("That is before it can arrive. Check both dates."))
        return given

    def clean_barcode(self) -> str:
        return barcodes.plain(self.cleaned_data["barcode"])


def written(ill: Request) -> dict[str, Any]:
    """The terms that stand there now, to be completed or corrected."""
    supply = ill.supply
    return as_typed(mediation.terms(supply)) if supply is not None else {}


def as_typed(terms: Terms) -> dict[str, Any]:
    return {
        "lender_due_on": terms.lender_due_on,
        "renewals": terms.renewals,
        "conditions": [str(each) for each in terms.offer.conditions],
        "cost": terms.offer.cost,
        "note": terms.offer.note,
        "return_to": terms.return_to,
    }


def may_change(ill: Request, supply: Supply) -> bool:
    """Once it was sent; before, they are entered with that."""
    loan = ill.loan
    return loan is not None and loan.is_open and loan.supply_id == supply.pk
