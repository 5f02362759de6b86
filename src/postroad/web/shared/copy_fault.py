"""What is wrong with a copy, as its reader or her library says it."""

from django import forms
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.form_errors import InOurWords
from postroad.ill import document_delivery
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Fault
from postroad.ill.models import Request

LONGEST = 300


class FaultForm(InOurWords, forms.Form):
    """Why it cannot be used; what its lender reads beside it names no reader."""

    fault = forms.ChoiceField(
        label=gettext_lazy("What is wrong with it?"),
        choices=[(fault.value, words.document_delivery.FAULTS_ASKED[fault]) for fault in Fault],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Which pages, or what else should they know?"),
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy("The library that sent it reads this. It does not read a name."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def reject(self, ill: Request, act: Act) -> None:
        """Raises OutOfTurn, MovedMeanwhile."""
        supply = ill.supply
        assert supply is not None  # a lender has delivered it, or the verb is refused before
        fault = Fault(self.cleaned_data["fault"])
        document_delivery.reject(supply, act, fault, self.cleaned_data["note"])
