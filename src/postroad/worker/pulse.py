"""Whether each lane of the worker lives, seen by the turns of its jobs."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from postroad.worker.models import Turn
from postroad.worker.run import SKEW, pause
from postroad.worker.timetable import TIMETABLE, Job, Lane

SILENCE = timedelta(minutes=3)  # a job of which nothing is seen for so long is thought dead
AT_MOST = timedelta(hours=1)  # for which a long job of the index or of the night may run


class Pulse(StrEnum):
    """Of a job, and of a lane as of its worst job."""

    OK = "ok"
    NEVER = "never seen"
    SILENT = "silent"


def of_job(job: Job, turn: Turn | None, now: datetime) -> Pulse:
    """A time that lies ahead is as wrong as one long ago: a clock jumped, and nothing ran since."""
    if turn is None:
        return Pulse.NEVER
    if is_running(job, turn, now):
        return Pulse.OK
    if turn.ran_at is None:
        return Pulse.NEVER
    late = now - turn.ran_at > max(SILENCE, job.every * 3 // 2)
    return Pulse.SILENT if late or is_ahead(job, turn, now) else Pulse.OK


def is_ahead(job: Job, turn: Turn, now: datetime) -> bool:
    """Whether its last turn, or its next, bears a time that no clock that is right would give."""
    ran_ahead = turn.ran_at is not None and turn.ran_at > now + SKEW
    return ran_ahead or turn.next_at > now + pause(job, turn.failures) + SKEW


def is_running(job: Job, turn: Turn, now: datetime) -> bool:
    """Whether it was begun, has not ended, and may still take its time."""
    if turn.began_at is None or (turn.ran_at is not None and turn.ran_at >= turn.began_at):
        return False
    may_take = AT_MOST if job.lane in (Lane.INDEX, Lane.NIGHT) else SILENCE
    return -SKEW <= now - turn.began_at <= may_take


def of_lanes(now: datetime) -> Mapping[Lane, Pulse]:
    """In one query. A lane without a job has no pulse."""
    turns = {turn.name: turn for turn in Turn.objects.all()}
    worst = list(Pulse)
    found: dict[Lane, Pulse] = {}
    for job in TIMETABLE:
        seen = of_job(job, turns.get(job.name), now)
        found[job.lane] = max(found.get(job.lane, Pulse.OK), seen, key=worst.index)
    return found
