"""The verbs of a copy: deliver it, send it again, give it more time, withdraw it.

`ref` is the number of a request, and no more than a text here.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models.functions import Greatest

from postroad.directory import thresholds
from postroad.directory.models import Library
from postroad.documents import checks, keeping, storage
from postroad.documents.checks import Ready, Upload
from postroad.documents.models import Copy, Key
from postroad.documents.troubles import Gone, SentAlready

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Policy:
    """How often and how long a copy may be opened."""

    views: int
    days: int

    @classmethod
    def of(cls, library: Library, on: date) -> "Policy":
        """As the reader's library has it on that day."""
        views = thresholds.days("copy-views", on=on, library=library)
        return cls(views, thresholds.days("copy-days", on=on, library=library))

    def until(self, now: datetime) -> datetime:
        return now + timedelta(days=self.days)


def deliver(ref: str, supplier: Library, upload: Upload, policy: Policy, now: datetime) -> Copy:
    """Look into the file, keep it, and write it down. Raises NotSent; then nothing has happened.

    It takes seconds, so not in a transaction. Where more is written with it, look first: `with
    checks.ready(upload) as file`, and in there the transaction with `send`.
    """
    with checks.ready(upload) as file:
        return send(ref, supplier, file, policy, now)


def send(ref: str, supplier: Library, file: Ready, policy: Policy, now: datetime) -> Copy:
    """Keep a file that has been looked into. The same one pressed twice is one copy."""
    same = Copy.objects.here().of_request(ref).filter(supplier=supplier, sha256=file.sha256)
    if found := same.filter(expires_at__gt=now).first():
        return found
    for over in same.filter(expires_at__lte=now):
        keeping.remove(over, now)
    row = Copy(ref=ref, supplier=supplier)
    try:
        with storage.kept(file.path) as stored, transaction.atomic():
            fill(row, file, stored, policy, now)
            row.save()
    except IntegrityError:
        if (found := same.first()) is None:
            raise
        return found
    return row


def again(copy: Copy, upload: Upload, policy: Policy, now: datetime) -> Copy:
    """Another file in the place of this one, by the same link and from the start, even if the
    first is gone: nobody asks anew for what could not be read."""
    with checks.ready(upload) as file:
        return replace(copy, file, policy, now)


def replace(copy: Copy, file: Ready, policy: Policy, now: datetime) -> Copy:
    """The same of a file that has been looked into. Raises SentAlready."""
    with storage.kept(file.path) as stored, transaction.atomic():
        row = Copy.objects.select_for_update(of=("self",)).get(pk=copy.pk)
        before = row.stored_as
        if same_beside(row, file.sha256):
            raise SentAlready
        fill(row, file, stored, policy, now)
        row.save()
        Key.objects.filter(copy=row).delete()
        if before:
            # What is left over, should this fail, the sweep finds
            transaction.on_commit(partial(removed, before))
    return row


def same_beside(row: Copy, sha256: str) -> bool:
    """Whether another copy of this request is that very file."""
    beside = Copy.objects.here().of_request(row.ref).exclude(pk=row.pk)
    return beside.filter(supplier=row.supplier_id, sha256=sha256).exists()


def removed(stored_as: str) -> None:
    with suppress(OSError):
        storage.remove(stored_as)


def fill(row: Copy, file: Ready, stored: str, policy: Policy, now: datetime) -> None:
    row.name, row.kind, row.pages = file.name, file.kind, file.pages
    row.size, row.sha256, row.stored_as = file.size, file.sha256, stored
    row.notice_added, row.made_at, row.gone_at = True, now, None
    row.views_left, row.expires_at = policy.views, policy.until(now)


def extend(copy: Copy, policy: Policy, now: datetime) -> Copy:
    """As many views and days as a new one has, never fewer than are left. Raises Gone."""
    more = {
        "views_left": Greatest("views_left", policy.views),
        "expires_at": Greatest("expires_at", policy.until(now)),
    }
    if not Copy.objects.here().filter(pk=copy.pk, expires_at__gt=now).update(**more):
        raise Gone
    copy.refresh_from_db()
    return copy


def withdraw(copy: Copy, now: datetime) -> None:
    """Nobody opens it from now on, and its file goes. Twice is once."""
    if Copy.objects.here().filter(pk=copy.pk).update(expires_at=now, views_left=0):
        copy.refresh_from_db()
        transaction.on_commit(partial(taken_away, copy, now))


def taken_away(copy: Copy, now: datetime) -> None:
    """What cannot be deleted just now, the purge deletes: its day has come."""
    try:
        keeping.remove(copy, now)
    except OSError as why:
        log.error("the file of the copy %s was not deleted yet: %s", copy.pk, why)


__all__ = ["Policy", "Ready", "Upload", "again", "deliver", "extend", "replace", "send", "withdraw"]
