"""What a lender is asked about what it lends, and what it and the borrowing library wrote: on the
page of the link in its mail. Each answer is a step of its own, a page with one button."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from postroad import words
from postroad.ill import questions
from postroad.ill.answer_links import Held
from postroad.ill.lifecycle import Owner
from postroad.ill.lifecycle.questions import Answer
from postroad.ill.models import Question
from postroad.ill.models.request import together
from postroad.ill.parties import Seat
from postroad.web.public.lend_steps import Step
from postroad.web.shared import questions as pages
from postroad.web.shared import talk

LENDER = Seat(frozenset({Owner.LENDING}))
NAMED = re.compile(r"answer-(\d{1,17})-([a-z-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """An open question, as its lender reads it."""

    question: Question
    label: str
    asks: str
    asked_by: str
    thing: str
    day_is: str
    stands: str
    steps: list[Step]


def beside(held: Held) -> dict[str, Any]:
    """The open questions about this attempt and what it sent, and what was written."""
    party = talk.by_link(held.ill, held.lender)
    asked = about(held) if held.ill.open_questions else []
    return {
        "questions": [line(each) for each in asked if each.is_open],
        "party": party,
        "said": talk.said(party),
    }


def about(held: Held) -> list[Question]:
    """What a lender may read of what was asked about its attempt."""
    every = held.ill.questions.shown().filter(supply=held.supply).order_by("opened_at", "pk")
    return [each for each in every if LENDER.may_read(each)]


def line(question: Question) -> Line:
    return Line(
        question=question,
        label=words.label(words.questions.KINDS, question.kind),
        asks=words.label(words.questions.ASKS, question.kind),
        asked_by=pages.side_name(question.side, question),
        thing=pages.name_of(question.loan),
        day_is=words.label(words.questions.DAYS, question.kind),
        stands=pages.stands(question, hers=False),
        steps=[answering(question, each) for each in LENDER.answers(question)],
    )


def step(name: str, held: Held) -> Step | None:
    """The step by which a question is answered; None if there is no such answer."""
    found = NAMED.fullmatch(name)
    if found is None or found[2] not in set(Answer):
        return None
    asked = {each.pk: each for each in about(held)}
    question = asked.get(int(found[1]))
    if question is None or found[2] not in question.answers:
        return None
    return answering(question, Answer(found[2]))


def answering(question: Question, answer: Answer) -> Step:
    def form(data: QueryDict | None, held: Held) -> Any:
        return pages.option(question, answer, LENDER, data).form

    def may(held: Held) -> bool:
        return answer in LENDER.answers(question)

    def act(held: Held, form: Any, now: datetime) -> str:
        together(question.request, question.supply, question.loan)
        questions.answer(question, answer, held.act(now), form.said)
        return _("Answered: %(answer)s.") % {"answer": called}

    called = words.questions.answer(answer, lends=True)
    asks = words.label(words.questions.ASKS, question.kind)
    told = f"{asks} {question.note}".strip()
    return Step(f"answer-{question.pk}-{answer}", form, may, act, called=called, told=told)
