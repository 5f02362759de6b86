"""E-mail updates for anybody: who gets them, when, and how they stop."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core import signing
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from postroad.directory import closures, thresholds
from postroad.directory.models import Effect, Happening, Threshold
from postroad.notices import lost_links, post, publishing, tell, topics, updates
from postroad.notices.models import Kind, Mailbox, Notice
from postroad.notices.subscribers import (
    Alert,
    Bounce,
    Bulletin,
    Frequency,
    Interest,
    LinkAsked,
    Signup,
    Subscriber,
)
from postroad.notices.words import Facts
from postroad.worker import run
from tests.cast import Cast

MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)  # ten in the morning in Lee
DAY = timedelta(days=1)
ANN = "ann@example.org"


def signed_up(
    email: str = ANN,
    *wanted: str,
    frequency: Frequency = Frequency.AT_ONCE,
    now: datetime = MONDAY - DAY,
) -> Subscriber:
    updates.sign_up(email, wanted or ["news"], frequency, now=now)
    signup = Signup.objects.get(email=email.lower())
    return updates.confirm(updates.token(signup.secret), now=now)


def published(number: int = 1, about: str = "news", **more: Any) -> None:
    facts: dict[str, Any] = {
        "title": f"Title {number}",
        "summary": "In short.",
        "path": f"/news/{number}/",
    }
    facts |= {"at": MONDAY, "now": MONDAY} | more
    updates.publish("test", number, about=[about], **facts)


def letters() -> list[Notice]:
    return list(Notice.objects.filter(kind__in=[Kind.UPDATE, Kind.UPDATES]).order_by("pk"))


def test_r15_who_has_not_confirmed_is_not_written_to(db: None):
    updates.sign_up(ANN, ["news"], Frequency.AT_ONCE, now=MONDAY - DAY)
    published()
    assert updates.send(MONDAY) == 0
    [asked] = Notice.objects.all()
    assert (asked.kind, asked.address) == (Kind.CONFIRM_UPDATES, ANN)
    assert asked.text.count("/updates/confirm/") == 1
    assert not Subscriber.objects.exists()


def test_r15_who_has_confirmed_gets_one_letter_and_the_way_out(db: None, mail_folder: Path):
    subscriber = signed_up()
    published()
    assert updates.send(MONDAY) == 1
    assert updates.send(MONDAY) == 0
    [letter] = letters()
    assert letter.subject == "Title 1"
    assert "asked for updates on: News." in letter.text
    assert letter.leave == f"/updates/leave/{updates.token(subscriber.secret)}"
    post.send(MONDAY)
    [sent] = mail_folder.iterdir()
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in sent.read_bytes()


def test_the_letter_that_asks_is_gone_once_it_was_answered(db: None, mail_folder: Path):
    updates.sign_up(ANN, ["news"], Frequency.AT_ONCE, now=MONDAY)
    post.send(MONDAY)
    updates.confirm(updates.token(Signup.objects.get().secret), now=MONDAY)
    assert not Notice.objects.exists()
    assert not list(mail_folder.iterdir())


def test_a_link_that_is_used_old_or_forged_confirms_nothing(db: None):
    updates.sign_up(ANN, ["news"], Frequency.AT_ONCE, now=MONDAY)
    token = updates.token(Signup.objects.get().secret)
    forged = signing.Signer(salt="another").sign(Signup.objects.get().secret)
    for wrong, now in ((forged, MONDAY), ("x", MONDAY), (token, MONDAY + 8 * DAY)):
        with pytest.raises(updates.LinkIsOver):
            updates.confirm(wrong, now=now)
    updates.confirm(token, now=MONDAY)
    with pytest.raises(updates.LinkIsOver):
        updates.confirm(token, now=MONDAY)
    assert Subscriber.objects.count() == 1


def test_who_signs_up_again_keeps_what_they_had(db: None):
    first = signed_up(ANN, "news")
    again = signed_up("Ann@Example.ORG", "library:lee", frequency=Frequency.WEEKLY)
    assert again.pk == first.pk
    assert {each.topic for each in again.interests.all()} == {"news", "library:lee"}
    assert again.frequency == Frequency.WEEKLY


def test_a_lost_link_is_mailed_to_whom_it_belongs_once_for_each_time_it_is_asked(db: None):
    subscriber = signed_up(ANN, "news", frequency=Frequency.WEEKLY)
    for typed in ("Ann@Example.ORG ", "nobody@example.org"):
        lost_links.ask_for_link(typed, now=MONDAY)
    assert lost_links.send_links(MONDAY) == 1
    assert lost_links.send_links(MONDAY) == 0
    assert not LinkAsked.objects.exists()
    [letter] = Notice.objects.all()
    token = updates.token(subscriber.secret)
    assert (letter.kind, letter.address) == (Kind.UPDATES_LINK, ANN)
    assert letter.link == f"/updates/mine/{token}"
    assert letter.leave == f"/updates/leave/{token}"
    assert "once a week" in letter.text
    assert "News" in letter.text
    lost_links.ask_for_link(ANN, now=MONDAY)
    assert lost_links.send_links(MONDAY) == 1
    lost_links.ask_for_link(ANN, now=MONDAY)
    updates.leave(token)
    assert lost_links.send_links(MONDAY) == 0
    assert not Notice.objects.exists()  # nothing of them stays


def test_what_was_asked_for_in_two_letters_is_confirmed_in_either_order(db: None):
    updates.sign_up(ANN, ["news"], Frequency.AT_ONCE, now=MONDAY)
    updates.sign_up(ANN, ["library:lee"], Frequency.WEEKLY, now=MONDAY)
    first, second = Signup.objects.order_by("pk")
    updates.confirm(updates.token(second.secret), now=MONDAY)
    assert Notice.objects.count() == 1  # the letter with the other button stays
    subscriber = updates.confirm(updates.token(first.secret), now=MONDAY)
    assert {each.topic for each in subscriber.interests.all()} == {"news", "library:lee"}
    assert not Signup.objects.exists()
    assert not Notice.objects.exists()


def test_nothing_of_who_never_confirmed_stays_after_a_week(db: None, mail_folder: Path):
    updates.sign_up(ANN, ["news"], Frequency.AT_ONCE, now=MONDAY)
    post.send(MONDAY)
    updates.tidy(MONDAY + 6 * DAY)
    assert Signup.objects.exists()
    updates.tidy(MONDAY + 7 * DAY)
    assert not Signup.objects.exists()
    assert not Notice.objects.exists()
    assert not list(mail_folder.iterdir())


def test_r15_nothing_stays_of_who_leaves_and_unsent_letters_do_not_leave(
    db: None, mail_folder: Path
):
    subscriber = signed_up()
    published()
    updates.send(MONDAY)
    post.send(MONDAY)
    published(2)
    updates.send(MONDAY)
    Bounce.objects.create(address=ANN, letter="<x>", at=MONDAY)
    token = updates.token(subscriber.secret)
    updates.leave(token)
    updates.leave(token)
    for table in (Subscriber, Interest, Alert, Signup, Bounce, Notice):
        assert not table.objects.exists(), table
    assert not list(mail_folder.iterdir())
    published(3)
    assert updates.send(MONDAY) == 0
    assert Bulletin.objects.count() == 3  # what was published is nobody's


def test_an_address_that_left_may_come_back(db: None):
    updates.leave(updates.token(signed_up().secret))
    signed_up()
    published()
    assert updates.send(MONDAY) == 1


def test_what_somebody_else_wrote_to_the_address_stays(cast: Cast):
    subscriber = signed_up()
    tell.note(Kind.LATE, Mailbox(ANN), Facts(), source="case", source_key=1, now=MONDAY)
    updates.leave(updates.token(subscriber.secret))
    assert Notice.objects.get().kind == Kind.LATE


def test_r15_what_is_told_twice_is_heard_once_also_by_who_left_the_digest_meanwhile(db: None):
    subscriber = signed_up()
    published()
    updates.send(MONDAY)
    published(now=MONDAY + DAY)  # the listener was killed, and is told again
    updates.change(subscriber, ["news"], Frequency.DAILY, now=MONDAY)
    published(now=MONDAY + DAY)
    for hour in range(72):
        updates.send(MONDAY + timedelta(hours=hour))
    assert len(letters()) == 1


def test_r15_who_is_killed_while_writing_loses_nothing_and_doubles_nothing(db: None):
    signed_up()
    with transaction.atomic():
        published()
        transaction.set_rollback(True)  # killed before the bulletin was there: it is told again
    published()
    with transaction.atomic():
        assert updates.send(MONDAY) == 1
        transaction.set_rollback(True)  # killed before the letter was there
    assert letters() == []
    assert updates.send(MONDAY) == 1
    assert updates.send(MONDAY) == 0
    assert len(letters()) == 1


def test_many_subscribers_cost_one_statement_when_something_is_published(db: None):
    published(0)
    many = [
        Subscriber(email=f"a{n}@example.org", secret=str(n), confirmed_at=MONDAY - DAY)
        for n in range(40)
    ]
    Subscriber.objects.bulk_create(many)
    Interest.objects.bulk_create(Interest(subscriber=each, topic="news") for each in many)
    updates.next_letter(Frequency.WEEKLY, MONDAY)  # the settings are at hand
    with CaptureQueriesContext(connection) as asked:
        published(1)
    assert sum("notices_alert" in each["sql"] for each in asked) == 1
    assert updates.send(MONDAY) == 40


def test_who_confirms_later_hears_of_what_comes_next(db: None):
    signed_up(now=MONDAY + timedelta(hours=1))
    published()
    assert updates.send(MONDAY + DAY) == 0


def test_only_who_asked_for_a_topic_hears_of_it(db: None):
    signed_up(ANN, "library:lee")
    signed_up("ben@example.org", "news", "guides")
    published()
    assert updates.send(MONDAY) == 1
    assert letters()[0].address == "ben@example.org"


def test_two_topics_of_one_bulletin_make_one_letter(db: None):
    signed_up(ANN, "news", "guides")
    updates.publish(
        *("test", 1),
        title="Both",
        summary="",
        path="/x/",
        about=["news", "guides"],
        at=MONDAY,
        now=MONDAY,
    )
    updates.send(MONDAY)
    assert [each.subject for each in letters()] == ["Both"]


# How often


def at(day: int, hour: int) -> datetime:
    local = datetime(2026, 11, day, hour, tzinfo=UTC)
    return local + timedelta(hours=5)


@pytest.mark.parametrize(
    ("now", "daily", "weekly"),
    [
        (at(23, 6), at(23, 7), at(23, 7)),  # a Monday, before seven
        (at(23, 7), at(24, 7), at(30, 7)),
        (at(29, 20), at(30, 7), at(30, 7)),
    ],
)
def test_digests_come_in_the_morning(now: datetime, daily: datetime, weekly: datetime, db: None):
    assert updates.next_letter(Frequency.DAILY, now) == daily
    assert updates.next_letter(Frequency.WEEKLY, now) == weekly


def test_seven_is_seven_also_when_the_clocks_change(db: None):
    before = datetime(2026, 10, 31, 18, tzinfo=UTC)
    assert updates.next_letter(Frequency.DAILY, before) == datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_the_day_of_the_week_is_a_setting_with_a_date(db: None):
    Threshold.objects.create(name="updates-weekday", days=4, effective=at(24, 0).date())
    assert updates.next_letter(Frequency.WEEKLY, at(22, 9)) == at(23, 7)
    assert updates.next_letter(Frequency.WEEKLY, at(23, 9)) == at(26, 7)
    assert thresholds.days("updates-weekday", on=at(23, 0).date()) == 1


def test_a_digest_is_one_letter_that_leads_to_each(db: None):
    subscriber = signed_up(frequency=Frequency.DAILY)
    for number in (1, 2, 3):
        published(number)
    assert updates.send(MONDAY + timedelta(hours=20)) == 0
    assert updates.send(at(24, 7)) == 1
    [letter] = letters()
    assert letter.subject == "3 updates: Title 1"
    for number in (1, 2, 3):
        assert f'/news/{number}/">Title {number}. In short.</a>' in letter.html
        assert f"/news/{number}/" in letter.text
    assert updates.token(subscriber.secret) in letter.text


def test_who_changes_from_a_digest_to_at_once_need_not_wait(db: None):
    subscriber = signed_up(frequency=Frequency.WEEKLY)
    published()
    updates.change(subscriber, ["news"], Frequency.AT_ONCE, now=MONDAY)
    assert updates.send(MONDAY) == 1


def test_what_one_no_longer_wants_is_not_in_the_digest(db: None):
    subscriber = signed_up(ANN, "news", "guides", frequency=Frequency.DAILY)
    published(1)
    published(2, "guides")
    updates.change(subscriber, ["guides"], Frequency.DAILY, now=MONDAY)
    updates.send(at(24, 7))
    assert [each.subject for each in letters()] == ["Title 2"]


def test_more_than_a_letter_holds_stands_in_the_next(db: None):
    signed_up(frequency=Frequency.DAILY)
    for number in range(updates.LINES + 1):
        published(number)
    while updates.send(at(24, 7)):
        pass
    assert [each.subject for each in letters()] == [
        f"{updates.LINES} updates: Title 0",
        f"Title {updates.LINES}",
    ]


# Libraries and routes


def closed(cast: Cast, **more: Any) -> UUID:
    facts: dict[str, Any] = {"first_day": MONDAY.date(), "last_day": MONDAY.date() + 2 * DAY}
    facts |= {"source": "library", "reason": "Burst pipe", "at": MONDAY, **more}
    return closures.close(**facts)[0].entry


def heard(email: str = ANN) -> list[str]:
    run.until_idle(MONDAY)
    updates.send(MONDAY)
    return [each.subject for each in letters() if each.address == email]


def test_who_asked_for_a_library_hears_that_it_closes_and_opens(cast: Cast):
    signed_up(ANN, topics.of_library("lee"))
    entry = closed(cast, libraries=[cast.lee])
    closed(cast, libraries=[cast.lenox])
    assert heard() == ["Lee Library, Lee: closed, Monday 23 November to Wednesday 25 November"]
    closures.reopen(entry, by="Dora", at=MONDAY)
    assert heard()[1:] == ["Lee Library, Lee: open again"]


def test_who_asked_for_a_library_hears_of_what_holds_for_its_state(cast: Cast):
    signed_up(ANN, topics.of_library("providence"))
    closed(cast, state="MA")
    assert heard() == []
    closed(cast, state="RI", last_day=None, effect=Effect.NO_LENDING)
    assert heard() == [
        "Rhode Island: open, but not lending, from Monday 23 November until further notice"
    ]


@pytest.mark.parametrize("topic", ["routes", "route:WEST 2"])
def test_who_asked_for_a_route_hears_of_days_without_the_van_alone(cast: Cast, topic: str):
    signed_up(ANN, topic)
    closed(cast, libraries=[cast.lee])
    closed(cast, libraries=[cast.otis_school], effect=Effect.NO_DELIVERY)  # off every route
    assert heard() == []
    closed(cast, libraries=[cast.lee, cast.lenox], effect=Effect.NO_DELIVERY)
    assert heard() == [
        "Delivery route West 2: no delivery, Monday 23 November to Wednesday 25 November"
    ]


def test_several_closures_said_at_once_are_one_letter(cast: Cast):
    signed_up(ANN, topics.of_library("lee"))
    closed(cast, libraries=[cast.lee], effect=Effect.NO_LENDING)
    closed(cast, libraries=[cast.lee], effect=Effect.NO_RETURNS)
    assert heard()[0].startswith("2 updates: Lee Library, Lee: open, but not lending")


def test_what_is_over_already_is_no_news(cast: Cast):
    signed_up(ANN, topics.of_library("lee"))
    closed(
        cast, libraries=[cast.lee], first_day=MONDAY.date() - 9 * DAY, last_day=MONDAY.date() - DAY
    )
    assert heard() == []
    assert not Bulletin.objects.exists()


def test_a_closure_whose_rows_are_gone_is_no_news(cast: Cast):
    closed(cast, libraries=[cast.lee])
    happening = Happening.objects.get()
    happening.subject = "closure:00000000-0000-0000-0000-000000000000"
    publishing.of_libraries(happening, MONDAY)
    happening.subject = "something:else"
    publishing.of_libraries(happening, MONDAY)
    assert not Bulletin.objects.exists()


def test_no_log_and_no_page_says_whose_address_it_is(db: None):
    assert ANN not in str(signed_up())
    assert not re.search("@", str(Signup(email=ANN)))
