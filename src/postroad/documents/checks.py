"""What a library sends is received, looked at and made into the PDF that is delivered.

Nothing is written down yet, and nothing here may run in a transaction: it takes seconds, and may
ask clamd.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from postroad.documents import inspecting, notice, scanning
from postroad.documents.storage import room
from postroad.documents.troubles import (
    BY_CODE,
    CutShort,
    Empty,
    NotScanned,
    TooHeavy,
    TooLarge,
)

SECONDS = 40  # for the look into one file, by the clock and by the processor
MEGABYTES = 1536  # of memory for it
GROWS = 50_000_000  # bytes by which a file may grow when it is made into a PDF
PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it comes in: `Upload(sent.name, sent.chunks(), sent.size)` of one from a form."""

    name: str
    pieces: Iterable[bytes]
    size: int | None = None  # as announced, where it was


@dataclass(frozen=True, slots=True)
class Ready:
    """A file that may be delivered, as long as the block lasts in which it was made ready."""

    path: Path
    name: str
    kind: str
    pages: int
    size: int
    sha256: str
    numbers: tuple[str, ...] = ()  # that its cover sheet bore, which is taken off


def folder() -> Path:
    """Where files lie while they are looked at: beside storage, never in it."""
    return Path(settings.HOME) / "copies-incoming"


@contextmanager
def ready(upload: Upload, *, covered: bool = False) -> Iterator[Ready]:
    """Receive it and look into it; where it may be `covered`, for a cover sheet too. Raises
    NotSent, and leaves nothing behind either way."""
    with room():
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder(), ignore_cleanup_errors=True) as work:
        source, target = Path(work) / "sent", Path(work) / "made.pdf"
        with room():
            receive(upload, source)
        if settings.CLAMD:
            scanning.require_clean(source, settings.CLAMD)
        found = look(source, upload.name, target, covered=covered)
        size, digest = measured(target)
        name = upload.name.replace("\0", "")[-200:]
        said = found["numbers"]
        numbers = tuple(str(each) for each in said) if isinstance(said, list) else ()
        kind, pages = str(found["kind"]), int(str(found["pages"]))
        yield Ready(target, name, kind, pages, size, digest, numbers)


def receive(upload: Upload, path: Path) -> None:
    """Write it down piece by piece, up to the size that the operator allows."""
    most, size = settings.COPY_MEGABYTES * 1_000_000, 0
    if upload.size is not None and upload.size > most:
        raise TooLarge(megabytes=settings.COPY_MEGABYTES)
    with path.open("xb") as file:
        for piece in upload.pieces:
            size += len(piece)
            if size > most:
                raise TooLarge(megabytes=settings.COPY_MEGABYTES)
            file.write(piece)
    if not size:
        raise Empty
    if upload.size is not None and size < upload.size:
        raise CutShort


def look(
    source: Path,
    name: str,
    target: Path,
    *,
    covered: bool = False,
    megabytes: int = MEGABYTES,
    seconds: int = SECONDS,
) -> dict[str, object]:
    """What the process of its own found, with so much memory and time."""
    front = source.with_name("notice.pdf")
    with room():
        front.write_bytes(notice.page())
    largest = source.stat().st_size * 2 + GROWS
    facts: dict[str, object] = {"name": name, "covered": covered, "largest": largest}
    facts |= {"megabytes": megabytes, "seconds": seconds}
    program = [sys.executable, "-I", inspecting.__file__]
    try:
        done = subprocess.run(
            [*program, str(source), str(front), str(target), json.dumps(facts)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            cwd=source.parent,
            env={"LC_ALL": "C.UTF-8"},  # none of our settings, and no secret
            check=True,
        )
        found: dict[str, object] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, ValueError) as why:
        raise TooHeavy from why
    if code := found.get("trouble"):
        facts = found["facts"] if isinstance(found["facts"], dict) else {}
        raise BY_CODE[str(code)](**facts)
    return found


def measured(path: Path) -> tuple[int, str]:
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return path.stat().st_size, digest.hexdigest()


__all__ = ["NotScanned", "Ready", "Upload", "folder", "ready"]
