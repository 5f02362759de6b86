"""What the sides of a question are told, and of an overdue loan by steps."""

from datetime import timedelta

import pytest

from postroad.accounts.models import Role
from postroad.ill import questions, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Owner, State
from postroad.ill.lifecycle.questions import Answer, QuestionKind
from postroad.ill.models import Event, Question
from postroad.ill.questions import Asking, Said
from postroad.notices import due_soon, living
from postroad.notices.models import Kind, Notice
from postroad.worker import run
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin


@pytest.fixture
def story(cast: Cast) -> Story:
    story = begin(cast).at(State.LENT)
    run.until_idle(MONDAY)
    Notice.objects.all().delete()
    return story


def ask(story: Story, kind: QuestionKind, side: Owner) -> Question:
    loan = story.loan
    said = Said(note="In the garden.")
    return questions.ask(Asking(kind, loan.request, loan, said), Act(at=MONDAY, role=side))


def told() -> set[tuple[str, str]]:
    run.until_idle(MONDAY)
    return {
        (each.kind, each.office or str(each.library or each.user))
        for each in Notice.objects.select_related("library", "user")
    }


def test_the_desk_asked_hears_it_until_it_is_answered_and_then_who_asked(story):
    question = ask(story, QuestionKind.LOST, Owner.PATRON)
    assert told() == {(Kind.DESK_QUESTION, "Lenox Library")}
    notice = Notice.objects.get()
    assert notice.leads_to == f"/staff/questions/{question.pk}/"
    assert "In the garden." in notice.text
    assert "Ada" not in notice.text
    assert living.living(Notice.objects.all()).exists()
    read = Question.objects.shown().get()
    questions.withdraw(read, Act(at=MONDAY, role=Owner.PATRON))
    assert not living.living(Notice.objects.filter(kind=Kind.DESK_QUESTION)).exists()
    assert (Kind.DESK_ANSWER, "Lenox Library") in told()


def test_who_said_that_it_was_returned_hears_that_it_was_not_found(story):
    ask(story, QuestionKind.CLAIMED_RETURNED, Owner.PATRON)
    read = Question.objects.shown().get()
    questions.answer(read, Answer.NOT_FOUND, Act(at=MONDAY, role=Owner.BORROWING))
    heard = {(kind, who) for kind, who in told() if kind == Kind.LOAN_ANSWER}
    assert heard == {(Kind.LOAN_ANSWER, str(story.cast.ada))}


@pytest.mark.parametrize(
    ("kind", "side", "asked"),
    [
        (QuestionKind.CLAIMED_RETURNED, Owner.PATRON, False),
        (QuestionKind.LOST, Owner.PATRON, False),
        (QuestionKind.LOST, Owner.BORROWING, False),
        (QuestionKind.LOST, Owner.LENDING, True),  # which does not know who has it
    ],
)
def test_nobody_is_asked_to_bring_what_she_says_she_has_not_got(story, kind, side, asked):
    question = ask(story, kind, side)
    due_soon.send(MONDAY + timedelta(days=26))
    sweeps.ring(MONDAY + timedelta(days=30))
    run.until_idle(MONDAY + timedelta(days=30))
    hers = Notice.objects.filter(user=story.cast.ada, kind__in=(Kind.DUE_SOON, Kind.OVERDUE))
    assert hers.count() == (2 if asked else 0)
    if not asked:  # until it is said that she has it all the same
        over = Answer.NOT_FOUND if kind == QuestionKind.CLAIMED_RETURNED else None
        read, act = Question.objects.shown().get(pk=question.pk), Act(at=MONDAY, role=side)
        questions.answer(read, over, act) if over else questions.withdraw(read, act)
        sweeps.ring(MONDAY + timedelta(days=40))
        run.until_idle(MONDAY + timedelta(days=40))
        assert hers.get().kind == Kind.OVERDUE


def test_an_overdue_loan_is_told_to_the_desk_and_to_the_center_once_each(story):
    for days in range(29, 100, 7):
        sweeps.ring(MONDAY + timedelta(days=days))
    assert Event.objects.filter(verb="remind_loan").count() > 4
    run.until_idle(MONDAY + timedelta(days=100))
    for kind, to in (
        (Kind.OVERDUE_DESK, {"library": story.cast.lee}),
        (Kind.OVERDUE_CENTRE, {"office": Role.CENTRE}),
    ):
        assert Notice.objects.filter(kind=kind, **to).count() == 1
