"""A library's MARC file into the union catalogue.

Records are read one by one and written in short transactions, so that a file of any size holds
nobody up. A bad record is counted and named, and stops nothing.
"""

import hashlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import chain, islice
from typing import IO, Any, NamedTuple, Protocol, TypeVar

from django.db import connection, transaction

from postroad import barcodes
from postroad.catalogue import ahead, bulk, copies, mapping, marc, search, serial_rows, union
from postroad.catalogue.entry import Sent
from postroad.catalogue.marc import Deleted, Facts, Holdings, HoldingsRecord, NoTitle, Reading
from postroad.catalogue.marc.copies import UNKNOWN_COPY
from postroad.catalogue.models import Item, Unindexed
from postroad.catalogue.shelving import shelf_key
from postroad.catalogue.union import Deletion
from postroad.catalogue.written import Listed, Written
from postroad.directory.models import Library
from postroad.protocols.marc import reading
from postroad.protocols.marc.plain import Plain
from postroad.protocols.marc.results import NotMarc, Read, Trouble

log = logging.getLogger(__name__)
T = TypeVar("T")

BATCH = 200  # records a transaction: a tenth of a second, for which nobody else writes on SQLite
READ_AT_MOST = 1000  # for one batch: of some files hardly a record can be used
STOCK_BATCH = 5000
TROUBLES_KEPT = 1000
OF_A_KIND = 20  # of them, so that a thousand of one kind hide no other
FEW_ABSENT = 20  # copies that are gone from records in a file of changes, without a question
MOST_ABSENT = 0.05  # of a library's copies; if more are not in a file, somebody must say so
ONE_LOAD_AT_A_TIME = 0x504F5354  # two at once could each make a record for the same new book


@dataclass(slots=True)
class Report:
    """What became of a file."""

    library: str
    read: int = 0
    left_out: int = 0
    mended: int = 0
    holdings_records: int = 0  # MFHD: of volumes; copies are read from the bibliographic records
    previous: str = ""  # the record that came last, holdings records left out
    written: Written = field(default_factory=Written)
    troubles: list[Trouble] = field(default_factory=list)  # the first of each kind
    complaints: Counter[tuple[bool, str]] = field(default_factory=Counter)  # mended?, what: records
    seconds: float = 0.0
    breaks_off: bool = False  # what it does not list may have stood behind its end
    searchable: bool = False  # if not, the worker will see to it
    nameless: int = 0  # left out, and nobody knows which of the library's records they are
    absent: int = 0  # copies that are not in the file, and were not withdrawn for the reason below
    copies: int = 0  # that the library has on record, if some are absent
    not_withdrawn: str = ""  # "many", or "nameless"
    system: str = ""  # by whose layout the items were read
    guessed: bool = False  # on this file
    owns_without_items: bool = False  # the setting: a record without any item is a copy
    without_copies: int = 0  # records that list none
    strange: Counter[str] = field(default_factory=Counter)  # statuses that nobody knows: copies

    def note(self, trouble: Trouble) -> None:
        """A record that was left out."""
        self.left_out += 1
        self.nameless += not (trouble.control_number or trouble.breaks_off)
        self.breaks_off |= trouble.breaks_off
        self.tell(trouble)

    def note_mended(self, read: Read) -> None:
        self.mended += bool(read.complaints)
        for each in read.complaints:
            told = (read.position, each.what, read.control_number)
            self.tell(Trouble(*told, mended=True, seen=each.seen))

    def tell(self, trouble: Trouble) -> None:
        kind = trouble.mended, trouble.reason
        self.complaints[kind] += 1
        if self.complaints[kind] <= OF_A_KIND and len(self.troubles) < TROUBLES_KEPT:
            self.troubles.append(trouble)

    def told(self) -> Iterator[tuple[Trouble, int]]:
        """Each complaint once: the first record with it, and how many have it."""
        firsts: dict[tuple[bool, str], Trouble] = {}
        for trouble in self.troubles:
            firsts.setdefault((trouble.mended, trouble.reason), trouble)
        for complaint, first in firsts.items():
            yield first, self.complaints[complaint]

    def as_json(self) -> dict[str, Any]:
        """All but the troubles themselves, which are kept as rows."""
        plain = {name: getattr(self, name) for name in PLAIN}
        complaints = [[*kind, count] for kind, count in self.complaints.items()]
        return {
            **plain,
            "written": asdict(self.written),
            "complaints": complaints,
            "strange": dict(self.strange),
        }

    @classmethod
    def of_json(cls, said: dict[str, Any]) -> "Report":
        made = cls(**{name: said[name] for name in PLAIN if name in said})
        made.written = Written(**said.get("written", {}))
        made.strange = Counter(said.get("strange", {}))
        for mended, reason, count in said.get("complaints", ()):
            made.complaints[mended, reason] = count
        return made


PLAIN = (
    *("library", "read", "left_out", "mended", "holdings_records", "seconds", "breaks_off"),
    *("searchable", "nameless", "absent", "copies", "not_withdrawn", "system", "guessed"),
    *("owns_without_items", "without_copies", "previous"),
)


@dataclass(frozen=True, slots=True)
class How:
    """How a file is meant: whether it lists all that the library has, or only what it has no more;
    whether somebody has confirmed that what is absent is gone; how its items are read, if not as
    the library's."""

    whole: bool = False
    confirmed: bool = False
    deletions: bool = False
    items: Reading | None = None


class Keeper(Protocol):
    """Writes down how far a load is, within the transaction of each step."""

    def claim(self) -> None:
        """Before a step: raises if it is not ours to do."""

    def lose(self, items: list[int]) -> None:
        """These copies are not in the file: they are to be withdrawn, or asked about."""

    def keep(self, report: Report) -> None:
        """Behind it."""


class NoKeeper:
    """Of a load of which nothing is kept: it is done at once, or begun anew."""

    def claim(self) -> None:
        pass

    def lose(self, items: list[int]) -> None:
        pass

    def keep(self, report: Report) -> None:
        pass


def load(
    file: IO[bytes],
    library: Library,
    *,
    whole: bool = False,
    confirmed: bool = False,
    progress: Callable[[Report], None] | None = None,
    refresh: bool = True,
) -> Report:
    """Everything that the file says, for this library, at once. Loading it again changes nothing.

    A `whole` file lists all that the library has: what is not in it is withdrawn, unless that would
    be more than one copy of twenty and nobody has `confirmed` it. A file that breaks off withdraws
    no copy: it might be listed in the part that is missing.
    With `refresh` off the search index follows later, as it does after any other change.
    """
    report = Report(library.code)
    started = time.monotonic()
    try:
        for _ in steps(file, library, How(whole, confirmed), report, Listed(), NoKeeper()):
            report.seconds = time.monotonic() - started
            if progress:
                progress(report)
    finally:
        report.searchable = refresh and refreshed()
    report.seconds = time.monotonic() - started
    return report


def steps(
    file: IO[bytes], library: Library, how: How, report: Report, listed: Listed, keeper: Keeper
) -> Iterator[None]:
    """Load it, step by step; each is one short transaction. `report` and `listed` say how far it
    was brought before."""
    bulk.unmapped()
    found = iter(()) if report.breaks_off else reading.records(file, skip=report.read)
    reads, items = how_items_are_read(found, library, how, report)
    for batch in in_batches(facts_of(reads, items, how, report, listed), report):
        with transaction.atomic():
            keeper.claim()
            take_turns()
            report.written += union.write(batch, library, listed)
            keeper.keep(report)
        yield
    if not report.read:
        raise NotMarc(reason="there is no record in it")
    if report.breaks_off:
        return
    for keys in batches((key for key in listed.unsaid if key not in listed.items), BATCH):
        with transaction.atomic():
            keeper.claim()
            report.written += copies.withdraw_unsaid(keys, library, listed)
            keeper.keep(report)
        yield
    yield from withdraw_absent(library, listed, how, report, keeper)


def withdraw_absent(
    library: Library, listed: Listed, how: How, report: Report, keeper: Keeper
) -> Iterator[None]:
    """Withdraw what the file should list and does not, unless that looks like a mistake."""
    gone = copies.absent(library, listed, whole=how.whole)
    there = copies.listed_once(library).count()
    if not how.confirmed:
        if gone and how.whole and report.nameless:
            report.not_withdrawn = "nameless"
        elif len(gone) > max(MOST_ABSENT * there, 0 if how.whole else FEW_ABSENT):
            report.not_withdrawn = "many"
    if report.not_withdrawn:
        report.absent, report.copies = len(gone), there
        with transaction.atomic():
            keeper.claim()
            keeper.lose(gone)
            keeper.keep(report)
        yield
        return
    if how.whole:
        with transaction.atomic():
            keeper.claim()
            serial_rows.forget_absent(library, listed)
            keeper.keep(report)
    for batch in batches(gone, BATCH):
        with transaction.atomic():
            keeper.claim()
            keeper.lose(batch)
            report.written += copies.withdraw(copies.on_record(library).filter(pk__in=batch))
            keeper.keep(report)
        yield


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


def how_items_are_read(
    found: Iterator[Read | Trouble], library: Library, how: How, report: Report
) -> tuple[Iterator[Read | Trouble], Reading]:
    """By the library's mapping; on its first file with items, that is guessed and kept. Gives back
    what it has read to guess."""
    items = how.items or mapping.of(library) or Reading()
    if items.layout is None and not report.read:
        first = list(islice(found, mapping.LOOKED_AT))
        found = chain(first, found)
        guess = mapping.guess(each.record for each in first if isinstance(each, Read))
        items = replace(items, layout=guess.layout)
        if guess.layout:
            report.guessed = True
            mapping.keep(library, items)
    report.system = items.layout.system if items.layout else ""
    report.owns_without_items = items.owns_without_items
    return ahead.told(found, items), items


def facts_of(
    found: Iterator[Read | Trouble], items: Reading, how: How, report: Report, listed: Listed
) -> Iterator[Sent | Deletion | Holdings | None]:
    """What each record says: None if it says nothing that can be used, and the report learns of
    it."""
    for read in found:
        report.read += 1
        if isinstance(read, Trouble):
            report.note(read)
            listed.unread.add(read.control_number)
            yield None
        elif how.deletions:
            yield deletion_of(read, report)
        else:
            yield said_by(read, items, report, listed)


def deletion_of(read: Read, report: Report) -> Deletion | None:
    """In a list of deletions each record is one, whatever it says."""
    if control := marc.control_number(read.record):
        return Deletion(control)
    report.note(Trouble(read.position, "deleted, but without a number (field 001)"))
    return None


def said_by(
    read: Read, items: Reading, report: Report, listed: Listed
) -> Sent | Deletion | Holdings | None:
    """What this record says, unless it says nothing that can be used."""
    control = marc.control_number(read.record)
    try:
        facts = marc.facts(read.record, items)
    except HoldingsRecord:
        report.holdings_records += 1
        holdings = marc.holdings_record(read.record)
        if not holdings.control_number and holdings.source == report.previous:
            holdings = replace(holdings, control_number=report.previous)  # as Symphony has it
        return holdings if holdings.control_number and holdings.source else None
    except Deleted:
        if control:
            return Deletion(control)
        report.note(Trouble(read.position, "deleted, but without a number (field 001)"))
        return None
    except NoTitle as why:
        listed.unread.add(control)
        report.note(Trouble(read.position, str(why), control))
        return None
    report.previous = control
    report.note_mended(read)
    report.without_copies += facts.copies in {(), (UNKNOWN_COPY,)}
    report.strange.update(copy.strange for copy in facts.copies if copy.strange)
    if not control:
        facts = replace(facts, control_number=digest(facts))
    if read.cut:
        listed.cut.add(facts.control_number)
    made = read.record.made if isinstance(read.record, Plain) else None
    return Sent(facts, read.raw, read.form, made)


def digest(facts: Facts) -> str:
    """In place of a control number: the same record has the same when it comes again."""
    of = facts.description
    said = repr((of.match_key, of.title, of.author, of.edition, of.extent, of.numbers))
    return "~" + hashlib.sha256(said.encode()).hexdigest()[:24]


def in_batches(
    said: Iterator[Sent | Deletion | Holdings | None], report: Report
) -> Iterator[list[Sent | Deletion | Holdings]]:
    """As much as one transaction takes; none, behind a long stretch that says nothing."""
    batch, begun = list[Sent | Deletion | Holdings](), report.read
    for each in said:
        if each is not None:
            batch.append(each)
        if len(batch) >= BATCH or report.read - begun >= READ_AT_MOST:
            yield batch
            batch, begun = [], report.read
    if report.read > begun:
        yield batch


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


def stock(new: Iterable[NewCopy]) -> int:
    """Many new copies at once; how many. The index follows at the next refresh."""
    count = 0
    for batch in batches(new, STOCK_BATCH):
        keyed = (
            (*copy._replace(barcode=barcodes.plain(copy.barcode)), shelf_key(copy.call_number))
            for copy in batch
        )
        with transaction.atomic():
            bulk.insert(Item, (*NewCopy._fields, "shelf_key"), keyed)
            Unindexed.objects.note((copy.record_id for copy in batch), loaded=True)
        count += len(batch)
    return count
