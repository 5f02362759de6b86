"""Scans that wait until somebody says for which request they are."""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from postroad.directory import thresholds
from postroad.directory.models import Library
from postroad.documents import storage
from postroad.documents.checks import Ready, folder
from postroad.documents.models import Incoming
from postroad.documents.troubles import TooManyWait

log = logging.getLogger(__name__)
MOST = 100  # of one library, all of them on its page


def of(library: Library) -> QuerySet[Incoming]:
    """Those that wait at a library, the newest first."""
    return Incoming.objects.filter(library=library)


def keep(library: Library, file: Ready, why: str, now: datetime) -> Incoming:
    """Until it is filed, thrown away, or its day has come. The same one twice waits once. Raises
    TooManyWait, so that no desk fills the disk with what nobody looks at."""
    here = of(library)
    same = here.filter(sha256=file.sha256)
    kept = timedelta(days=thresholds.days("scan-days", on=library.day_of(now), library=library))
    more = {"why": why, "ref": file.numbers[0] if file.numbers else "", "expires_at": now + kept}
    if same.update(**more):
        return same.get()
    if here.count() >= MOST:
        raise TooManyWait(most=MOST)
    try:
        with storage.kept(file.path) as stored, transaction.atomic():
            return Incoming.objects.create(
                library=library,
                name=file.name,
                kind=file.kind,
                size=file.size,
                sha256=file.sha256,
                pages=file.pages,
                stored_as=stored,
                made_at=now,
                **more,
            )
    except IntegrityError:
        if (found := same.first()) is None:
            raise
        return found


@contextmanager
def taken(row: Incoming) -> Iterator[Ready]:
    """The file, to be delivered in this block. FileNotFoundError where storage has lost it."""
    with storage.room():
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder(), ignore_cleanup_errors=True) as work:
        path = Path(work) / "made.pdf"
        with storage.room(), storage.opened(row.stored_as) as kept, path.open("xb") as file:
            shutil.copyfileobj(kept, file)
        yield Ready(path, row.name, row.kind, row.pages, row.size, row.sha256)


def discard(row: Incoming) -> bool:
    """Row and file; what of the file is left over, the sweep finds. False if another was first."""
    done = bool(Incoming.objects.filter(pk=row.pk).delete()[0])
    transaction.on_commit(partial(_removed, row.stored_as))
    return done


def _removed(stored_as: str) -> None:
    try:
        storage.remove(stored_as)
    except OSError as why:
        log.error("the scan %s was not deleted yet: %s", stored_as, why)


def purge(now: datetime) -> int:
    """Job: what nobody filed is gone on its day."""
    over = list(Incoming.objects.filter(expires_at__lte=now))
    for row in over:
        discard(row)
    return len(over)
