"""A map of the van's routes and stops, and the list of them beside it: /delivery/."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from postroad.delivery import glance
from postroad.delivery.glance import AtAStop
from postroad.delivery.models import Delay, Hub, Region, Route, Stop
from postroad.web.public import outline

Part = Region | Route | Hub
Filter = tuple[str, str, str, Sequence[Part]]  # name, label, what is chosen, all there are
Box = tuple[float, float, float, float]  # left, top, width, height
ALL: Box = (0, 0, outline.WIDTH, outline.HEIGHT)
WIDE = outline.WIDTH / outline.HEIGHT
LEAST = 110  # of the map's thousand: nearer, towns would be nothing but dots
NAMED = 12  # routes that are named on the map; more would lie on each other

MARKS: Mapping[str, Promise] = {
    "ok": gettext_lazy("the van comes today, as usual"),
    "note": gettext_lazy("not one of its days"),
    "warn": gettext_lazy("a delay, held bins, or no van"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """A route as a line through its stops, in their order."""

    points: str
    disturbed: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    box: str
    outlines: Sequence[tuple[str, str]]
    ways: Sequence[Way]
    marks: SafeString
    legend: Sequence[tuple[str, str, int]]
    unplaced: int  # of which nobody says where they are


@dataclass(frozen=True, slots=True)
class Spot:
    """A stop that has its place on the map."""

    at: AtAStop
    x: int
    y: int

    @property
    def mark(self) -> str:
        return mark(self.at)


def mark(at: AtAStop) -> str:
    if at.disturbed:
        return "warn"
    return "ok" if at.today.comes else "note"


def drawn(places: Sequence[AtAStop], *, near: bool, numbered: bool = False) -> Drawing:
    """The map; `near` is as large as these stops need, numbered as they are in the list."""
    spots = [spot for at in places if (spot := _spot(at))]
    box = _around(spots) if near and spots else ALL
    by_route = [list(group) for _route, group in groupby(spots, lambda each: each.at.stop.route_id)]
    on_top = sorted(spots, key=lambda spot: list(MARKS)[::-1].index(spot.mark), reverse=True)
    marks = [*_drawn_spots(on_top, box[2])]
    if numbered:
        marks += _numbers(spots, box[2])
    elif 1 < len(by_route) <= NAMED:
        marks += _names(by_route, box[2])
    return Drawing(
        box=" ".join(f"{side:g}" for side in box),
        outlines=[(name, outline.path(rings)) for name, rings in outline.OUTLINES],
        ways=[
            Way(
                " ".join(f"{spot.x},{spot.y}" for spot in way),
                all(spot.at.disturbed for spot in way),
            )
            for way in by_route
        ],
        marks=mark_safe("\n".join(marks)),  # noqa: S308  # each is escaped
        legend=[
            (name, str(label), sum(mark(at) == name for at in places))
            for name, label in MARKS.items()
        ],
        unplaced=len(places) - len(spots),
    )


def _spot(at: AtAStop) -> Spot | None:
    library = at.stop.library
    if library.latitude is None or library.longitude is None:
        return None
    placed = outline.place(library.latitude, library.longitude)
    return Spot(at, *placed) if placed else None


def _around(spots: Sequence[Spot]) -> Box:
    """What holds them all with some room around, as wide for its height as the whole map."""
    left, right = min(each.x for each in spots), max(each.x for each in spots)
    top, bottom = min(each.y for each in spots), max(each.y for each in spots)
    width = max((right - left) * 1.2, (bottom - top) * 1.2 * WIDE, LEAST)
    width = min(width, outline.WIDTH)
    height = width / WIDE
    return (
        round((left + right - width) / 2, 1),
        round((top + bottom - height) / 2, 1),
        round(width, 1),
        round(height, 1),
    )


def _drawn_spots(spots: Iterable[Spot], width: float) -> Iterator[SafeString]:
    """Shapes differ, so that nobody needs colors. The list beside the map has the same links for
    the keyboard and for the ear."""
    size = round(width / 125, 2)
    for spot in spots:
        shape = (
            format_html(
                '<rect class="dot tone-warn" x="{}" y="{}" width="{}" height="{}"/>',
                round(spot.x - size, 2),
                round(spot.y - size, 2),
                2 * size,
                2 * size,
            )
            if spot.mark == "warn"
            else format_html(
                '<circle class="dot tone-{}" cx="{}" cy="{}" r="{}"/>',
                spot.mark,
                spot.x,
                spot.y,
                size if spot.mark == "ok" else round(size * 0.8, 2),
            )
        )
        library = spot.at.stop.library
        yield format_html(
            '<a href="{}" tabindex="-1"><title>{}, {}: {}</title>{}</a>',
            reverse("delivery-stop", args=[library.code]),
            library.name,
            library.town,
            MARKS[spot.mark],
            shape,
        )


def _numbers(spots: Sequence[Spot], width: float) -> list[SafeString]:
    """The number of each stop in its route; those that lie close together share one place."""
    size, shown = width / 34, list[tuple[Spot, list[str]]]()
    for number, spot in enumerate(spots, start=1):
        close = next(
            (
                numbers
                for other, numbers in shown
                if abs(other.x - spot.x) < size and abs(other.y - spot.y) < size
            ),
            None,
        )
        if close is None:
            shown.append((spot, [str(number)]))
        else:
            close.append(str(number))
    return [_text(spot, ", ".join(numbers), size) for spot, numbers in shown]


def _names(by_route: Sequence[Sequence[Spot]], width: float) -> list[SafeString]:
    return [_text(way[len(way) // 2], way[0].at.stop.route.code, width / 40) for way in by_route]


def _text(spot: Spot, words: str, size: float) -> SafeString:
    return format_html(
        '<text x="{}" y="{}" font-size="{}">{}</text>',
        round(spot.x + size * 0.6, 1),
        round(spot.y - size * 0.4, 1),
        round(size, 1),
        words,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter, as it stands in the address; what it does not know is no filter."""

    region: str
    route: str
    hub: str

    @classmethod
    def of(cls, request: HttpRequest, known: Sequence[Stop]) -> "Asked":
        def one(name: str, codes: Iterable[str]) -> str:
            sent = request.GET.get(name, "")
            return sent if sent in set(codes) else ""

        routes = [each.route for each in known]
        hubs = [hub_of(each) for each in known]
        return cls(
            region=one("region", (each.region.code for each in routes if each.region)),
            route=one("route", (each.code for each in routes)),
            hub=one("hub", (each.code for each in hubs if each)),
        )

    def wants(self, stop: Stop) -> bool:
        region, hub = stop.route.region, hub_of(stop)
        return (
            self.route in ("", stop.route.code)
            and self.region in ("", region.code if region else None)
            and self.hub in ("", hub.code if hub else None)
        )

    @property
    def narrows(self) -> bool:
        return bool(self.region or self.route or self.hub)


@dataclass(frozen=True, slots=True)
class Listed:
    """A route with its stops, as the list has it."""

    route: Route
    stops: Sequence[AtAStop]

    @property
    def disturbed(self) -> int:
        return sum(each.disturbed for each in self.stops)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """All routes, or those of a region, of a hub, or one."""
    every = glance.at(Stop.objects.all(), timezone.localdate())
    asked = Asked.of(request, [each.stop for each in every])
    shown = [each for each in every if asked.wants(each.stop)]
    return render(
        request,
        "public/delivery/map.html",
        {
            "asked": asked,
            "filters": filters(asked, every),
            "hubs": once(hub_of(each.stop) for each in every),
            "away": glance.kept_away(shown),
            "map": drawn(shown, near=asked.narrows, numbered=bool(asked.route)),
            "listed": by_route(shown),
            "count": len(shown),
            "delays": told(shown),
        },
    )


def hub_of(stop: Stop) -> Hub | None:
    return stop.route.region.hub if stop.route.region else None


def filters(asked: Asked, every: Sequence[AtAStop]) -> Sequence[Filter]:
    """By what the map is narrowed."""
    routes = once(each.stop.route for each in every)
    regions = once(each.stop.route.region for each in every)
    hubs = once(hub_of(each.stop) for each in every)
    return (
        ("region", gettext("Region"), asked.region, regions),
        ("route", gettext("Route"), asked.route, routes),
        ("hub", gettext("Hub"), asked.hub, hubs),
    )


def by_route(shown: Sequence[AtAStop]) -> list[Listed]:
    return [
        Listed(stops[0].stop.route, stops)
        for _pk, group in groupby(shown, lambda each: each.stop.route_id)
        for stops in [list(group)]
    ]


def told(shown: Iterable[AtAStop]) -> list[Delay]:
    """What is not as usual at any of them, each once."""
    return list({delay.pk: delay for each in shown for delay in each.delays}.values())


def once(parts: Iterable[Part | None]) -> list[Part]:
    """Each part of the network once, by its name."""
    found = {part.pk: part for part in parts if part is not None}
    return sorted(found.values(), key=lambda part: (part.name, part.pk))
