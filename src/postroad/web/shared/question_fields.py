"""What is said with a question or with an answer: a form of a day, an amount, a reason, a note."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.form_errors import InOurWords
from postroad.ill.lifecycle.questions import Answer, QuestionKind
from postroad.ill.questions import Said

LONGEST = 500


@dataclass(frozen=True, slots=True)
class Fields:
    """What is to be said with a question or an answer; a field without a label is not there."""

    day: Promise | None = None
    cost: Promise | None = None
    reason: Promise | None = None
    reasons: words.Words = field(default_factory=dict)
    note: Promise | None = None  # there is always one; without a label it is called so
    must_note: bool = False
    must_cost: bool = False


# What is said with a question
ASKED_WITH: Mapping[QuestionKind, Fields] = {
    QuestionKind.RENEWAL: Fields(day=gettext_lazy("Until when it is wanted")),
    QuestionKind.RECALL: Fields(day=gettext_lazy("By when you need it back")),
    QuestionKind.WRONG_ITEM: Fields(note=gettext_lazy("What came instead"), must_note=True),
    QuestionKind.MISSING_PARTS: Fields(note=gettext_lazy("What is missing"), must_note=True),
    QuestionKind.DAMAGED: Fields(note=gettext_lazy("What is damaged"), must_note=True),
    QuestionKind.HOLD: Fields(note=gettext_lazy("What somebody should look at"), must_note=True),
    QuestionKind.ASK_PATRON: Fields(note=gettext_lazy("Your question"), must_note=True),
}
# What is said with an answer
ANSWERED_WITH: Mapping[tuple[QuestionKind, Answer], Fields] = {
    (QuestionKind.RENEWAL, Answer.GRANT): Fields(day=gettext_lazy("Renewed until")),
    (QuestionKind.RENEWAL, Answer.DENY): Fields(
        reason=gettext_lazy("Why it is not renewed; the patron reads this"),
        reasons=words.questions.NOT_RENEWED,
    ),
    (QuestionKind.LOST, Answer.WRITE_OFF): Fields(
        cost=gettext_lazy("Replacement cost, in dollars, if you charge it")
    ),
    (QuestionKind.LOST, Answer.WAIT): Fields(day=gettext_lazy("Wait until")),
    (QuestionKind.DAMAGED, Answer.CHARGE): Fields(
        cost=gettext_lazy("Amount, in dollars"), must_cost=True
    ),
    (QuestionKind.MISSING_PARTS, Answer.CHARGE): Fields(
        cost=gettext_lazy("Amount, in dollars"), must_cost=True
    ),
    (QuestionKind.ASK_PATRON, Answer.ANSWERED): Fields(note=gettext_lazy("Answer"), must_note=True),
}


class SayForm(InOurWords, forms.Form):
    """A day, an amount, a reason and a note: those that this question or answer has."""

    def __init__(self, said_with: Fields, data: Any = None, *, prefix: str, **initial: Any) -> None:
        super().__init__(data, prefix=prefix, initial=initial)
        if said_with.day:
            self.fields["day"] = forms.DateField(
                label=str(said_with.day),
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )
        if said_with.reason:
            self.fields["reason"] = forms.ChoiceField(
                label=str(said_with.reason),
                choices=[(str(code), name) for code, name in said_with.reasons.items()],
                widget=forms.RadioSelect,
            )
        if said_with.cost:
            self.fields["cost"] = forms.DecimalField(
                label=str(said_with.cost),
                min_value=Decimal("0.01"),
                max_digits=8,
                decimal_places=2,
                required=said_with.must_cost,
            )
        self.fields["note"] = forms.CharField(
            label=str(said_with.note or _("Note")),
            max_length=LONGEST,
            required=said_with.must_note,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    @property
    def said(self) -> Said:
        given = self.cleaned_data
        return Said(
            day=given.get("day"),
            reason=given.get("reason", ""),
            note=given.get("note", ""),
            cost=given.get("cost"),
        )
