"""Spreadsheets that were sent: kept while their preview is looked at, then worked off in steps."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from postroad.accounts import card_lists, cards
from postroad.accounts.models import Upload, User
from postroad.directory.models import Library
from postroad.spreadsheet import Table

BATCH = 500  # cards a transaction, for which nobody else writes on SQLite
AT_A_TURN = 10  # seconds; other jobs of the lane come then
KEPT = timedelta(days=1)  # for which the rows of one that nobody accepts are kept

State = Upload.State


def keep(
    kind: Upload.Kind, name: str, table: Table, *, library: Library | None, by: User, at: datetime
) -> Upload:
    """Keep the rows of a table; of columns that mean nothing to us only their headings."""
    rows = [
        [row.line, {column: table.cell(row, column) for column in table.columns}]
        for row in table.rows
    ]
    return Upload.objects.create(
        kind=kind,
        library=library,
        name=name[:120],
        at=at,
        by=by,
        rows=rows,
        columns=dict(table.columns),
        unknown=list(table.unknown)[:50],
        total=len(rows),
    )


def rows(upload: Upload) -> Iterator[tuple[int, Mapping[str, str]]]:
    yield from ((line, cells) for line, cells in upload.rows)


def accept(upload: Upload, *, block_absent: bool = False) -> bool:
    """Let the worker begin; False if somebody was quicker, or it was canceled."""
    waiting = Upload.objects.filter(pk=upload.pk, state=State.READ)
    return bool(waiting.update(state=State.ACCEPTED, block_absent=block_absent))


def cancel(upload: Upload) -> None:
    """Throw the rows away; what the worker has done by then stays."""
    running = Upload.objects.filter(pk=upload.pk, state__in=(State.READ, State.ACCEPTED))
    running.update(state=State.CANCELED, rows=[], finished_at=timezone.now())


def done(upload: Upload, counted: Mapping[str, int]) -> None:
    """It was worked off at once."""
    Upload.objects.filter(pk=upload.pk).update(
        state=State.DONE,
        rows=[],
        report=dict(counted),
        worked=upload.total,
        finished_at=timezone.now(),
    )


def work_off(now: datetime) -> int:
    """Job: go on with the files of cards that were accepted, the oldest first."""
    until, done = time.monotonic() + AT_A_TURN, 0
    waiting = Upload.objects.filter(state=State.ACCEPTED, kind=Upload.Kind.CARDS)
    for upload in waiting.select_related("library").order_by("at", "pk"):
        good, wrong = card_lists.wanted(rows(upload), upload.columns)
        while upload.worked < upload.total and time.monotonic() < until:
            if not _next(upload, good):
                break  # canceled, or another worker has it
            done += 1
        if upload.worked >= upload.total:
            _finish(upload, len(wrong), now)
    return done


@transaction.atomic
def _next(upload: Upload, good: list[card_lists.Wanted]) -> bool:
    """The next cards of a file, once: whoever comes second finds that they are worked off."""
    assert upload.library is not None  # cards are of a library
    begun, ends = upload.worked, min(upload.worked + BATCH, upload.total)
    row = Upload.objects.filter(pk=upload.pk, state=State.ACCEPTED, worked=begun)
    if not row.update(worked=ends):
        return False
    part = good[begun:ends]  # behind the last good card there is nothing left to do
    counted = Counter(upload.report) + cards.apply(upload.library, part, [*upload.columns])
    upload.worked, upload.report = ends, dict(counted)
    Upload.objects.filter(pk=upload.pk).update(report=upload.report)
    return True


@transaction.atomic
def _finish(upload: Upload, wrong: int, now: datetime) -> None:
    assert upload.library is not None  # cards are of a library
    here = Upload.objects.filter(pk=upload.pk)
    if not here.filter(state=State.ACCEPTED).update(state=State.DONE, rows=[], finished_at=now):
        return  # canceled meanwhile
    report = {**upload.report, "wrong": wrong}
    if upload.block_absent:
        listed = card_lists.numbers(rows(upload))
        today = upload.library.day_of(now)
        report["absent"] = cards.block_absent(upload.library, listed, today)
    here.update(report=report)


def tidy(now: datetime) -> int:
    """Job: readers' data of files that nobody accepted go after a day."""
    old = Upload.objects.filter(state=State.READ, at__lt=now - KEPT)
    return old.update(state=State.CANCELED, rows=[], finished_at=now)
