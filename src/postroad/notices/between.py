"""What the sides of a question are told: that it is their turn, and what was answered.

One kind of notice for each, whatever is asked. No library is told a patron's name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from postroad.accounts.models import Role
from postroad.ill.access import OF_QUESTIONS
from postroad.ill.lifecycle import Owner, Verb
from postroad.ill.lifecycle.questions import QUESTIONS, QuestionKind
from postroad.ill.models import Event, Question
from postroad.notices import answer_pages, links, living, tell
from postroad.notices.models import Kind, Notice
from postroad.notices.words import Quote
from postroad.words import questions as words
from postroad.words.ill import OWNERS
from postroad.words.labels import label

CONCERNED = frozenset(QuestionKind) - {QuestionKind.ASK_PATRON}  # of which `to_patron` tells
TURNS = frozenset({Verb.ASK_QUESTION, Verb.REMIND_QUESTION})
OFFICES = {Owner.CENTRE: Role.CENTRE, Owner.DELIVERY: Role.DELIVERY}


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """What the templates may say of a question."""

    ref: str
    title: str
    kind: str
    asks: str = ""
    asker: str = ""
    answer: str = ""  # empty, if it was withdrawn
    said: str = ""  # a Quote: the words of whoever asked, or answered
    day: date | None = None  # until when an answer is expected
    again: bool = False


def sides(event: Event, now: datetime) -> None:
    """Listener: tell the sides of a question what happened to it. Told twice, it is one notice."""
    if event.verb not in OF_QUESTIONS or event.facts.get("kind") not in CONCERNED:
        return
    question = Question.objects.shown().filter(pk=event.facts["question"]).first()
    if question is not None:
        tell.write([notice(question, event, side) for side in told(question, event)])


def told(question: Question, event: Event) -> Iterator[Owner]:
    """Whose turn it is; once it was answered or withdrawn, whoever asked, and whoever was asked,
    but not the side that did it. A renewal tells its reader by itself."""
    asked_by, owner = Owner(question.side), Owner(question.owner)
    if event.verb in TURNS:
        if question.is_open and (owner != asked_by or event.verb == Verb.REMIND_QUESTION):
            yield owner
        return
    concerned = {asked_by, owner}
    if asked_by == Owner.LENDING:
        concerned.add(Owner.BORROWING)
    if question.kind == QuestionKind.RENEWAL:
        concerned.discard(Owner.PATRON)
    acted = {Owner(event.role)} if event.role else set()
    parties = QUESTIONS[QuestionKind(question.kind)].parties | {owner}
    for side in sorted((concerned & parties) - acted):
        if recipient(question, side):
            yield side


def recipient(question: Question, side: Owner) -> tell.Recipient | None:
    """Who is told on this side; for an outside lender the center. Nobody, where the house asked."""
    match side:
        case Owner.BORROWING:
            return question.request.library
        case Owner.LENDING if question.supply is not None:
            return Role.CENTRE if question.supply.is_outside else question.supply.lender
        case Owner.PATRON:
            return question.request.patron
    return OFFICES.get(side)


def notice(question: Question, event: Event, side: Owner) -> Notice:
    to = recipient(question, side)
    assert to is not None  # `told` asked
    hers, turn = side == Owner.PATRON, event.verb in TURNS
    kind = Kind.LOAN_ANSWER if hers else Kind.DESK_QUESTION if turn else Kind.DESK_ANSWER
    ref = question.request.ref
    return tell.compose(
        kind,
        to,
        facts(question, event),
        source=living.EVENT,
        source_key=event.pk,
        now=event.at,
        about=links.of_request(ref) if hers else links.of_question(question.pk),
        link=answer_pages.of_lender(to, event, question.request),
    )


def facts(question: Question, event: Event) -> QuestionFacts:
    turn, answer = event.verb in TURNS, str(event.facts.get("answer", ""))
    desk = question.library or question.request.library
    return QuestionFacts(
        ref=question.request.ref,
        title=question.request.title,
        kind=label(words.KINDS, question.kind),
        asks=label(words.ASKS, question.kind) if turn else "",
        asker=asker(question),
        answer=label(words.ANSWERS, answer) if answer else "",
        said=Quote(question.note if turn else event.note),
        day=desk.day_of(question.due_at) if turn and question.due_at else None,
        again=event.verb == Verb.REMIND_QUESTION,
    )


def asker(question: Question) -> str:
    """The library that asked; no name of a person."""
    match question.side:
        case Owner.BORROWING:
            return question.request.library.name
        case Owner.LENDING if question.supply is not None:
            return question.supply.lender_name
    return label(OWNERS, question.side)
