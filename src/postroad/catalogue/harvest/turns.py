"""The job of harvests: whose turn it is, for how long, and what follows when a source fails."""

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.db.models import Q

from postroad.catalogue.harvest import doctor, leaving, running
from postroad.catalogue.harvest.rows import Harvest, HarvestRun
from postroad.catalogue.harvest.taking import Overtaken
from postroad.directory.models import Connection, Protocol
from postroad.errors import Refusal

log = logging.getLogger(__name__)

SLICE = 15.0  # seconds at one source, while others of the lane wait
LEASE = timedelta(minutes=4)  # more than a step may take
AT_ONCE = 3
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240))  # after failures
GIVES_UP = 12  # failures in a row, and the run is over: the next one begins at its time
PATIENCE = timedelta(days=1)  # with a server that asks to be asked later
TELLS = 3  # failures in a row
State = HarvestRun.State


class Stumbled(Refusal):
    """What the source sent made something of ours fall over: a fault of ours, to be mended. The
    others are harvested all the same."""

    code = "harvest-stumbled"


def of(connection: Connection) -> Harvest:
    """The harvest of this connection; made when it is first asked for."""
    made, _new = Harvest.objects.get_or_create(connection=connection)
    return made


def switch(connection: Connection, now: datetime) -> None:
    """It was switched on or off, or changed: its turn is now, or never."""
    harvest = of(connection)
    due = now if connection.active else None
    Harvest.objects.filter(pk=harvest.pk).update(due_at=due, failures=0, told_at=None)


def look(connection: Connection, now: datetime) -> None:
    """Let the doctor look as soon as he can; what he found before is past."""
    harvest = of(connection)
    Harvest.objects.filter(pk=harvest.pk).update(try_at=now, checkup={}, checked_at=None)


@transaction.atomic
def changed(
    connection: Connection, now: datetime, *, another_server: bool, another_list: bool
) -> None:
    """Somebody changed it. Another list begins at its beginning: its datestamps and tokens are not
    those that we have; another server's identifiers are not, either."""
    harvest = of(connection)
    if another_list:
        stop(connection, now)
        Harvest.objects.filter(pk=harvest.pk).update(newest=None, seconds_refused=False)
    if another_server:
        leaving.forget(harvest)
    switch(connection, now)


def begin_anew(connection: Connection, now: datetime, *, by: str) -> None:
    """All of it once more, from the beginning."""
    harvest = of(connection)
    with transaction.atomic():
        HarvestRun.objects.filter(harvest=harvest, state=State.READING).update(
            state=State.STOPPED, ended_at=now, token=""
        )
        running.begin(harvest, now, whole=True, by=by)
        Harvest.objects.filter(pk=harvest.pk).update(due_at=now)


def stop(connection: Connection, now: datetime) -> None:
    """End the run that is under way; what came stays."""
    HarvestRun.objects.filter(harvest__connection=connection, state=State.READING).update(
        state=State.STOPPED, ended_at=now, token=""
    )


def go_on(now: datetime) -> int:
    """Job of the lane `net`: look at sources that somebody wants to try, and go on with those whose
    turn it is; how many steps were made."""
    chosen = Harvest.objects.select_related("connection__library")
    done = 0
    for harvest in chosen.filter(try_at__lte=now).order_by("try_at", "pk")[:AT_ONCE]:
        done += look_at(harvest, now)
    due = chosen.filter(due_at__lte=now, connection__protocol=Protocol.OAI)
    for harvest in due.filter(connection__active=True).order_by("due_at", "pk")[:AT_ONCE]:
        done += turn(harvest, now)
    return done


def look_at(harvest: Harvest, now: datetime) -> int:
    """Let the doctor look. Whoever is killed meanwhile has not looked."""
    held = Harvest.objects.filter(pk=harvest.pk, try_at=harvest.try_at)
    if not held.update(try_at=now + LEASE):
        return 0
    try:
        found = doctor.examine(harvest.connection, now)
    except OperationalError:
        raise  # the database is busy or away: once more, when it is our turn
    except Exception:
        log.exception("the look at the source of %s failed", harvest.connection.library.code)
        found = {"findings": [[Stumbled.code, doctor.BAD, {}]]}
    Harvest.objects.filter(pk=harvest.pk).update(checkup=found, checked_at=now, try_at=None)
    return 1


def turn(harvest: Harvest, now: datetime) -> int:
    """Some steps at one source, unless another process is at it."""
    if harvest.connection.is_invented:
        again = now + timedelta(hours=harvest.connection.every_hours)
        Harvest.objects.filter(pk=harvest.pk).update(due_at=again)
        return 0
    mine, free = Harvest.objects.filter(pk=harvest.pk), Q(held_until=None)
    free |= Q(held_until__lte=now) | Q(held_until__gt=now + 2 * LEASE)
    if not mine.filter(free).update(held_until=now + LEASE):
        return 0
    try:
        return steps(harvest, now)
    except OperationalError:
        raise
    except Exception as why:
        log.exception("the harvest of %s failed", harvest.connection.library.code)
        run = running.current(harvest) or running.begin(harvest, now)
        failed(harvest, run, Stumbled(error=type(why).__name__), now)
        return 1
    finally:
        mine.filter(held_until=now + LEASE).update(held_until=None)


def steps(harvest: Harvest, now: datetime) -> int:
    done, until = 0, time.monotonic() + SLICE
    run = running.current(harvest)
    if harvest.agreed:
        last = HarvestRun.objects.filter(harvest=harvest, state=State.DONE).first()
        library = harvest.connection.library
        leaving.take_away(harvest, last, library, leaving.kinds_of(last))
        done += 1
    run = run or running.begin(harvest, now)
    try:
        while time.monotonic() < until:
            done += 1
            if not running.step(harvest, run, now):
                break
    except Overtaken:
        log.info("harvest %s: somebody else goes on, or it was stopped", harvest.pk)
    except Refusal as no:
        failed(harvest, run, no, now)
    else:  # the others first, which wait longer by then
        Harvest.objects.filter(pk=harvest.pk, due_at__lt=now).update(due_at=now)
    return done


def failed(harvest: Harvest, run: HarvestRun, no: Refusal, now: datetime) -> None:
    """It is tried again: soon, when the server wants it, or at the next time."""
    facts = {name: str(fact)[:200] for name, fact in no.facts.items()}
    log.info("harvest of %s: %s %s", harvest.connection.library.code, no.code, facts)
    harvest.refresh_from_db(fields=["failures", "moved_at", "due_at"])
    wait = getattr(no, "wait", None)
    since = harvest.moved_at or run.begun_at
    patient = wait is not None and now - since < PATIENCE
    harvest.failures += not patient
    again = PAUSES[min(max(harvest.failures, 1), len(PAUSES)) - 1]
    if wait is not None:
        again = max(timedelta(seconds=max(wait, 1)), again * (not patient))
    if isinstance(no, running.FINAL) or harvest.failures >= GIVES_UP:
        again = timedelta(hours=harvest.connection.every_hours)
        give_up(run, no.code, facts, now)
    if harvest.due_at is not None:  # nobody switched it off meanwhile
        harvest.due_at = now + again
    harvest.trouble, harvest.trouble_facts = no.code, facts
    harvest.save(update_fields=["failures", "due_at", "trouble", "trouble_facts"])


def give_up(run: HarvestRun, code: str, facts: Mapping[str, str], now: datetime) -> None:
    HarvestRun.objects.filter(pk=run.pk, state=State.READING).update(
        state=State.FAILED, ended_at=now, trouble=code, trouble_facts=facts, token=""
    )
