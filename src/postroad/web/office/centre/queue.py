"""What waits for the centre, and what was asked for outside. /office/centre/."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from postroad import words
from postroad.accounts.models import Role
from postroad.catalogue import citation
from postroad.ill import waiting
from postroad.ill.lifecycle import OPEN, State
from postroad.ill.models import Event, Request
from postroad.ill.waiting import Centre
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.paging import page_of
from postroad.web.shared.pieces import Choice
from postroad.web.shared.why import nobody

A_PAGE = 25

# What a filter shows. The first is what the centre's day begins with.
SHOWS: Mapping[str, Promise] = {
    Centre.QUEUE: gettext_lazy("To look for"),
    Centre.WAITING: gettext_lazy("Waiting for a member"),
    Centre.ASKED: gettext_lazy("Asked elsewhere"),
    Centre.COMING: gettext_lazy("On its way here"),
    Centre.HERE: gettext_lazy("With our libraries"),
    Centre.HOMEWARD: gettext_lazy("On its way home"),
    Centre.LATE: gettext_lazy("Late"),
}

# In which order a list may stand. A day that nobody named comes after those that somebody did.
NEEDED, WAITING_LONGEST = F("need_by").asc(nulls_last=True), F("asked_at").asc()
SORTS: Mapping[str, tuple[Promise, tuple[Any, ...]]] = {
    "needed": (gettext_lazy("Needed soonest"), (NEEDED, WAITING_LONGEST, "pk")),
    "asked": (gettext_lazy("Waiting longest"), (WAITING_LONGEST, "pk")),
    "title": (gettext_lazy("By title"), ("title", "pk")),
}

EXPECTED: Mapping[State, Promise] = {
    State.CENTRE: gettext_lazy("Look for it elsewhere, or close the request"),
    State.REFERRED: gettext_lazy("Enter what the lender answers"),
    State.SHIPPED: gettext_lazy("Follow up if it does not come"),
    State.HOMEWARD: gettext_lazy("Record when the lender has it back"),
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
    title: str
    author: str
    stands: str
    lender: str
    expected: str
    button: str
    late: bool


@needs(Role.CENTRE)
@never_cache
@require_safe
def queue(request: SignedIn) -> HttpResponse:
    show, sort = Centre(chosen(request, "show", SHOWS)), chosen(request, "sort", SORTS)
    counts = counted()
    listed = Request.objects.filter(waiting.CENTRE[show]).shown().order_by(*SORTS[sort][1])
    page = page_of(request, listed, A_PAGE, count=counts[show])
    return render(
        request,
        "office/centre/queue.html",
        {
            "show": show,
            "label": SHOWS[show],
            "choices": [
                Choice(str(label), f"?show={name}&sort={sort}", counts[name], chosen=name == show)
                for name, label in SHOWS.items()
            ],
            "sorts": [
                Choice(str(label), f"?show={show}&sort={name}", chosen=name == sort)
                for name, (label, _order) in SORTS.items()
            ],
            "page": page,
            "rows": rows(list(page.object_list)),
            "counts": {"office-centre": counts[Centre.QUEUE]},
        },
    )


def chosen(request: SignedIn, name: str, among: Mapping[str, object]) -> str:
    """What the address chooses of these; else the first of them."""
    asked = request.GET.get(name, "")
    return asked if asked in among else next(iter(among))


def counted() -> dict[str, int]:
    """How many stand in each filter: one statement, which reads the open requests once."""
    filters = {name.value: Count("pk", filter=which) for name, which in waiting.CENTRE.items()}
    counts: dict[str, int] = Request.objects.filter(state__in=OPEN).aggregate(**filters)
    return counts


def rows(ills: Sequence[Any]) -> list[Row]:
    kept = rotas([ill.pk for ill in ills if ill.state == State.CENTRE])
    return [row(ill, kept.get(ill.pk, {})) for ill in ills]


def row(ill: Any, rota: Mapping[str, Any]) -> Row:
    state = State(ill.state)
    outside = waiting.is_from_outside(ill)
    return Row(
        ill=ill,
        title=citation.short_title(ill.title),
        author=citation.person(ill.author),
        stands=stands(ill, rota),
        lender=ill.current.lender_name if ill.current and state != State.CENTRE else "",
        expected=str(EXPECTED.get(state, "")) if outside or state == State.CENTRE else "",
        button=str(BUTTONS.get(state, _("Open")))
        if outside or state == State.CENTRE
        else _("Open"),
        late=waiting.has_rung(ill),
    )


def stands(ill: Request, rota: Mapping[str, Any]) -> str:
    """Why it is here, or where it stands."""
    if ill.state == State.CENTRE:
        return nobody(rota)
    if ill.state == State.WAITING:
        return words.ill.waits(ill)
    return words.ill.it_stands(ill.state)


def rotas(requests: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The ranking that led each of these requests here, the last one of each. One query."""
    led = Event.objects.filter(request__in=requests, verb="escalate").order_by("at", "pk")
    return {pk: facts.get("rota", {}) for pk, facts in led.values_list("request_id", "facts")}
