"""Where a thing goes, asked by hand or with a list: /office/delivery/sort/."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from postroad import words
from postroad.accounts.models import Role
from postroad.ill import destinations, sort_lists
from postroad.ill.destinations import Answer, Question
from postroad.ill.sort_lists import HEADINGS, NEEDED, Line
from postroad.ill.sorting import Do
from postroad.web.shared import csv_files
from postroad.web.shared.file_form import FileForm, known_headings
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.scanning import Tone

LONGEST = 200
TONES = {Do.SORT: Tone.OK, Do.HOLD: Tone.WARN, Do.ASIDE: Tone.NO}


@require_safe
@needs(Role.DELIVERY)
def page(request: SignedIn) -> HttpResponse:
    """One barcode is asked, and nothing is changed by it."""
    return show(request, FileForm())


def show(request: SignedIn, form: FileForm, status: int = 200) -> HttpResponse:
    asked, library = typed(request, "barcode"), typed(request, "library")
    found = destinations.where(Question(asked, library), timezone.now()) if asked else None
    known: dict[str, Any] = {"form": form, "asked": asked, "library": library, "found": found}
    if found is not None:
        known |= {
            "tone": TONES[found.do],
            "does": words.label(words.sorting.DOES, found.do),
            "why": words.sorting.why(found),
        }
    known["headings"] = known_headings(HEADINGS)
    return render(request, "office/delivery/sort.html", known, status=status)


def typed(request: SignedIn, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "").strip()[:LONGEST]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def file(request: SignedIn) -> HttpResponse:
    """The same of each line of a list, as a list. Nothing is kept of either."""
    if request.method != "POST":
        return redirect("office-delivery-sort")
    form = FileForm(request.POST, request.FILES)
    table = form.table(HEADINGS, NEEDED) if form.is_valid() else None
    if table is None:
        return show(request, form, status=422)
    lines = sort_lists.of_table(table, timezone.now())
    return csv_files.plain("sorted", written(lines))


def written(lines: Iterable[Line]) -> Iterator[list[object]]:
    yield [
        *(_("Line"), _("Barcode"), _("What to do"), _("Code of the library"), _("Library")),
        *(_("Route"), _("Sign"), _("Bin"), _("Next day"), _("Reason"), _("Why")),
    ]
    for each in lines:
        yield [each.line, *cells(each.answer)]


def cells(answer: Answer) -> list[object]:
    to, sign = answer.to, answer.sign
    return [
        answer.barcode,
        words.label(words.sorting.DOES, answer.do),
        to.code if to else "",
        words.sorting.named(to) if to else "",
        to.route if to else "",
        f"{sign.sign} {sign.headline}".strip() if sign else "",
        answer.bin,
        answer.next_day,
        answer.reason.value,
        words.sorting.why(answer),
    ]
