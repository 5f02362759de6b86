"""R15: who hears of a page when it is published first, or announced again; nobody of an edit."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from postroad.guides import announcing, schedule
from postroad.guides.models import (
    Announcement,
    AnswerPage,
    Answers,
    GuidePage,
    Guides,
    News,
    NewsPage,
    Topic,
)
from postroad.notices import updates
from postroad.notices.models import Kind, Notice
from postroad.notices.subscribers import Bulletin, Frequency
from postroad.worker import run
from tests.notices.test_updates import ANN, signed_up

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def today(db: None) -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def draft(title: str = "Ice on the roads", **more: Any) -> Any:
    page = NewsPage(title=title, intro="No van.", live=False, **more)
    return News.objects.get().add_child(instance=page)


def publish(page: Any) -> Any:
    page.save_revision().publish()
    page.refresh_from_db()  # it was another object that was published
    return page


def heard(now: datetime = NOW) -> list[str]:
    """What Ann's letters say so far."""
    run.until_idle(now)
    updates.send(now)
    letters = Notice.objects.filter(kind=Kind.UPDATE, address=ANN).order_by("pk")
    return [each.subject for each in letters]


def test_r15_a_page_is_heard_of_when_it_is_published_and_not_when_it_is_edited():
    signed_up(now=NOW - DAY)
    page = draft()
    assert heard() == []
    publish(page)
    assert heard() == ["Ice on the roads"]
    for title in ("Ice on the roads!", "Snow"):
        page.title = title
        publish(page)
    assert heard() == ["Ice on the roads"]
    assert Announcement.objects.count() == 1


def test_r15_a_page_that_is_taken_down_and_published_again_is_no_news():
    signed_up(now=NOW - DAY)
    page = publish(draft())
    heard()
    page.unpublish()
    publish(page)
    assert heard() == ["Ice on the roads"]


def test_r15_an_editor_announces_it_again():
    signed_up(now=NOW - DAY)
    page = publish(draft())
    heard()
    announcing.again(page, by="Edith", at=NOW)
    assert heard() == ["Ice on the roads"] * 2
    run.until_idle(NOW)
    assert heard() == ["Ice on the roads"] * 2


def test_r15_a_scheduled_page_is_heard_of_at_its_time(today: Any):
    signed_up(now=NOW - DAY)
    publish(draft(go_live_at=NOW + DAY))
    assert heard() == []
    today.move_to(NOW + DAY)
    assert schedule.follow(NOW + DAY) == 1
    assert heard(NOW + DAY) == ["Ice on the roads"]


def test_r15_a_process_that_is_killed_before_the_signal_loses_nothing():
    signed_up(now=NOW - DAY)
    publish(draft())
    Announcement.objects.all().delete()
    assert announcing.follow(NOW) == 1
    assert announcing.follow(NOW) == 0
    assert heard() == ["Ice on the roads"]


def test_r15_told_twice_it_is_heard_once():
    signed_up(now=NOW - DAY)
    publish(draft())
    heard()
    Announcement.objects.update(due_at=NOW, told=[])
    assert heard() == ["Ice on the roads"]


def test_what_was_taken_down_before_the_digest_is_not_in_it():
    signed_up(frequency=Frequency.DAILY, now=NOW - DAY)
    page = publish(draft())
    publish(draft("Snow"))
    run.until_idle(NOW)
    page.unpublish()
    assert heard(NOW + DAY) == ["Snow"]
    assert updates.standing(list(Bulletin.objects.all())) == {Bulletin.objects.get(title="Snow").pk}


def test_news_whose_day_is_over_is_none():
    signed_up(frequency=Frequency.DAILY, now=NOW - DAY)
    publish(draft(show_until=NOW.date()))
    run.until_idle(NOW)
    with time_machine.travel(NOW + DAY, tick=False):
        assert heard(NOW + DAY) == []


def test_a_page_that_is_down_when_its_turn_comes_is_not_told():
    signed_up(now=NOW - DAY)
    publish(draft()).unpublish()
    assert heard() == []
    assert not Bulletin.objects.exists()


def topics_of(bulletin: Bulletin) -> set[str]:
    return {each.topic for each in bulletin.topics.all()}


def test_each_kind_of_page_is_about_its_topics():
    facts: dict[str, Any] = {"intro": "x", "body": [("text", "<p>x</p>")], "live": False}
    guide = Guides.objects.get().add_child(instance=GuidePage(title="Returns", **facts))
    publish(guide)
    publish(guide.add_child(instance=GuidePage(title="By mail", **facts)))
    topic = Topic.objects.create(name="Delivery")
    answers = Answers.objects.get()
    publish(answers.add_child(instance=AnswerPage(title="When?", topic=topic, **facts)))
    publish(draft())
    run.until_idle(NOW)
    found = {each.title: topics_of(each) for each in Bulletin.objects.all()}
    assert found == {
        "Returns": {"guides", "guide:returns"},
        "By mail": {"guides", "guide:returns"},
        "When?": {"guides", f"subject:{topic.pk}"},
        "Ice on the roads": {"news"},
    }
    assert Bulletin.objects.get(title="By mail").path == "/guides/returns/by-mail/"
