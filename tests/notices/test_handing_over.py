"""Staff hand a copy to a reader on paper: no mail reaches her, or she says it did not open."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client, override_settings

from postroad.accounts.models import User
from postroad.documents.models import Copy
from postroad.documents.troubles import Gone, NotTheReader, NoViewsLeft
from postroad.ill import document_delivery
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Verb
from postroad.notices import delivered, handing_over
from postroad.notices.handing_over import OpensItHerself
from postroad.notices.models import Notice
from tests.cast import Cast
from tests.documents import files
from tests.ill.copy_story import begin, shelve
from tests.ill.story import MONDAY, Story

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    with override_settings(HOME=tmp_path), time_machine.travel(MONDAY, tick=False):
        yield tmp_path


@pytest.fixture
def story(cast: Cast) -> Story:
    """Delivered to Ada, who has no address."""
    User.objects.filter(pk=cast.ada.pk).update(email="")
    story = begin(cast, shelve(cast.lenox, "v.1(1976)-v.20(1995)"))
    document_delivery.deliver(story.supply, Act(cast.lender, MONDAY), files.upload())
    story.look()
    for event in story.ill.events.order_by("pk"):
        delivered.people(event, MONDAY)
    return story


def left() -> tuple[int, int]:
    copy = Copy.objects.get()
    return copy.views_left, copy.opened


def reachable(story: Story) -> None:
    User.objects.filter(pk=story.cast.ada.pk).update(email="ada@example.org")
    story.look()


def test_her_desk_opens_it_and_it_is_counted_and_written_down(story):
    last = story.ill.due_at
    with handing_over.open_for(story.ill, Act(story.cast.borrower, MONDAY)).file as file:
        assert file.read(5) == b"%PDF-"
    assert left() == (4, 1)
    [event] = story.ill.events.filter(verb=Verb.HAND_OVER)
    assert event.by == story.cast.borrower
    story.look()
    assert story.ill.due_at == last


def test_no_other_desk_does(story):
    for other in (story.cast.lender, story.cast.ada):
        story.look()
        with pytest.raises(NotTheReader):
            handing_over.open_for(story.ill, Act(other, MONDAY))
    assert left() == (5, 0)
    assert not story.ill.events.filter(verb=Verb.HAND_OVER).exists()


def test_whom_mail_reaches_opens_it_herself_unless_she_says_that_it_did_not_open(story):
    reachable(story)
    act = Act(story.cast.borrower, MONDAY)
    with pytest.raises(OpensItHerself):
        handing_over.open_for(story.ill, act)
    assert left() == (5, 0)
    handing_over.open_for(story.ill, act, unopened=True).file.close()
    assert story.ill.events.get(verb=Verb.HAND_OVER).facts == {"unopened": True}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"views_left": 0}, NoViewsLeft),
        ({"expires_at": MONDAY - timedelta(hours=1)}, Gone),
    ],
)
def test_never_after_it_is_gone(story, change, why):
    Copy.objects.update(**change)
    with pytest.raises(why):
        handing_over.open_for(story.ill, Act(story.cast.borrower, MONDAY))
    assert not story.ill.events.filter(verb=Verb.HAND_OVER).exists()


def test_the_request_page_has_both_buttons_and_the_list_the_reader(story, client: Client):
    client.force_login(story.cast.borrower)
    here = f"/staff/requests/{story.ill.ref}/"
    listed = client.get("/staff/borrowing/?show=call").content.decode()
    assert story.ill.title in listed
    page = client.get(here).content.decode()
    assert f"{here}told/" in page
    assert f"{here}copy/print/" in page
    assert "did not open" not in client.get(f"{here}copy/print/").content.decode()
    answer = client.post(f"{here}copy/print/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.getvalue().startswith(b"%PDF-")
    assert left() == (4, 1)
    client.post(f"{here}told/")
    assert not Notice.objects.filter(user=story.cast.ada).unread().exists()
    assert f"{here}told/" not in client.get(here).content.decode()
    assert "Staff opened the copy" in client.get(here).content.decode()


def test_where_mail_reaches_her_the_page_asks_what_she_said(story, client: Client):
    reachable(story)
    client.force_login(story.cast.borrower)
    address = f"/staff/requests/{story.ill.ref}/copy/print/"
    assert "did not open" in client.get(address).content.decode()
    refused = client.post(address)
    assert refused.status_code == 409
    assert "No opening was used up" in refused.content.decode()
    answer = client.post(address, {"unopened": "yes"})
    assert answer.getvalue().startswith(b"%PDF-")
    assert left() == (4, 1)
