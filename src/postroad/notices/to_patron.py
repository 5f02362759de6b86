"""A question of her library to a patron: she is asked by mail, with a link that needs no sign-in,
and staff hear what came of it."""

from collections.abc import Iterator

from postroad.accounts.models import Role, User
from postroad.directory.models import Library
from postroad.ill import patron_links
from postroad.ill.lifecycle import Owner, Verb
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.models import Event, Question, Request
from postroad.notices import links
from postroad.notices.models import Kind, Notice

HEARD = frozenset({Verb.ASK_QUESTION, Verb.REMIND_QUESTION, Verb.ANSWER})


def tellings(event: Event, ill: Request) -> Iterator[tuple[Kind, User | Library | Role]]:
    """Who hears what of it. Nobody is asked what was answered or withdrawn meanwhile."""
    question = asked(event)
    if question is None:
        return
    if event.verb == Verb.ANSWER:
        told = Notice.objects.of_request(ill.ref).filter(kind=Kind.QUESTION, read_at=None)
        told.update(read_at=event.at)
        if event.role == Owner.PATRON:
            yield Kind.QUESTION_ANSWERED, staff(question, ill)
    elif not question.is_open:
        return
    elif is_silence(event):
        yield Kind.QUESTION_ANSWERED, staff(question, ill)
    elif ill.patron is not None:
        yield Kind.QUESTION, ill.patron


def is_silence(event: Event) -> bool:
    """Whether she was reminded before: then it is staff who hear of it."""
    if event.verb != Verb.REMIND_QUESTION:
        return False
    before = event.request.events.filter(verb=Verb.REMIND_QUESTION, pk__lt=event.pk)
    return before.filter(facts__question=event.facts["question"]).exists()


def staff(question: Question, ill: Request) -> Library | Role:
    """Who asked."""
    return Role.CENTRE if question.side == Owner.CENTRE else ill.library


def asked(event: Event) -> Question | None:
    if event.facts.get("kind") != QuestionKind.ASK_PATRON:
        return None
    known = Question.objects.select_related("request")
    return known.filter(pk=event.facts["question"]).first()


def said(event: Event) -> str:
    question = asked(event)
    return question.note if question else ""


def link(event: Event) -> str:
    question = asked(event)
    return links.question(patron_links.token(question)) if question else ""
