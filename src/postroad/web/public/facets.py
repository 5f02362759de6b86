"""The narrowing of a search: each value is a link that adds or takes away itself."""

from collections.abc import Iterable

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.catalogue.models import Format
from postroad.directory.models import Library
from postroad.web.public import languages
from postroad.web.shared.pieces import Choice, Facet

MOST = 24  # values of one facet: a page with every library of two states would be heavy
LONGEST = 20  # signs of a value
OPEN = frozenset({"format", "language"})
TITLES: dict[str, Promise] = {
    "format": gettext_lazy("Format"),
    "language": gettext_lazy("Language"),
    "library": gettext_lazy("Library"),
    "year": gettext_lazy("Year"),
}
NAME_IN_INDEX = {"year": "decade"}


def values(typed: QueryDict, name: str) -> list[str]:
    """What the address says of one facet, without what no value can be."""
    return [each for each in typed.getlist(name) if each.isprintable() and 0 < len(each) <= LONGEST]


def shown(counts: dict[str, dict[str, int]], typed: QueryDict) -> list[Facet]:
    """The facets with anything to choose, and what was chosen even if it counts none."""
    labels = labels_of(counts, typed)
    made = (facet(name, counts.get(index_name(name), {}), typed, labels[name]) for name in TITLES)
    return [each for each in made if each.choices]


def index_name(name: str) -> str:
    return NAME_IN_INDEX.get(name, name)


def facet(name: str, counts: dict[str, int], typed: QueryDict, labels: dict[str, str]) -> Facet:
    """What was chosen comes first, then what would leave the most; years stand in their order."""
    chosen = {value for value in values(typed, name) if value in labels}
    offered = [value for value in {*counts, *chosen} if value in labels]
    if name == "year":
        offered.sort(key=int, reverse=True)
    else:
        offered.sort(key=lambda each: (each not in chosen, -counts.get(each, 0), labels[each]))
    listed = set(offered[: max(MOST, len(chosen))])
    choices = [
        Choice(labels[each], turned(typed, name, each), counts.get(each, 0), each in chosen)
        for each in offered
        if each in listed or each in chosen
    ]
    return Facet(str(TITLES[name]), choices, open=name in OPEN)


def labels_of(counts: dict[str, dict[str, int]], typed: QueryDict) -> dict[str, dict[str, str]]:
    """What each value is called. Values that mean nothing have no label and are not shown."""
    formats = {value: str(label) for value, label in Format.choices}
    codes = {*counts.get("language", {}), *values(typed, "language")}
    years = {*counts.get("decade", {}), *values(typed, "year")}
    return {
        "format": formats,
        "language": {code: languages.name(code) for code in codes if len(code) == 3},
        "library": libraries({*counts.get("library", {}), *values(typed, "library")}),
        "year": {year: decade(year) for year in years if is_decade(year)},
    }


def libraries(codes: Iterable[str]) -> dict[str, str]:
    found = Library.objects.filter(code__in=list(codes)).values_list("code", "name", "town")
    return {code: name if town in name else f"{name}, {town}" for code, name, town in found}


def is_decade(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4 and int(text) % 10 == 0


def decade(text: str) -> str:
    return _("%(first)s to %(last)s") % {"first": text, "last": int(text) + 9}


def turned(typed: QueryDict, name: str, value: str) -> str:
    """The address with this value added, or taken away if it was there; from the first page."""
    query = typed.copy()
    there = values(typed, name)
    left = [each for each in there if each != value]
    query.setlist(name, left if len(left) < len(there) else [*there, value])
    query.pop("page", None)
    return "?" + query.urlencode()


def without(typed: QueryDict, *names: str) -> str:
    """The address without these."""
    query = typed.copy()
    for name in (*names, "page"):
        query.pop(name, None)
    return "?" + query.urlencode()
