"""A library's MARC file into the union catalogue.

Records are read one by one and written in short transactions, so that a file of any size holds
nobody up. A bad record is counted and named, and stops nothing.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import IO, NamedTuple, TypeVar

from django.db import connection, transaction

from postroad import barcodes
from postroad.catalogue import bulk, marc, reading, search, union
from postroad.catalogue.marc import Facts, HoldingsRecord, NoTitle
from postroad.catalogue.models import Item, Unindexed
from postroad.catalogue.reading import Trouble
from postroad.catalogue.shelving import shelf_key
from postroad.directory.models import Library

log = logging.getLogger(__name__)
T = TypeVar("T")

BATCH = 500  # records a transaction: about a tenth of a second
STOCK_BATCH = 5000
TROUBLES_KEPT = 1000
ONE_LOAD_AT_A_TIME = 0x504F5354  # two at once could each make a record for the same new book


@dataclass(slots=True)
class Report:
    """What became of a file."""

    library: str
    read: int = 0
    left_out: int = 0
    mended: int = 0
    holdings_records: int = 0  # MFHD: copies are read from the bibliographic records
    written: union.Written = field(default_factory=union.Written)
    troubles: list[Trouble] = field(default_factory=list)  # the first thousand
    seconds: float = 0.0
    breaks_off: bool = False  # what it does not list may have stood behind its end
    searchable: bool = False  # if not, the worker will see to it

    def note(self, trouble: Trouble) -> None:
        self.mended += trouble.mended
        self.left_out += not trouble.mended
        self.breaks_off |= trouble.breaks_off
        if len(self.troubles) < TROUBLES_KEPT:
            self.troubles.append(trouble)


def load(
    file: IO[bytes],
    library: Library,
    *,
    progress: Callable[[Report], None] | None = None,
    refresh: bool = True,
) -> Report:
    """Everything that the file says, for this library. Loading it again changes nothing.

    A file that breaks off withdraws no copy: it might be listed in the part that is missing.
    With `refresh` off the search index follows later, as it does after any other change.
    """
    started = time.monotonic()
    report = Report(library.code)
    listed = union.Listed()
    try:
        for batch in batches(facts_of(file, report), BATCH):
            with transaction.atomic():
                take_turns()
                report.written += union.write(batch, library, listed)
            report.seconds = time.monotonic() - started
            if progress:
                progress(report)
        for controls in batches(() if report.breaks_off else listed.controls, BATCH):
            with transaction.atomic():
                report.written += union.withdraw_unlisted(controls, library, listed)
    finally:
        report.searchable = refresh and refreshed()
    report.seconds = time.monotonic() - started
    return report


def refreshed() -> bool:
    """Bring the search index up to date now; if that fails, nothing is lost."""
    try:
        search.refresh()
    except (search.IndexTrouble, search.IndexBusy) as why:
        log.warning("the search index could not follow, it will later: %s", why)
        return False
    return True


def take_turns() -> None:
    """SQLite lets one transaction write at a time; PostgreSQL is asked to."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_LOAD_AT_A_TIME])


def facts_of(file: IO[bytes], report: Report) -> Iterator[Facts]:
    """What each readable record says; the report learns of the others."""
    for read in reading.records(file):
        report.read += 1
        if isinstance(read, Trouble):
            report.note(read)
            continue
        try:
            facts = marc.facts(read.record)
        except HoldingsRecord:
            report.holdings_records += 1
        except NoTitle as why:
            report.note(Trouble(read.position, str(why), marc.control_number(read.record)))
        else:
            if read.mended:
                number = facts.control_number
                report.note(Trouble(read.position, read.mended, number, mended=True))
            yield facts if facts.control_number else replace(facts, control_number=digest(facts))


def digest(facts: Facts) -> str:
    """In place of a control number: the same record has the same when it comes again."""
    said = repr((facts.match_key, facts.title, facts.edition, facts.extent, facts.numbers))
    return "~" + hashlib.sha256(said.encode()).hexdigest()[:24]


def batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch


class NewCopy(NamedTuple):
    """A copy on a shelf, of a record that is there."""

    record_id: int
    library_id: int
    barcode: str
    call_number: str
    location: str
    status: str


def stock(copies: Iterable[NewCopy]) -> int:
    """Many new copies at once; how many. The index follows at the next refresh."""
    count = 0
    for batch in batches(copies, STOCK_BATCH):
        keyed = (
            (*copy._replace(barcode=barcodes.plain(copy.barcode)), shelf_key(copy.call_number))
            for copy in batch
        )
        with transaction.atomic():
            bulk.insert(Item, (*NewCopy._fields, "shelf_key"), keyed)
            Unindexed.objects.note(copy.record_id for copy in batch)
        count += len(batch)
    return count
