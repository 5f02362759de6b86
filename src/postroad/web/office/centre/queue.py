"""The center's desk: all that is open, with whose turn it is and since when. /office/centre/."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict, TypeVar

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from postroad import words
from postroad.accounts import absence
from postroad.accounts.models import Role, User
from postroad.catalogue import citation
from postroad.ill import waiting, worklist
from postroad.ill.lifecycle import Owner, State
from postroad.ill.models import Event, Request
from postroad.ill.worklist import Filter
from postroad.reference_numbers import grouped
from postroad.web.office.centre import lists
from postroad.web.office.centre.lists import FilterForm, View
from postroad.web.shared import csv_files
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.paging import page_of
from postroad.web.shared.pieces import Choice
from postroad.web.shared.why import nobody
from postroad.web.templatetags.postroad import ago, short_day

Of = TypeVar("Of")

A_PAGE = 50
FEW = 500  # keys that a statement names
COLUMNS = (*csv_files.LOANS, *csv_files.CENTER)
EMPTY: Mapping[str, tuple[Promise, Promise]] = {
    "queue": (
        gettext_lazy("There is nothing to look for."),
        gettext_lazy("Requests that no member library can supply come here automatically."),
    ),
    "mine": (
        gettext_lazy("You look after nothing right now."),
        gettext_lazy("Press “Take” beside a request, here or on its page."),
    ),
    "late": (
        gettext_lazy("Nothing is late."),
        gettext_lazy("A request is late when whoever is to act has let the time pass."),
    ),
}
HEADINGS = {  # of the cells on a narrow screen, and what each row says
    "for": gettext_lazy("For"),
    "turn": gettext_lazy("Turn"),
    "needed": gettext_lazy("Needed by"),
    "manager": gettext_lazy("With"),
    "question": gettext_lazy("open question"),
    "take": gettext_lazy("Take"),
}
BUTTONS: Mapping[State, Promise] = {
    State.CENTRE: gettext_lazy("Look for it"),
    State.REFERRED: gettext_lazy("Enter the answer"),
    State.HOMEWARD: gettext_lazy("It is home"),
}


class Row(TypedDict):
    """A request in the queue. A template asks by item first, so fifty rows are items."""

    ref: str
    address: str
    number: str
    title: str
    author: str
    town: str
    stands: str
    asked: bool  # a question about it is open
    day: str  # on which it should arrive, or is due
    lender: str
    turn: str  # whose it is
    since: str
    until: str
    late: bool
    needed: str
    manager: str
    away: str  # until when whoever looks after it is
    button: str


READ = (  # of the 190 columns of a request and its parts: what a row says is made of these
    *("ref", "state", "owner", "title", "author", "need_by", "turn_since", "turn_until"),
    *("retry_on", "open_questions", "library__name", "library__town", "managed_by__username"),
    *("managed_by__first_name", "managed_by__last_name", "managed_by__away_until"),
    *("current__ending", "current__reason", "current__expected_on", "current__request"),
    *("current__lender__name", "current__lender__membership", "current_loan__request"),
    *("current_loan__supply", "current_loan__due_back", "current_loan__parcel_out__expected_on"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """The list that the address asks for."""

    query: QueryDict  # its filters
    view: View | None  # whose filters these are
    form: FilterForm
    filter: Filter | None  # None: a filter that means nothing

    @property
    def label(self) -> str:
        return self.view.label if self.view else _("Filtered")


@needs(Role.CENTRE)
@never_cache
@require_safe
def queue(request: SignedIn) -> HttpResponse:
    now, known = timezone.now(), lists.views(request.user)
    people = absence.people(Role.CENTRE)
    shown = chosen(request, known, people)
    if csv_files.wanted(request):
        every = worklist.listed(shown.filter, now) if shown.filter else Request.objects.none()
        found = every.shown().select_related("managed_by").order_by(*lists.order_of(shown.query))
        return csv_files.answer(request, "center", COLUMNS, found)
    counts = counted(request.user, known, shown, now)
    listed = keys(shown, now)
    page = page_of(request, listed.rows, A_PAGE, count=counts.get("", listed.number))
    return render(
        request,
        "office/centre/queue.html",
        {
            "shown": shown,
            "show": shown.view.name if shown.view else "",
            "choices": choices(known, shown, counts),
            "filters": shown.query.urlencode(),
            "page": page,
            "download": csv_files.offered(request, COLUMNS),
            "rows": rows([each.pk for each in page], now),
            "words": {name: str(said) for name, said in HEADINGS.items()},
            "empty": EMPTY.get(shown.view.name if shown.view else ""),
            "counts": {"office-centre": counts[lists.QUEUE]},
            "away": request.user.is_away(timezone.localdate(now)),
        },
    )


def chosen(request: SignedIn, known: Sequence[View], people: Sequence[User]) -> Shown:
    """The filters that were typed, or those of the view that is named; without either the first."""
    query = lists.typed(request.GET)
    name = request.GET.get("show", "")
    view = next((each for each in known if each.name == name), None)
    if view is None and not {*query} - {"sort"} and "filtered" not in request.GET:
        view = known[0]
    if view is not None:
        kept = QueryDict(view.query, mutable=True)
        if "sort" in query:
            kept["sort"] = query.get("sort", "")
        query = kept
    form = FilterForm(query, people, request.user)
    if not form.is_valid():
        return Shown(query, view, form, None)
    library = form.cleaned_data["library"]
    libraries = {query.get("library", ""): library.pk} if library else {}
    return Shown(query, view, form, lists.filter_of(query, request.user, libraries))


def counted(user: User, known: Sequence[View], shown: Shown, now: datetime) -> dict[str, int]:
    """How many each view shows, and the list itself under no name, unless it is of a text: one
    grouped statement."""
    queries = [QueryDict(view.query) for view in known]
    libraries = lists.codes(queries)
    filters = [lists.filter_of(query, user, libraries) for query in queries]
    names = [view.name for view in known]
    if shown.filter is not None and not shown.filter.text:
        filters.append(shown.filter)
        names.append("")
    return dict(zip(names, worklist.counted(filters, now), strict=True))


def choices(known: Sequence[View], shown: Shown, counts: Mapping[str, int]) -> list[Choice]:
    return [
        Choice(view.label, f"?show={view.name}", counts[view.name], chosen=view == shown.view)
        for view in known
    ]


@dataclass(frozen=True, slots=True)
class Keys:
    """Those of a list, in its order: an index alone tells those of a page."""

    rows: QuerySet[Request]
    number: int = 0  # of what is looked for by a text; `counted` says how long the others are


def keys(shown: Shown, now: datetime) -> Keys:
    """No index knows a text, so it is looked for in all that is open: once, for count and page, as
    long as few have it. What many have fills a page soon."""
    if shown.filter is None:
        return Keys(Request.objects.none())
    found, count = worklist.listed(shown.filter, now), 0
    if shown.filter.text:
        these = list(found.order_by().values_list("pk", flat=True))
        count = len(these)
        if count <= FEW:
            found = Request.objects.filter(pk__in=these)
    return Keys(found.order_by(*lists.order_of(shown.query)).only("pk"), count)


def rows(pks: Sequence[int], now: datetime) -> list[Row]:
    found = (
        Request.objects.filter(pk__in=pks)
        .only(*READ)
        .select_related("library", "current__lender", "current_loan__parcel_out", "managed_by")
    )
    by_key = {ill.pk: ill for ill in found}
    ills = [by_key[pk] for pk in pks if pk in by_key]
    kept = rotas([ill.pk for ill in ills if ill.state == State.CENTRE])
    said = Said(timezone.localdate(now))
    return [row(ill, kept.get(ill.pk, {}), now, said) for ill in ills]


class Once(dict[Of, str]):
    """Words that are made once for each thing that they are of."""

    def __init__(self, make: Callable[[Of], str]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, of: Of) -> str:
        self[of] = made = self.make(of)
        return made


class Said:
    """What fifty rows say again and again, each made once a page."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.open, self.no_date = _("Open"), _("no date given")
        self.day = Once[date](short_day)
        self.since = Once(self.since_day)
        self.until = Once[date](lambda day: _("until %(day)s") % {"day": self.day[day]})
        self.late = Once[date](lambda day: _("late: it was until %(day)s") % {"day": self.day[day]})
        self.due = Once[date](lambda day: _("due on %(day)s") % {"day": self.day[day]})
        self.comes = Once[date](lambda day: _("should arrive on %(day)s") % {"day": self.day[day]})
        self.stands = Once[str](words.ill.it_stands)
        self.turn = Once[str](lambda owner: words.label(words.ill.TURNS, owner))
        self.button = Once[State](lambda state: str(BUTTONS.get(state, self.open)))

    def since_day(self, day: date) -> str:
        return _("since %(day)s (%(ago)s)") % {"day": self.day[day], "ago": ago(day)}


def row(ill: Any, rota: Mapping[str, Any], now: datetime, said: Said) -> Row:
    state, manager, late = State(ill.state), ill.managed_by, ill.is_late(now)
    ours = state == State.CENTRE or waiting.is_from_outside(ill)
    return Row(
        ref=ill.ref,
        address=reverse("office-centre-request", args=[ill.ref]),
        number=grouped(ill.ref),
        title=citation.short_title(ill.title),
        author=citation.person(ill.author),
        town=ill.library.town,
        stands=stands(ill, rota, said),
        asked=bool(ill.open_questions),
        lender=ill.current.lender_name if ill.current and state != State.CENTRE else "",
        turn=turn(ill, said),
        day=expected(ill, said),
        since=said.since[timezone.localdate(ill.turn_since)] if ill.turn_since else "",
        until=until(ill, said, late=late),
        late=late,
        needed=said.day[ill.need_by] if ill.need_by else said.no_date,
        manager=str(manager) if manager else "",
        away=away_until(manager, said.today),
        button=said.button[state] if ours else said.open,
    )


def stands(ill: Request, rota: Mapping[str, Any], said: Said) -> str:
    """Why it is here, or where it stands."""
    if ill.state == State.CENTRE:
        return nobody(rota)
    if ill.state == State.WAITING:
        return words.ill.waits(ill)
    return said.stands[ill.state]


def expected(ill: Any, said: Said) -> str:
    """When what is on its way should arrive, and what is lent is due."""
    loan = ill.loan if ill.state in (State.SHIPPED, State.LENT) else None
    if loan is None:
        return ""
    if ill.state == State.SHIPPED:
        return said.comes[loan.arrives_on] if loan.arrives_on else ""
    return said.due[loan.due_back] if loan.due_back else ""


def until(ill: Any, said: Said, *, late: bool) -> str:
    if ill.owner == Owner.MACHINE or ill.turn_until is None:
        return ""
    return (said.late if late else said.until)[timezone.localdate(ill.turn_until)]


def away_until(manager: User | None, today: date) -> str:
    if manager is None or not manager.is_away(today):
        return ""
    return _("away through %(day)s") % {"day": short_day(manager.away_until)}


def turn(ill: Any, said: Said) -> str:
    """Who is to act, by name where it is a library."""
    if ill.owner == Owner.BORROWING:
        return str(ill.library.name)
    if ill.owner == Owner.LENDING and ill.current:
        return str(ill.current.lender.name)
    return said.turn[ill.owner]


def rotas(requests: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The ranking that led each of these requests here, the last one of each. One query."""
    if not requests:
        return {}
    led = Event.objects.filter(request__in=requests, verb="escalate").order_by("at", "pk")
    return {pk: facts.get("rota", {}) for pk, facts in led.values_list("request_id", "facts")}
