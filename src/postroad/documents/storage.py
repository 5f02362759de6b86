"""Where the files of copies lie: behind Django's storage interface, by default in the home.

No address leads to it. Names are drawn by lot, tell nothing, and are never used again.
"""

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from postroad.documents.troubles import NoRoom
from postroad.home import settle

OURS = re.compile(r"[0-9a-f]{32}\.pdf")
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Folder(FileSystemStorage):
    """A folder that is readable by its owner alone, whose files survive a loss of power."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> str:
        return str(Path(settings.HOME) / "copies")

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)

    def url(self, name: str | None) -> str:
        raise ValueError("a copy has no address: it is read through the gate")

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        kept: str = super()._save(name, content)  # type: ignore[misc]  # not in the stubs
        whole = Path(self.path(kept))
        handle = os.open(whole, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        settle(whole.parent)
        return kept


def store() -> Storage:
    return storages["copies"]


@contextmanager
def kept(path: Path) -> Iterator[str]:
    """Put this file into storage; if what follows fails, nothing of it stays there."""
    name = f"{secrets.token_hex(16)}.pdf"
    try:
        with room(), path.open("rb") as file:
            stored = store().save(name, File(file))
        yield stored
    except BaseException:
        with suppress(OSError):
            store().delete(name)
        raise


@contextmanager
def room() -> Iterator[None]:
    """A disk that is full is one sentence."""
    try:
        yield
    except OSError as why:
        if why.errno in FULL:
            raise NoRoom from why
        raise


def opened(stored_as: str) -> IO[bytes]:
    """The file, to be read once; FileNotFoundError if it is not there."""
    # What it wraps: a plain file is left to the server, which sends it as its reader takes it
    return cast("IO[bytes]", store().open(stored_as, "rb").file)


def remove(stored_as: str) -> None:
    """Twice is once."""
    store().delete(stored_as)


def is_there(stored_as: str) -> bool:
    return bool(store().exists(stored_as))


def everything() -> Iterator[tuple[str, datetime]]:
    """Each of our files, and since when it has lain there."""
    try:
        _folders, names = store().listdir("")
    except FileNotFoundError:
        return  # nothing was ever delivered
    for name in names:
        if OURS.fullmatch(name):
            with suppress(FileNotFoundError):
                yield name, store().get_modified_time(name)
