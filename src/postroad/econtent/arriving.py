"""A title list as it comes in by a page: looked at, and kept in the home until somebody has decided
what becomes of it."""

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from postroad.accounts.models import User
from postroad.econtent.models import OPEN, FileState, ListFile, Resource, TitleList
from postroad.errors import Refusal
from postroad.home import TooLong, write_pieces
from postroad.protocols import kbart

BYTES = 200_000_000
A_DAY = timedelta(days=1)


class ListTooLarge(Refusal):
    code = "list-too-large"


class NoTitleList(Refusal):
    """It cannot be read at all; `why` is the sentence."""

    code = "list-not-read"


def folder() -> Path:
    return Path(settings.HOME) / "title-lists"


def place(file: ListFile) -> Path:
    return folder() / file.file


def receive(
    pieces: Iterable[bytes],
    name: str,
    resource: Resource,
    platform: str,
    *,
    by: User | None,
    now: datetime,
) -> ListFile:
    """Keep a file; nothing of it takes effect yet. The same one pressed twice is one file, and
    another one takes the place of the one that nobody has decided about."""
    file = ListFile(name=name[:120], file=f"{secrets.token_hex(12)}.sent", by=by, sent_at=now)
    path = place(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        file.sha256, file.size = write(path, pieces)
        look(file, path)
        kept = add(file, resource, platform, now)
    except BaseException:
        drop(path)
        raise
    if kept != file:
        drop(path)
    return kept


def write(path: Path, pieces: Iterable[bytes]) -> tuple[str, int]:
    """Write it down, durably; its sum and its size."""
    try:
        return write_pieces(path, pieces, BYTES)
    except TooLong as why:
        raise ListTooLarge(megabytes=BYTES // 1_000_000) from why


def look(file: ListFile, path: Path) -> None:
    """How it is written and what its header says."""
    try:
        with path.open("rb") as opened:
            text = kbart.look(opened)
        with path.open("rb") as opened:
            head = kbart.head_of(kbart.lines_of(opened, text), text)
    except kbart.NotATitleList as why:
        raise NoTitleList(why=str(why)) from why
    if "what_is_wrong" in head.columns:
        raise NoTitleList(
            why="These are the bad lines of a list. Send them on the page of the file that they are"
            " from: as a list they would take the place of all its titles."
        )
    file.text, file.head, file.line = asdict(text), asdict(head), head.at


@transaction.atomic
def add(file: ListFile, resource: Resource, platform: str, now: datetime) -> ListFile:
    """Write it down for its list, or find that it is there."""
    TitleList.objects.get_or_create(resource=resource, platform=platform)
    title_list = TitleList.objects.select_for_update().get(resource=resource, platform=platform)
    for other in title_list.files.filter(state__in=OPEN):
        if other.sha256 == file.sha256:
            return other
        discard(other, by=file.by, now=now)
    file.title_list = title_list
    file.save()
    return file


@transaction.atomic
def discard(file: ListFile, *, by: User | None, now: datetime) -> bool:
    """Nothing of it takes effect; False if it was decided already."""
    return end(file, FileState.DISCARDED, decided_by=by, decided_at=now)


def end(file: ListFile, state: FileState, **more: object) -> bool:
    row = ListFile.objects.filter(pk=file.pk, state__in=OPEN)
    if not row.update(state=state, **more):
        return False
    transaction.on_commit(partial(drop, place(file)))
    return True


def tidy(now: datetime) -> int:
    """Job: files of which nothing is known, as a process leaves them that is killed in the middle
    of an upload; how many there were."""
    known = set(ListFile.objects.filter(state__in=OPEN).values_list("file", flat=True))
    old = (now - A_DAY).timestamp()
    found = [
        path
        for path in folder().glob("*.sent")
        if path.name not in known and path.stat().st_mtime < old
    ]
    for path in found:
        drop(path)
    return len(found)


def drop(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
