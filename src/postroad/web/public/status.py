"""Who lends, and who accepts returns, today: /status."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from postroad.directory import known
from postroad.directory.known import Everybody, Known
from postroad.directory.models import State, Symbol
from postroad.directory.standing import Service
from postroad.directory.statements import StatusList
from postroad.web.public import outline
from postroad.web.shared import status
from postroad.web.shared.pieces import Choice

A_PAGE = 40

Test = Callable[[Known], bool]
Made = TypeVar("Made")


def _of(service: Service, value: bool | None) -> Test:
    return lambda each: each.standing.answers[service].value is value


SHOWN: Mapping[str, tuple[Promise, Test]] = {
    "": (gettext_lazy("All"), lambda each: True),
    "lending": (gettext_lazy("Lending"), _of(Service.LENDING, True)),
    "not-lending": (gettext_lazy("Not lending"), _of(Service.LENDING, False)),
    "returns": (gettext_lazy("Accepting returns"), _of(Service.RETURNS, True)),
    "no-returns": (gettext_lazy("No returns"), _of(Service.RETURNS, False)),
    "no-delivery": (gettext_lazy("No deliveries"), _of(Service.DELIVERY, False)),
    "closed": (gettext_lazy("Closed"), lambda each: each.standing.shut),
    "unknown": (gettext_lazy("Nothing known"), lambda each: not each.standing.known),
    "unconfirmed": (
        gettext_lazy("Not confirmed lately"),
        lambda each: each.standing.as_of is not None and not each.standing.confirmed,
    ),
}
STATES: Mapping[str, Promise | str] = {
    **dict(State.choices),
    "elsewhere": gettext_lazy("elsewhere"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """The filter, as it stands in the address."""

    q: str
    state: str
    show: str
    map: bool

    @classmethod
    def of(cls, request: HttpRequest) -> "Typed":
        sent = request.GET
        show = sent.get("show", "")
        state = sent.get("state", "")
        return cls(
            q=sent.get("q", "").replace("\x00", "").strip()[:100],
            state=state if state in STATES else "",
            show=show if show in SHOWN else "",
            map=sent.get("as") == "map",
        )

    def address(self, **changed: str) -> str:
        facts = {
            "q": self.q,
            "state": self.state,
            "show": self.show,
            "as": "map" if self.map else "",
        }
        kept = {name: value for name, value in {**facts, **changed}.items() if value}
        return "?" + urlencode(kept)


def narrowed(every: Iterable[Known], typed: Typed) -> list[Known]:
    """Those that the search and the state leave, before the choice among them."""
    words = typed.q.casefold().split()
    marked = set[int]()
    if typed.q:
        marked = set(Symbol.objects.named(typed.q).values_list("library", flat=True))
    return [
        each
        for each in every
        if (each.pk in marked or all(_has(each, word) for word in words))
        and (not typed.state or typed.state == _where(each))
    ]


def _has(each: Known, word: str) -> bool:
    return word in f"{each.name} {each.town} {each.code} {each.symbol}".casefold()


def _where(each: Known) -> str:
    return each.state if each.state in State.values and not each.outside else "elsewhere"


def chosen(every: Iterable[Known], typed: Typed) -> list[Known]:
    test = SHOWN[typed.show][1]
    return [each for each in narrowed(every, typed) if test(each)]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The list, or the map."""
    typed, now = Typed.of(request), timezone.now()
    every = known.everybody(now)
    found = narrowed(every, typed)
    shown = [each for each in found if SHOWN[typed.show][1](each)]
    listed = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "public/status.html",
        {
            "typed": typed,
            "page": listed,
            "rows": [(each, status.lines(each)) for each in listed.object_list],
            "labels": status.LABELS.values(),
            "choices": _choices(every, found, typed),
            "states": STATES.items(),
            "ways": [
                Choice(_("List"), typed.address(**{"as": ""}), chosen=not typed.map),
                Choice(_("Map"), typed.address(**{"as": "map"}), chosen=typed.map),
            ],
            "everywhere": (shut := every.shut_on(timezone.localdate(now))),
            "holiday": any(each.holiday for each in known.holds(shut)),
            "coverage": known.coverage(every),
            "lists": StatusList.objects.filter(read_at__isnull=False),
            "query": typed.address(**{"as": ""}),
            "map": kept(every, "map", typed, lambda: _map(shown)) if typed.map else None,
            "demo": settings.DEMO,
        },
    )


def kept(every: Everybody, what: str, typed: Typed, make: Callable[[], Made]) -> Made:
    """What takes long is made once for each choice, until something of them changes. What people
    search for is not kept: there is no end of it."""
    return make() if typed.q else every.once((what, typed.state, typed.show), make)


def _choices(every: Everybody, found: Sequence[Known], typed: Typed) -> list[Choice]:
    anything = replace(typed, show="")  # the counts are the same, whichever of them is chosen
    counts = kept(
        every,
        "counts",
        anything,
        lambda: [sum(map(test, found)) for _label, test in SHOWN.values()],
    )
    return [
        Choice(str(label), typed.address(show=key), count, key == typed.show)
        for (key, (label, _test)), count in zip(SHOWN.items(), counts, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Dot:
    x: int
    y: int
    tone: str
    title: str


@dataclass(frozen=True, slots=True)
class Map:
    width: int
    height: int
    outlines: Sequence[tuple[str, str]]
    marks: SafeString
    legend: Sequence[tuple[str, str, int]]
    unplaced: int  # of which nobody says where they are


TONES: Mapping[str, Promise] = {
    "ok": gettext_lazy("lends and accepts returns"),
    "warn": gettext_lazy("not everything, or not now"),
    "note": gettext_lazy("not known"),
}


def tone(each: Known) -> str:
    """How a library's dot is drawn."""
    asked = [each.standing.lending.value, each.standing.returns.value]
    if False in asked or each.standing.delivery.value is False:
        return "warn"
    return "ok" if all(asked) else "note"


def _dot(each: Known) -> Dot | None:
    if each.latitude is None or each.longitude is None:
        return None
    placed = outline.place(each.latitude, each.longitude)
    mark = tone(each)
    title = f"{each.name}, {each.town}: {TONES[mark]}"
    return Dot(*placed, mark, title) if placed else None


def _map(shown: Collection[Known]) -> Map:
    dots = [dot for each in shown if (dot := _dot(each))]
    dots.sort(key=lambda dot: list(TONES).index(dot.tone) != 1)  # what is not as usual lies on top
    dots.reverse()
    return Map(
        outline.WIDTH,
        outline.HEIGHT,
        [(name, outline.path(rings)) for name, rings in outline.OUTLINES],
        mark_safe("\n".join(map(_mark, dots))),  # noqa: S308  # each is escaped
        [
            (mark, str(label), sum(dot.tone == mark for dot in dots))
            for mark, label in TONES.items()
        ],
        len(shown) - len(dots),
    )


def _mark(dot: Dot) -> SafeString:
    """Shapes differ, so that nobody needs colors."""
    if dot.tone == "warn":
        square = '<rect class="dot tone-warn" x="{}" y="{}" width="12" height="12">{}</rect>'
        return format_html(square, dot.x - 6, dot.y - 6, _title(dot))
    circle = '<circle class="dot tone-{}" cx="{}" cy="{}" r="{}">{}</circle>'
    radius = 4 if dot.tone == "note" else 6
    return format_html(circle, dot.tone, dot.x, dot.y, radius, _title(dot))


def _title(dot: Dot) -> SafeString:
    return format_html("<title>{}</title>", dot.title)
