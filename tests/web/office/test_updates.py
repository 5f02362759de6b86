"""E-mail updates as offices see them: numbers, and never an address."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from postroad.guides.models import Announcement, FrontPage, News, NewsPage
from postroad.notices import updates
from postroad.notices.models import Notice
from postroad.worker import run
from tests.cast import Cast
from tests.notices.test_updates import ANN, signed_up


@pytest.fixture
def editor(cast: Cast, client: Client) -> Client:
    client.force_login(cast.editor)
    return client


def news(**more: Any) -> Any:
    facts = {"title": "Snow", "intro": "No van.", "live": False, **more}
    return News.objects.get().add_child(instance=NewsPage(**facts))


def published() -> Any:
    page = news()
    page.save_revision().publish()
    return page


def test_numbers_are_shown_and_no_address(editor: Client):
    signed_up(ANN, "news", "library:lee", now=timezone.now() - timedelta(days=1))
    published()
    run.until_idle(timezone.now())
    updates.send(timezone.now())
    page = editor.get("/office/updates/")
    assert ("Lee Library", 1) in page.context["topics"]
    assert [each.n for each in page.context["lately"]] == [1]
    assert ANN not in page.content.decode()


def test_the_editors_page_offers_to_announce_again_what_is_published(editor: Client):
    draft, page = news(slug="draft"), published()
    offered = f"/office/updates/announce/{page.pk}/"
    assert offered in editor.get(f"/cms/pages/{page.pk}/edit/").content.decode()
    edit = editor.get(f"/cms/pages/{draft.pk}/edit/").content.decode()
    assert "/office/updates/announce/" not in edit


def test_r15_announcing_again_asks_first_and_says_how_many_hear_of_it(editor: Client):
    signed_up(now=timezone.now() - timedelta(days=1))
    page = published()
    address = f"/office/updates/announce/{page.pk}/"
    asked = editor.get(address).content.decode()
    assert "1 subscriber hears of it once more" in asked
    assert ANN not in asked
    assert Announcement.objects.count() == 1
    assert editor.post(address)["Location"] == f"/cms/pages/{page.pk}/edit/"
    again = Announcement.objects.get(first=False)
    assert (again.page_id, again.by) == (page.pk, "Editor")
    run.until_idle(timezone.now())
    updates.send(timezone.now())
    assert "2 updates" in Notice.objects.latest("pk").subject  # the first had not left yet


def test_what_is_no_page_for_readers_is_not_announced(editor: Client):
    for page in (news(), FrontPage.objects.get()):
        assert editor.post(f"/office/updates/announce/{page.pk}/").status_code == 404
    assert not Announcement.objects.exists()
