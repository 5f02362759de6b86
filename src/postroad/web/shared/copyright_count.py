"""The copyright count of one library, as its own staff and the center read and change it.

The pages are the same for both; who may open them is said where their addresses are.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.directory.models import Library
from postroad.documents import reports, uses
from postroad.documents.copyright import FREE, Basis, Choice
from postroad.documents.models import Use
from postroad.documents.models.use import BasisOf
from postroad.documents.reports import Counts, Title
from postroad.form_errors import InOurWords
from postroad.web.shared import csv_files
from postroad.web.shared.charts import Bar, Bars
from postroad.web.shared.copyright_choice import ChoiceForm
from postroad.web.shared.gates import SignedIn
from postroad.web.shared.pieces import Choice as Filter

A_PAGE = 50
DRAWN = 10  # titles in the chart
SHORT = 60  # characters of a title in it
OUR_TIME = range(1970, 2200)
Titles = Sequence[Title]
TEMPLATES = {
    "titles": "shared/copyright/titles.html",
    "title": "shared/copyright/title.html",
    "mark": "shared/copyright/mark.html",
    "choice": "shared/copyright/choice.html",
    "declined": "shared/sure.html",
}

SHOWN: dict[str, tuple[Any, Callable[[Counts], bool]]] = {
    "": (gettext_lazy("All titles"), lambda _of: True),
    "five": (gettext_lazy("Five or more"), lambda of: of.made >= FREE),
    "beyond": (gettext_lazy("Beyond five"), lambda of: of.beyond > 0),
    "open": (gettext_lazy("Nothing chosen yet"), lambda of: of.undecided > 0),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Whose count it is, and at which addresses it stands."""

    library: Library
    name: str  # of the address of its list; those of the other pages begin with it
    code: tuple[str, ...] = ()  # of the library, where the addresses have it
    above: tuple[str, str] = ("", "")  # the page above: its words and its address

    def address(self, page: str = "", *key: int) -> str:
        return reverse(self.name + page, args=[*self.code, *key])

    def of(self, use: int) -> Use:
        """One of its own; of another library it is as if there were none."""
        return get_object_or_404(Use, pk=use, library=self.library)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a count somebody wants to see."""

    year: int
    typed: str
    shown: str

    @classmethod
    def of(cls, request: SignedIn, this_year: int) -> "Asked":
        shown = request.GET.get("show", "")
        return cls(
            year_of(request.GET.get("year", ""), this_year),
            request.GET.get("q", "").replace("\0", "").strip()[:100],
            shown if shown in SHOWN else "",
        )

    def address(self, **other: object) -> str:
        every = {"year": self.year, "q": self.typed, "show": self.shown, **other}
        return f"?{urlencode({name: value for name, value in every.items() if value})}"


def year_of(text: str, otherwise: int) -> int:
    """A year of our time, as it is typed into an address."""
    typed = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else 0
    return typed if typed in OUR_TIME else otherwise


def in_year(library: Library, year: int) -> Titles:
    rows = Use.objects.filter(library=library).counted_in(year)
    return reports.titles(rows.order_by("asked_in", "pk"), year)


def titles(request: SignedIn, place: Place) -> HttpResponse | dict[str, Any]:
    """Its titles in a year with their counts; as a spreadsheet, if that is asked for."""
    this_year = timezone.localdate().year
    asked = Asked.of(request, this_year)
    every = in_year(place.library, asked.year)
    found = reports.found(every, asked.typed) if asked.typed else every
    listed = [each for each in found if SHOWN[asked.shown][1](each.counts)]
    if csv_files.wanted(request):
        return csv_files.plain(f"copyright-{place.library.code}-{asked.year}", lines(listed, asked))
    page = Paginator(listed, A_PAGE).get_page(request.GET.get("page"))
    return {
        "place": place,
        "library": place.library,
        "asked": asked,
        "years": years(place.library, asked, this_year),
        "choices": [
            Filter(
                str(label),
                asked.address(show=key),
                sum(fits(each.counts) for each in found),
                key == asked.shown,
            )
            for key, (label, fits) in SHOWN.items()
        ],
        "total": reports.total(every),
        "chart": chart(every, asked.year),
        "page": page,
        "rows": [(each, place.address("-title", each.uses[-1].pk)) for each in page],
        "csv": asked.address(format="csv"),
    }


def years(library: Library, asked: Asked, this_year: int) -> list[Filter]:
    """Those of which something is kept, this one, and the one that is shown."""
    kept = Use.objects.filter(library=library).order_by().values_list("asked_in", flat=True)
    every = sorted({*kept.distinct(), this_year, asked.year}, reverse=True)
    return [Filter(str(year), asked.address(year=year), None, year == asked.year) for year in every]


def chart(every: Titles, year: int) -> Bars | None:
    most = [each for each in every if each.counts.made][:DRAWN]
    if not most:
        return None
    title = _("The titles with the most copies in %(year)s; the line stands at five")
    bars = [Bar(Truncator(each.title).chars(SHORT), each.counts.made) for each in most]
    return Bars(title % {"year": year}, _("Title"), _("copies"), bars, mark=FREE)


def lines(listed: Titles, asked: Asked) -> Iterator[Sequence[object]]:
    yield (
        *(_("Title"), _("ISSN or ISBN"), _("Kind"), _("Year"), _("Copies"), _("Beyond five")),
        *(_("Nothing chosen"), _("Royalties"), _("Royalties in dollars"), _("Other sources")),
        *(_("Other sources in dollars"), _("Declined"), _("Not counted")),
    )
    for each in listed:
        of = each.counts
        kind = _("Periodical") if each.is_periodical else _("Other work")
        yield (
            *(each.title, " ".join(each.shown_numbers), kind, asked.year, of.made, of.beyond),
            *(of.undecided, of.royalties, of.cost.amount, of.elsewhere),
            *(of.spent.amount, of.declined, of.not_counted),
        )


def title(place: Place, use: int) -> dict[str, Any]:
    """Each copy of the title of this one that counts in its year."""
    one = place.of(use)
    of = next(each for each in in_year(place.library, one.asked_in) if one in each.uses)
    return {
        "place": place,
        "library": place.library,
        "title": of,
        "year": one.asked_in,
        "verdict": words.documents.had(of.counts, one.asked_in, is_periodical=one.is_periodical),
        "uses": [
            (
                each,
                place.address("-mark", each.pk),
                place.address("-choice", each.pk),
                place.address("-declined", each.pk),
            )
            for each in of.uses
        ],
        "back": f"{place.address()}?year={one.asked_in}",
    }


class MarkForm(InOurWords, forms.Form):
    """Another mark than that of the count, and why."""

    basis = forms.ChoiceField(
        label=gettext_lazy("Mark"),
        choices=[(value, label) for value, label in BasisOf.choices if value],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("It is kept with the mark. Name no reader."),
        max_length=300,
        error_messages={
            "required": gettext_lazy("Say why the mark is changed: the reason is kept with it.")
        },
    )


def mark(request: SignedIn, place: Place, use: int) -> HttpResponse | dict[str, Any]:
    """Another mark with a reason; or back to that of the count."""
    one = filled(place, use)
    back = place.address("-title", one.pk)
    if request.method == "POST" and "back" in request.POST:
        uses.restore_mark(one)
        return done(request, back, _("The mark of the count holds again."))
    form = MarkForm(
        request.POST if request.method == "POST" else None,
        initial={"basis": one.basis, "reason": one.reason},
    )
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        by = str(request.user)
        uses.change_mark(one, Basis(given["basis"]), given["reason"], by=by)
        return done(request, back, _("Changed. You can put it back on the page of the mark."))
    return {"place": place, "use": one, "form": form, "back": back, "restores": one.reason}


def choice(request: SignedIn, place: Place, use: int) -> HttpResponse | dict[str, Any]:
    """What was done about a copy, said afterwards; or nothing was."""
    one = filled(place, use)
    back = place.address("-title", one.pk)
    if request.method == "POST" and "back" in request.POST:
        uses.choose(one, Choice.NONE)
        return done(request, back, _("Taken back: nothing is chosen for this copy."))
    form = ChoiceForm(
        request.POST if request.method == "POST" else None,
        may_decline=False,
        initial={"choice": one.choice, "cost": one.cost},
    )
    if form.is_bound and form.is_valid():
        uses.choose(one, form.chosen.choice, form.chosen.cost)
        return done(request, back, _("Recorded. You can take it back on the page of the choice."))
    return {"place": place, "use": one, "form": form, "back": back, "restores": one.choice}


def declined(request: SignedIn, place: Place, use: int) -> HttpResponse | dict[str, Any]:
    """It was not declined after all: asks first, since the line is gone then."""
    one = place.of(use)
    back = place.address("-title", one.pk)
    if one.choice != Choice.DECLINED:
        raise uses.WasFilled
    if request.method == "POST" and request.POST.get("sure") == "yes":
        uses.take_back(one.pk)
        list_of_year = f"{place.address()}?year={one.asked_in}"
        return done(request, list_of_year, _("Removed: this copy is not listed as declined."))
    return {
        "title": _("Undo that “%(title)s” was declined?") % {"title": one.title},
        "happens": _(
            "Its line is removed from the list of declined copies. The count does not change, "
            "since what was declined never counts. This cannot be undone here."
        ),
        "verb": _("Remove the line"),
        "back": back,
    }


def filled(place: Place, use: int) -> Use:
    """One whose copy was made: of another there is nothing to change."""
    one = place.of(use)
    if one.choice == Choice.DECLINED:
        raise uses.NotFilled
    return one


def done(request: SignedIn, address: str, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(address)


def status(answer: dict[str, Any]) -> int:
    """Of a page: a form that was sent and comes back has a mistake."""
    form = answer.get("form")
    return 422 if isinstance(form, forms.BaseForm) and form.is_bound else 200
