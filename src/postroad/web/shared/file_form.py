"""The form that takes a spreadsheet, and what it says of its columns."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from postroad import spreadsheet, words
from postroad.errors import Refusal
from postroad.form_errors import InOurWords


class FileForm(InOurWords, forms.Form):
    """A spreadsheet."""

    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy("CSV, XLSX or ODS, up to 5 MB and 20,000 rows."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.ods"}),
        max_length=200,
    )

    def table(self, headings: Any, needed: list[str]) -> spreadsheet.Table | None:
        """The rows of the file; without them the form says why not."""
        sent = self.cleaned_data["file"]
        try:
            if sent.size > spreadsheet.BYTES:
                raise spreadsheet.TooLarge(megabytes=spreadsheet.BYTES // 1_000_000)
            return spreadsheet.table(spreadsheet.read(sent.read()), headings, needed)
        except Refusal as no:
            self.add_error("file", words.refusal(no))
            return None


def known_headings(headings: Any) -> str:
    """The headings that a list may have, as they are shown first."""
    return ", ".join(shown[0] for shown in headings.values())
