"""The narrowing of a search: each value is a link that adds or takes away itself."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.catalogue.members import Placed
from postroad.catalogue.models import Format
from postroad.directory.models import Library
from postroad.web.public import near
from postroad.web.public.near import Centre
from postroad.web.shared.libraries import apart
from postroad.web.shared.pieces import Choice, Facet, Span
from postroad.words import languages

MOST = 24  # values of one facet: a page with every library of two states would be heavy
LONGEST = 40  # signs of a value
OPEN = frozenset({"lendable", "format", "language"})
TITLES: dict[str, Promise] = {
    "lendable": gettext_lazy("Availability"),
    "miles": gettext_lazy("Distance"),
    "format": gettext_lazy("Format"),
    "language": gettext_lazy("Language"),
    "network": gettext_lazy("Network"),
    "library": gettext_lazy("Library"),
    "collection": gettext_lazy("Collection"),
    "year": gettext_lazy("Year"),
}
NAME_IN_INDEX = {"year": "decade", "miles": "near"}
ONE = frozenset({"miles"})  # of which one value takes the place of another
FIRST, LAST = "from", "to"  # years that are typed, in the address


def values(typed: QueryDict, name: str) -> list[str]:
    """What the address says of one facet, without what no value can be."""
    return [each for each in typed.getlist(name) if each.isprintable() and 0 < len(each) <= LONGEST]


def shown(
    counts: dict[str, dict[str, int]], typed: QueryDict, placed: Placed, centre: Centre
) -> list[Facet]:
    """The facets with anything to choose, and what was chosen even if it counts none."""
    labels = labels_of(counts, typed, placed, centre)
    made = [facet(name, counts.get(index_name(name), {}), typed, labels[name]) for name in TITLES]
    found = any(each.choices for each in made)
    if found or centre.typed:
        at = list(TITLES).index("miles")
        made[at] = replace(made[at], near=near.form(typed, centre), open=bool(centre.mistake))
    return [each for each in made if each.choices or each.span or each.near]


def index_name(name: str) -> str:
    return NAME_IN_INDEX.get(name, name)


def facet(name: str, counts: dict[str, int], typed: QueryDict, labels: dict[str, str]) -> Facet:
    """What was chosen comes first, then what would leave the most; years stand in their order."""
    chosen = {value for value in values(typed, name) if value in labels}
    offered = [value for value in {*counts, *chosen} if value in labels]
    offered = [value for value in offered if counts.get(value) or value in chosen]
    if name == "miles":
        offered.sort(key=int)
    elif name == "year":
        offered.sort(key=int, reverse=True)
    else:
        offered.sort(key=lambda each: (each not in chosen, -counts.get(each, 0), labels[each]))
    listed = set(offered[: max(MOST, len(chosen))])
    to = Turned(typed, name)
    choices = [
        Choice(labels[each], to.address(each), counts.get(each, 0), each in chosen)
        for each in offered
        if each in listed or each in chosen
    ]
    typed_years = span(typed) if name == "year" else None
    if not choices and typed_years and not (typed_years.first or typed_years.last):
        typed_years = None  # nothing was found, so there are no years to choose from
    opened = name in OPEN or bool(typed_years and typed_years.mistake)
    return Facet(str(TITLES[name]), choices, opened, typed_years)


@dataclass(frozen=True, slots=True)
class Years:
    """What was typed as first and last year, and what can be taken from it."""

    first: str
    last: str
    mistake: str = ""

    @property
    def since(self) -> int | None:
        return int(self.first) if self.first and not self.mistake else None

    @property
    def until(self) -> int | None:
        return int(self.last) if self.last and not self.mistake else None


def years(typed: QueryDict) -> Years:
    """Typed the wrong way round they are turned; what is no year is said and narrows nothing."""
    first, last = (shown_as(typed.get(name, "")) for name in (FIRST, LAST))
    wrong = next((text for text in (first, last) if text and not is_year(text)), "")
    if wrong:
        said = _("“%(typed)s” is not a year, so all years are shown. Use digits, like 1950.")
        return Years(first, last, said % {"typed": wrong})
    if first and last and int(first) > int(last):
        first, last = last, first
    return Years(first, last)


def shown_as(text: str) -> str:
    """What was typed, so that a page can say it back."""
    said = " ".join(text[:LONGEST].split())
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in said)


def is_year(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4 and int(text) > 0


def span(typed: QueryDict) -> Span:
    """The form of first and last year. It takes the place of the decades, and keeps all else."""
    asked = years(typed)
    names = ("q", "author", "number", "sort", *TITLES, near.NEAR)
    kept = [(name, v) for name in names if name != "year" for v in typed.getlist(name) if v]
    label = "" if asked.mistake else said_of(asked.first, asked.last)
    chosen = Choice(label, without(typed, FIRST, LAST), chosen=True) if label else None
    return Span(asked.first, asked.last, kept, chosen, asked.mistake)


def said_of(first: str, last: str) -> str:
    if first == last:
        return first
    if not last:
        return _("%(first)s and later") % {"first": first}
    if not first:
        return _("%(last)s and earlier") % {"last": last}
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def labels_of(
    counts: dict[str, dict[str, int]], typed: QueryDict, placed: Placed, centre: Centre
) -> dict[str, dict[str, str]]:
    """What each value is called. Values that mean nothing have no label and are not shown."""
    formats = {value: str(label) for value, label in Format.choices}
    codes = {*counts.get("language", {}), *values(typed, "language")}
    years = {*counts.get("decade", {}), *values(typed, "year")}
    return {
        "lendable": {"yes": _("Can be lent now")},
        "miles": near.labels(centre),
        "network": placed.networks,
        "collection": placed.collections,
        "format": formats,
        "language": {code: languages.name(code) for code in codes if len(code) == 3},
        "library": libraries({*counts.get("library", {}), *values(typed, "library")}),
        "year": {year: decade(year) for year in years if is_decade(year)},
    }


def libraries(codes: Iterable[str]) -> dict[str, str]:
    found = Library.objects.filter(code__in=list(codes)).only("code", "name", "town", "state")
    return apart(list(found), _called)


def _called(library: Library) -> str:
    return library.name if library.town in library.name else f"{library.name}, {library.town}"


def is_decade(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4 and int(text) % 10 == 0


def decade(text: str) -> str:
    return _("%(first)s to %(last)s") % {"first": text, "last": int(text) + 9}


class Turned:
    """The addresses that add a value of one facet, or take it away if it was there, each from the
    first page. What else the address says is written once for all of them."""

    def __init__(self, typed: QueryDict, name: str) -> None:
        self.name, self.there = name, values(typed, name)
        others = ("page", *((FIRST, LAST) if name == "year" else ()))
        kept = [(key, typed.getlist(key)) for key in typed if key not in others]
        place = next((at for at, (key, _) in enumerate(kept) if key == name), len(kept))
        self.before, self.after = kept[:place], kept[place + 1 :]
        self.said = written(self.before), written(self.after)

    def address(self, value: str) -> str:
        before, after = self.said
        left = [each for each in self.there if each != value]
        if len(left) == len(self.there):
            left = [value] if self.name in ONE else [*self.there, value]
        elif not left and self.name == near.HOW_FAR:  # no distance, so no place either
            before, after = (
                written(each for each in part if each[0] != near.NEAR)
                for part in (self.before, self.after)
            )
        return "?" + "&".join(filter(None, (before, written([(self.name, left)]), after)))


def written(pairs: Iterable[tuple[str, list[str]]]) -> str:
    """As `QueryDict.urlencode` has it."""
    return urlencode([(key, each) for key, kept in pairs for each in kept])


def without(typed: QueryDict, *names: str) -> str:
    """The address without these."""
    query = typed.copy()
    for name in (*names, "page"):
        query.pop(name, None)
    return "?" + query.urlencode()
