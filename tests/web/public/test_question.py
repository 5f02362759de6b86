"""A reader answers a question from her mail: a link, one field, one button, no sign-in."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from postroad.ill import borrowing, patron_links, questions, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Owner
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.models import Event, Question
from postroad.ill.questions import Asking, Said
from postroad.notices import tell
from postroad.notices.models import Kind, Notice
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin

ASKED = "Is <b>any</b> edition fine?"


def tell_all(story: Story) -> None:
    for event in Event.objects.filter(request=story.ill).order_by("pk"):
        tell.people(event, event.at)


def asked_by(story: Story, who: Any, side: Owner | None = None) -> Question:
    about = Asking(QuestionKind.ASK_PATRON, story.ill, said=Said(note=ASKED))
    question = questions.ask(about, Act(who, MONDAY, role=side))
    tell_all(story)
    return question


@pytest.fixture
def story(cast: Cast) -> Story:
    return begin(cast)


@pytest.fixture
def question(story: Story) -> Question:
    return asked_by(story, story.cast.borrower)


def address(question: Question) -> str:
    return f"/question/{patron_links.token(question)}/"


def test_her_mail_has_the_question_and_a_link_that_needs_no_sign_in(
    client: Client, story: Story, question: Question
):
    notice = Notice.objects.get(kind=Kind.QUESTION)
    assert (notice.user, notice.mail_to) == (story.cast.ada, "ada@example.org")
    assert ASKED in notice.text
    assert "<b>" not in notice.html
    assert notice.link == address(question)
    page = client.get(notice.link).content.decode()
    assert "Is &lt;b&gt;any&lt;/b&gt; edition fine?" in page
    question.refresh_from_db()
    assert question.is_open  # opening it changes nothing


def test_her_answer_stands_on_the_question_and_in_the_history_and_staff_hear_of_it(
    client: Client, story: Story, question: Question
):
    answer = client.post(address(question), {"text": "Yes <script>"})
    assert "has your answer" in answer.content.decode()
    assert "<script>" not in answer.content.decode().split("<main")[1].split("</main>")[0]
    question.refresh_from_db()
    assert (question.answer_note, question.answered_by, question.is_open) == (
        "Yes <script>",
        None,
        False,
    )
    event = Event.objects.get(verb="answer")
    assert (event.role, event.door, event.by) == (Owner.PATRON, "mail", None)
    tell_all(story)
    assert Notice.objects.get(kind=Kind.QUESTION_ANSWERED).library == story.cast.lee
    assert Notice.objects.get(kind=Kind.QUESTION).read_at is not None
    client.force_login(story.cast.borrower)
    assert "Yes &lt;script&gt;" in client.get(f"/staff/questions/{question.pk}/").content.decode()


def test_what_the_center_asked_the_center_hears(client: Client, story: Story):
    question = asked_by(story, story.cast.centre, Owner.CENTRE)
    client.post(address(question), {"text": "Yes"})
    tell_all(story)
    assert Notice.objects.get(kind=Kind.QUESTION_ANSWERED).office == "centre"


def test_the_link_works_once_and_for_this_question_alone(
    client: Client, story: Story, question: Question
):
    link = address(question)
    forged = link.replace(f"/{question.pk}-", f"/{question.pk + 1}-")
    for wrong in (forged, link[:-3] + "/", "/question/x/", f"/question/{'9' * 40}-a/"):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong, {"text": "Yes"}).status_code == 404
    assert client.post(link, {"text": "Yes"}).status_code == 200
    again = client.post(link, {"text": "No"})
    assert again.status_code == 410
    assert "There is nothing more to do" in again.content.decode()
    question.refresh_from_db()
    assert question.answer_note == "Yes"


@pytest.mark.parametrize("text", ["", "  ", "x" * 501, "x" * 1_000_000])
def test_an_answer_that_cannot_be_kept_is_asked_for_again(
    client: Client, question: Question, text: str
):
    assert client.post(address(question), {"text": text}).status_code == 422
    question.refresh_from_db()
    assert question.is_open


def test_withdrawn_canceled_or_forgotten_it_is_over(
    client: Client, story: Story, question: Question
):
    link = address(question)
    story.look()
    borrowing.cancel(story.ill, Act(story.cast.ada, MONDAY))
    assert client.get(link).status_code == 410
    sweeps.forget_patron(story.ill, MONDAY)
    assert client.get(link).status_code == 404
    question.refresh_from_db()
    assert question.note == ""


def test_silence_reminds_her_once_and_then_the_desk(story: Story, question: Question):
    now = MONDAY
    kinds = []
    for _each in range(3):
        question.refresh_from_db()
        assert question.due_at is not None
        now = question.due_at + timedelta(minutes=1)
        sweeps.questions_due(now)
        tell_all(story)
        kinds.append(sorted(Notice.objects.order_by("pk").values_list("kind", flat=True)))
    question.refresh_from_db()
    assert question.owner == Owner.BORROWING
    her = [each.count(Kind.QUESTION) for each in kinds]
    desk = [each.count(Kind.QUESTION_ANSWERED) for each in kinds]
    assert (her, desk) == ([2, 2, 2], [0, 1, 2])
    assert "has not answered" in Notice.objects.filter(kind=Kind.QUESTION_ANSWERED)[0].subject


def test_she_answers_on_her_pages_too(client: Client, story: Story, question: Question):
    client.force_login(story.cast.ada)
    shown = client.get(f"/patron/requests/{story.ill.ref}/").content.decode()
    assert f"/patron/requests/{story.ill.ref}/questions/{question.pk}/" in shown
