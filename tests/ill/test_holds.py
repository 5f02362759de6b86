"""A request that is held for a person: it waits quietly, and goes on when it is released."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from postroad.catalogue.models import Item, ItemStatus
from postroad.ill import lending, mediation, questions, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Owner, State, Verb
from postroad.ill.lifecycle.questions import Answer, QuestionKind
from postroad.ill.models import Event, Question, Request
from postroad.ill.questions import Asking, Said
from postroad.ill.scans import lending as scans
from postroad.notices.models import Kind, Notice
from postroad.worker import run
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, assert_whole, begin

NEXT_WEEK = MONDAY + timedelta(days=7)


@pytest.fixture
def story(cast: Cast) -> Story:
    return begin(cast)


def hold(story: Story) -> Question:
    said = Said(note="Is this the edition that the class reads?")
    act = Act(story.cast.centre, MONDAY, role=Owner.CENTRE)
    story.look()
    return questions.ask(Asking(QuestionKind.HOLD, story.ill, said=said), act)


def release(question: Question) -> None:
    questions.answer(question, Answer.RELEASE, Act(at=MONDAY, role=Owner.CENTRE))


def withdraw(question: Question) -> None:
    questions.withdraw(question, Act(at=MONDAY, role=Owner.CENTRE))


def test_a_held_request_waits_and_the_worker_has_nothing_to_try_again(story: Story):
    hold(story)
    run.until_idle(MONDAY)
    story.look()
    assert story.ill.state == State.APPROVED
    assert not Event.objects.untold().exists()
    assert not Event.objects.exclude(failures=0).exists()


@pytest.mark.parametrize("over", [release, withdraw])
def test_it_is_referred_as_soon_as_the_hold_is_over(story: Story, over: Callable[..., None]):
    question = hold(story)
    run.until_idle(MONDAY)
    over(Question.objects.shown().get(pk=question.pk))
    run.until_idle(MONDAY)
    story.look()
    assert story.ill.state == State.REFERRED
    assert story.supply.lender == story.cast.lenox


def test_time_refers_nothing_that_is_held_and_calls_nobody_late(story: Story):
    hold(story)
    run.until_idle(MONDAY)
    sweeps.requests(NEXT_WEEK)
    story.look()
    assert story.ill.state == State.APPROVED
    assert not story.ill.is_late(NEXT_WEEK)
    assert not Request.objects.due_before(NEXT_WEEK).exists()
    assert_whole(story.ill)


def test_who_is_to_release_it_is_reminded(story: Story):
    hold(story)
    run.until_idle(MONDAY)
    assert sweeps.questions_due(NEXT_WEEK) == 1
    run.until_idle(NEXT_WEEK)
    told = Notice.objects.filter(kind=Kind.DESK_QUESTION)
    assert {notice.office for notice in told} == {"centre"}


def test_what_waits_at_the_center_goes_round_the_members_once_it_is_released(story: Story):
    Item.objects.update(status=ItemStatus.MISSING)
    run.until_idle(MONDAY)
    question = hold(story)
    assert story.ill.state == State.CENTRE
    Item.objects.update(status=ItemStatus.IN)
    mediation.refer_again(story.ill, Act(story.cast.centre, MONDAY))
    run.until_idle(MONDAY)
    story.look()
    assert story.ill.state == State.APPROVED
    release(Question.objects.shown().get(pk=question.pk))
    run.until_idle(MONDAY)
    story.look()
    assert story.ill.state == State.REFERRED


def test_what_its_lender_sends_all_the_same_is_held_no_more(story: Story):
    story.at(State.REFERRED)
    lending.lapse(story.supply, Act(at=MONDAY))
    question = hold(story)
    sent = scans.ship(story.cast.lenox, "30001000000017", Act(story.cast.lender, MONDAY))
    assert isinstance(sent, scans.Shipped)
    question.refresh_from_db()
    assert question.answer == Verb.SHIP
    assert_whole(story.ill)
