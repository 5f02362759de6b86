"""One more copy of a title: what the count says of it, and what the library does about it.

It warns and never stands in the way, since the guidelines are no law.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.documents import uses
from postroad.documents.copyright import Choice, Verdict, Warn
from postroad.documents.uses import Asked, Chosen
from postroad.form_errors import InOurWords

# What may be chosen before the copy is made, or refused
CHOICES: dict[str, Promise] = {
    Choice.ROYALTY: gettext_lazy("Pay the royalty"),
    Choice.OTHER_SOURCE: gettext_lazy("Get it from another source, which pays"),
    Choice.DECLINED: gettext_lazy("Decline: no copy is made"),
    Choice.NONE: gettext_lazy("Go on, and choose later or not at all"),
}
AFTERWARDS: dict[str, Promise] = {  # of a copy that was made
    Choice.ROYALTY: gettext_lazy("The royalty was paid, or will be"),
    Choice.OTHER_SOURCE: gettext_lazy("It came from another source, which pays"),
    Choice.NONE: gettext_lazy("Nothing"),
}
PAID = frozenset({Choice.ROYALTY, Choice.OTHER_SOURCE})


@dataclass(frozen=True, slots=True)
class Counted:
    """What a notice says of the count. Shown by shared/_copyright_verdict.html."""

    tone: str
    sentence: str
    notes: Sequence[str]
    over: bool  # whether there is something to choose


def counted(asked: Asked, found: Verdict | None = None) -> Counted:
    """Of one more copy for this library; one statement, unless it was counted already."""
    found = found or uses.verdict(asked)
    said = words.documents.verdict(found, asked.citation, asked.on.year)
    notes = [words.label(words.documents.WARNINGS, each) for each in found.warn if each in DOUBTS]
    return Counted("warn" if found.over else "note", said, notes, found.over)


# What the sentence itself does not say
DOUBTS = frozenset(Warn) - {Warn.BEYOND, Warn.LAST_FREE}


class ChoiceForm(InOurWords, forms.Form):
    """What the library does about a copy beyond the free ones, with what it costs."""

    choice = forms.ChoiceField(
        label=gettext_lazy("What does your library do about it?"),
        choices=list(CHOICES.items()),
        widget=forms.RadioSelect,
        required=False,
    )
    cost = forms.DecimalField(
        label=gettext_lazy("What it costs, in dollars"),
        help_text=gettext_lazy("Leave it empty while you do not know it; you can add it later."),
        required=False,
        min_value=Decimal(0),
        max_digits=8,
        decimal_places=2,
    )

    def __init__(self, *args: Any, may_decline: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_decline:
            choice = self.fields["choice"]
            assert isinstance(choice, forms.ChoiceField)
            choice.choices = list(AFTERWARDS.items())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("cost") is not None and given.get("choice") not in PAID:
            no = gettext_lazy("Only a royalty or another source costs something. Leave it empty.")
            self.add_error("cost", ValidationError(no, code="costs-nothing"))
        return given

    @property
    def chosen(self) -> Chosen:
        """Of a form that is valid."""
        return Chosen(Choice(self.cleaned_data["choice"]), self.cleaned_data["cost"])

    @property
    def kept(self) -> dict[str, str]:
        """The same, as a request keeps it until its copy is counted."""
        cost = self.chosen.cost
        paid = {} if cost is None else {"cost": str(cost)}
        return {"choice": str(self.chosen.choice), **paid}
