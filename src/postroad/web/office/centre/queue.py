"""The center's desk: all that is open, with whose turn it is and since when. /office/centre/."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

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

A_PAGE = 50
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


@dataclass(frozen=True, slots=True)
class Row:
    """A request in the queue."""

    ill: Request
    address: str
    number: str
    title: str
    author: str
    stands: str
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
    page = page_of(request, keys(shown, now), A_PAGE, count=counts[""])
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
    """How many each view shows, and the list itself under no name: one grouped statement."""
    queries = [QueryDict(view.query) for view in known]
    libraries = lists.codes(queries)
    filters = [lists.filter_of(query, user, libraries) for query in queries]
    if shown.filter is not None:
        filters.append(shown.filter)
    found = worklist.counted(filters, now)
    counts = dict(zip((view.name for view in known), found, strict=False))
    return {**counts, "": found[-1] if shown.filter is not None else 0}


def choices(known: Sequence[View], shown: Shown, counts: Mapping[str, int]) -> list[Choice]:
    return [
        Choice(view.label, f"?show={view.name}", counts[view.name], chosen=view == shown.view)
        for view in known
    ]


def keys(shown: Shown, now: datetime) -> QuerySet[Request]:
    """The keys of a list, in its order: an index alone tells those of a page."""
    if shown.filter is None:
        return Request.objects.none()
    found = worklist.listed(shown.filter, now)
    return found.order_by(*lists.order_of(shown.query)).only("pk")


def rows(pks: Sequence[int], now: datetime) -> list[Row]:
    found = Request.objects.filter(pk__in=pks).select_related(
        "library", "current__lender", "current_loan__parcel_out", "managed_by"
    )
    by_key = {ill.pk: ill for ill in found}
    ills = [by_key[pk] for pk in pks if pk in by_key]
    kept = rotas([ill.pk for ill in ills if ill.state == State.CENTRE])
    said = Days()
    return [row(ill, kept.get(ill.pk, {}), now, said) for ill in ills]


class Days(dict[date, str]):
    """Days in words, each made once a page: fifty rows name the same few again and again."""

    def __missing__(self, day: date) -> str:
        self[day] = said = short_day(day)
        return said

    def of(self, moment: datetime) -> str:
        return self[timezone.localdate(moment)]


def row(ill: Any, rota: Mapping[str, Any], now: datetime, said: Days) -> Row:
    state, manager, late = State(ill.state), ill.managed_by, ill.is_late(now)
    ours = state == State.CENTRE or waiting.is_from_outside(ill)
    today = timezone.localdate(now)
    return Row(
        ill=ill,
        address=reverse("office-centre-request", args=[ill.ref]),
        number=grouped(ill.ref),
        title=citation.short_title(ill.title),
        author=citation.person(ill.author),
        stands=stands(ill, rota),
        lender=ill.current.lender_name if ill.current and state != State.CENTRE else "",
        turn=turn(ill),
        day=expected(ill, said),
        since=since(ill, said),
        until=until(ill, said, late=late),
        late=late,
        needed=said[ill.need_by] if ill.need_by else _("no date given"),
        manager=str(manager) if manager else "",
        away=away_until(manager, today),
        button=str(BUTTONS.get(state, _("Open"))) if ours else _("Open"),
    )


def stands(ill: Request, rota: Mapping[str, Any]) -> str:
    """Why it is here, or where it stands."""
    if ill.state == State.CENTRE:
        return nobody(rota)
    if ill.state == State.WAITING:
        return words.ill.waits(ill)
    return words.ill.it_stands(ill.state)


def expected(ill: Any, said: Days) -> str:
    """When what is on its way should arrive, and what is lent is due."""
    loan = ill.loan
    if ill.state == State.SHIPPED and loan is not None and loan.arrives_on:
        return _("should arrive on %(day)s") % {"day": said[loan.arrives_on]}
    if ill.state == State.LENT and loan is not None and loan.due_back:
        return _("due on %(day)s") % {"day": said[loan.due_back]}
    return ""


def since(ill: Any, said: Days) -> str:
    """Since when it is theirs; unknown of what was here before that was kept."""
    if ill.turn_since is None:
        return ""
    facts = {"day": said.of(ill.turn_since), "ago": ago(ill.turn_since)}
    return _("since %(day)s (%(ago)s)") % facts


def until(ill: Any, said: Days, *, late: bool) -> str:
    if ill.owner == Owner.MACHINE or ill.turn_until is None:
        return ""
    sentence = _("late: it was until %(day)s") if late else _("until %(day)s")
    return sentence % {"day": said.of(ill.turn_until)}


def away_until(manager: User | None, today: date) -> str:
    if manager is None or not manager.is_away(today):
        return ""
    return _("away through %(day)s") % {"day": short_day(manager.away_until)}


def turn(ill: Any) -> str:
    """Who is to act, by name where it is a library."""
    if ill.owner == Owner.BORROWING:
        return str(ill.library.name)
    if ill.owner == Owner.LENDING and ill.current:
        return str(ill.current.lender.name)
    return words.label(words.ill.TURNS, ill.owner)


def rotas(requests: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The ranking that led each of these requests here, the last one of each. One query."""
    if not requests:
        return {}
    led = Event.objects.filter(request__in=requests, verb="escalate").order_by("at", "pk")
    return {pk: facts.get("rota", {}) for pk, facts in led.values_list("request_id", "facts")}
