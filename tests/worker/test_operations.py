"""The operator's page: /office/operations/."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from postroad import telling
from postroad.catalogue import search
from postroad.catalogue.models import Audited, Unindexed
from postroad.directory import closures
from postroad.directory.models import Effect, Happening
from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.models import Event
from postroad.telling import Told
from postroad.worker import run
from postroad.worker.event_words import BRINGS, JOBS, WORDS
from postroad.worker.listeners import LISTENERS
from postroad.worker.models import Turn
from postroad.worker.timetable import TIMETABLE
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin, title

PATH = "/office/operations/"
TROUBLE = "tell.people: OSError: [Errno 28] <b>No space left</b>"


@pytest.fixture
def story(cast: Cast) -> Story:
    return begin(cast)


@pytest.fixture
def operator(cast: Cast, client: Client) -> Any:
    with time_machine.travel(MONDAY, tick=False):
        client.force_login(cast.operator)
        yield client


def page(client: Client, address: str = PATH) -> str:
    text = re.sub(r"<[^>]+>", " ", client.get(address).content.decode())
    return " ".join(unescape(text).split())


def give_up(room: type[Told] = Event) -> None:
    room.objects.update(due_at=None, failures=run.TRIES, trouble=TROUBLE, gave_up_at=MONDAY)


def press(client: Client, what: str, event: Told | str) -> str:
    """Press a button of the page: that of an event, or what is typed instead."""
    key = event if isinstance(event, str) else f"{event._meta.label_lower}:{event.pk}"
    answer = client.post(f"{PATH}{what}/", {"event": key}, follow=True)
    return " ".join(str(message) for message in answer.context["messages"])


def test_what_gave_up_is_shown_with_its_request_and_its_trouble(operator: Client, story: Story):
    give_up()
    shown = page(operator)
    ref = story.ill.ref
    assert f"{ref[:4]} {ref[4:]}" in shown
    assert "Asked for." in shown
    assert "tell.people" in shown
    assert "OSError: [Errno 28] <b>No space left</b>" in shown
    assert "<b>No space" not in operator.get(PATH).content.decode()
    assert operator.get(PATH).context["counts"] == {"office-operations": 1}


def test_trying_again_sends_it_round_once_more(operator: Client, story: Story):
    give_up()
    event = Event.objects.get()
    assert press(operator, "try-again", event) == "1 event will be tried again."
    run.until_idle(MONDAY)
    assert "refer" in story.ill.events.values_list("verb", flat=True)
    assert press(operator, "try-again", event).startswith("There was nothing left to try again")


def test_all_are_tried_again_at_once(operator: Client, story: Story):
    asking.ask(title("Cape Cod"), Act(), patron=story.cast.ada, library=story.cast.lee)
    give_up()
    assert press(operator, "try-again", "all") == "2 events will be tried again."
    assert not Event.objects.given_up().exists()


def test_what_rests_leaves_the_list_and_keeps_its_trouble(operator: Client, story: Story):
    give_up()
    event = Event.objects.get()
    press(operator, "let-rest", event)
    event.refresh_from_db()
    assert (event.gave_up_at, event.due_at, event.trouble) == (None, None, TROUBLE)
    assert "Nothing has been given up on." in page(operator)


def test_what_gave_up_of_a_closure_is_shown_tried_again_and_dismissed(
    operator: Client, story: Story
):
    cast, day = story.cast, MONDAY.date()
    one = closures.close(libraries=[cast.lee], first_day=day, source="library", at=MONDAY)
    closures.close(state="RI", first_day=day, last_day=day, source="office", at=MONDAY)
    closures.close(libraries=[cast.lee, cast.lenox], first_day=day, source="office", at=MONDAY)
    closures.close(
        first_day=day, last_day=day, effect=Effect.NO_DELIVERY, source="office", at=MONDAY
    )
    closures.reopen(one[0].entry, by="Ben", at=MONDAY)
    give_up()
    give_up(Happening)
    shown = page(operator)
    assert operator.get(PATH).context["counts"] == {"office-operations": 6}
    for sentence in (
        "A closure was entered: closed, from Monday 23 November until further notice. Lee Library",
        "A closure was entered: closed, Monday 23 November to Monday 23 November. Rhode Island",
        "A closure was entered: closed, from Monday 23 November until further notice. 2 libraries",
        "A closure was entered: no delivery, Monday 23 November to Monday 23 November. all libr",
        "A closure was ended: closed, from Monday 23 November until further notice. Lee Library",
    ):
        assert sentence in shown
    first, *others = Happening.objects.order_by("pk")
    assert press(operator, "try-again", first) == "1 event will be tried again."
    press(operator, "let-rest", others[0])
    assert Happening.objects.given_up().count() == 3
    assert Event.objects.given_up().count() == 1  # though it may bear the same number
    assert press(operator, "try-again", "all") == "4 events will be tried again."


def test_only_what_gave_up_can_rest(operator: Client, story: Story):
    event = Event.objects.get()
    before = event.due_at
    press(operator, "let-rest", event)
    press(operator, "try-again", event)
    event.refresh_from_db()
    assert event.due_at == before


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-1",
        "1",
        "²",
        "9" * 50,
        "ALL",
        "\x00",
        "ill.event",
        "ill.event:",
        "ill.event:²",
        "ill.request:1",
    ],
)
@pytest.mark.parametrize("what", ["try-again", "let-rest"])
def test_an_event_that_is_not_there_is_no_trouble(
    operator: Client, story: Story, what: str, typed: str
):
    give_up()
    press(operator, what, typed)
    assert Event.objects.given_up().count() == 1


def test_nothing_is_changed_by_looking(operator: Client, story: Story):
    give_up()
    for what in ("try-again", "let-rest"):
        assert operator.get(f"{PATH}{what}/").status_code == 405
    assert Event.objects.given_up().count() == 1


@pytest.mark.parametrize("who", ["ada", "borrower", "centre", "delivery", "editor", "stranger"])
def test_nobody_else_comes_in(client: Client, story: Story, who: str):
    give_up()
    client.force_login(getattr(story.cast, who))
    assert client.get(PATH).status_code == 404
    assert client.post(f"{PATH}try-again/", {"event": "all"}).status_code == 404
    assert Event.objects.given_up().count() == 1


def test_what_waits_and_what_fails_is_counted(operator: Client, story: Story):
    Event.objects.update(due_at=MONDAY - timedelta(minutes=5))
    assert operator.get(PATH).context["figures"] == {
        "waiting": 1,
        "in_work": 0,
        "failing": 0,
        "oldest": MONDAY - timedelta(minutes=5),
    }
    Event.objects.update(due_at=MONDAY + timedelta(minutes=5), failures=3, trouble=TROUBLE)
    assert operator.get(PATH).context["figures"]["failing"] == 1
    assert "Tried 3 times; next try: Monday 23 November" in page(operator)


def test_a_worker_that_never_ran_and_one_that_fell_silent_are_told_apart(
    operator: Client, cast: Cast
):
    assert "No worker has ever run on this database." in page(operator)
    turn = Turn.objects.create(name="clocks", next_at=MONDAY, ran_at=MONDAY - timedelta(seconds=90))
    assert "The worker is running" in page(operator)
    turn.ran_at = MONDAY - timedelta(seconds=121)
    turn.save()
    assert "The worker has been silent since Monday 23 November" in page(operator)


def test_each_line_of_the_timetable_tells_how_its_last_turn_went(operator: Client, cast: Cast):
    Turn.objects.create(
        name="clocks", next_at=MONDAY, ran_at=MONDAY, failures=4, trouble="KeyError: 'desk'"
    )
    shown = page(operator)
    assert "failed 4 times in a row" in shown
    assert "KeyError: 'desk'" in shown
    assert len(operator.get(PATH).context["lines"]) == len(TIMETABLE)


def test_every_line_of_the_timetable_has_words():
    assert set(JOBS) == {job.name for job in TIMETABLE}
    assert [says for says in JOBS.values() if re.search(r"\b(\w+) \1\b", str(says))] == []


def test_the_events_of_every_room_have_listeners_and_words():
    assert set(LISTENERS) == set(WORDS) == set(BRINGS) == set(telling.rooms())


def test_database_and_index_are_told(operator: Client, story: Story):
    shown = page(operator)
    assert re.search(r"(SQLite|PostgreSQL), [\d.]+ (KB|MB|GB)", shown.replace("\xa0", " "))
    assert "Records in the catalog 1" in shown


def test_staff_are_told_when_what_follows_is_late(client: Client, story: Story):
    client.force_login(story.cast.borrower)
    late = "Nothing is lost; keep working."
    with time_machine.travel(MONDAY + timedelta(minutes=1), tick=False):
        assert late not in page(client, "/staff/borrowing/")
    with time_machine.travel(MONDAY + timedelta(minutes=3), tick=False):
        assert late in page(client, "/staff/borrowing/")
    with time_machine.travel(MONDAY + timedelta(minutes=4), tick=False):
        run.until_idle(MONDAY + timedelta(minutes=4))
        assert late not in page(client, "/staff/borrowing/")


def test_staff_are_told_when_what_follows_from_a_closure_is_late(client: Client, cast: Cast):
    closures.close(libraries=[cast.lee], first_day=MONDAY.date(), source="library", at=MONDAY)
    client.force_login(cast.borrower)
    with time_machine.travel(MONDAY + timedelta(minutes=3), tick=False):
        assert "Nothing is lost; keep working." in page(client, "/staff/borrowing/")


def test_patrons_are_not_troubled_with_it(client: Client, story: Story):
    client.force_login(story.cast.ada)
    with time_machine.travel(MONDAY + timedelta(minutes=9), tick=False):
        assert "keep working" not in page(client, "/patron/requests/")


def test_a_long_list_takes_no_more_queries(
    operator: Client, story: Story, settings: Any, tmp_path: Path, django_assert_num_queries: Any
):
    settings.HOME = tmp_path  # without an index, of which one more would be asked

    def more(first: int, last: int) -> None:
        for number in range(first, last):
            asking.ask(
                title(f"Book {number}"), Act(), patron=story.cast.ada, library=story.cast.lee
            )
        give_up()

    more(0, 2)
    page(operator)
    its_size = connection.vendor == "postgresql"  # asked by query; SQLite's is that of its file
    with django_assert_num_queries(15 + len(telling.rooms()) + its_size) as few:
        page(operator)
    more(2, 30)
    with django_assert_num_queries(len(few)):
        assert page(operator).count("tell.people") == 25


def test_who_lets_some_rest_finds_the_others_on_the_next_page(operator: Client, story: Story):
    Event.objects.bulk_create(
        Event(request=story.ill, verb="approve", after="approved", at=MONDAY) for _ in range(60)
    )
    give_up()
    every = set(Event.objects.given_up().values_list("pk", flat=True))
    first = operator.get(PATH)
    way = re.search(r'href="(\?page=2[^"]*)"', first.content.decode())
    assert way is not None
    listed = [trouble.event for trouble in first.context["given_up"]]
    shown = [event.pk for event in listed]
    for event in listed[:5]:
        press(operator, "let-rest", event)
    second = operator.get(PATH + unescape(way[1]))
    next_ones = {trouble.event.pk for trouble in second.context["given_up"]}
    left = sorted(every - set(shown), reverse=True)
    assert next_ones == set(left[: len(next_ones)])


def test_the_records_that_the_index_has_yet_to_follow_are_named(operator: Client, cast: Cast):
    record = title("Cape Cod")
    Unindexed.objects.all().delete()
    Unindexed.objects.note([record.pk])
    Unindexed.objects.note([record.pk, 987654])
    shown = page(operator, f"{PATH}?show=behind")
    assert shown.count("Cape Cod") == 1
    assert "Record 987654, which is no longer in the catalog" in shown
    assert "Cape Cod" not in page(operator)


def test_how_long_the_index_is_behind_is_told_beside_how_much(
    operator: Client, settings: Any, tmp_path: Path
):
    settings.HOME = tmp_path
    search.rebuild()
    Unindexed.objects.note([1], loaded=True)
    assert "1 record behind since" not in page(operator)
    Unindexed.objects.note([1])
    assert "2 records behind since" in page(operator)


def test_what_the_night_found_wrong_in_the_catalog_is_told_and_else_nothing(operator: Client):
    found = Audited.objects.create(at=MONDAY, records=100)
    assert "postroad audit" not in page(operator)
    Audited.objects.filter(pk=found.pk).update(wrong={"owners": 3}, first={"owners": [7, 9]})
    shown = page(operator)
    assert "3 entries name other libraries than have a copy: 7, 9" in " ".join(shown.split())
