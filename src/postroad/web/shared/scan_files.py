"""Files of scans, as the office and the drivers send and read them."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.accounts.models import User
from postroad.delivery import scan_files, scan_lines
from postroad.delivery.models import BadRow, ScanFile
from postroad.errors import Refusal
from postroad.form_errors import InOurWords


class ScanFileForm(InOurWords, forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File of scans"),
        help_text=gettext_lazy("CSV, up to 50,000 lines."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt"}),
        max_length=200,
    )

    def keep(self, request: HttpRequest, by: User) -> ScanFile | None:
        """Keep the file for the worker; without it the form says why not."""
        sent = self.cleaned_data["file"]
        try:
            if sent.size > scan_lines.MOST_BYTES:
                raise scan_lines.TooManyLines(most=scan_lines.MOST_LINES)
            came = scan_files.keep(sent.name, sent.read(), by=by, at=timezone.now())
        except Refusal as no:
            self.add_error("file", words.refusal(no))
            return None
        if came.again:
            messages.warning(
                request,
                _("This very file was sent before, on %(day)s. It counts once.")
                % {"day": words.moment(came.file.at)},
            )
        else:
            messages.success(request, _("Kept. Its scans are being recorded."))
        return came.file


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was not taken, in words."""

    row: BadRow
    column: str
    sentence: str


def bad_lines(file: ScanFile, most: int | None = None) -> list[BadLine]:
    return [
        BadLine(
            row,
            str(words.label(words.delivery.COLUMNS, row.column)),
            str(words.label(words.delivery.BAD_LINES, row.why)),
        )
        for row in file.bad_rows.all()[:most]
    ]
