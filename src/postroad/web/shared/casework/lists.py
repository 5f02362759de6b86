"""What waits for whom: one list, narrowed by a filter in the address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.accounts.models import Role
from postroad.cases import access
from postroad.cases.lifecycle import OPEN, WAITING, Side, State
from postroad.cases.models import Case, Seen
from postroad.web.shared import talk
from postroad.web.shared.casework.room import Context, Room
from postroad.web.shared.paging import page_of
from postroad.web.shared.pieces import Choice

A_PAGE = 25
TO_ANSWER = "waiting"


@dataclass(frozen=True, slots=True)
class Show:
    """What a filter shows: of the cases that lie here to be answered, or that were asked here."""

    label: Promise
    which: Callable[[Room, datetime], Q]
    asked: bool = False
    counted: bool = True


def _waiting(room: Room, now: datetime) -> Q:
    return Q(state__in=WAITING)


SHOWS: Mapping[str, Show] = {
    TO_ANSWER: Show(gettext_lazy("To answer"), _waiting),
    "mine": Show(
        gettext_lazy("Mine"), lambda room, now: Q(state__in=WAITING, assigned=room.user.pk)
    ),
    "nobodys": Show(
        gettext_lazy("Nobody’s"), lambda room, now: Q(state__in=WAITING, assigned=None)
    ),
    "overdue": Show(
        gettext_lazy("Overdue"),
        lambda room, now: Q(state__in=WAITING) & (Q(reminders__gt=0) | Q(due_at__lt=now)),
    ),
    "theirs": Show(gettext_lazy("Waiting for the asker"), lambda room, now: Q(state=State.THEIRS)),
    "put-off": Show(gettext_lazy("Put off"), lambda room, now: Q(state=State.PUT_OFF)),
    "asked": Show(gettext_lazy("We asked"), lambda room, now: Q(state__in=OPEN), asked=True),
    "closed": Show(gettext_lazy("Closed"), lambda room, now: Q(state=State.CLOSED), counted=False),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A case in the list."""

    case: Case
    address: str
    who: str
    stands: str
    late: bool
    unread: bool


def of_messages(room: Room) -> Context:
    """The list of what two parties write about a request, and how much of it is new."""
    if room.library is None and Role.CENTRE not in room.seat.offices:
        return {}
    seat = room.seat if room.library is not None else talk.at_the_centre()
    return {"messages_at": room.url("messages"), "messages_unread": talk.unread(seat)}


def context(request: HttpRequest, room: Room, now: datetime) -> Context:
    show = request.GET.get("show", "")
    show = show if show in SHOWS else TO_ANSWER
    counts = counted(room, now)
    read = Seen.objects.filter(
        thread=OuterRef("thread"), user=room.user.pk, at__gte=OuterRef("heard_at")
    )
    order: list[Any] = (
        [F("closed_at").desc(), "-pk"] if show == "closed" else [F("due_at").asc(), "pk"]
    )
    listed = (
        Case.objects.filter(lie_here(room, SHOWS[show]), SHOWS[show].which(room, now))
        .shown()
        .annotate(was_read=Exists(read))
        .order_by(*order)
    )
    page = page_of(request, listed, A_PAGE, count=counts.get(show))
    return {
        "room": room,
        "show": show,
        "label": SHOWS[show].label,
        "choices": [
            Choice(str(each.label), f"?show={name}", counts.get(name), chosen=name == show)
            for name, each in SHOWS.items()
        ],
        "page": page,
        "rows": [row(case, room, now) for case in page.object_list],
        "new": room.url("case-new"),
        "canned": room.url("cases-canned"),
        **of_messages(room),
        "topics": reverse("office-contact") if room.name == "office" else "",
    }


def lie_here(room: Room, show: Show) -> Q:
    """Those to answer, those asked, or of the closed both."""
    if not show.counted:
        return access.seen_by(room.seat)
    return access.asked_by(room.seat) if show.asked else access.answered_by(room.seat)


def counted(room: Room, now: datetime) -> dict[str, int]:
    """How many stand in each filter, in one statement that reads the open cases of this room."""
    filters = {
        name: Count("pk", filter=lie_here(room, show) & show.which(room, now))
        for name, show in SHOWS.items()
        if show.counted
    }
    mine = Case.objects.open().filter(access.seen_by(room.seat))
    counts: dict[str, int] = mine.aggregate(**filters)
    return counts


def to_answer(room: Room) -> int:
    return Case.objects.waiting().filter(access.answered_by(room.seat)).count()


def row(case: Case, room: Room, now: datetime) -> Row:
    asked_here = Side.ANSWERER not in access.sides(room.seat, case.thread)
    return Row(
        case=case,
        address=room.url("case", case.number),
        who=case.answerer if asked_here else case.asker,
        stands=words.cases.standing(case.state, to_asker=asked_here),
        late=case.state in WAITING and bool(case.reminders or (case.due_at and case.due_at < now)),
        unread=not getattr(case, "was_read", True) and case.is_open,
    )
