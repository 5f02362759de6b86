"""What waits for the centre, and what was asked for outside. /office/centre/."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from postroad.accounts.models import Role
from postroad.catalogue import citation
from postroad.ill.lifecycle import OPEN, State
from postroad.ill.models import Event, Request
from postroad.web import words
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.pieces import Choice

A_PAGE = 25
OUTSIDE = Q(current__isnull=False, current__lender=None)
TO_LOOK_FOR = "queue"

# What a filter shows. The first is what the centre's day begins with.
SHOWS: Mapping[str, tuple[Promise, Q]] = {
    TO_LOOK_FOR: (gettext_lazy("To look for"), Q(state=State.CENTRE)),
    "asked": (gettext_lazy("Asked outside"), OUTSIDE & Q(state=State.REFERRED)),
    "coming": (gettext_lazy("On its way here"), OUTSIDE & Q(state=State.SHIPPED)),
    "here": (
        gettext_lazy("With our libraries"),
        OUTSIDE & Q(state__in=[State.ARRIVED, State.LENT, State.BACK]),
    ),
    "homeward": (gettext_lazy("On its way home"), OUTSIDE & Q(state=State.HOMEWARD)),
    "late": (
        gettext_lazy("Late"),
        Q(rung=True, state__in=OPEN)  # which an index finds, however many are closed
        & (OUTSIDE | Q(state__in=[State.CENTRE, State.SHIPPED, State.HOMEWARD])),
    ),
}

EXPECTED: Mapping[State, Promise] = {
    State.CENTRE: gettext_lazy("Look for it elsewhere, or say that it cannot be had"),
    State.REFERRED: gettext_lazy("Enter what the lender answers"),
    State.SHIPPED: gettext_lazy("Ask after it if it does not come"),
    State.HOMEWARD: gettext_lazy("Enter when the lender has it back"),
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
    expected: str
    button: str
    late: bool


@needs(Role.CENTRE)
@never_cache
@require_safe
def queue(request: SignedIn) -> HttpResponse:
    show = request.GET.get("show", TO_LOOK_FOR)
    show = show if show in SHOWS else TO_LOOK_FOR
    counts = {name: listed(name).count() for name in SHOWS}
    page = Paginator(listed(show).shown().order_by("due_at", "pk"), A_PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "office/centre/queue.html",
        {
            "show": show,
            "label": SHOWS[show][0],
            "choices": [
                Choice(str(label), f"?show={name}", counts[name], chosen=name == show)
                for name, (label, _which) in SHOWS.items()
            ],
            "page": page,
            "rows": rows(list(page.object_list)),
            "counts": {"office-centre": counts[TO_LOOK_FOR]},
        },
    )


def listed(show: str) -> Any:
    """The requests of a filter; `rung` tells those whose clock rang where they stand now."""
    reminders = Event.objects.filter(
        request=OuterRef("pk"), verb__in=["nudge", "nudge_lender"], after=OuterRef("state")
    )
    return Request.objects.annotate(rung=Exists(reminders)).filter(SHOWS[show][1])


def rows(ills: Sequence[Any]) -> list[Row]:
    kept = rotas([ill.pk for ill in ills if ill.state == State.CENTRE])
    return [row(ill, kept.get(ill.pk, {})) for ill in ills]


def row(ill: Any, rota: Mapping[str, Any]) -> Row:
    state = State(ill.state)
    outside = ill.current is not None and ill.current.is_outside
    return Row(
        ill=ill,
        title=citation.short_title(ill.title),
        author=citation.person(ill.author),
        stands=stands(ill, rota),
        expected=str(EXPECTED.get(state, "")) if outside or state == State.CENTRE else "",
        button=str(BUTTONS.get(state, _("Open")))
        if outside or state == State.CENTRE
        else _("Open"),
        late=ill.rung,
    )


def stands(ill: Request, rota: Mapping[str, Any]) -> str:
    """Why it is here, or where it stands with its lender."""
    if ill.state == State.CENTRE:
        return nobody(sum(map(len, rota.get("passed_over", {}).values())), ill.attempts)
    where = words.label(words.STATES, ill.state)
    lender = ill.current.lender_name if ill.current else ""
    return f"{lender}: {where}" if lender else where


def nobody(owners: int, attempts: int) -> str:
    """Why no member could supply it, in short."""
    own = (
        ngettext(
            "%(n)s member library owns it and could not be asked.",
            "%(n)s member libraries own it and could not be asked.",
            owners,
        )
        % {"n": owners}
        if owners
        else _("No member library owns it.")
    )
    if not attempts:
        return own
    asked = ngettext("%(n)s attempt before.", "%(n)s attempts before.", attempts)
    return f"{own} {asked % {'n': attempts}}"


def rotas(requests: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The ranking that led each of these requests here, the last one of each. One query."""
    led = Event.objects.filter(request__in=requests, verb="escalate").order_by("at", "pk")
    return {pk: facts.get("rota", {}) for pk, facts in led.values_list("request_id", "facts")}
