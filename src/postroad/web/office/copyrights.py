"""The copyright counts of all libraries that the center serves: /office/copyright/."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from postroad.accounts.models import Role
from postroad.directory.models import Library
from postroad.documents import reports
from postroad.documents.models import Use
from postroad.documents.reports import Counts, Title
from postroad.web.office import keeping
from postroad.web.shared import copyright_count, csv_files
from postroad.web.shared.copyright_count import Place, year_of
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.pieces import Choice

CHANGES = ("GET", "HEAD", "POST")
FACTS = ("library", "title", "numbers", "is_periodical", "asked_in", "basis", "choice", "cost")


@dataclass(frozen=True, slots=True)
class Row:
    """One library in a year."""

    library: Library
    titles: int
    over: int  # titles beyond the free copies
    counts: Counts
    address: str


@require_safe
@needs(Role.CENTRE)
def libraries(request: SignedIn) -> HttpResponse:
    """Each library's totals in a year; those with most to decide first."""
    this_year = timezone.localdate().year
    year, asked = year_of(request.GET.get("year", ""), this_year), keeping.asked(request)
    every = in_year(year)
    sought = asked.casefold().split()
    found = [each for each in every if all(word in described(each.library) for word in sought)]
    if csv_files.wanted(request):
        return csv_files.plain(f"copyright-{year}", lines(found, year))
    kept = Use.objects.order_by().values_list("asked_in", flat=True).distinct()
    page = Paginator(found, keeping.A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "office/copyright.html",
        {
            "year": year,
            "asked": asked,
            "years": [
                Choice(str(each), f"?year={each}", None, each == year)
                for each in sorted({*kept, this_year, year}, reverse=True)
            ],
            "total": sum((each.counts for each in every), Counts()),
            "page": page,
        },
    )


def in_year(year: int) -> list[Row]:
    """Those that had a copy counted in the year: two statements, however many there are."""
    uses = Use.objects.counted_in(year).order_by("library", "asked_in", "pk")
    known = Library.objects.in_bulk()
    every = groupby(uses.values_list(*FACTS, named=True).iterator(), lambda use: use.library)
    rows = [of_library(known[pk], reports.titles(had, year), year) for pk, had in every]
    shown = [each for each in rows if each.titles]
    return sorted(
        shown, key=lambda row: (-row.counts.undecided, -row.counts.beyond, row.library.name)
    )


def of_library(library: Library, titles: Sequence[Title], year: int) -> Row:
    address = reverse("office-copyright-library", args=[library.code])
    over = sum(each.counts.beyond > 0 for each in titles)
    return Row(library, len(titles), over, reports.total(titles), f"{address}?year={year}")


def described(library: Library) -> str:
    return f"{library.name} {library.town} {library.code}".casefold()


def lines(rows: Sequence[Row], year: int) -> Iterator[Sequence[object]]:
    yield (
        *(_("Library"), _("Code"), _("Year"), _("Titles"), _("Titles beyond five"), _("Copies")),
        *(_("Copies beyond five"), _("Nothing chosen"), _("Royalties"), _("Royalties in dollars")),
        *(_("Royalties without an amount"), _("Other sources"), _("Declined")),
    )
    for row in rows:
        of = row.counts
        yield (
            *(row.library.name, row.library.code, year, row.titles, row.over, of.made, of.beyond),
            *(of.undecided, of.royalties, of.cost.amount, of.cost.unknown),
            *(of.elsewhere, of.declined),
        )


@require_safe
@needs(Role.CENTRE)
def titles(request: SignedIn, code: str) -> HttpResponse:
    return page(request, "titles", copyright_count.titles(request, place(code)))


@require_safe
@needs(Role.CENTRE)
def title(request: SignedIn, code: str, use: int) -> HttpResponse:
    return page(request, "title", copyright_count.title(place(code), use))


@require_http_methods(CHANGES)
@needs(Role.CENTRE)
def mark(request: SignedIn, code: str, use: int) -> HttpResponse:
    return page(request, "mark", copyright_count.mark(request, place(code), use))


@require_http_methods(CHANGES)
@needs(Role.CENTRE)
def choice(request: SignedIn, code: str, use: int) -> HttpResponse:
    return page(request, "choice", copyright_count.choice(request, place(code), use))


@require_http_methods(CHANGES)
@needs(Role.CENTRE)
def declined(request: SignedIn, code: str, declined_use: int) -> HttpResponse:
    return page(request, "declined", copyright_count.declined(request, place(code), declined_use))


def place(code: str) -> Place:
    library = get_object_or_404(Library, code=code)
    above = (_("Copyright counts"), reverse("office-copyright"))
    return Place(library, "office-copyright-library", (library.code,), above)


def page(request: SignedIn, name: str, answer: HttpResponse | dict[str, Any]) -> HttpResponse:
    if not isinstance(answer, dict):
        return answer
    template = copyright_count.TEMPLATES[name]
    return render(request, template, answer, status=copyright_count.status(answer))
