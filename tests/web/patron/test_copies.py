"""A reader's copy on the page of her request; the same at her library's desk and at the center."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone
from playwright.sync_api import expect

from postroad.documents import gate
from postroad.documents.models import Copy
from postroad.ill import document_delivery, mediation
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Fault, Owner, State, Verb
from postroad.notices import links
from tests.browser import assert_accessible
from tests.cast import Cast, outside
from tests.documents import files
from tests.ill.copy_story import begin, shelve
from tests.ill.story import MONDAY, Story
from tests.journeys.people import Person, click
from tests.markup import tight

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    with override_settings(HOME=tmp_path):
        yield tmp_path


@pytest.fixture
def story(cast: Cast) -> Story:
    story = begin(cast, shelve(cast.lenox, "v.1(1976)-v.20(1995)"))
    document_delivery.deliver(story.supply, Act(cast.lender, timezone.now()), files.upload())
    story.look()
    return story


@pytest.fixture
def ada(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.ada)
    return client


def page(client: Client, story: Story) -> str:
    answer = client.get(f"/patron/requests/{story.ill.ref}/")
    assert answer.status_code == 200
    return tight(answer.content.decode())


def test_of_a_copy_that_is_used_up_she_reads_how_to_have_it_longer(ada, story):
    assert "Save it, or print it: it can be opened here only" in page(ada, story)
    Copy.objects.update(views_left=0)
    text = page(ada, story)
    assert "Save it, or print it" not in text
    assert "I need it longer" in text


def test_she_reads_how_long_and_how_often_it_opens_and_goes_there(ada, story):
    text = page(ada, story)
    assert "Your copy is here." in text
    assert "A PDF of 3 pages" in text
    assert "opened 5 more times" in text
    assert links.copy(gate.token(Copy.objects.get())) in text
    assert "Pick it up" not in text


def test_what_has_been_opened_often_enough_is_kept_longer_by_a_press(ada, story):
    Copy.objects.update(views_left=0)
    assert "opened as often as it may be" in page(ada, story)
    ada.post(f"/patron/requests/{story.ill.ref}/copy/longer/")
    assert "opened 5 more times" in page(ada, story)


def test_she_says_what_is_wrong_and_takes_it_back(ada, story):
    here = f"/patron/requests/{story.ill.ref}/copy/"
    assert ada.post(f"{here}wrong/", {"note": "x"}).status_code == 422
    ada.post(f"{here}wrong/", {"fault": Fault.PAGES_MISSING, "note": "p. 45"})
    story.look()
    assert story.ill.state == State.REFERRED
    text = page(ada, story)
    assert "was asked to send it once more" in text
    assert "Open your copy" in text  # what she has stays readable
    ada.post(f"{here}fine/")
    story.look()
    assert story.ill.state == State.DELIVERED
    assert ada.post(f"{here}fine/", follow=True).status_code == 200  # a second press


def test_a_link_is_shown_as_one_that_leads_elsewhere(cast, ada):
    story = begin(cast, shelve(cast.lenox, "v.1(1976)-v.20(1995)"))
    address = "https://journals.example.org/birds?a=1&b=2"
    document_delivery.deliver_link(story.supply, Act(cast.lender, MONDAY), address)
    text = page(ada, story)
    assert 'href="https://journals.example.org/birds?a=1&amp;b=2" rel="noreferrer nofollow"' in text
    assert "only a few times" not in text  # that is of files
    desk = Client()
    desk.force_login(cast.borrower)
    seen = tight(desk.get(f"/staff/requests/{story.ill.ref}/").content.decode())
    assert "its reader can say that something is wrong with it" in seen
    assert "Next to act" not in seen
    assert "The copy was sent." in seen


def test_of_what_is_over_she_reads_that(ada, story):
    Copy.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    text = page(ada, story)
    assert "Its time is over" in text
    assert "Open your copy" not in text
    assert ada.post(f"/patron/requests/{story.ill.ref}/copy/longer/").status_code == 302
    assert Copy.objects.get().expires_at < timezone.now()


@pytest.mark.parametrize("door", ["longer", "wrong", "fine"])
def test_anothers_copy_is_not_there(cast, story, door):
    bea = Client()
    bea.force_login(cast.bea)
    assert bea.post(f"/patron/requests/{story.ill.ref}/copy/{door}/").status_code == 404


def test_her_library_complains_for_her(cast, story):
    desk = Client()
    desk.force_login(cast.borrower)
    address = f"/staff/requests/{story.ill.ref}/copy/wrong/"
    assert address in desk.get(f"/staff/requests/{story.ill.ref}/").content.decode()
    desk.post(address, {"fault": Fault.ILLEGIBLE, "note": ""})
    story.look()
    assert story.ill.state == State.REFERRED
    event = story.ill.events.get(verb=Verb.REJECT_COPY)
    desk.post(f"/staff/requests/{story.ill.ref}/undo/", {"event": event.pk})
    story.look()
    assert story.ill.state == State.DELIVERED


@pytest.fixture
def elsewhere(cast: Cast) -> Story:
    story = begin(cast, None)
    assert story.ill.state == State.CENTRE
    mediation.refer_outside(
        story.ill,
        Act(cast.centre, MONDAY, role=Owner.CENTRE),
        lender=outside("Yale University", town="New Haven", state="CT"),
        system="Docline",
        number="",
    )
    story.look()
    return story


def at_the_center(cast: Cast, story: Story, **typed: Any) -> Any:
    client = Client()
    client.force_login(cast.centre)
    return client.post(f"/office/centre/{story.ill.ref}/copy/", typed)


def test_the_center_sends_on_what_a_lender_elsewhere_sent(cast, elsewhere):
    sent = SimpleUploadedFile("a.pdf", files.article(2))
    assert at_the_center(cast, elsewhere, file=sent).status_code == 302
    elsewhere.look()
    assert elsewhere.ill.state == State.DELIVERED
    assert Copy.objects.get().pages == 2
    client = Client()
    client.force_login(cast.centre)
    assert (
        "Take the copy back" in client.get(f"/office/centre/{elsewhere.ill.ref}/").content.decode()
    )
    asked = client.post(f"/office/centre/{elsewhere.ill.ref}/withdrawn/").content.decode()
    assert "Take the copy back?" in asked
    elsewhere.look()
    assert elsewhere.ill.state == State.DELIVERED
    client.post(f"/office/centre/{elsewhere.ill.ref}/withdrawn/", {"sure": "yes"})
    elsewhere.look()
    assert elsewhere.ill.state == State.REFERRED


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "one of the two"),
        ({"link": "https://x.example/", "file": b"both"}, "one of the two"),
        ({"link": "javascript:alert(1)"}, "no web address"),
        ({"file": b"GIF89a"}, "PDF"),
        ({"link": "https://x.example/", "cost": "9.00"}, "Nobody has agreed"),
    ],
    ids=["nothing", "both", "script", "gif", "cost"],
)
def test_what_cannot_be_sent_is_said_in_the_form_and_nothing_is_sent(cast, elsewhere, typed, said):
    if "file" in typed:
        typed = {**typed, "file": SimpleUploadedFile("a.pdf", typed["file"])}
    answer = at_the_center(cast, elsewhere, **typed)
    assert answer.status_code == 422
    assert said in tight(answer.content.decode())
    assert not Copy.objects.exists()


@pytest.mark.browser
def test_her_page_is_accessible(browse, cast, story):
    browser = browse(width=360)
    ada = Person("ada", browser, assert_accessible)
    ada.goes(f"/patron/requests/{story.ill.ref}/")
    expect(browser.get_by_role("heading", name="Your copy", exact=True)).to_be_visible()
    click(browser.get_by_role("link", name="Something is wrong with it"))
    assert_accessible(browser)
