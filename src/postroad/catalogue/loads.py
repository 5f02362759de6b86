"""The line of files that are loaded, one after the other, by the worker.

Each of a library's files waits for the one before it, since the later one is right. A small file
need not wait for another library's large one. A turn is short, so that the search index and
whatever else is in the lane go on meanwhile.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from postroad.catalogue import incoming, list_files, load_sessions
from postroad.catalogue.load_models import IN_LINE, Load, LoadPart, LoadState
from postroad.catalogue.load_sessions import NotOurs, Session
from postroad.catalogue.loading import Report
from postroad.protocols.marc.results import NotMarc

log = logging.getLogger(__name__)

AT_A_TURN = 5.0  # seconds
LEASE = timedelta(seconds=30)  # after which a load whose worker is gone is anybody's
SMALL = 2_000_000  # bytes
KEPT = timedelta(days=7)  # for which a file is kept that nobody has loaded
FOREVER = float("inf")

at_work: dict[int, Session] = {}  # the files that this process has open


def line() -> list[Load]:
    """Everything that waits or is being loaded, in the order in which it is done."""
    firsts, later, seen = list[Load](), list[Load](), set[int]()
    for each in Load.objects.in_line().select_related("library"):
        is_first = each.library_id not in seen and each.state != LoadState.PAUSED
        (firsts if is_first else later).append(each)
        seen.add(each.library_id)
    return sorted(firsts, key=lambda each: each.size > SMALL) + later


def ahead(load: Load) -> list[Load]:
    """Who is before it."""
    before = []
    for each in line():
        if each.pk == load.pk:
            break
        if each.state != LoadState.PAUSED or each.library_id == load.library_id:
            before.append(each)
    return before


def work_off(now: datetime) -> int:
    """Job: go on with what is in line, for a while."""
    until, done = time.monotonic() + AT_A_TURN, 0
    while time.monotonic() < until and (load := next_ready()) and go_on(load, until):
        done += 1
    close_others()
    tidy(now)
    return done


def next_ready() -> Load | None:
    """What this process goes on with: nothing that waits for an earlier file of its library, nor
    what another process is at."""
    seen = set[int]()
    for load in line():
        if load.library_id not in seen and may_begin(load):
            return load
        seen.add(load.library_id)
    return None


def may_begin(load: Load) -> bool:
    if load.state == LoadState.PAUSED:
        return False
    if load.state == LoadState.WAITING or load.pk in at_work:
        return True
    return not is_alive(load)


def is_alive(load: Load) -> bool:
    """Whether some process was at it a moment ago."""
    return load.beat_at is not None and load.beat_at >= timezone.now() - LEASE


def go_on(load: Load, until: float) -> int:
    """Some steps of it; 1 if anything was done."""
    try:
        begin(load)
        if load.task != Load.Task.READ:
            load_sessions.answered(load, until)
        else:
            read_on(load, until)
    except NotOurs:
        drop(load)
        return 0
    except (OperationalError, InterfaceError, OSError) as why:
        drop(load)
        if isinstance(why, FileNotFoundError):
            fail(load, "gone")
            return 1
        raise  # busy, or the disk is full: at the next turn
    except NotMarc as why:
        fail(load, str(why.facts["reason"]))
    except Exception as why:
        log.exception("the load %s of %s failed", load.pk, load.library.code)
        fail(load, f"ours: {type(why).__name__}")
    return 1


def begin(load: Load) -> None:
    now = timezone.now()
    row = Load.objects.filter(pk=load.pk, step=load.step, state=load.state)
    if not row.exclude(state=LoadState.PAUSED).update(
        state=LoadState.READING, beat_at=now, started_at=load.started_at or now
    ):
        raise NotOurs
    load.state, load.started_at = LoadState.READING, load.started_at or now


def read_on(load: Load, until: float) -> None:
    session = at_work.get(load.pk)
    if session is None or not session.fits(load):
        drop(load)
        if load.is_list and not list_files.is_made(load):
            list_files.make(load)
        session = at_work[load.pk] = Session(load, incoming.place(load).open("rb"))
    if session.go_on(until):
        drop(load)
        incoming.place(load).unlink(missing_ok=True)


def drop(load: Load) -> None:
    if session := at_work.pop(load.pk, None):
        session.close()


def close_others() -> None:
    """What was stopped or paused since needs no file that is open."""
    if at_work:
        there = set(
            Load.objects.filter(pk__in=at_work, state=LoadState.READING).values_list(
                "pk", flat=True
            )
        )
        for pk in [pk for pk in at_work if pk not in there]:
            at_work.pop(pk).close()


def fail(load: Load, reason: str) -> None:
    drop(load)
    end(load, LoadState.FAILED, reason[:300])


def end(
    load: Load,
    state: LoadState,
    reason: str = "",
    *,
    of: Collection[LoadState] = (*IN_LINE, LoadState.SHOWN),
) -> bool:
    """Nothing more is loaded of it, and what was loaded stays; False if it was in none of these
    states any more."""
    with transaction.atomic():
        unfinished = Load.objects.filter(pk=load.pk, state__in=of)
        if not unfinished.update(state=state, reason=reason, finished_at=timezone.now()):
            return False
        LoadPart.objects.filter(load=load).delete()
        load.refresh_from_db(fields=["file"])  # its rows may have become records meanwhile
    if load.file:
        incoming.place(load).unlink(missing_ok=True)
    return True


def put_away(load: Load, reason: str = "") -> bool:
    """Nobody loads what is only looked at; False if somebody has begun to."""
    state = LoadState.FAILED if reason else LoadState.STOPPED
    return end(load, state, reason, of=(LoadState.SHOWN,))


def tidy(now: datetime) -> None:
    """Files that nobody has loaded go after a week."""
    for old in Load.objects.filter(state=LoadState.SHOWN, sent_at__lt=now - KEPT):
        put_away(old)


# What staff do with a load


def queue(load: Load, at: datetime) -> bool:
    """Let it be loaded, once it is its turn; False if somebody was quicker."""
    shown = Load.objects.filter(pk=load.pk, state=LoadState.SHOWN)
    return bool(shown.update(state=LoadState.WAITING, queued_at=at))


def pause(load: Load) -> bool:
    running = Load.objects.filter(
        pk=load.pk, task=Load.Task.READ, state__in=(LoadState.WAITING, LoadState.READING)
    ).exclude(file="")
    return bool(running.update(state=LoadState.PAUSED))


def resume(load: Load) -> bool:
    paused = Load.objects.filter(pk=load.pk, state=LoadState.PAUSED)
    return bool(paused.update(state=LoadState.WAITING))


def stop(load: Load) -> bool:
    return load.task == Load.Task.READ and end(load, LoadState.STOPPED, of=IN_LINE)


def answer(load: Load, said: str, by: object, at: datetime) -> bool:
    """What is to become of the copies that are not in the file: "withdraw" or "keep"; or, when
    they are withdrawn, "back"."""
    asked = Load.objects.filter(pk=load.pk)
    if said == "keep":
        return bool(
            asked.filter(state=LoadState.ASKS).update(
                state=LoadState.DONE, answer="keep", answered_by=by
            )
        )
    kept = asked.filter(state=LoadState.ASKS) | asked.filter(state=LoadState.DONE, answer="keep")
    gone = asked.filter(state=LoadState.DONE).exclude(answer__in=("keep", "back", "lapsed"))
    task = Load.Task.WITHDRAW if said == "withdraw" else Load.Task.PUT_BACK
    row = kept if said == "withdraw" else gone
    return bool(
        row.update(
            state=LoadState.WAITING, task=task, answer=said[:8], answered_by=by, queued_at=at
        )
    )


# What the command does


def sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def interrupted(load: Load) -> Load | None:
    """The same file of the library, of which a command that was killed has loaded some."""
    same = Load.objects.filter(
        library=load.library,
        sha256=load.sha256,
        kind=load.kind,
        source=Load.Source.COMMAND,
        state=LoadState.READING,
    )
    return same.first()


def complete(load: Load, path: Path, progress: Callable[[Report], None]) -> Report:
    """All of it at once, from where it was left."""
    session = Session(load, path.open("rb"))
    try:
        session.go_on(FOREVER, progress)
    finally:
        session.close()
    return session.report
