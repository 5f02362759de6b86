"""Holds of this library that the van's sorters go by: /staff/holds/."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from postroad import spreadsheet, words
from postroad.directory.called import named
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.ill import told_holds
from postroad.ill.told_holds import HEADINGS, NEEDED, Wrong
from postroad.web.shared import gates
from postroad.web.shared.file_form import FileForm, known_headings
from postroad.web.shared.gates import STAFF, SignedIn, needs
from postroad.web.shared.paging import page_of
from postroad.web.staff.counter import show

A_PAGE = 50
SHOWN = 100  # lines that are wrong


class HoldForm(InOurWords, forms.Form):
    """One item, and the library at which it is for pick-up."""

    barcode = forms.CharField(label=gettext_lazy("Barcode"), max_length=40)
    pick_up = forms.CharField(label=gettext_lazy("Pick-up library"), max_length=100)

    def clean_pick_up(self) -> Library:
        found = [each for each in named(self.cleaned_data["pick_up"]) if not each.is_outside]
        if len(found) != 1:
            raise forms.ValidationError(
                _("More than one library may be meant. Type the code of the one you mean.")
                if found
                else _("We know no library that is called that.")
            )
        return found[0]

    @property
    def table(self) -> spreadsheet.Table:
        """As a list of one line."""
        cells = (self.cleaned_data["barcode"], self.cleaned_data["pick_up"].code)
        return spreadsheet.Table({"barcode": 0, "pick_up": 1}, (), (spreadsheet.Row(1, cells),))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*STAFF)
def page(request: SignedIn) -> HttpResponse:
    """What was told and is not over; below it one more is told."""
    form = HoldForm(request.POST) if request.method == "POST" else HoldForm()
    if form.is_bound and form.is_valid():
        wrong = tell(request, form.table)
        if not wrong:
            return redirect("staff-holds")
        form.add_error("barcode", words.label(words.sorting.WRONG, wrong[0].why))
    return answer(request, form, FileForm(), status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*STAFF)
def file(request: SignedIn) -> HttpResponse:
    """A list of them. Lines that are wrong are named, and stop no other."""
    if request.method != "POST":
        return redirect("staff-holds")
    form = FileForm(request.POST, request.FILES)
    table = form.table(HEADINGS, NEEDED) if form.is_valid() else None
    if table is None:
        return answer(request, HoldForm(), form, status=422)
    wrong = tell(request, table)
    return answer(request, HoldForm(), FileForm(), wrong=wrong, status=422 if wrong else 200)


def tell(request: SignedIn, table: spreadsheet.Table) -> list[Wrong]:
    library, now = gates.desk(request).library, timezone.now()
    found = told_holds.read(table, library, library.day_of(now))
    told = told_holds.tell(found.tellings, library, by=str(request.user), now=now)
    if told.taken:
        said = ngettext("%(n)s hold was told.", "%(n)s holds were told.", told.taken)
        messages.success(request, said % {"n": told.taken})
    if told.again:
        said = ngettext("%(n)s was told before.", "%(n)s were told before.", told.again)
        messages.info(request, said % {"n": told.again})
    return found.wrong


def answer(
    request: SignedIn,
    form: HoldForm,
    file_form: FileForm,
    *,
    wrong: list[Wrong] | None = None,
    status: int = 200,
) -> HttpResponse:
    library = gates.desk(request).library
    rows = told_holds.of(library, library.day_of(timezone.now()))
    known: dict[str, Any] = {
        "form": form,
        "file_form": file_form,
        "page": page_of(request, rows, A_PAGE),
        "wrong": [
            (each, words.label(words.sorting.WRONG, each.why)) for each in (wrong or [])[:SHOWN]
        ],
        "more": max(len(wrong or []) - SHOWN, 0),
        "headings": known_headings(HEADINGS),
        "days": told_holds.FOR.days,
        "most": told_holds.LONGEST.days,
    }
    return show(request, "staff/holds.html", known, status=status)


@require_POST
@needs(*STAFF)
def change(request: SignedIn, told_hold: int) -> HttpResponse:
    """It was told by mistake; or it was right after all."""
    library, again = gates.desk(request).library, "again" in request.POST
    try:
        if again:
            row = told_holds.put_back(told_hold, library)
        else:
            row = told_holds.take_back(told_hold, library, by=str(request.user), now=timezone.now())
    except Refusal as no:
        messages.warning(request, words.refusal(no))
    else:
        said = _("%(barcode)s counts again.") if again else _("%(barcode)s was taken back.")
        messages.success(request, said % {"barcode": row.barcode})
    return redirect("staff-holds")
