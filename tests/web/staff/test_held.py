"""The pages of a request that is held for a person to look at."""

import pytest

from postroad.catalogue.models import Item, ItemStatus
from postroad.ill import questions
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Owner, State
from postroad.ill.lifecycle.questions import Answer, QuestionKind
from postroad.ill.models import Question, Request
from postroad.ill.questions import Asking, Said
from postroad.worker import run
from tests.ill.story import MONDAY, Story


def held(story: Story) -> Question:
    """With the center, which nobody but Lenox could help."""
    Item.objects.update(status=ItemStatus.MISSING)
    story.listen()
    assert story.ill.state == State.CENTRE
    said = Said(note="Which of the two editions?")
    act = Act(story.cast.borrower, MONDAY, role=Owner.BORROWING)
    return questions.ask(Asking(QuestionKind.HOLD, story.ill, said=said), act)


@pytest.mark.parametrize(
    ("who", "by", "note"),
    [
        ("borrower", "Held by Borrower", True),
        ("centre", "Held by Lee Library", True),
        ("ada", "Held by Lee Library", False),
    ],
)
def test_its_page_says_by_whom_it_is_held(story, at, who, by, note):
    held(story)
    room = {"borrower": "/staff/requests", "centre": "/office/centre", "ada": "/patron/requests"}
    page = at(getattr(story.cast, who)).get(f"{room[who]}/{story.ill.ref}/").content.decode()
    assert by in page
    assert ("Which of the two" in page) == note


def test_the_center_is_offered_nothing_that_the_hold_stops_until_it_is_released(story, at):
    question = held(story)
    page = at(story.cast.centre).get(f"/office/centre/{story.ill.ref}/")
    assert set(page.context["forms"]) == {"close"}
    questions.answer(question, Answer.RELEASE, Act(at=MONDAY, role=Owner.CENTRE))
    page = at(story.cast.centre).get(f"/office/centre/{story.ill.ref}/")
    assert {"outside", "again"} <= set(page.context["forms"])


def test_the_center_releases_it_on_the_page_of_the_question(story, at):
    question = held(story)
    Item.objects.update(status=ItemStatus.IN)
    Request.objects.update(state=State.APPROVED)
    address = f"/staff/questions/{question.pk}/"
    at(story.cast.centre).post(address, {"answer": "release", "release-note": "The second."})
    run.until_idle(MONDAY)
    story.look()
    assert story.ill.state == State.REFERRED
