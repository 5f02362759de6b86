"""The one page of a question, of whatever kind: what is asked, whose turn it is, the answers.

The pages of staff and of the patron are the same but for their addresses (`Room`). Who may do what
is said by `ill.parties`; which words and fields a kind has stands in the tables below.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from postroad import words
from postroad.accounts.models import User
from postroad.errors import Refusal
from postroad.ill import parties, questions
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Owner, Verb
from postroad.ill.lifecycle.questions import Answer, QuestionKind
from postroad.ill.models import Event, Loan, Question, Request
from postroad.ill.parties import Openable, Seat
from postroad.ill.questions import Asking, QuestionOver
from postroad.reference_numbers import grouped
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn
from postroad.web.shared.question_fields import ANSWERED_WITH, ASKED_WITH, Fields, SayForm
from postroad.web.shared.things import THING


@dataclass(frozen=True, slots=True)
class Room:
    """The addresses of one audience, by name; those of a patron bear the request's number too."""

    question: str
    withdraw: str
    ask: str
    request: str
    frame: Callable[[SignedIn], Mapping[str, Any]] = lambda _request: {}  # what is around a page
    hers: bool = False

    def of(self, name: str, question: Question) -> str:
        key = [question.request.ref, question.pk] if self.hers else [question.pk]
        return reverse(name, args=key)

    def of_request(self, ill: Request) -> str:
        return reverse(self.request, args=[ill.ref])


@dataclass(frozen=True, slots=True)
class Option:
    """One answer: its button, with the fields that it needs."""

    answer: Answer
    label: str
    form: SayForm


@dataclass(frozen=True, slots=True)
class Line:
    """A question in a list."""

    question: Question
    label: str
    thing: str  # of several, which
    stands: str
    until: datetime | None
    late: bool
    address: str


@dataclass(frozen=True, slots=True)
class Held:
    """By whom a request is held before any library is asked, and what to look at."""

    line: Line
    who: str
    hers: bool


@dataclass(frozen=True, slots=True)
class Button:
    """A question that may be asked now."""

    label: str | Promise
    address: str


def lines(room: Room, asked: Sequence[Question], now: datetime) -> list[Line]:
    """As a request's page lists them."""
    return [line(room, each, now) for each in asked]


def line(room: Room, question: Question, now: datetime) -> Line:
    late = question.due_at is not None and question.due_at < now
    return Line(
        question=question,
        label=words.questions.kind(question.kind, hers=room.hers),
        thing=name_of(question.loan),
        stands=stands(question, hers=room.hers),
        until=question.due_at,
        late=late,
        address=room.of(room.question, question),
    )


def buttons(room: Room, ill: Request, may: Sequence[Openable]) -> list[Button]:
    """What may be asked now; of several things, of which one each button asks."""
    found = []
    things = {each.loan.pk for each in may if each.loan is not None}
    for each in may:
        label = words.label(words.questions.opens(each.side), each.kind)
        address = reverse(room.ask, args=[ill.ref, each.kind])
        if each.loan is not None and len(things) > 1:
            label = f"{label}: {name_of(each.loan)}"
            address = f"{address}?{THING}={each.loan.pk}"
        found.append(Button(label, address))
    return found


def of_request(
    room: Room, user: User, ill: Request, events: Iterable[Event], now: datetime
) -> dict[str, Any]:
    """What a request's page shows: its questions, and what may be asked now. Its history tells
    whether there ever was one to be looked up."""
    at = parties.sits(user, ill, hers=room.hers)
    ever = any(event.verb == Verb.ASK_QUESTION for event in events)
    asked = parties.readable(ill, at) if ever else []
    return {
        "held": held(room, asked, at, now),
        "questions": lines(room, asked, now),
        "may_ask": buttons(room, ill, list(parties.openable(ill, at, now, asked))),
    }


def held(room: Room, asked: Iterable[Question], at: parties.Sits, now: datetime) -> Held | None:
    """The hold that is open: colleagues read which of them it was, all others which desk."""
    for each in asked:
        if each.kind == QuestionKind.HOLD and each.is_open:
            who = named(each, at(each.supply)) or side_name(each.side, each, hers=room.hers)
            return Held(line(room, each, now), who, room.hers)
    return None


def name_of(loan: Loan | None) -> str:
    """By which one thing is told from another."""
    if loan is None:
        return ""
    volume = loan.label or (loan.item.volume if loan.item else "")
    known = (volume, grouped(loan.barcode) if loan.barcode else loan.call_number)
    return ", ".join(part for part in known if part)


def side_name(side: str, question: Question, *, hers: bool = False) -> str:
    """Who asks or answers, by the name of the library where there is one."""
    match side:
        case Owner.BORROWING:
            return question.request.library.name
        case Owner.LENDING if question.supply is not None:
            return question.supply.lender_name
        case Owner.PATRON if hers:
            return _("you")
    return words.label(words.ill.OWNERS, side)


def stands(question: Question, *, hers: bool) -> str:
    """Whose turn it is, or how it ended."""
    if question.is_open:
        return _("Waiting for %(who)s") % {"who": side_name(question.owner, question, hers=hers)}
    return words.questions.ended(question.answer)


def page(
    request: SignedIn,
    room: Room,
    question: Question,
    seat: Seat,
    *,
    tried: Option | None = None,
) -> HttpResponse:
    """The page of one question; with the answer that was `tried` and has to be mended."""
    options = [
        tried if tried and tried.answer == each else option(question, each, seat)
        for each in seat.answers(question)
    ]
    return render(
        request,
        "shared/question.html",
        {
            **room.frame(request),
            "question": question,
            "ill": question.request,
            "title": words.questions.kind(question.kind, hers=room.hers),
            "asks": words.questions.asks(question.kind, question.owner, hers=room.hers),
            "thing": name_of(question.loan),
            "asked_by": side_name(question.side, question, hers=room.hers),
            "named": named(question, seat),
            "stands": stands(question, hers=room.hers),
            "day_is": words.label(words.questions.DAYS, question.kind),
            "answered_with": answered_with(question),
            "options": options,
            "late": question.due_at is not None and question.due_at < timezone.now(),
            "withdraw": room.of(room.withdraw, question) if seat.withdrawing(question) else "",
            "back": room.of_request(question.request),
        },
        status=422 if tried else 200,
    )


def answered_with(question: Question) -> list[tuple[str, str]]:
    """What was said with its answer: until when it was renewed, why not, an amount."""
    at = question.answered_at
    if at is None or question.answer not in words.questions.ANSWERS:
        return []
    then = question.request.events.filter(at=at, loan=question.loan_id)
    both = then.filter(verb__in=(Verb.ANSWER, Verb.RENEW))
    said = {Verb(event.verb): event.facts for event in both.order_by("pk")}
    facts = {**said.get(Verb.ANSWER, {}), **said.get(Verb.RENEW, {})}
    return words.questions.answered_with(question.kind, facts)


def named(question: Question, seat: Seat) -> str:
    """The clerk who asked, for her colleagues alone."""
    own = question.side in seat.sides and question.side != Owner.PATRON
    return str(question.opened_by) if own and question.opened_by else ""


def option(question: Question, answer: Answer, seat: Seat, data: Any = None) -> Option:
    """Its button and its fields; an amount is its lender's to say."""
    kind, lends = QuestionKind(question.kind), seat.answering(question) != Owner.BORROWING
    fields = ANSWERED_WITH.get((kind, answer), Fields())
    if not lends:
        fields = replace(fields, cost=None)
    form = SayForm(fields, data, prefix=answer, day=question.day)
    return Option(answer, words.questions.answer(answer, lends=lends), form)


def answered(request: SignedIn, room: Room, question: Question, seat: Seat) -> HttpResponse:
    """An answer was pressed: it is done with what follows from it, or nothing is."""
    given = request.POST.get("answer", "")
    if given not in seat.answers(question):
        return over(request, room, question)
    tried = option(question, Answer(given), seat, request.POST)
    if not tried.form.is_valid():
        return page(request, room, question, seat, tried=tried)
    side = seat.answering(question)
    try:
        questions.answer(question, tried.answer, act(request, side), tried.form.said)
    except QuestionOver:
        return over(request, room, question)
    except Refusal as no:
        tried.form.add_error(None, words.refusal(no))
        question.refresh_from_db()
        return page(request, room, question, seat, tried=tried)
    said = [_("Answered: %(answer)s.") % {"answer": tried.label}]
    said += [f"{name}: {value}." for name, value in answered_with(question)]
    messages.success(request, " ".join(said))
    return redirect(room.of(room.question, question))


def withdrawn(request: SignedIn, room: Room, question: Question, seat: Seat) -> HttpResponse:
    """Whoever asked needs no answer any more."""
    side = seat.withdrawing(question)
    if side is None:
        return over(request, room, question)
    try:
        questions.withdraw(question, act(request, side))
    except QuestionOver:
        return over(request, room, question)
    messages.success(request, _("Withdrawn. You can ask again."))
    return redirect(room.of_request(question.request))


def over(request: HttpRequest, room: Room, question: Question) -> HttpResponse:
    """Somebody was faster, or it is no more theirs: the page shows how it stands."""
    facts = {"kind": question.kind, "ref": question.request.ref}
    messages.warning(request, words.refusal(QuestionOver(**facts)))
    return redirect(room.of(room.question, question))


def ask(request: SignedIn, room: Room, ill: Request, kind: str) -> HttpResponse:
    """The form by which a question is opened."""
    if kind not in set(QuestionKind):
        raise Http404
    may = asking_now(request, room, ill, QuestionKind(kind))
    if may is None:
        said = _("That cannot be asked now, or is asked already. This page shows how it stands.")
        messages.warning(request, said)
        return redirect(room.of_request(ill))
    post = request.POST if request.method == "POST" else None
    form = SayForm(ASKED_WITH.get(may.kind, Fields()), post, prefix="ask")
    if form.is_valid() and (question := opened(request, ill, may, form)):
        messages.success(request, _("Asked. You find the answer here."))
        return redirect(room.of(room.question, question))
    return render(
        request,
        "shared/ask.html",
        {
            **room.frame(request),
            "ill": ill,
            "form": form,
            "title": words.label(words.questions.opens(may.side), may.kind),
            "happens": words.label(words.questions.HAPPENS, may.kind),
            "thing": name_of(may.loan),
            "back": room.of_request(ill),
        },
        status=422 if form.is_bound else 200,
    )


def asking_now(request: SignedIn, room: Room, ill: Request, kind: QuestionKind) -> Openable | None:
    """What is about to be asked: of the thing that the address names, or the only one."""
    at = parties.sits(request.user, ill, hers=room.hers)
    may = parties.openable(ill, at, timezone.now(), parties.readable(ill, at))
    mine = [each for each in may if each.kind == kind]
    named = request.GET.get(THING, "")
    if named:
        return next((each for each in mine if each.loan and str(each.loan.pk) == named), None)
    return mine[0] if mine else None


def opened(request: SignedIn, ill: Request, may: Openable, form: SayForm) -> Question | None:
    try:
        return questions.ask(Asking(may.kind, ill, may.loan, form.said), act(request, may.side))
    except Refusal as no:
        form.add_error(None, words.refusal(no))
        return None


def act(request: SignedIn, side: Owner | None) -> Act:
    return gates.act(request.user).as_role(side)
