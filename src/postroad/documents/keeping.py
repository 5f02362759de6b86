"""Copies are gone on their day, from storage too: the purge, and the sweep that proves it."""

import logging
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from postroad.documents import storage
from postroad.documents.checks import folder
from postroad.documents.models import Copy, Incoming, Key

log = logging.getLogger(__name__)
BATCH = 500
ORPHANED = timedelta(days=1)  # a file without a row may be one that is being delivered


@dataclass(frozen=True, slots=True)
class Compared:
    """What storage and rows say of each other."""

    orphans: int  # files without a row, deleted now
    missing: tuple[Copy, ...]  # rows without a file


def remove(copy: Copy, now: datetime) -> bool:
    """The file first, then the mark: what is marked as gone is gone. Whether it was this one's."""
    storage.remove(copy.stored_as)
    if storage.is_there(copy.stored_as):
        raise OSError(f"the file of the copy {copy.pk} is still there")
    Key.objects.filter(copy=copy).delete()
    marks = {"gone_at": now, "stored_as": "", "name": "", "sha256": "", "views_left": 0}
    same = Copy.objects.filter(pk=copy.pk, stored_as=copy.stored_as, gone_at=None)
    return bool(same.update(**marks))


def purge(now: datetime) -> int:
    """Job: delete what has had its day. One that cannot be deleted keeps no other, and is told."""
    Key.objects.filter(expires_at__lte=now).delete()
    done, trouble = 0, None
    for copy in (
        Copy.objects.here().filter(expires_at__lte=now).order_by("expires_at", "pk")[:BATCH]
    ):
        try:
            done += remove(copy, now)
        except OSError as why:
            log.error("the file of the copy %s was not deleted: %s", copy.pk, why)
            trouble = why
    if trouble:
        raise trouble
    return done


def compare(now: datetime) -> Compared:
    """The sweep: files that no row names go, and rows whose file is missing are told of."""
    # Files first: what is delivered meanwhile has a row by the time that rows are read
    files = dict(storage.everything())
    rows = (
        Copy.objects.here()
        .select_related("supplier")
        .filter(made_at__lt=now - timedelta(minutes=5))
    )
    named = set(Copy.objects.here().values_list("stored_as", flat=True))
    named.update(Incoming.objects.values_list("stored_as", flat=True))
    orphans = 0
    for name, since in files.items():
        if name not in named and since < now - ORPHANED:
            storage.remove(name)
            orphans += 1
    missing = [row for row in rows if row.stored_as not in files and is_missing(row)]
    sweep_incoming(now)
    if orphans:
        log.warning("%s files of no copy were deleted", orphans)
    return Compared(orphans, tuple(missing))


def is_missing(copy: Copy) -> bool:
    """Looked at once more: it may have been sent again, or gone, since."""
    same = Copy.objects.here().filter(pk=copy.pk, stored_as=copy.stored_as)
    return not storage.is_there(copy.stored_as) and same.exists()


def sweep_incoming(now: datetime) -> None:
    """What a process left that was killed while it looked into a file."""
    with suppress(FileNotFoundError):
        for left in folder().iterdir():
            with suppress(FileNotFoundError):
                since = datetime.fromtimestamp(left.stat().st_mtime, tz=UTC)
                if since < now - ORPHANED:
                    shutil.rmtree(left, ignore_errors=True)
