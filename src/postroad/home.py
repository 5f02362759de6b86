"""The folder in which one Postroad keeps its files: written whole or not at all, by one at a time.

No Django here: the settings themselves begin with it.
"""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

KEY_LENGTH = 32  # characters that a secret has at least
MAKING, LIVING = "making.lock", "living.lock"


class Unusable(Exception):
    """What is in the home, or its disk, must be seen to by somebody; the sentence says what."""


class LivedIn(Exception):
    """Another process holds the home."""


def secret_key(home: Path) -> str:
    """The key that signs sessions, made once and kept in the home."""
    kept = home / "secret-key"
    try:
        if (key := read_key(kept)) is not None:
            return key
        home.mkdir(parents=True, exist_ok=True)
        with alone(home):
            if (key := read_key(kept)) is not None:  # another start was quicker
                return key
            made = secrets.token_urlsafe(50)
            put_whole(kept, made.encode())
            return made
    except OSError as why:
        raise Unusable(f"POSTROAD_HOME {home} cannot be used: {why.strerror}") from why


def read_key(kept: Path) -> str | None:
    """The key in this file; None if there is no such file. One that is not whole is no secret."""
    try:
        said = kept.read_bytes()
    except FileNotFoundError:
        return None
    key = said.decode("ascii", "replace")
    bare = key.strip()
    if len(bare) < KEY_LENGTH or not (bare.isascii() and bare.isprintable()):
        how = "cut short or damaged" if said else "empty"
        raise Unusable(
            f"{kept} is {how}, as a full disk leaves it. "
            "Put the file back from a backup, or remove it: a new key is made then, and everybody "
            "signs in again"
        )
    return key


def put_whole(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """All of it or nothing, even on a disk that is full or loses its power."""
    beside = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    settle(path.parent)


class TooLong(Exception):
    """More came than may be written."""


def write_pieces(path: Path, pieces: Iterable[bytes], most: int) -> tuple[str, int]:
    """Write a new file as it comes in, durably; its SHA-256 and its size. Raises TooLong as soon as
    it is longer than `most` bytes; what was written so far is the caller's to remove."""
    digest, size = hashlib.sha256(), 0
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        for piece in pieces:
            size += len(piece)
            if size > most:
                raise TooLong
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    settle(path.parent)
    return digest.hexdigest(), size


def settle(folder: Path) -> None:
    """What was renamed in it stays so through a loss of power; not every file system can say so."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


_alone: set[Path] = set()


@contextmanager
def alone(home: Path, *, waits: Callable[[], object] | None = None) -> Iterator[None]:
    """One process at a time makes something in the home. `waits` is told once if another is at it.

    The system frees the lock of a process that dies. Whoever has it may ask for it again.
    """
    if home in _alone:
        yield
        return
    with (home / MAKING).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waits:
                waits()
            fcntl.flock(file, fcntl.LOCK_EX)
        _alone.add(home)
        try:
            yield
        finally:
            _alone.discard(home)


def live_in(home: Path) -> None:
    """Say, for as long as this process lives, that it works with what the home holds."""
    handle = os.open(
        home / LIVING, os.O_CREAT | os.O_RDWR, 0o600
    )  # the end of the process closes it
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise LivedIn from None


@contextmanager
def emptied(home: Path) -> Iterator[None]:
    """Nobody works with the home, and nobody begins to; LivedIn if somebody does."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / LIVING).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LivedIn from None
        yield


NOTED = "restore.json"  # what a restore has still to move


@dataclass(frozen=True, slots=True)
class Move:
    """`new` takes the place of `live`, which goes to `aside`; without `new`, that is all."""

    new: Path | None
    live: Path
    aside: Path
    only_with: Path | None = None  # nothing is to be done once this has found its place


def note(home: Path, moves: list[Move], remove: Path) -> None:
    """Write down what is to be moved: from here on, it will be."""
    said = [
        [str(each.new or ""), str(each.live), str(each.aside), str(each.only_with or "")]
        for each in moves
    ]
    put_whole(home / NOTED, json.dumps({"moves": said, "remove": str(remove)}).encode())


def finish(home: Path) -> None:
    """Do what is noted and not done yet. It may be broken off and begun again at any point."""
    try:
        noted = json.loads((home / NOTED).read_bytes())
    except FileNotFoundError:
        return
    for new, live, aside, only_with in noted["moves"]:
        if not (new or only_with) or not os.path.lexists(new or only_with):
            continue
        if os.path.lexists(live):
            Path(aside).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            Path(live).rename(aside)
            settle(Path(aside).parent)
        if new:
            Path(live).parent.mkdir(parents=True, exist_ok=True)
            Path(new).rename(live)
        settle(Path(live).parent)
    shutil.rmtree(noted["remove"], ignore_errors=True)
    (home / NOTED).unlink()
    settle(home)


def move_in(home: Path) -> None:
    """Before anything is opened: end a restore that was broken off, and say that we live here."""
    if (home / NOTED).exists():
        with emptied(home):
            finish(home)
    live_in(home)
