"""A clock that was wrong for a while stops nothing once it is right."""

from datetime import timedelta

import pytest

from postroad.ill.lifecycle import State
from postroad.ill.models import Event
from postroad.notices import post
from postroad.notices.models import Notice
from postroad.worker import pulse, run, turns
from postroad.worker.models import Turn
from postroad.worker.timetable import TIMETABLE, Job, bring_back
from tests.ill.story import MONDAY, begin

JUMPS = [timedelta(minutes=2), timedelta(hours=1), timedelta(days=365)]


@pytest.mark.parametrize("restarted", [True, False])
@pytest.mark.parametrize("jump", JUMPS)
def test_every_job_runs_again_though_a_worker_ran_ahead_of_time(
    db, settings, tmp_path, jump: timedelta, restarted: bool
):
    settings.HOME = tmp_path
    turns.looked.clear()
    run.jobs(MONDAY + jump)
    now = MONDAY + timedelta(seconds=30)
    if restarted:
        turns.looked.clear()
    run.jobs(now)
    due = {job.name for job in TIMETABLE if jump + job.every > job.every + run.SKEW}
    assert set(Turn.objects.filter(ran_at=now).values_list("name", flat=True)) == due
    assert set(pulse.of_lanes(now).values()) == {pulse.Pulse.OK}


@pytest.mark.parametrize("jump", JUMPS)
def test_what_was_taken_ahead_of_time_is_told_when_it_is_time(cast, jump: timedelta):
    story = begin(cast)
    assert run.claim(Event, MONDAY + jump)  # and was killed
    now = MONDAY + run.LEASE + timedelta(minutes=2)
    bring_back(now)
    run.until_idle(now)
    story.look()
    assert story.ill.state == State.REFERRED


def test_a_letter_taken_ahead_of_time_leaves_when_it_is_time(cast, settings, tmp_path):
    settings.MAIL_FOLDER = tmp_path
    settings.EMAIL_BACKEND = "postroad.notices.folder.EmailBackend"
    begin(cast)
    run.until_idle(MONDAY)
    assert post.take(MONDAY + timedelta(days=1))
    assert bring_back(MONDAY) == 1
    assert post.send(MONDAY) == 1


def test_no_lease_and_no_pause_of_a_right_clock_is_brought_back(cast):
    begin(cast)
    run.until_idle(MONDAY)
    longest = max(run.LEASE, run.LONGEST_DELAY, post.LEASE, post.pause(99))
    Event.objects.update(due_at=MONDAY + longest)
    Notice.objects.update(mail_due_at=MONDAY + longest)
    assert bring_back(MONDAY) == 0


def test_a_worker_whose_clock_differs_by_seconds_runs_nothing_twice(db, monkeypatch):
    runs: list[object] = []
    monkeypatch.setattr(run, "TIMETABLE", (Job("a job", runs.append, timedelta(minutes=1)),))
    turns.looked.clear()
    run.jobs(MONDAY)
    turns.looked.clear()
    run.jobs(MONDAY - timedelta(seconds=4))
    assert len(runs) == 1


def test_a_job_that_fails_again_and_again_rests_a_while_but_not_long(db, monkeypatch):
    tried: list[object] = []

    def fail(now: object) -> int:
        tried.append(now)
        raise OSError("the server is away")

    job = Job("mail", fail, timedelta(seconds=2))
    monkeypatch.setattr(run, "TIMETABLE", (job,))
    turns.looked.clear()
    for seconds in range(120):
        run.jobs(MONDAY + timedelta(seconds=seconds))
    assert 7 <= len(tried) <= 12
    assert run.pause(job, 10**6) == run.LONGEST_REST


def test_a_failure_is_shown_until_it_has_worked_again_not_until_there_is_nothing_to_do(
    db, monkeypatch
):
    answers: list[int | Exception] = [OSError("the folder cannot be written"), 0, 1]

    def act(now: object) -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    job = Job("mail", act, timedelta(seconds=2), idle_is_well=False)
    seen = []
    for minutes in range(3):
        Turn.objects.get_or_create(name="mail", defaults={"next_at": MONDAY})
        run.run(job, MONDAY + timedelta(minutes=minutes))
        turn = Turn.objects.get(name="mail")
        seen.append((turn.failures, turn.trouble))
        assert turn.failed_at == MONDAY
    kept = (1, "OSError: the folder cannot be written")
    assert seen == [kept, kept, (0, "")]
