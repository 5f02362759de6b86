"""Pages come and go by themselves, at the time that their editor has chosen."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from wagtail.models import Revision

from postroad.guides import schedule, seed
from postroad.guides.models import GuidePage
from tests.guides.test_guides import TODAY

NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def guide(db: None) -> GuidePage:
    seed.publish(TODAY)
    found: GuidePage = GuidePage.objects.get(slug="when-a-book-is-late")
    return found


def test_a_new_text_comes_at_its_time_and_not_before(client: Client, guide: GuidePage):
    with time_machine.travel(NOON, tick=False):
        guide.title, guide.go_live_at = "When it is late", NOON + HOUR
        guide.save_revision().publish()
        assert schedule.follow(NOON + HOUR / 2) == 0
        assert "When a book is late" in client.get(guide.url).content.decode()
    with time_machine.travel(NOON + HOUR, tick=True):
        assert schedule.follow(NOON + HOUR) == 1
        assert schedule.follow(NOON + HOUR) == 0
        assert "When it is late" in client.get(guide.url).content.decode()


def test_a_page_goes_at_its_time(client: Client, guide: GuidePage):
    with time_machine.travel(NOON, tick=False):
        guide.expire_at = NOON + HOUR
        guide.save_revision().publish()
        assert schedule.follow(NOON) == 0
    with time_machine.travel(NOON + HOUR, tick=True):
        assert schedule.follow(NOON + HOUR) == 1
        assert client.get(guide.url).status_code == 404
        assert schedule.follow(NOON + HOUR) == 0


def test_a_page_that_cannot_be_published_keeps_no_other_from_it(guide: GuidePage):
    other = GuidePage.objects.get(slug="how-to-ask-for-a-book")
    with time_machine.travel(NOON, tick=False):
        for page in (guide, other):
            page.title, page.go_live_at = "New", NOON + HOUR
            page.save_revision().publish()
    broken = Revision.objects.get(object_id=str(guide.pk), approved_go_live_at__isnull=False)
    broken.content["slug"] = None
    broken.save()
    with time_machine.travel(NOON + HOUR, tick=True), pytest.raises(TypeError):
        schedule.follow(NOON + HOUR)
    other.refresh_from_db()
    assert other.title == "New"
