"""Claims events and due work, under a lease: what a killed process leaves is taken up again.

Work is told at least once. Nothing here is held in memory between two steps, so any number of
workers may run, and be killed, at any time.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple, TypeVar

from django.db import DatabaseError, OperationalError, close_old_connections, connection
from django.utils import timezone

from postroad import leases
from postroad.composed import Composed
from postroad.ill.models import MovedMeanwhile
from postroad.telling import Told
from postroad.worker.listeners import LISTENERS, bring, name
from postroad.worker.models import Turn
from postroad.worker.timetable import TIMETABLE, Job, Lane
from postroad.worker.turns import looked

log = logging.getLogger(__name__)

Event = TypeVar("Event", bound=Told)
Rooms = list[type[Told]]

BATCH = 20  # events of a room claimed at once
IN_A_ROW = 4  # batches of each room, before the jobs have their turn
LEASE = timedelta(seconds=60)  # after this, a claim that was not finished is anybody's
TRIES = 8  # then an event is given up, and an operator is shown why
PAUSE = 0.3  # seconds between two looks when there is nothing to do
FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = leases.LONGEST_PAUSE
LONGEST_REST = timedelta(seconds=20)  # of a job that fails, unless its turns are further apart
SKEW = timedelta(seconds=5)  # by which the clocks of two workers may differ
PARTING = 6  # seconds that a step has to finish once we are told to stop
EVER = datetime.min.replace(tzinfo=UTC)
TURNS = Composed(Turn.objects.all, by="name")

# What one thread of the worker does. A night's work may be a file of a million records, behind
# which the index shall not wait.
SHARED = ((Lane.HOUSE,), (Lane.POST,), (Lane.NET,), (Lane.INDEX,), (Lane.NIGHT,))


class Parting(NamedTuple):
    """How the lanes ended."""

    fell: bool  # one by itself, and took the others with it
    hangs: bool  # one still waits, for a mail server say; its lease gives its work to the next


def work(stop: threading.Event, lanes: Iterable[Lane] = Lane) -> Parting:
    """Work in a thread for each group of lanes until told to stop, and a little while longer."""
    fell: list[str] = []

    def keep(mine: Sequence[Lane]) -> None:
        try:
            forever(stop, mine)
        except BaseException:  # a thread tells nobody otherwise: the whole process shall end
            log.exception("lane %s fell", mine[0])
            fell.append(mine[0])
            stop.set()
        finally:
            connection.close()

    wanted = set(lanes)
    groups = [[lane for lane in group if lane in wanted and has_work(lane)] for group in SHARED]
    threads = [
        threading.Thread(target=keep, args=(mine,), name=f"lane-{mine[0]}", daemon=True)
        for mine in groups
        if mine
    ]
    for thread in threads:
        thread.start()
    stop.wait()
    end = time.monotonic() + PARTING
    for thread in threads:
        thread.join(max(end - time.monotonic(), 0))
    return Parting(bool(fell), any(thread.is_alive() for thread in threads))


def has_work(lane: Lane) -> bool:
    return lane == Lane.HOUSE or any(job.lane == lane for job in TIMETABLE)


def forever(
    stop: threading.Event,
    lanes: Collection[Lane] = tuple(Lane),
    *,
    now: Callable[[], datetime] = timezone.now,
) -> None:
    """Work in these lanes until told to stop. A database that is away is waited for."""
    while not stop.is_set():
        try:
            close_old_connections()
            if not a_round(stop, lanes, now):
                stop.wait(PAUSE)
        except DatabaseError as why:
            log.error("the database did not answer, trying again: %s", why)
            connection.close()
            stop.wait(PAUSE * 10)


def a_round(stop: threading.Event, lanes: Collection[Lane], now: Callable[[], datetime]) -> int:
    """Each job whose turn it is; and what has happened, also after each of them: some take long."""
    done = events(now) if Lane.HOUSE in lanes else 0
    for job in TIMETABLE:
        if job.lane in lanes and not stop.is_set() and my_turn(job, now()):
            done += run(job, now())
            done += events(now) if Lane.HOUSE in lanes else 0
    return done


def once(now: datetime, lanes: Collection[Lane] = tuple(Lane)) -> int:
    """Tell one batch of events and run the jobs whose turn it is; the number of things done."""
    return (events(lambda: now) if Lane.HOUSE in lanes else 0) + jobs(now, lanes)


def until_idle(now: datetime, *, rounds: int = 1000) -> int:
    """Tell events until none is due at `now`; for the demo and the tests. No job is run."""
    told = 0
    for number, batch in enumerate(batches(lambda: now)):
        if number >= rounds:
            raise RuntimeError(f"events still follow from events after {rounds} rounds")
        told += batch
    return told


def events(clock: Callable[[], datetime]) -> int:
    """Tell what is due, and some of what follows from it; the number of events."""
    return sum(islice(batches(clock), IN_A_ROW))


def batches(clock: Callable[[], datetime]) -> Iterator[int]:
    """A batch of each room in which something is due, again and again until nothing is.

    Each room has its turn, so that a flood in one keeps no other waiting for more than a batch.
    """
    rooms = waiting(clock())
    while rooms:
        size, still = 0, None
        for room in rooms:
            now = clock()  # a lease counts from when it is taken
            batch = claim(room, now)
            still = finish([event for event in batch if tell(event, now)], now)
            size += len(batch)
        yield size
        rooms = waiting(clock()) if still is None else still


IS_DUE = "EXISTS (SELECT 1 FROM {table} WHERE due_at <= %s)"


def waiting(now: datetime) -> Rooms:
    """The rooms in which something is due. It locks nothing, however often it is asked."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {due_in_each()}", [moment(now)] * len(LISTENERS))
        return rooms_of(cursor.fetchone())


def due_in_each() -> str:
    """For each room whether something is due there: columns of a statement, each with a %s."""
    tables = [connection.ops.quote_name(room._meta.db_table) for room in LISTENERS]
    return ", ".join(IS_DUE.format(table=table) for table in tables)


def rooms_of(due: Sequence[object]) -> Rooms:
    return [room for room, is_due in zip(LISTENERS, due, strict=True) if is_due]


def moment(at: datetime) -> str | None:
    """A time as a statement takes it that was written by hand."""
    return connection.ops.adapt_datetimefield_value(at)


def claim(room: type[Event], now: datetime) -> list[Event]:
    """Some events of a room that are due, which for the length of the lease nobody else takes."""
    batch = leases.take(room, "due_at", now=now, lease=LEASE, limit=BATCH)
    bring(batch)
    return batch


def tell(event: Told, now: datetime) -> bool:
    """Tell every listener that has not been told; False if one of them failed.

    A failure delays only the listener that failed; the others are not told again. While it is the
    database that is in trouble, a full disk say, nothing is given up: it goes on by itself.
    """
    trouble, lasts = "", True
    for listener in LISTENERS[type(event)]:
        if name(listener) in event.told:
            continue
        try:
            listener(event, now)
        except MovedMeanwhile as why:  # somebody was quicker: look again, at what is now
            trouble = f"{name(listener)}: {why}"
            log.info("%s: %s", title(event), trouble)
        except Exception as why:  # whatever it is, it is kept, retried, and shown in the end
            trouble = f"{name(listener)}: {type(why).__name__}: {why}"
            lasts = not isinstance(why, OperationalError)
            log.exception("%s: %s", title(event), trouble)
        else:
            event.told.append(name(listener))
    if trouble:
        put_off(event, trouble, now, lasts=lasts)
    return not trouble


def title(event: Told) -> str:
    """An event in the log: "ill.event 4711, approve of request 4K7Q2M9A"."""
    return f"{event._meta.label_lower} {event.pk}, {event.verb} of {event.of_what()}"


# Written out, since it answers, too, what is to be done next: one trip less for each batch.
FINISH = """
    UPDATE {table} SET told = %s, due_at = NULL, trouble = ''
    WHERE due_at = %s AND id IN ({places}) RETURNING {due}
"""


def finish(events: Sequence[Told], now: datetime) -> Rooms | None:
    """Write down that all were told of these, claimed at once, and say where something is due
    now; None if that was not answered. An outrun lease changes nothing."""
    if not events:
        return None
    room, until = type(events[0]), events[0].due_at
    assert until is not None  # it was claimed
    sql = FINISH.format(
        table=connection.ops.quote_name(room._meta.db_table),
        places=", ".join(["%s"] * len(events)),
        due=due_in_each(),
    )
    told = json.dumps([name(listener) for listener in LISTENERS[room]])
    keys = [event.pk for event in events]
    with connection.cursor() as cursor:
        cursor.execute(sql, [told, moment(until), *keys, *[moment(now)] * len(LISTENERS)])
        answers = cursor.fetchall()
    return rooms_of(answers[-1]) if answers else None


def put_off(event: Told, trouble: str, now: datetime, *, lasts: bool = True) -> None:
    """Write down who was told, and when to try again. An outrun lease changes nothing.

    What does not last counts as no more than the last try but one.
    """
    failures = event.failures + 1 if lasts else min(event.failures + 1, TRIES - 1)
    given_up = failures >= TRIES
    still_ours = type(event)._default_manager.filter(pk=event.pk, due_at=event.due_at)
    still_ours.update(
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


def try_again(event: Told, *, now: datetime) -> bool:
    """An operator sends an event that was given up round once more; False if it no longer is."""
    given_up = type(event)._default_manager.filter(pk=event.pk, gave_up_at__isnull=False)
    return bool(given_up.update(gave_up_at=None, failures=0, due_at=now))


def jobs(now: datetime, lanes: Collection[Lane] = tuple(Lane)) -> int:
    """Run the lines of the timetable whose turn it is."""
    return sum(run(job, now) for job in TIMETABLE if job.lane in lanes and my_turn(job, now))


def my_turn(job: Job, now: datetime) -> bool:
    """Whether this process may run the job now: one of all workers gets each turn.

    When to look again is noted only once the database has answered, and is never later than the
    turn that another worker left behind. A turn further ahead than the job's own pause was left
    by a clock that was wrong, then or now: it has come.
    """
    if now < looked.get(job.name, EVER) <= now + longest(job):
        return False
    turn = (
        TURNS.first(job.name)
        or Turn.objects.get_or_create(name=job.name, defaults={"next_at": now})[0]
    )
    furthest = now + pause(job, turn.failures) + SKEW
    is_due = turn.next_at <= now or turn.next_at > furthest
    mine = is_due and bool(
        Turn.objects.filter(name=job.name, next_at=turn.next_at).update(
            next_at=now + job.every, began_at=now
        )
    )
    looked[job.name] = now + job.every if mine else max(min(turn.next_at, furthest), now)
    return mine


def pause(job: Job, failures: int) -> timedelta:
    """How long until the next turn: for what fails again and again, twice as long each time."""
    factor: int = 2 ** min(failures, 20)
    return max(job.every, min(job.every * factor, LONGEST_REST))


def longest(job: Job) -> timedelta:
    return max(job.every, LONGEST_REST) + SKEW


def run(job: Job, now: datetime) -> bool:
    """Run one job and note how it went: a failure is shown until it has worked again."""
    turn, began = Turn.objects.filter(name=job.name), time.monotonic()
    try:
        done = job.act(now)
    except Exception as why:  # one job that fails must not stop the others
        failures = (turn.values_list("failures", flat=True).first() or 0) + 1
        told(job, why, failures)
        ended = now + whole_seconds(began)
        turn.update(
            ran_at=ended,
            failed_at=ended,
            next_at=ended + pause(job, failures),
            failures=failures,
            trouble=f"{type(why).__name__}: {why}",
        )
        return False
    works: dict[str, object] = {"failures": 0, "trouble": ""} if done or job.idle_is_well else {}
    turn.update(ran_at=now + whole_seconds(began), **works)
    return bool(done)


def told(job: Job, why: Exception, failures: int) -> None:
    """The first failure with all its frames, those that follow in a line."""
    times = "" if failures == 1 else f" {failures} times in a row: {type(why).__name__}"
    log.error("job %s failed%s", job.name, times, exc_info=None if times else why)


def whole_seconds(began: float) -> timedelta:
    return timedelta(seconds=int(time.monotonic() - began))
