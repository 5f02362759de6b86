"""Sending a copy: a file or a link, what of it is missing, what it costs."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.documents.checks import Upload
from postroad.documents.troubles import NotSent
from postroad.form_errors import InOurWords
from postroad.ill import document_delivery
from postroad.ill.acts import Act
from postroad.ill.document_delivery import LONGEST_LINK, CostNotAgreed, NoSuchLink, Sent
from postroad.ill.models import Supply
from postroad.ill.wanted import HIGHEST_COST

TAKES_BACK = gettext_lazy(
    "Nobody can open it from then on, and it does not count. If its reader may have been told of "
    "it already, an e-mail tells the reader that it was a mistake. The right copy can be sent "
    "then, but this one cannot be brought back."
)


class SendCopyForm(InOurWords, forms.Form):
    """The copy itself, one way or the other."""

    file = forms.FileField(
        label=gettext_lazy("The file"),
        required=False,
        help_text=gettext_lazy("PDF, TIFF, JPEG or PNG, at most 200 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.tif,.tiff,.jpg,.jpeg,.png"}),
    )
    link = forms.CharField(
        label=gettext_lazy("Or the address where it can be read"),
        required=False,
        max_length=LONGEST_LINK,
        widget=forms.URLInput,
    )
    lacks = forms.CharField(
        label=gettext_lazy("What is missing, if it is not all of it"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("The reader reads this."),
    )
    cost = forms.DecimalField(
        label=gettext_lazy("What it costs, in dollars"),
        required=False,
        min_value=0,
        max_value=HIGHEST_COST,
        decimal_places=2,
        help_text=gettext_lazy("Only what the borrowing library has agreed to."),
    )

    def clean(self) -> None:
        if self.errors:
            return
        both = bool(self.cleaned_data["file"]) + bool(self.cleaned_data["link"].strip())
        if both != 1:
            self.add_error("file", _("Choose a file, or type an address: one of the two."))

    def send(self, supply: Supply, act: Act) -> bool:
        """Whether it is sent; where it is not, the form says why. Raises what no form can mend:
        OutOfTurn, MovedMeanwhile, AskedForLoan."""
        given = self.cleaned_data
        cost: Decimal | None = given["cost"] or None
        said = Sent(lacks=given["lacks"].strip(), cost=cost)
        try:
            if sent := given["file"]:
                upload = Upload(sent.name, sent.chunks(), sent.size)
                document_delivery.deliver(supply, act, upload, said)
            else:
                document_delivery.deliver_link(supply, act, given["link"].strip(), said)
        except NotSent as no:
            self.add_error("file", words.refusal(no))
        except NoSuchLink as no:
            self.add_error("link", words.refusal(no))
        except CostNotAgreed as no:
            self.add_error("cost", words.refusal(no))
        return not self.errors


class SendAgainForm(InOurWords, forms.Form):
    """Another file in the place of the one that was delivered."""

    file = forms.FileField(
        label=gettext_lazy("The file"),
        help_text=gettext_lazy("PDF, TIFF, JPEG or PNG, at most 200 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.tif,.tiff,.jpg,.jpeg,.png"}),
    )

    def send(self, supply: Supply, act: Act) -> bool:
        """Whether it is sent; where it is not, the form says why."""
        sent = self.cleaned_data["file"]
        upload = Upload(sent.name, sent.chunks(), sent.size)
        try:
            document_delivery.deliver_again(supply, act, upload)
        except NotSent as no:
            self.add_error("file", words.refusal(no))
        return not self.errors
