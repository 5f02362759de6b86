"""Claims events and due work, under a lease: what a killed process leaves is taken up again.

Work is told at least once. Nothing here is held in memory between two steps, so any number of
workers may run, and be killed, at any time.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, OperationalError, close_old_connections, connection
from django.utils import timezone

from postroad import leases
from postroad.ill.models import Event, MovedMeanwhile, Request
from postroad.worker.listeners import LISTENERS, WITH_REQUEST, name
from postroad.worker.models import Turn
from postroad.worker.timetable import TIMETABLE, Job

log = logging.getLogger(__name__)

BATCH = 20  # events claimed at once
LEASE = timedelta(seconds=60)  # after this, a claim that was not finished is anybody's
TRIES = 8  # then an event is given up, and an operator is shown why
PAUSE = 0.3  # seconds between two looks when there is nothing to do
FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(minutes=30)


def forever(stop: threading.Event, *, now: Callable[[], datetime] = timezone.now) -> None:
    """Work until told to stop. A database that is away is waited for."""
    while not stop.is_set():
        try:
            close_old_connections()
            if not once(now()):
                stop.wait(PAUSE)
        except DatabaseError as why:
            log.error("the database did not answer, trying again: %s", why)
            connection.close()
            stop.wait(PAUSE * 10)


def once(now: datetime) -> int:
    """Tell one batch of events and run the jobs whose turn it is; the number of things done."""
    return events(now) + jobs(now)


def until_idle(now: datetime, *, rounds: int = 1000) -> int:
    """Tell events until none is due at `now`; for the demo and the tests. No job is run."""
    told = 0
    for _ in range(rounds):
        batch = events(now)
        told += batch
        if not batch:
            return told
    raise RuntimeError(f"events still follow from events after {rounds} rounds")


def events(now: datetime) -> int:
    """Claim a batch of events and tell the listeners of each."""
    batch = claim(now)
    finish([event for event in batch if tell(event, now)])
    return len(batch)


def claim(now: datetime) -> list[Event]:
    """Some events that are due, which for the length of the lease nobody else will take."""
    batch = leases.take(Event, "due_at", now=now, lease=LEASE, limit=BATCH)
    if wanted := [event for event in batch if event.verb in WITH_REQUEST]:
        bring_requests(wanted)
    return batch


def bring_requests(events: Sequence[Event]) -> None:
    """Let each event have its request, all read at once. What one does to its own, no other sees.

    A listener that acts on what has moved since is refused by `move`, and told again.
    """
    requests = Request.objects.heard_of().in_bulk({event.request_id for event in events})
    for event in events:
        event.request = copy(requests[event.request_id])


def tell(event: Event, now: datetime) -> bool:
    """Tell every listener that has not been told; False if one of them failed.

    A failure delays only the listener that failed; the others are not told again. While it is the
    database that is in trouble, a full disk say, nothing is given up: it goes on by itself.
    """
    trouble, lasts = "", True
    for listener in LISTENERS:
        if name(listener) in event.told:
            continue
        try:
            listener(event, now)
        except MovedMeanwhile as why:  # somebody was quicker: look again, at what is now
            trouble = f"{name(listener)}: {why}"
            log.info("event %s of request %s: %s", event.pk, ref(event), trouble)
        except Exception as why:  # whatever it is, it is kept, retried, and shown in the end
            trouble = f"{name(listener)}: {type(why).__name__}: {why}"
            lasts = not isinstance(why, OperationalError)
            log.exception("event %s of request %s: %s", event.pk, ref(event), trouble)
        else:
            event.told.append(name(listener))
    if trouble:
        put_off(event, trouble, now, lasts=lasts)
    return not trouble


def ref(event: Event) -> str:
    """The number of its request, if that was brought; a database in trouble is not asked for it."""
    return event.request.ref if Event.request.is_cached(event) else f"with key {event.request_id}"


def finish(events: Sequence[Event]) -> None:
    """Write down that all were told of these, claimed at once. An outrun lease changes nothing."""
    if not events:
        return
    ours = Event.objects.filter(pk__in=[event.pk for event in events], due_at=events[0].due_at)
    ours.update(told=[name(listener) for listener in LISTENERS], due_at=None, trouble="")


def put_off(event: Event, trouble: str, now: datetime, *, lasts: bool = True) -> None:
    """Write down who was told, and when to try again. An outrun lease changes nothing.

    What does not last counts as no more than the last try but one.
    """
    failures = event.failures + 1 if lasts else min(event.failures + 1, TRIES - 1)
    given_up = failures >= TRIES
    Event.objects.filter(pk=event.pk, due_at=event.due_at).update(
        told=event.told,
        failures=failures,
        trouble=trouble,
        due_at=None if given_up else now + delay(failures),
        gave_up_at=now if given_up else None,
    )


def delay(failures: int) -> timedelta:
    """Twice as long after each failure: 2 s, 4 s, … at most half an hour."""
    factor: int = 2 ** (failures - 1)
    return min(FIRST_DELAY * factor, LONGEST_DELAY)


def try_again(event: Event, *, now: datetime) -> bool:
    """An operator sends an event that was given up round once more; False if it no longer is."""
    given_up = Event.objects.given_up().filter(pk=event.pk)
    return bool(given_up.update(gave_up_at=None, failures=0, due_at=now))


def jobs(now: datetime) -> int:
    """Run the lines of the timetable whose turn it is."""
    return sum(run(job, now) for job in TIMETABLE if my_turn(job, now))


_looked: dict[str, datetime] = {}  # when a job is next worth asking the database about


def my_turn(job: Job, now: datetime) -> bool:
    """Whether this process may run the job now: one of all workers gets each turn.

    When to look again is noted only once the database has answered, and is never later than the
    turn that another worker left behind.
    """
    if now < _looked.get(job.name, datetime.min.replace(tzinfo=UTC)):
        return False
    turn, _new = Turn.objects.get_or_create(name=job.name, defaults={"next_at": now})
    due = Turn.objects.filter(name=job.name, next_at__lte=now)
    mine = turn.next_at <= now and bool(due.update(next_at=now + job.every))
    _looked[job.name] = max(turn.next_at, now) if not mine else now + job.every
    return mine


def run(job: Job, now: datetime) -> bool:
    """Run one job and note how it went; a failure is shown, and its next turn comes as usual."""
    turn = Turn.objects.filter(name=job.name)
    try:
        done = job.act(now)
    except Exception as why:  # one job that fails must not stop the others
        log.exception("job %s failed", job.name)
        before = turn.values_list("failures", flat=True).first() or 0
        turn.update(ran_at=now, failures=before + 1, trouble=f"{type(why).__name__}: {why}")
        return False
    turn.update(ran_at=now, failures=0, trouble="")
    return bool(done)
