"""What a lender may answer, as forms: a no, a yes on conditions, a later day."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.ill import lending, reasons
from postroad.ill.lending import Offer
from postroad.ill.lifecycle import Condition, Later, Reason
from postroad.ill.models import Supply

LONGEST_NOTE = 300


def note_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Note to the borrowing library"),
        max_length=LONGEST_NOTE,
        required=False,
    )


class Refuse(InOurWords, forms.Form):
    """No, with a reason from the list."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why it cannot be sent"),
        choices=[(reason.value, words.ill.REASONS[reason]) for reason in reasons.IN_ORDER],
        widget=forms.RadioSelect,
    )
    note = note_field()

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if given.get("reason") == Reason.OTHER and not given.get("note"):
            self.add_error("note", _("Say what the other reason is."))
        return given


class Dollars(forms.TextInput):
    """An amount, as people type it: "$12.50"."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = super().value_from_datadict(data, files, name)
        return typed.strip().removeprefix("$") if isinstance(typed, str) else typed


# As the lender chooses them; what it writes stands in its note.
TO_CHOOSE = {
    **words.ill.CONDITIONS,
    Condition.OTHER: gettext_lazy("another condition, written below"),
}


class Conditions(InOurWords, forms.Form):
    """Yes, on conditions."""

    conditions = forms.MultipleChoiceField(
        label=gettext_lazy("On what conditions"),
        choices=[(each.value, TO_CHOOSE[each]) for each in Condition],
        widget=forms.CheckboxSelectMultiple,
    )
    cost = forms.DecimalField(
        label=gettext_lazy("What it costs, in dollars"),
        min_value=Decimal("0.01"),
        max_digits=8,
        decimal_places=2,
        required=False,
        widget=Dollars(attrs={"inputmode": "decimal", "size": 10}),
        error_messages={
            code: gettext_lazy("Type an amount in dollars and cents, like 12.50.")
            for code in (
                *("invalid", "min_value", "max_digits"),
                *("max_decimal_places", "max_whole_digits"),
            )
        },
    )
    note = note_field()

    def __init__(self, data: QueryDict | None, supply: Supply) -> None:
        kept: dict[str, Any] = {
            "conditions": supply.conditions,
            "cost": supply.cost,
            "note": supply.offer_note,
        }
        super().__init__(data, initial=kept)

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        chosen = given.get("conditions") or []
        if Condition.COST in chosen and given.get("cost") is None and "cost" not in self.errors:
            self.add_error("cost", _("Say what it costs."))
        if Condition.OTHER in chosen and not given.get("note") and "note" not in self.errors:
            self.add_error("note", _("Write the other condition here."))
        return given

    @property
    def offered(self) -> Offer:
        """What is offered: an amount is a condition, whether or not that was checked too."""
        given = self.cleaned_data
        chosen = {*given["conditions"], *([Condition.COST] if given["cost"] is not None else [])}
        in_order = [each for each in Condition if each in chosen]
        return Offer(in_order, given["note"], given["cost"])


class NotNow(InOurWords, forms.Form):
    """Later, from a day on."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why not now"),
        choices=[(each.value, words.ill.LATER[each]) for each in Later],
        widget=forms.RadioSelect,
    )
    on = forms.DateField(
        label=gettext_lazy("From which day can you send it?"),
        help_text=gettext_lazy(
            "A day on which your library lends. If no other library can send it before, you are "
            "asked again on that day."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = note_field()

    def __init__(self, data: QueryDict | None, supply: Supply, now: datetime) -> None:
        super().__init__(data)
        self.supply, self.now = supply, now
        today = supply.lender.day_of(now)
        self.fields["on"].widget.attrs |= {
            "min": (today + timedelta(days=1)).isoformat(),
            "max": (today + lending.FURTHEST).isoformat(),
        }

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        try:
            lending.check_day(self.supply.lender, day, self.now)
        except Refusal as no:
            raise ValidationError(words.refusal(no)) from no
        return day

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if given.get("reason") == Later.OTHER and not given.get("note"):
            self.add_error("note", _("Say what the other reason is."))
        return given
