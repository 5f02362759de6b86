"""A library without an account reads and answers, by its link, what it is asked about a loan."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from postroad.cases.models import Message
from postroad.ill import loans, questions
from postroad.ill.acts import Act, Door
from postroad.ill.lifecycle import Owner, Verb
from postroad.ill.lifecycle.questions import Answer, QuestionKind
from postroad.ill.models import Charge, Event, Question
from postroad.ill.questions import Asking, Said
from postroad.notices.models import Kind, Notice
from postroad.worker import run
from tests.cast import Cast
from tests.ill.story import Story
from tests.web.public.test_lend import asked, page, press, said


@pytest.fixture
def story(cast: Cast) -> Story:
    """Providence has no account, and what it lent is with Ada."""
    story = asked(cast)
    story.now = timezone.now()
    story.ship()
    story.look()
    return story


def ask(story: Story, kind: QuestionKind, side: Owner = Owner.BORROWING) -> Question:
    story.look()
    what = Said(day=date(2027, 3, 1), note="Its spine is broken.")
    act = Act(at=timezone.now(), role=side)
    return questions.ask(Asking(kind, story.ill, story.loan, what), act)


def test_an_open_question_has_a_button_for_each_answer_and_is_answered_by_one(story: Story):
    question = ask(story, QuestionKind.DAMAGED)
    shown = Client().get(page(story))
    assert "Its spine is broken." in said(shown)
    step = f"answer-{question.pk}-charge"
    assert page(story, step) in shown.content.decode()
    assert "Its spine is broken." in said(Client().get(page(story, step)))
    question.refresh_from_db()
    assert question.is_open
    answer = press(story, step, {"charge-cost": "12.50"})
    assert "Answered:" in said(answer)
    question.refresh_from_db()
    assert question.answer == Answer.CHARGE
    assert Charge.objects.get().owed_to == story.cast.providence
    event = Event.objects.get(verb=Verb.ANSWER)
    assert (event.door, event.role, event.by) == (Door.MAIL, Owner.LENDING, None)
    assert Client().post(page(story, step), {"charge-cost": "12.50"}).status_code == 409
    assert Charge.objects.count() == 1


def test_an_answer_that_lacks_its_amount_is_asked_for_it(story: Story):
    question = ask(story, QuestionKind.DAMAGED)
    assert press(story, f"answer-{question.pk}-charge").status_code == 422
    assert not Charge.objects.exists()


@pytest.mark.parametrize("step", ["answer-{}-grant", "answer-999-accept", "answer-{}-never"])
def test_what_is_no_answer_of_its_question_is_not_there(story: Story, step: str):
    question = ask(story, QuestionKind.DAMAGED)
    assert Client().get(page(story, step.format(question.pk))).status_code == 404


def test_what_is_no_lenders_business_is_not_there(story: Story):
    loans.receive(story.loan, Act(story.cast.borrower, timezone.now()))
    loans.check_out(story.loan, Act(story.cast.borrower, timezone.now()))
    question = ask(story, QuestionKind.CLAIMED_RETURNED)
    assert "spine" not in said(Client().get(page(story)))
    assert Client().get(page(story, f"answer-{question.pk}-not-found")).status_code == 404


def test_the_mail_about_a_question_leads_to_the_page_of_the_link(story: Story):
    ask(story, QuestionKind.DAMAGED)
    run.until_idle(timezone.now())
    notice = Notice.objects.get(kind=Kind.DESK_QUESTION, library=story.cast.providence)
    assert notice.link == page(story)


def test_it_writes_to_the_borrowing_library_and_reads_what_that_wrote(story: Story):
    desk = Client()
    desk.force_login(story.cast.borrower)
    thread = f"/staff/requests/{story.ill.ref}/messages/providence/"
    desk.post(thread, {"text": "Is the map in it?"})
    assert "Is the map in it?" in said(Client().get(page(story)))
    assert "Sent." in said(press(story, "message", {"text": "Yes, in the back."}))
    assert Message.objects.latest("pk").name_shown == "Providence Public Library"
    assert "Yes, in the back." in said(desk.get(thread))
    assert "Yes, in the back." in said(Client().get(page(story)))


def test_a_question_that_is_asked_long_after_the_end_is_answered_by_the_same_link(story: Story):
    for verb in (loans.receive, loans.check_out, loans.return_item, loans.ship_return):
        verb(story.loan, Act(story.cast.borrower, story.now))
        story.look()
    press(story, "home")
    with time_machine.travel(story.now + timedelta(days=90)):
        assert Client().get(page(story)).status_code == 410
        question = ask(story, QuestionKind.DAMAGED)
        assert Client().get(page(story)).status_code == 200
        assert "Answered:" in said(press(story, f"answer-{question.pk}-accept", {}))
    with time_machine.travel(story.now + timedelta(days=90 + 31)):
        assert Client().get(page(story)).status_code == 410
