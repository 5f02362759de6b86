"""Whatever the center is offered while it acts for a library, on the page of a request, works."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from postroad.ill import lending, questions
from postroad.ill.acts import Act
from postroad.ill.lending import Offer
from postroad.ill.lifecycle import Condition, Owner, State, Verb
from postroad.ill.lifecycle.questions import Answer, QuestionKind
from postroad.ill.models import Event, Question
from postroad.ill.questions import Asking, Said
from postroad.web.staff.urls import urlpatterns
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin
from tests.web.test_every_link import Offers, nowhere, undone


@pytest.fixture
def centre(cast: Cast, client: Client) -> Iterator[Client]:
    with time_machine.travel(MONDAY, tick=False):
        client.force_login(cast.centre)
        yield client


@pytest.fixture
def story(cast: Cast) -> Story:
    return begin(cast)


def act_for(client: Client, story: Story, code: str) -> None:
    client.post(f"/staff/requests/{story.ill.ref}/act-for/", {"library": code})


def offered(story: Story) -> None:
    story.at(State.REFERRED)
    offer = Offer(conditions=[Condition.LIBRARY_USE])
    lending.offer(story.supply, Act(story.cast.lender, MONDAY), offer)


def asked(story: Story) -> None:
    """Lenox wants it back, and the reader's desk says that it is damaged."""
    story.at(State.LENT)
    for kind, side, day in (
        (QuestionKind.RECALL, Owner.LENDING, MONDAY.date() + timedelta(days=14)),
        (QuestionKind.DAMAGED, Owner.BORROWING, None),
    ):
        act = Act(story.cast.centre, MONDAY, role=side)
        questions.ask(Asking(kind, story.ill, story.loan, Said(day=day)), act)
        story.look()


def shipped_one_of_many(story: Story) -> None:
    story.at(State.SHIPPED)
    story.loan.supply.loans.update(label="v. 1")


SCENES = {
    "offered": offered,
    "shipped": shipped_one_of_many,
    "asked": asked,
    "homeward": lambda story: story.at(State.HOMEWARD),
}


SLOW = pytest.mark.nightly


@pytest.mark.parametrize(
    "scene",
    ["offered", "asked", *(pytest.param(each, marks=SLOW) for each in ("shipped", "homeward"))],
)
def test_every_link_and_button_of_the_page_leads_somewhere(
    centre: Client, story: Story, scene: str
):
    SCENES[scene](story)
    for code in ("lee", "lenox"):
        act_for(centre, story, code)
        assert list(to_nowhere(centre, f"/staff/requests/{story.ill.ref}/")) == []


def to_nowhere(client: Client, page: str) -> Iterator[str]:
    offers = Offers(page)
    offers.feed(client.get(page).content.decode())
    for link in {each for each in offers.links if each.startswith("/staff/")}:
        if nowhere(client.get(link, follow=True)):
            yield f"GET {link}"
    for method, target, sent in offers.forms:
        address = urlsplit(urljoin(page, target))
        if method == "post" and address.path.startswith("/staff/"):
            with undone():
                answer = client.post(address.path, sent)
                if nowhere(answer) or nowhere(client.get(answer.headers.get("Location", page))):
                    yield f"POST {address.path}"


@pytest.mark.nightly
def test_no_page_that_is_the_center_s_is_lost_while_it_acts(centre: Client, story: Story):
    story.at(State.LENT)
    of = {"ref": story.ill.ref, "attempt": 1, "kind": "lost", "party": "lenox"}
    addresses = [
        reverse(each.name, kwargs={name: of[name] for name in each.pattern.converters})
        for each in urlpatterns
        if set(each.pattern.converters) <= set(of)
    ]

    def there() -> set[str]:
        with undone():
            return {each for each in addresses if not nowhere(centre.get(each, follow=True))}

    before = there()
    for code in ("lee", "lenox"):
        act_for(centre, story, code)
        assert before - there() == set()


def test_it_accepts_conditions_for_the_library(centre: Client, story: Story):
    offered(story)
    act_for(centre, story, "lee")
    page = centre.get(f"/staff/requests/{story.ill.ref}/")
    (accept,) = [each for each in page.context["offers"] if each.verb == Verb.ACCEPT_OFFER]
    asks = centre.post(accept.address, accept.sends)  # asks first
    centre.post(accept.address, {**accept.sends, **asks.context["fields"], "sure": "yes"})
    event = Event.objects.get(verb=Verb.ACCEPT_OFFER)
    assert (event.by, event.on_behalf_of) == (story.cast.centre, story.cast.lee)


def test_it_answers_a_question_for_the_library_whose_turn_it_is(centre: Client, story: Story):
    asked(story)
    question = Question.objects.get(kind=QuestionKind.DAMAGED)
    address = f"/staff/questions/{question.pk}/"
    sent = {"answer": Answer.CHARGE, "charge-cost": "12.50"}
    act_for(centre, story, "lee")
    centre.post(address, sent)
    question.refresh_from_db()
    assert question.is_open
    act_for(centre, story, "lenox")
    centre.post(address, sent)
    question.refresh_from_db()
    assert question.answer == Answer.CHARGE
    event = Event.objects.get(verb=Verb.ANSWER)
    assert (event.role, event.on_behalf_of) == (Owner.LENDING, story.cast.lenox)
