"""The worker: at least once, never stuck, and what gives up is shown."""

from datetime import datetime, timedelta

import pytest
from django.db import OperationalError
from django.db.models import Q, QuerySet

from postroad.directory import closures
from postroad.directory.models import Happening
from postroad.ill import asking, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State, Verb
from postroad.ill.models import Event, Request
from postroad.worker import run, turns
from postroad.worker.listeners import LISTENERS, name
from postroad.worker.models import Turn
from postroad.worker.timetable import TIMETABLE, Job
from tests.ill.story import MONDAY, begin, copy, title


def always_fails(event, now):
    raise OSError("the mail server is away")


def heard_by(monkeypatch, *listeners, room=Event):
    """Let these hear of what happens in a room, and of all others who hears of it anyway."""
    monkeypatch.setattr(run, "LISTENERS", {**LISTENERS, room: listeners})


class Witness:
    """A listener at the edge that remembers what it was told."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.listeners = (*LISTENERS[Event], self.note)

    def note(self, event: Event, now: datetime) -> None:
        self.heard.append(event.pk)


@pytest.fixture
def told(monkeypatch):
    """The real listeners and one more at the edge, which notes what it was told."""
    witness = Witness()
    heard_by(monkeypatch, *witness.listeners)
    return witness


def test_what_follows_from_asking_happens_by_itself(cast):
    story = begin(cast)
    run.until_idle(MONDAY)
    story.look()
    assert story.ill.state == State.REFERRED
    assert not Event.objects.untold().exists()
    everybody = {name(each) for each in LISTENERS[Event]}
    told = {event.verb: set(event.told) for event in Event.objects.all()}
    assert told == {Verb.ASK: everybody, Verb.APPROVE: everybody, Verb.REFER: set()}


def test_work_under_lease_is_nobody_elses_until_the_lease_ends(cast):
    begin(cast)
    assert len(run.claim(Event, MONDAY)) == 1
    assert run.claim(Event, MONDAY) == []
    assert len(run.claim(Event, MONDAY + run.LEASE)) == 1


def test_a_worker_killed_in_the_middle_leaves_nothing_undone_and_nothing_done_twice(cast, told):
    story = begin(cast)
    (event,) = run.claim(Event, MONDAY)
    LISTENERS[Event][0](event, MONDAY)  # intake approved; then the process was killed
    run.until_idle(MONDAY + run.LEASE)
    story.look()
    assert story.ill.state == State.REFERRED
    verbs = list(story.ill.events.values_list("verb", flat=True))
    assert verbs == ["ask", "approve", "refer"]
    heard = Event.objects.filter(verb__in=["ask", "approve"])
    assert sorted(told.heard) == sorted(heard.values_list("pk", flat=True))


def test_a_listener_that_fails_delays_no_other_and_is_tried_again(cast, told, monkeypatch):
    listeners = told.listeners
    heard_by(monkeypatch, always_fails, *listeners)
    story = begin(cast)
    run.until_idle(MONDAY)
    story.look()
    assert story.ill.state == State.REFERRED
    event = story.ill.events.get(verb="ask")
    assert event.failures == 1
    assert "the mail server is away" in event.trouble
    assert event.due_at == MONDAY + run.FIRST_DELAY
    heard_by(monkeypatch, *listeners)
    run.until_idle(MONDAY + timedelta(hours=1))
    event.refresh_from_db()
    assert not event.trouble
    assert Event.objects.filter(pk=event.pk, due_at=None).exists()
    assert told.heard.count(event.pk) == 1  # who heard it the first time was not told again


def test_what_fails_for_good_is_given_up_and_shown_and_can_be_sent_round_again(cast, monkeypatch):
    heard_by(monkeypatch, always_fails)
    begin(cast)
    now = MONDAY
    for _ in range(run.TRIES):
        run.until_idle(now)
        now += timedelta(hours=1)
    event = Event.objects.given_up().get()
    assert event.due_at is None
    heard_by(monkeypatch)
    assert run.try_again(event, now=now)
    assert not run.try_again(event, now=now)
    run.until_idle(now)
    assert not Event.objects.given_up().exists()
    assert not Event.objects.untold().exists()


def test_an_event_of_another_room_is_retried_given_up_and_sent_round_again(cast, monkeypatch):
    closures.close(libraries=[cast.lee], first_day=MONDAY.date(), source="library", at=MONDAY)
    heard_by(monkeypatch, always_fails, room=Happening)
    begin(cast)
    run.until_idle(MONDAY)
    event = Happening.objects.get()
    assert (event.failures, event.due_at) == (1, MONDAY + run.FIRST_DELAY)
    assert not Event.objects.untold().exists()  # what fails there is no trouble here
    for hours in range(1, run.TRIES):
        run.until_idle(MONDAY + timedelta(hours=hours))
    now = MONDAY + timedelta(days=1)
    event = Happening.objects.given_up().get()
    assert "the mail server is away" in event.trouble
    heard: list[str] = []
    heard_by(monkeypatch, lambda event, now: heard.append(event.verb), room=Happening)
    assert run.try_again(event, now=now)
    run.until_idle(now)
    assert heard == ["close"]
    assert not Happening.objects.filter(Q(due_at__isnull=False) | ~Q(trouble="")).exists()


@pytest.mark.parametrize("rooms", [list(LISTENERS), list(LISTENERS)[::-1]])
def test_a_flood_in_one_room_keeps_another_waiting_for_no_more_than_a_batch(
    cast, monkeypatch, rooms
):
    monkeypatch.setattr(run, "BATCH", 5)
    monkeypatch.setattr(run, "LISTENERS", {room: LISTENERS[room] for room in rooms})
    for _closure in range(3 * run.BATCH):
        closures.close(libraries=[cast.lee], first_day=MONDAY.date(), source="library", at=MONDAY)
    later = MONDAY + timedelta(seconds=1)
    story = begin(cast)
    Event.objects.update(due_at=later)
    assert next(run.batches(lambda: later)) == run.BATCH + 1
    story.look()
    assert story.ill.state == State.APPROVED
    assert run.until_idle(later) == 2 * run.BATCH + 1


def test_however_many_rooms_there_are_one_statement_looks_into_all(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert run.until_idle(MONDAY) == 0


def test_nothing_is_given_up_while_the_disk_is_full(cast, monkeypatch, caplog):
    def no_room(event, now):
        raise OperationalError("database or disk is full")

    heard_by(monkeypatch, no_room)
    story = begin(cast)
    now = MONDAY
    for _ in range(3 * run.TRIES):
        run.until_idle(now)
        now += timedelta(minutes=5)
    assert not Event.objects.given_up().exists()
    assert all(story.ill.ref in record.getMessage() for record in caplog.records)
    monkeypatch.setattr(run, "LISTENERS", LISTENERS)
    run.until_idle(now)
    story.look()
    assert story.ill.state == State.REFERRED
    assert not Event.objects.exclude(trouble="").exists()


def test_a_lease_that_was_outrun_changes_nothing(cast):
    begin(cast)
    (slow,) = run.claim(Event, MONDAY)
    (quick,) = run.claim(Event, MONDAY + run.LEASE)
    run.finish([quick], MONDAY + run.LEASE)
    run.put_off(slow, "too slow", MONDAY + run.LEASE)
    run.finish([slow], MONDAY + run.LEASE)
    event = Event.objects.get(pk=slow.pk)
    assert (len(event.told), event.trouble, event.due_at) == (len(LISTENERS[Event]), "", None)


def test_each_turn_of_a_job_is_taken_by_one_worker(db, monkeypatch):
    runs: list[datetime] = []
    job = Job("a job", runs.append, timedelta(minutes=1))
    monkeypatch.setattr(run, "TIMETABLE", (job,))
    for _worker in range(3):
        turns.looked.clear()  # each process remembers for itself
        run.jobs(MONDAY)
    assert runs == [MONDAY]
    turns.looked.clear()
    run.jobs(MONDAY + timedelta(minutes=1))
    assert len(runs) == 2


def test_a_turn_that_could_not_be_written_down_is_taken_as_soon_as_it_can(db, monkeypatch):
    runs: list[datetime] = []
    monkeypatch.setattr(run, "TIMETABLE", (Job("a job", runs.append, timedelta(hours=1)),))
    turns.looked.clear()
    with monkeypatch.context() as trouble:

        def locked(*args, **kwargs):
            raise OperationalError("database is locked")

        trouble.setattr(QuerySet, "update", locked)
        with pytest.raises(OperationalError):
            run.jobs(MONDAY)
    run.jobs(MONDAY + timedelta(seconds=3))
    assert runs == [MONDAY + timedelta(seconds=3)]


def test_of_two_workers_the_one_that_is_left_takes_the_next_turn_in_time(db, monkeypatch):
    runs: list[datetime] = []
    monkeypatch.setattr(run, "TIMETABLE", (Job("a job", runs.append, timedelta(hours=1)),))
    turns.looked.clear()
    run.jobs(MONDAY)  # by one that is stopped after it
    turns.looked.clear()
    for minutes in (50, 60):  # by another, which first looks shortly before the next turn
        run.jobs(MONDAY + timedelta(minutes=minutes))
    assert runs == [MONDAY, MONDAY + timedelta(hours=1)]


def test_a_job_that_fails_is_noted_and_stops_no_other(db, monkeypatch):
    def fail(now):
        raise ValueError("no such luck")

    jobs = (
        Job("fails", fail, timedelta(minutes=1)),
        Job("works", lambda now: 1, timedelta(minutes=1)),
    )
    monkeypatch.setattr(run, "TIMETABLE", jobs)
    turns.looked.clear()
    assert run.jobs(MONDAY) == 1
    assert Turn.objects.get(name="fails").trouble == "ValueError: no such luck"
    assert Turn.objects.get(name="works").ran_at == MONDAY


def test_a_worker_that_was_stopped_for_a_day_catches_up(cast):
    story = begin(cast)
    turns.looked.clear()
    tomorrow = MONDAY + timedelta(days=1)
    while run.events(lambda: tomorrow):
        pass
    run.jobs(tomorrow)
    story.look()
    assert story.ill.state == State.REFERRED


def test_after_a_day_without_a_worker_intake_still_looks_at_each_request(cast, monkeypatch):
    """More were asked than one batch holds, so the clocks ring while some still wait."""
    monkeypatch.setattr(run, "BATCH", 1)
    monkeypatch.setattr(run, "IN_A_ROW", 1)
    story = begin(cast)
    for other in ("Cape Cod", "Excursions"):
        record = title(other)
        copy(record, cast.lenox, other)
        asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
    turns.looked.clear()
    tomorrow = MONDAY + timedelta(days=1)
    for _look in range(20):
        run.once(tomorrow)
        tomorrow += timedelta(minutes=1)
    assert set(Request.objects.values_list("state", flat=True)) == {State.REFERRED}
    assert not Event.objects.filter(verb="review").exists()
    assert story.ill.events.filter(verb="approve").count() == 1


def test_what_intake_cannot_bear_comes_to_staff_once_it_was_given_up(cast, monkeypatch):
    story = begin(cast)
    heard_by(monkeypatch, always_fails)
    tomorrow = MONDAY + timedelta(days=1)
    for hours in range(run.TRIES):
        assert sweeps.requests(tomorrow) == 0
        run.until_idle(MONDAY + timedelta(hours=hours))
    assert sweeps.requests(tomorrow) == 1
    story.look()
    assert story.ill.concerns == ["not-checked"]


def test_every_line_of_the_timetable_runs(cast, settings, tmp_path):
    settings.HOME = tmp_path
    turns.looked.clear()
    run.jobs(MONDAY)
    assert {turn.name: turn.trouble for turn in Turn.objects.all()} == {
        job.name: "" for job in TIMETABLE
    }


@pytest.mark.parametrize(("failures", "seconds"), [(1, 2), (2, 4), (5, 32), (30, 1800)])
def test_the_pause_grows_and_has_an_end(failures, seconds):
    assert run.delay(failures) == timedelta(seconds=seconds)
