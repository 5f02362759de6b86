"""Who lends, and who accepts returns, today: /status, the same as data, and each library's history.

What anybody may add to it here waits for the center.
"""

import csv
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Any, TypeVar

from allauth.core.internal import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from postroad.delivery.models import Stop
from postroad.directory import evidence, known
from postroad.directory.known import AT_HAND, Everybody, Known
from postroad.directory.models import Closure, Library, State, Symbol
from postroad.directory.standing import ALL, Answer, Service
from postroad.directory.statements import Source, Statement, StatusList, Verdict
from postroad.web.public import outline
from postroad.web.shared import status
from postroad.web.shared.feeds import Feed
from postroad.web.shared.pieces import Choice

A_PAGE = 40
NEWS = 50  # entries of the feed
OFTEN = {"status": "10/h/ip"}  # anyone's words from one place

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
    "closed": (gettext_lazy("Closed"), _of(Service.OPEN, False)),
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
            "choices": _choices(found, typed),
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
            "map": _kept(every, "map", typed, lambda: _map(shown)) if typed.map else None,
            "demo": settings.DEMO,
        },
    )


def _kept(every: Everybody, what: str, typed: Typed, make: Callable[[], Made]) -> Made:
    """What takes long is made once for each choice, until something of them changes. What people
    search for is not kept: there is no end of it."""
    return make() if typed.q else every.once((what, typed.state, typed.show), make)


def _choices(found: Sequence[Known], typed: Typed) -> list[Choice]:
    return [
        Choice(str(label), typed.address(show=key), sum(map(test, found)), key == typed.show)
        for key, (label, test) in SHOWN.items()
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


# The same as data


HEADINGS = (
    "code name town state oclc_symbol member open lending returns deliveries since until "
    "last_said_on confirmed source note reason"
).split()


def _cells(each: Known) -> list[str]:
    stands = each.standing
    no = [answer for answer in stands.answers.values() if answer.value is False]
    return [
        each.code,
        each.name,
        each.town,
        each.state,
        each.symbol,
        "no" if each.outside else "yes",
        *(_yes(stands.answers[service]) for service in ALL),
        _iso(min((a.since for a in no if a.since), default=None)),
        _iso(max((a.until for a in no if a.until), default=None)),
        _iso(stands.as_of),
        "yes" if stands.confirmed else "no",
        each.source,
        each.note,
        "; ".join(dict.fromkeys(answer.reason for answer in no if answer.reason)),
    ]


def _yes(answer: Answer) -> str:
    return {True: "yes", False: "no", None: "unknown"}[answer.value]


def _iso(value: date | datetime | None) -> str:
    return value.isoformat() if value else ""


def as_text(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, whoever wrote it."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    typed, every = Typed.of(request), known.everybody(timezone.now())
    text = _kept(every, "csv", typed, lambda: _csv(chosen(every, typed)))
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="status.csv"'
    return _public(answer)


def _csv(rows: Iterable[Known]) -> str:
    table = StringIO()
    writer = csv.writer(table)
    writer.writerow(HEADINGS)
    for each in rows:
        writer.writerow([as_text(cell) for cell in _cells(each)])
    return table.getvalue()


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    typed, now = Typed.of(request), timezone.now()
    every = known.everybody(now)
    text = _kept(every, "json", typed, lambda: _json(every, chosen(every, typed), now))
    return _public(HttpResponse(text, content_type="application/json"))


def _json(every: Everybody, rows: Iterable[Known], now: datetime) -> str:
    covers = known.coverage(every)
    return json.dumps(
        {
            "as_of": now.isoformat(timespec="seconds"),
            "coverage": {"known": covers.known, "members": covers.members},
            "everywhere": [_for_many(each) for each in every.shut_on(timezone.localdate(now))],
            "credits": [
                {"name": each.name, "credit": each.credit, "read_at": _iso(each.read_at)}
                for each in StatusList.objects.filter(read_at__isnull=False)
            ],
            "libraries": [_object(each) for each in rows],
        }
    )


def _for_many(closure: Closure) -> dict[str, Any]:
    """What stops today at all libraries, or at all of a state: a holiday, a situation."""
    return {
        "what": closure.effect,
        "state": closure.state or None,
        "since": _iso(closure.first_day),
        "until": None if closure.open_ended else _iso(closure.last_day),
        "reason": closure.reason,
    }


def _object(each: Known) -> dict[str, Any]:
    stands = each.standing
    return {
        "code": each.code,
        "name": each.name,
        "town": each.town,
        "state": each.state,
        "oclc_symbol": each.symbol or None,
        "member": not each.outside,
        **{
            service.value: {
                "value": answer.value,
                "since": _iso(answer.since) or None,
                "until": _iso(answer.until) or None,
                "reason": answer.reason,
            }
            for service, answer in stands.answers.items()
        },
        "last_said_at": _iso(stands.as_of) or None,
        "confirmed": stands.confirmed,
        "source": each.source or None,
        "note": each.note,
    }


@require_safe
def as_atom(request: HttpRequest) -> HttpResponse:
    """What was said last, the newest first."""
    here = settings.SITE_URL.rstrip("/")
    feed = Feed(
        title=_("Status of libraries"),
        link=f"{here}{reverse('status')}",
        description=_("What libraries say of lending, returns and deliveries"),
        feed_url=f"{here}{reverse('status-atom')}",
    )
    lately = (
        Statement.objects.taken()
        .filter(library__active=True)
        .select_related("library")
        .order_by("-heard_at", "-pk")
    )
    for each in lately[:NEWS]:
        assert each.library is not None  # the filter looked
        address = f"{here}{reverse('status-of', args=[each.library.code])}"
        feed.add_item(
            title=f"{each.library.name}, {each.library.town}: {status.sentence(each)}",
            link=f"{address}#said-{each.pk}",
            description=each.note,
            pubdate=each.moment,
            updateddate=each.heard_at,
            unique_id=f"{address}#said-{each.pk}",
            author_name=str(Source(each.source).label),
        )
    answer = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml")
    return _public(answer)


def _public(answer: HttpResponse) -> HttpResponse:
    patch_cache_control(answer, public=True, max_age=AT_HAND)
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


# One library


class TellForm(status.SayForm):
    """What anybody else knows of a library, and who they are."""

    name = forms.CharField(label=gettext_lazy("Your name and library"), max_length=120)
    contact = forms.CharField(
        label=gettext_lazy("E-mail or telephone, only for the center"), max_length=120
    )


@require_http_methods(["GET", "HEAD", "POST"])
def of_library(request: HttpRequest, code: str) -> HttpResponse:
    """How it stands, what was said of it since when, and a form for whoever knows better."""
    library = get_object_or_404(Library, code=code)
    stop = Stop.objects.filter(library=library, active=True).exists()
    form = TellForm(request.POST if request.method == "POST" else None, stop=stop)
    answered = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        if ratelimit.consume(request, app="postroad", action="status", config=OFTEN):
            return _told(request, library, form)
        sentence = _(
            "That was a lot in one hour. Nothing was lost: send it again later, or call us."
        )
        messages.warning(request, sentence)
        answered = 429
    now = timezone.now()
    today = library.day_of(now)
    here = known.one(library, now)
    history = Statement.objects.filter(library=library).exclude(verdict=Verdict.WAITS)
    seen = evidence.standing(library, today)
    return render(
        request,
        "public/status_of.html",
        {
            "library": library,
            "known": here,
            "lines": status.lines(here, stop=stop),
            "history": status.entries(list(history.newest_first()[:NEWS]), now),
            "evidence": seen,
            "runs_out": evidence.runs_out(seen) if seen else None,
            "form": form,
        },
        status=answered,
    )


def _told(request: HttpRequest, library: Library, form: TellForm) -> HttpResponse:
    facts = form.cleaned_data
    status.say(
        library,
        form.words(),
        request.POST,
        source=Source.ANYONE,
        said_by=facts["name"],
        contact=facts["contact"],
    )
    messages.success(request, _("Thank you. The center reads it before it counts."))
    return redirect("status-of", library.code)
