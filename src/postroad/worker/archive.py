"""The one file that a backup is: a ZIP archive whose last entry lists all others with their sums.

No Django here. Who reads one trusts nothing in it until all of it has been read and fits: a file
that is cut short, damaged, made by a newer version or put together by somebody with a purpose is
refused before anything is unpacked.
"""

import hashlib
import json
import re
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Self

FORMAT = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 256_000_000
CHUNK = 1 << 20
ROOTS = ("media", "mail", "index")
SINGLE = ("database.sqlite3", "database.sql", "secret-key")
PART = re.compile(r"[^/\\\x00-\x1f\x7f]{1,255}")
DAMAGED = "it is no backup, or one that is damaged or cut short"
UNREADABLE = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError),
    *(RuntimeError, ValueError, KeyError, TypeError, OverflowError),
)


class Unsound(Exception):
    """No backup that may be restored; why, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the archive."""

    name: str
    size: int
    sha256: str


@dataclass(slots=True)
class Manifest:
    """What the archive says of itself."""

    postroad: str
    made_at: str
    database: str  # sqlite or postgresql
    server: int = 0  # the major version of a PostgreSQL
    migrations: list[list[str]] = field(default_factory=list)  # of the database: app and name
    rows: dict[str, int] = field(default_factory=dict)  # of each table
    files: list[Member] = field(default_factory=list)
    format: int = FORMAT

    @property
    def size(self) -> int:
        return sum(member.size for member in self.files)

    def under(self, root: str) -> list[Member]:
        return [member for member in self.files if member.name.startswith(root + "/")]

    def has(self, name: str) -> bool:
        return any(member.name == name for member in self.files)


class Writer:
    """Puts files into a new archive."""

    def __init__(self, file: IO[bytes]) -> None:
        self.zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self.members: dict[str, Member] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """What was not finished is no archive; its file may take no more bytes."""
        with suppress(OSError, ValueError):
            self.zip.close()

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """A file with this content, of which nobody knows the length yet."""
        seen, size = hashlib.sha256(), 0
        entry = zipfile.ZipInfo(name, time.localtime()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o600 << 16
        with self.zip.open(entry, "w", force_zip64=True) as stream:
            for chunk in chunks:
                seen.update(chunk)
                size += len(chunk)
                stream.write(chunk)
        self.members[name] = Member(name, size, seen.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        manifest.files = list(self.members.values())
        self.zip.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
        self.zip.close()


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def checked(path: Path, *, tell: Callable[[int, int], object] = lambda *_: None) -> Manifest:
    """What is in the archive, once all of it has been read and fits. Raises Unsound."""
    try:
        with zipfile.ZipFile(path) as opened:
            manifest = manifest_of(opened)
            names = [entry.filename for entry in opened.infolist()]
            listed = [member.name for member in manifest.files]
            if sorted(names) != sorted([*listed, MANIFEST]) or len(set(names)) != len(names):
                raise Unsound("what is in it is not what it lists")
            done = 0
            for member in manifest.files:
                for chunk in content(opened, member):
                    done += len(chunk)
                    tell(done, manifest.size)
            return manifest
    except UNREADABLE as why:
        raise Unsound(DAMAGED) from why


def manifest_of(opened: zipfile.ZipFile) -> Manifest:
    if MANIFEST not in opened.namelist():
        raise Unsound("it is no backup of Postroad")
    if opened.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise Unsound(DAMAGED)
    said = json.loads(opened.read(MANIFEST))
    if not isinstance(said, dict) or not isinstance(said.get("format"), int):
        raise Unsound("it is no backup of Postroad")
    if said["format"] > FORMAT:
        made_by = str(said.get("postroad", ""))[:20]
        raise Unsound(f"it was made by a newer Postroad ({made_by}); restore it with that one")
    return read_manifest(said)


def read_manifest(said: dict[str, Any]) -> Manifest:
    """Only what has the right kind, and only names that lead to where we put such files."""
    files = [
        Member(str(each["name"]), int(each["size"]), str(each["sha256"])) for each in said["files"]
    ]
    for member in files:
        if not is_safe(member.name) or member.size < 0:
            raise Unsound(
                f"it holds a file by the name of {member.name[:80]!r}, which leads astray"
            )
    return Manifest(
        postroad=str(said["postroad"]),
        made_at=str(said["made_at"]),
        database=str(said["database"]),
        server=int(said["server"]),
        migrations=[[str(app), str(name)] for app, name in said["migrations"]],
        rows={str(table): int(count) for table, count in said["rows"].items()},
        files=files,
    )


def is_safe(name: str) -> bool:
    """Whether it is one of ours, or a file somewhere under one of our folders."""
    if name in SINGLE:
        return True
    root, *parts = name.split("/")
    return (
        root in ROOTS
        and bool(parts)
        and all(PART.fullmatch(part) and part not in (".", "..") for part in parts)
    )


def content(opened: zipfile.ZipFile, member: Member) -> Iterator[bytes]:
    """What the file holds; Unsound at its end if that is not what the manifest says."""
    seen, size = hashlib.sha256(), 0
    with opened.open(member.name) as stream:
        for chunk in chunks_of(stream):
            size += len(chunk)
            if size > member.size:
                raise Unsound(DAMAGED)
            seen.update(chunk)
            yield chunk
    if size != member.size or seen.hexdigest() != member.sha256:
        raise Unsound(DAMAGED)
