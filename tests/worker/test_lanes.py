"""No lane waits for another, on real threads, sockets and locks."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from postroad.catalogue import search
from postroad.catalogue.engines import tantivy as engine
from postroad.catalogue.models import Unindexed
from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Event, Request
from postroad.notices.models import Notice
from postroad.worker import run, turns
from postroad.worker.models import Turn
from postroad.worker.timetable import TIMETABLE, Job, Lane
from tests.cast import Cast, gather
from tests.ill.story import copy, title
from tests.postmaster import Postmaster, at_work

on_threads = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def silent(settings) -> Iterator[Postmaster]:
    """A mail server that accepts and never speaks."""
    settings.EMAIL_TIMEOUT = 60
    with at_work(settings) as server:
        server.silent = True
        yield server


@contextmanager
def at_work_in(*lanes: Lane) -> Iterator[list[run.Parting]]:
    """A worker as the command starts it, until the end of the block."""
    stop, ended = threading.Event(), list[run.Parting]()
    turns.looked.clear()
    worker = threading.Thread(target=lambda: ended.append(run.work(stop, lanes or Lane)))
    worker.start()
    try:
        yield ended
    finally:
        stop.set()
        worker.join()


def until(is_so: Callable[[], bool]) -> None:
    """Wait for it, for as long as a busy machine may take."""
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.02)


def ask(cast: Cast, name: str) -> Request:
    record = title(name)
    copy(record, cast.lenox, name)
    return asking.ask(record, Act(cast.ada, timezone.now()), patron=cast.ada, library=cast.lee)


def is_referred(ill: Request) -> bool:
    told = not Event.objects.untold().filter(request=ill.pk).exists()
    return told and Request.objects.get(pk=ill.pk).state == State.REFERRED


@on_threads
def test_a_mail_server_that_never_speaks_delays_no_event_no_clock_and_no_index(
    silent: Postmaster, settings, tmp_path, monkeypatch
):
    settings.HOME = tmp_path
    monkeypatch.setattr(run, "PARTING", 0.1)
    cast = gather()
    first = ask(cast, "Walden")
    with at_work_in() as ended:
        until(silent.called.is_set)
        assert Notice.objects.unmailed().exists()
        later = ask(cast, "Cape Cod")
        overdue = ask(cast, "Excursions")
        Request.objects.filter(pk=overdue.pk).update(need_by="2020-01-01")
        Turn.objects.exclude(name="mail").update(next_at=timezone.now())
        turns.looked.clear()
        until(lambda: is_referred(first) and is_referred(later))
        until(lambda: Request.objects.get(pk=overdue.pk).state == State.CLOSED)
        until(lambda: not Unindexed.objects.exists() and search.is_ready())
        assert not silent.goes_on.is_set()
        assert not Notice.objects.filter(mailed_at__isnull=False).exists()
    assert ended == [run.Parting(fell=False, hangs=True)]
    silent.goes_on.set()
    until(lambda: not any(each.name == "lane-post" for each in threading.enumerate()))
    assert Notice.objects.unmailed().exists()


@on_threads
def test_an_index_that_another_process_writes_delays_nothing_and_is_followed_afterwards(
    settings, tmp_path
):
    settings.HOME = tmp_path
    cast = gather()
    search.rebuild()
    with engine.lock(), at_work_in(Lane.HOUSE, Lane.INDEX, Lane.NIGHT):
        ill = ask(cast, "Walden")
        assert ill.record_id
        Unindexed.objects.note([ill.record_id])
        until(lambda: is_referred(ill))
        until(lambda: Turn.objects.filter(name="old sessions", ran_at__isnull=False).exists())
        assert Unindexed.objects.exists()
        assert not Turn.objects.exclude(trouble="").exists()
    Turn.objects.update(next_at=timezone.now())
    with at_work_in(Lane.INDEX):
        until(lambda: not Unindexed.objects.exists())


@on_threads
def test_a_lane_that_is_not_asked_for_stands_still():
    cast = gather()
    with at_work_in(Lane.HOUSE):
        ill = ask(cast, "Walden")
        until(lambda: is_referred(ill))
    lanes = {job.lane for job in TIMETABLE if Turn.objects.filter(name=job.name).exists()}
    assert lanes == {Lane.HOUSE}
    assert Notice.objects.unmailed().exists()


@on_threads
def test_a_lane_that_falls_ends_the_whole_worker(monkeypatch, caplog):
    def fall(now: object) -> int:
        raise SystemExit("a thread ends silently of that")

    monkeypatch.setattr(run, "TIMETABLE", (Job("falls", fall, timedelta(1), Lane.NIGHT),))
    with at_work_in() as ended:
        until(lambda: bool(ended))
    assert ended == [run.Parting(fell=True, hangs=False)]
    assert "lane night fell" in caplog.text


@on_threads
def test_each_thread_gives_its_connection_back():
    threads_before = threading.active_count()
    with at_work_in():
        until(lambda: Turn.objects.filter(ran_at__isnull=False).count() == len(TIMETABLE))
    assert threading.active_count() == threads_before
    if connection.vendor == "postgresql":
        until(lambda: connections_open() == 1)


def connections_open() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_every_lane_is_worked_in_by_one_thread():
    assert sorted(lane for group in run.SHARED for lane in group) == sorted(Lane)


def test_a_lane_that_does_not_exist_is_told_in_a_sentence():
    with pytest.raises(CommandError, match=r"“attic” is not a lane; choose from house, post, net"):
        call_command("worker", "--lanes", "house", "attic")
