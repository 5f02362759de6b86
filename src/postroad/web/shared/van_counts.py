"""The counts of the van as a table with its plot: of the office, and of a library's own stop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.directory.models import Library
from postroad.reports import van
from postroad.reports.van_figures import SEEN, SUMS, Figures
from postroad.web.shared.charts import percent
from postroad.web.shared.pieces import Choice
from postroad.web.templatetags.postroad import short_day

USUAL = timedelta(days=27)  # four weeks, with the last day
LONGEST = timedelta(days=400)
WAYS: Mapping[str, Promise] = {
    "left": gettext_lazy("Left at libraries"),
    "taken": gettext_lazy("Taken along"),
    "bins": gettext_lazy("Bins and bags"),
}
NAMES: Mapping[str, Promise] = {
    "left_scanned": gettext_lazy("Scanned"),
    "left_in_bins": gettext_lazy("In a scanned bin"),
    "left_declared": gettext_lazy("Recorded without a scan"),
    "left_at_desk": gettext_lazy("First seen at the desk"),
    "taken_scanned": gettext_lazy("Scanned"),
    "taken_in_bins": gettext_lazy("In a scanned bin"),
    "taken_declared": gettext_lazy("Recorded without a scan"),
    "bins_left": gettext_lazy("Left"),
    "bins_taken": gettext_lazy("Taken along"),
    "typed_left": gettext_lazy("Typed by the driver"),
    "typed_taken": gettext_lazy("Typed by the driver"),
    "own_left": gettext_lazy("Counted by the library"),
    "own_taken": gettext_lazy("Counted by the library"),
}
TYPED = {"left": ("typed_left", "own_left"), "taken": ("typed_taken", "own_taken"), "bins": ()}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar, in percent of the longest."""

    kind: str
    start: str
    length: str


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    address: str  # the rows behind the figure
    cells: Sequence[tuple[str, int | None]]
    parts: Sequence[Part]
    due: int
    silent: int


@dataclass(frozen=True, slots=True)
class Span:
    """The days that the address asks for; four weeks up to yesterday, if it names none."""

    first: date
    last: date

    @classmethod
    def of(cls, request: HttpRequest) -> "Span":
        yesterday = timezone.localdate() - timedelta(days=1)
        last = min(day_of(request, "through") or yesterday, yesterday)
        first = min(day_of(request, "from") or last - USUAL, last)
        return cls(max(first, last - LONGEST), last)

    @property
    def query(self) -> dict[str, str]:
        return {"from": self.first.isoformat(), "through": self.last.isoformat()}


def day_of(request: HttpRequest, name: str) -> date | None:
    try:
        found = parse_date(request.GET.get(name, ""))
    except ValueError:
        return None
    return found if found and found.year > 1970 else None


def way_of(request: HttpRequest) -> str:
    asked = request.GET.get("way", "")
    return asked if asked in WAYS else "left"


def ways(chosen: str, kept: Mapping[str, str]) -> list[Choice]:
    return [
        Choice(str(said), "?" + urlencode({**kept, "way": way}), chosen=way == chosen)
        for way, said in WAYS.items()
    ]


def rows(found: Sequence[Figures], way: str, addresses: Mapping[Any, str]) -> list[Row]:
    """Each with its cells and its bar."""
    longest = max((each.seen(way) for each in found), default=0)
    return [
        Row(
            label(each.key),
            addresses.get(each.key, ""),
            [(str(NAMES[name]), each.said[name]) for name in (*SEEN[way], *TYPED[way])],
            parts(each, way, longest),
            each.due,
            each.silent,
        )
        for each in found
    ]


def parts(figures: Figures, way: str, longest: int) -> list[Part]:
    found, start = [], 0.0
    for name in SEEN[way]:
        count = figures.said[name] or 0
        if count:
            kind = name.removeprefix(f"{way}_").replace("_", "-")
            found.append(Part(kind, percent(start, longest), percent(count, longest)))
        start += count
    return found


def label(key: object) -> str:
    if isinstance(key, date):
        return short_day(key)
    if isinstance(key, Library):
        return f"{key.town}, {key.name}"
    return str(key) if key else _("not on a route")


def headings(way: str) -> list[str]:
    return [str(NAMES[name]) for name in (*SEEN[way], *TYPED[way])]


def legend(way: str) -> list[tuple[str, str]]:
    """What each color of a bar says."""
    return [
        (name.removeprefix(f"{way}_").replace("_", "-"), str(NAMES[name])) for name in SEEN[way]
    ]


def table(heading: str, found: Sequence[Figures]) -> list[list[object]]:
    """All figures, with their headings, as a spreadsheet has them."""
    heads: list[object] = [heading, *(f"{way_word(name)}: {NAMES[name]}" for name in SUMS)]
    heads += [_("Visits by the timetable"), _("Visits not known"), _("Visits with typed numbers")]
    lines: list[list[object]] = [
        [
            each.key if isinstance(each.key, date) else label(each.key),
            *(each.said[name] for name in SUMS),
            each.due,
            each.silent,
            each.confirmed,
        ]
        for each in found
    ]
    return [heads, *lines]


def way_word(name: str) -> str:
    if name.startswith("bins"):
        return str(WAYS["bins"])
    return str(WAYS["left" if name.endswith("left") or name.startswith("left") else "taken"])


def shown(figures: Figures, span: Span) -> dict[str, Any]:
    """What stands above every table: the sums, and until when they are whole."""
    return {
        "span": span,
        "sums": [(figures.seen(way), str(said)) for way, said in WAYS.items()],
        "all": figures,
        "whole_until": van.whole_until(timezone.now()),
    }
