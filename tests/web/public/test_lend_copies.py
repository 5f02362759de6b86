"""A library without an account sends a copy from its mail, by a page with one button."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone

from postroad.documents.models import Copy
from postroad.ill.lifecycle import State
from postroad.notices import mailbox
from postroad.notices.models import Kind, Notice
from tests.cast import Cast
from tests.documents import files
from tests.ill.copy_story import ask, shelve
from tests.ill.story import Story
from tests.markup import tight

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    with override_settings(HOME=tmp_path):
        yield tmp_path


@pytest.fixture
def story(cast: Cast) -> Story:
    record = shelve(cast.providence, "v.1(1976)-v.20(1995)")
    story = Story(cast, record, ask(cast, record), timezone.now())
    story.listen()
    assert story.supply.lender == cast.providence
    mailbox.write(timezone.now())
    return story


def letter() -> Notice:
    return Notice.objects.get(kind=Kind.ASKED_TO_LEND)


def test_its_mail_says_what_to_copy_and_leads_to_the_page_that_sends_it(story):
    text = letter().text
    assert "Can you copy" in letter().subject
    for said in ("for a copy of Birds", "Berkshire naturalist", "41-49", "/copy/"):
        assert said in text
    for said in ("/shipped/", "Ada", "to lend"):
        assert said not in text


def test_it_sends_the_copy_and_takes_it_back(story):
    page = tight(Client().get(letter().link).content.decode())
    assert "Your library is asked for a copy." in page
    assert "Yes, we will send it" not in page
    sent = SimpleUploadedFile("a.pdf", files.article(2))
    answer = Client().post(f"{letter().link}copy/", {"file": sent}, follow=True)
    assert "You have sent the copy." in tight(answer.content.decode())
    story.look()
    assert story.ill.state == State.DELIVERED
    assert Copy.objects.get().pages == 2
    event = story.ill.events.latest("pk")
    Client().post(f"{letter().link}undo/", {"event": event.pk})
    story.look()
    assert story.ill.state == State.REFERRED


def test_what_is_no_copy_is_said_and_a_loan_is_not_shipped_for_it(story):
    sent = SimpleUploadedFile("a.pdf", b"GIF89a")
    answer = Client().post(f"{letter().link}copy/", {"file": sent})
    assert answer.status_code == 422
    assert "neither a PDF" in tight(answer.content.decode())
    for step in ("yes", "shipped"):
        assert Client().post(f"{letter().link}{step}/").status_code == 409
    assert not Copy.objects.exists()
