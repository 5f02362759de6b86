"""A library's file as it comes in by a page: looked at, kept in the home, and shown before anything
is loaded."""

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from postroad import spreadsheet
from postroad.accounts.models import User
from postroad.catalogue import lists, mapping, marc
from postroad.catalogue.load_models import UNFINISHED, Load
from postroad.catalogue.marc import Copy
from postroad.catalogue.models import ItemMapping
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.home import TooLong, put_whole, write_pieces
from postroad.protocols.marc import reading
from postroad.protocols.marc.results import NotMarc, Read, Trouble
from postroad.spreadsheet import Row, Unreadable

BYTES = 200_000_000  # of a file by a page; an operator may load more by the command
LOOKED_AT = 200  # records, before it is loaded
SHOWN = 10
OF_ANOTHER_KIND = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf")


class NotTaken(Refusal):
    """The file is none that can be loaded."""

    code = "load-not-taken"


class Empty(NotTaken):
    code = "load-empty"


class TooLarge(NotTaken):
    code = "load-too-large"


class NoRecords(NotTaken):
    """It is MARC by its looks, and there is no record in it; or it is something else."""

    code = "load-without-records"


class AlreadyHere(Refusal):
    """The very same file of the same library is on its way."""

    code = "load-already-here"

    def __init__(self, load: Load) -> None:
        super().__init__(name=load.name)
        self.load = load


@dataclass(frozen=True, slots=True)
class Shown:
    """A record of a file, for whoever looks at it before it is loaded."""

    position: int
    control_number: str
    title: str
    copies: tuple[Copy, ...] = ()
    trouble: str = ""


def folder() -> Path:
    return Path(settings.HOME) / "incoming"


def place(load: Load) -> Path:
    return folder() / load.file


def receive(
    pieces: Iterable[bytes],
    name: str,
    library: Library,
    kind: str,
    *,
    by: User | None,
    at: datetime,
) -> Load:
    """Keep a file that was sent, if it can be loaded; nothing of it is loaded yet."""
    folder().mkdir(parents=True, exist_ok=True)
    path = folder() / f"{secrets.token_hex(12)}.sent"
    try:
        sha256, size = write(path, pieces)
        load = Load(library=library, kind=kind, name=name[:120], file=path.name, by=by, sent_at=at)
        load.sha256, load.size = sha256, size
        look(load, path)
        with transaction.atomic():
            load.save()
    except IntegrityError:
        path.unlink(missing_ok=True)
        raise AlreadyHere(same(library, sha256, kind)) from None
    except BaseException:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise
    return load


def same(library: Library, sha256: str, kind: str) -> Load:
    every = Load.objects.filter(library=library, sha256=sha256, kind=kind, state__in=UNFINISHED)
    return every.get()


def write(path: Path, pieces: Iterable[bytes]) -> tuple[str, int]:
    """Write it down, durably; its sum and its size."""
    try:
        return write_pieces(path, pieces, BYTES)
    except TooLong as why:
        raise TooLarge(megabytes=BYTES // 1_000_000) from why


def look(load: Load, path: Path) -> None:
    """Which kind of file it is. A spreadsheet's rows take its place."""
    with path.open("rb") as file:
        head = file.read(4096)
        if not head.strip(b"\x00\x1a \t\r\n\xef\xbb\xbf"):
            raise Empty
        if head.startswith(OF_ANOTHER_KIND):
            raise NoRecords(reason="it is neither MARC nor a spreadsheet")
        file.seek(0)
        if not head.startswith((b"PK", spreadsheet.reading.CABINET)):
            try:
                next(reading.records(file), None)
            except NotMarc as why:
                if not is_text(head):
                    raise NoRecords(reason=why.facts["reason"]) from why
            else:
                return
    rows = rows_of(path)
    put_whole(path, json.dumps([[row.line, row.cells] for row in rows]).encode())
    found = lists.columns_of(rows, deletions=load.kind == Load.Kind.DELETIONS)
    load.rows = len(rows) - found.begins
    load.columns = {"begins": found.begins, "named": found.named}


def is_text(head: bytes) -> bool:
    """Whether it may be the text of a spreadsheet: XML and ISO 2709 are not."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    signs = sum(byte < 32 and byte not in (9, 10, 13) for byte in head)
    return signs == 0 and not head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")


def rows_of(path: Path) -> Sequence[Row]:
    if path.stat().st_size > spreadsheet.BYTES:
        raise spreadsheet.TooLarge(megabytes=spreadsheet.BYTES // 1_000_000)
    try:
        return spreadsheet.read(path.read_bytes())
    except spreadsheet.NotASpreadsheet as why:
        raise NoRecords(reason="it is neither MARC nor a spreadsheet") from why


def kept_rows(load: Load) -> list[Row]:
    """The rows of a spreadsheet, as they were read when it came."""
    said = json.loads(place(load).read_bytes())
    return [Row(line, tuple(cells)) for line, cells in said]


def first_records(load: Load) -> Iterator[Shown]:
    """The first records of a file that waits to be loaded."""
    with place(load).open("rb") as file:
        found = list(islice(reading.records(file), LOOKED_AT))
    items = mapping.of(load.library) or marc.Reading()
    if items.layout is None:
        guess = mapping.guess(each.record for each in found if isinstance(each, Read))
        items = replace(items, layout=guess.layout)
    for each in found[:SHOWN]:
        yield shown(each, items)


def shown(each: Read | Trouble, items: marc.Reading) -> Shown:
    if isinstance(each, Trouble):
        return Shown(each.position, each.control_number, "", trouble=each.reason)
    try:
        facts = marc.facts(each.record, items)
    except marc.Deleted:
        return Shown(each.position, each.control_number, "", trouble="deleted")
    except (marc.NoTitle, marc.HoldingsRecord) as why:
        return Shown(each.position, each.control_number, "", trouble=why.code)
    return Shown(each.position, facts.control_number, facts.description.title, facts.copies)


def system_of(load: Load) -> str:
    """By whose layout its items are read, if that has been said or guessed before."""
    kept = ItemMapping.objects.filter(library=load.library).first()
    return kept.system if kept else ""


def of_another(load: Load) -> Library | None:
    """Another library that has sent just this file."""
    others = (
        Load.objects.filter(sha256=load.sha256).exclude(library=load.library).exclude(sha256="")
    )
    other = others.select_related("library").order_by("-sent_at", "-pk").first()
    return other.library if other else None


__all__ = [
    "AlreadyHere",
    "Empty",
    "NoRecords",
    "NotTaken",
    "TooLarge",
    "Unreadable",
    "first_records",
    "kept_rows",
    "of_another",
    "place",
    "receive",
]
