"""Questions between a library and others: /staff/questions/, and one of them: …/KEY/.

The center and the delivery office have theirs here too, since a question is one page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad.accounts import roles
from postroad.accounts.models import BORROWING, LENDING, Role
from postroad.ill import access, parties
from postroad.ill.access import NoSuchRequest, Sight
from postroad.ill.lifecycle import Owner
from postroad.ill.models import Question, QuestionQuerySet
from postroad.ill.models.question import asked_at
from postroad.ill.parties import NoSuchQuestion, Seat
from postroad.web.shared import gates, questions
from postroad.web.shared.gates import STAFF, Desk, SignedIn, needs
from postroad.web.shared.paging import page_of
from postroad.web.shared.pieces import Choice
from postroad.web.shared.questions import Room
from postroad.web.staff.counter import frame

A_PAGE = 50
ROOM = Room(
    "staff-question", "staff-question-withdraw", "staff-question-ask", "staff-request", frame
)
READERS = (*STAFF, Role.CENTRE, Role.DELIVERY)
TO_ANSWER, ASKED = "to-answer", "asked"
SHOWS: dict[str, Promise] = {TO_ANSWER: _("To answer"), ASKED: _("Asked by us")}
EMPTY: dict[str, tuple[Promise, Promise]] = {
    TO_ANSWER: (
        _("Nobody is waiting for your answer."),
        _("What another library or a patron asks about a loan comes here."),
    ),
    ASKED: (
        _("You are not waiting for any answer."),
        _("What you ask about a loan is listed here until it is answered."),
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A question in the list."""

    question: Question
    line: questions.Line
    asked_by: str


@require_safe
@needs(*READERS)
def listed(request: SignedIn) -> HttpResponse:
    """What waits for this desk or office, and what it waits for."""
    show = request.GET.get("show", "")
    show = show if show in SHOWS else TO_ANSWER
    found = {name: waits(request, name) for name in SHOWS}
    counts = {name: rows.count() for name, rows in found.items()}
    order = found[show].shown().order_by("due_at", "pk")
    part = page_of(request, order, A_PAGE, count=counts[show])
    says, follows = EMPTY[show]
    return render(
        request,
        "staff/questions.html",
        {
            **frame(request),
            "label": SHOWS[show],
            "choices": [
                Choice(str(label), f"?show={name}", counts[name], name == show)
                for name, label in SHOWS.items()
            ],
            "page": part,
            "rows": rows(list(part.object_list), timezone.now()),
            "says": says,
            "follows": follows,
        },
    )


def waits(request: SignedIn, show: str) -> QuestionQuerySet:
    """The open questions of this list, at the desk chosen just now or in the office."""
    rows = Question.objects.open()
    if gates.desks(request.user):
        desk = gates.desk(request)
        return rows.filter(to_answer(desk) if show == TO_ANSWER else asked_at(desk.library))
    mine = [role for role in (Role.CENTRE, Role.DELIVERY) if roles.has(request.user, role)]
    sides = [Owner(role) for role in mine]
    return rows.filter(**{"owner__in" if show == TO_ANSWER else "side__in": sides})


def to_answer(desk: Desk) -> Q:
    """What waits for the answer of this desk."""
    work = {Owner.BORROWING: BORROWING, Owner.LENDING: LENDING}
    sides = [side for side, roles in work.items() if not desk.roles.isdisjoint(roles)]
    return Q(library=desk.library, owner__in=sides)


def counted(desk: Desk) -> dict[str, int]:
    """How many questions wait for the desk, and for how many answers it waits: one statement."""
    mine = {"questions": to_answer(desk), "asked": asked_at(desk.library)}
    counts = {name: Count("pk", filter=which) for name, which in mine.items()}
    found: dict[str, int] = Question.objects.open().aggregate(**counts)
    return found


def rows(listed: Sequence[Question], now: datetime) -> list[Row]:
    return [
        Row(each, questions.line(ROOM, each, now), questions.side_name(each.side, each))
        for each in listed
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*READERS, or_center=True)
def question(request: SignedIn, question: int) -> HttpResponse:
    shown, seat = at_work(request, question)
    if request.method == "POST":
        return questions.answered(request, ROOM, shown, seat)
    return questions.page(request, ROOM, shown, seat)


@require_POST
@needs(*READERS, or_center=True)
def withdraw(request: SignedIn, question: int) -> HttpResponse:
    return questions.withdrawn(request, ROOM, *at_work(request, question))


def at_work(request: SignedIn, key: int) -> tuple[Question, Seat]:
    """A question that this person may read at her work; her own requests have another page."""
    shown, seat = parties.question_for(request.user, key)
    seat = seat.at_work
    if not seat.may_read(shown):
        raise NoSuchQuestion
    return shown, seat


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*STAFF, Role.CENTRE, or_center=True)
def ask(request: SignedIn, ref: str, kind: str) -> HttpResponse:
    ill, sight = access.request_for(request.user, ref)
    if sight == Sight.PATRON:
        raise NoSuchRequest(ref=ref)
    return questions.ask(request, ROOM, ill, kind)
