"""The pages to which notices lead are there, and each recipient is led to one that lets them in."""

import re
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from postroad.accounts.models import AT_A_LIBRARY, Role, User
from postroad.cases.models import OFFICES as OFFICES_OF_CASES
from postroad.cases.models import Case
from postroad.ill import questions
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.models import Question
from postroad.ill.questions import Asking
from postroad.notices import links
from postroad.notices.models import OF_CASES, Kind, Mailbox, Notice
from postroad.notices.samples import SAMPLES
from postroad.notices.tell import Recipient, addressed, compose
from tests.cases.asking import by_library
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin

REF = "4K7Q2M9A"
NOTICES = Path(links.__file__).parent
ANN = Mailbox("ann@example.org")
WORDS = ["", *links.PAGES]
OFFICES = sorted({*links.START} - {links.PERSON, links.LIBRARY})


@pytest.fixture
def story(cast: Cast) -> Story:
    return begin(cast).at(State.SHIPPED)


def about(word: str, story: Story, to: Recipient | None = None) -> str:
    """A thing of this kind that is there."""
    parcel = story.loan.parcel_out
    assert parcel
    things = {"request": story.ill.ref, "library": story.cast.lee.code, "parcel": parcel.number}
    if word == links.QUESTION:
        return links.of_question(question_of(story).pk)
    if word == links.CASE:
        return links.of_case(case_of(story, to).number)
    things["harvest"] = things["e-resources"] = story.cast.lee.code
    return f"{word}:{things[word]}" if word in things else word


def question_of(story: Story) -> Question:
    """One that both desks, the center and the delivery office read."""
    loan = story.loan
    asking = Asking(QuestionKind.NOT_RECEIVED, loan.request, loan)
    return Question.objects.first() or questions.ask(asking, Act(story.cast.borrower, MONDAY))


def case_of(story: Story, to: Recipient | None) -> Case:
    """One that whoever is told reads: a case has two parties."""
    office = to if isinstance(to, Role) and to in OFFICES_OF_CASES else Role.CENTRE
    return by_library(story.cast, office=office)


def readers(cast: Cast) -> list[tuple[Recipient, User]]:
    """Each sort of recipient, and somebody who reads what it is told."""
    at_lee = User.objects.create(username="all hands")
    for role in AT_A_LIBRARY:
        at_lee.posts.create(role=role, library=cast.lee)
    offices = [(Role(role), getattr(cast, role)) for role in OFFICES]
    return [(cast.ada, cast.ada), (cast.lee, at_lee), *offices]


def notice_to(to: Recipient, word: str, story: Story) -> Notice:
    notice = addressed(to)
    notice.about = about(word, story, to) if word else ""
    return notice


def test_each_recipient_is_led_to_a_page_that_lets_them_in(story: Story):
    for to, who in readers(story.cast):
        client = Client()
        client.force_login(who)
        for path in {links.path(notice_to(to, word, story)) for word in WORDS}:
            page = client.get(path, follow=path.endswith("/start/"))
            assert page.status_code == 200, (to, path)


def test_each_kind_leads_each_recipient_to_a_page_that_is_there(story: Story):
    recipients = [ANN, *(to for to, _who in readers(story.cast))]
    day: dict[str, Any] = {"source": "day", "source_key": 1, "now": MONDAY}
    for kind, to in product(Kind, recipients):
        word = "request" if getattr(SAMPLES[kind], "ref", "") else "desk"
        word = links.CASE if kind in OF_CASES else word
        notice = compose(kind, to, SAMPLES[kind], about=about(word, story, to), **day)
        for link in re.findall(r'href="([^"]+)"', notice.html):
            assert link in notice.text
            resolve(urlsplit(link).path)  # or it raises


def test_who_has_no_account_is_led_to_no_page_that_asks_to_sign_in(story: Story):
    for path in {links.path(notice_to(ANN, word, story)) for word in WORDS}:
        assert Client().get(path).status_code == 200, path


def test_a_page_for_everybody_is_anybodys_and_a_desks_is_not(story: Story):
    lee = notice_to(ANN, "library", story)
    assert links.path(lee) == links.path(notice_to(story.cast.ada, "library", story))
    assert links.path(notice_to(ANN, "lending", story)) == "/"


def test_a_page_with_a_signed_token_is_given_and_no_other_houses(cast: Cast):
    notice = addressed(ANN)
    notice.about, notice.link = "library:LEE", links.of_ours("/say/abc:def/")
    assert links.path(notice) == "/say/abc:def/"
    for path in ("https://evil.example/", "//evil.example/", "say/"):
        with pytest.raises(ValueError, match="a path of ours"):
            links.of_ours(path)


def test_what_a_notice_is_about_is_known(cast: Cast):
    with pytest.raises(KeyError):
        links.path(Notice(user=cast.ada, about="cheese:12"))


def test_no_other_file_of_notices_names_a_page():
    for file in NOTICES.glob("*.py"):
        assert file.name == "links.py" or "reverse(" not in file.read_text()
    for file in NOTICES.rglob("*.txt"):
        assert "{% url" not in file.read_text()


def test_a_reader_and_her_library_are_led_to_pages_of_their_own(cast: Cast):
    about = links.of_request(REF)
    assert links.path(Notice(user=cast.ada, about=about)) == f"/patron/requests/{REF}/"
    assert links.path(Notice(library=cast.lee, about=about)) == f"/staff/requests/{REF}/"
    assert links.path(Notice(office=Role.CENTRE, about=about)) == f"/office/centre/{REF}/"


def test_a_letter_names_the_house_too(cast: Cast, settings):
    settings.SITE_URL = "https://postroad.example/"
    assert links.address(Notice(library=cast.lee)) == "https://postroad.example/staff/"
    assert resolve("/staff/").url_name == links.START[links.LIBRARY]
