"""The copies that a library's file lists, on the union records that it is about.

A copy that its library no longer lists is withdrawn; one that is away with us stays away, whatever
the file says. All queries are for a whole batch.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from postroad.catalogue import bulk
from postroad.catalogue.entry import Entry
from postroad.catalogue.index_models import of_a_file
from postroad.catalogue.marc import Copy, Facts
from postroad.catalogue.models import Item, ItemStatus, Unindexed
from postroad.catalogue.shelving import shelf_key
from postroad.catalogue.written import Listed, Written
from postroad.directory.models import Library

COLUMNS = (
    *("record_id", "call_number", "shelf_key", "location", "volume", "control_number", "status"),
)

HELD = (
    *("barcode", "call_number", "location", "volume", "control_number", "status"),
    *("record_id", "id"),
)


@dataclass(slots=True, eq=False)
class Held:
    """A copy at work: what its row says, and the union record on which it is to be."""

    barcode: str
    call_number: str
    location: str
    volume: str
    control_number: str
    status: str
    entry: Entry | None = None  # None as long as it is where it was
    record: int | None = None  # where its row has it
    pk: int | None = None

    def is_on(self, entry: Entry) -> bool:
        if self.entry:
            return self.entry is entry
        return self.record == entry.pk and self.record is not None

    def row(self) -> tuple[bulk.Value, ...]:
        """In the order of the columns."""
        return (
            self.entry.pk if self.entry else self.record,
            *(self.call_number, shelf_key(self.call_number), self.location, self.volume),
            *(self.control_number, self.status),
        )


class Shelf:
    """The copies of the library that a batch may be about."""

    def __init__(self, batch: list[Facts], library: Library, listed: Listed) -> None:
        self.library = library
        self.listed = listed
        self.written = Written()
        self.barcoded: dict[str, Held] = {}
        # By control number and place, and which it is of those that are alike.
        self.unbarcoded: dict[tuple[str, tuple[str, ...], int], Held] = {}
        self.new: list[Held] = []
        self.changed: dict[int, Held] = {}
        self.listed_before: list[int] = []  # by these records
        self.left_records: set[int] = set()
        self.read(batch)

    def read(self, batch: list[Facts]) -> None:
        controls = {facts.control_number for facts in batch if facts.copies}
        alike = Counter[tuple[str, tuple[str, ...]]]()
        for held in self.rows("control_number", controls):
            if held.pk:
                self.listed_before.append(held.pk)
            if held.barcode:
                self.barcoded[held.barcode] = held
                continue
            key = held.control_number, place_of(held)
            self.unbarcoded[*key, alike[key]] = held
            alike[key] += 1
        barcodes = {copy.barcode for facts in batch for copy in facts.copies} - {""}
        for held in self.rows("barcode", barcodes.difference(self.barcoded)):
            self.barcoded[held.barcode] = held

    def rows(self, column: str, values: Iterable[str]) -> Iterator[Held]:
        here = ("library_id", self.library.pk)
        return map(held_of, bulk.among(Item, HELD, column, values, of=here))

    def place(self, facts: Facts, entry: Entry) -> None:
        """Put the copies that the facts list on the record. No copies: nothing is said of them."""
        if facts.copies:
            self.listed.controls.add(facts.control_number)
            self.listed.bare.discard(facts.control_number)
        elif facts.control_number not in self.listed.controls:
            self.listed.bare.add(facts.control_number)
        alike = Counter[tuple[str, ...]]()
        for copy in facts.copies:
            which = alike[place_of(copy)]
            alike[place_of(copy)] += not copy.barcode
            held = self.held(copy, facts, which)
            if held and copy.barcode and self.is_listed(held):
                self.written.copies_twice += 1
                continue
            if held is None:
                self.add(copy, facts, entry, which)
                continue
            if held.pk:
                self.listed.items.add(held.pk)
            self.update(held, copy, facts, entry)

    def held(self, copy: Copy, facts: Facts, which: int) -> Held | None:
        if copy.barcode:
            return self.barcoded.get(copy.barcode)
        return self.unbarcoded.get((facts.control_number, place_of(copy), which))

    def is_listed(self, held: Held) -> bool:
        """Whether the file has listed it already, in this batch or before."""
        return held.pk is None or held.pk in self.listed.items

    def add(self, copy: Copy, facts: Facts, entry: Entry, which: int) -> None:
        held = Held(
            *(copy.barcode, copy.call_number, copy.location, copy.volume),
            *(facts.control_number, copy.status, entry),
        )
        self.new.append(held)
        if copy.barcode:
            self.barcoded[copy.barcode] = held
        else:
            self.unbarcoded[facts.control_number, place_of(copy), which] = held
        self.written.copies_new += 1
        entry.owners_changed = True

    def update(self, held: Held, copy: Copy, facts: Facts, entry: Entry) -> None:
        status = held.status if held.status == ItemStatus.AWAY else copy.status
        moved = not held.is_on(entry)
        said = (copy.call_number, copy.location, copy.volume, facts.control_number, status)
        was = (held.call_number, held.location, held.volume, held.control_number, held.status)
        if said == was and not moved:
            return
        elsewhere = moved or copy.location != held.location  # which may be a collection
        if elsewhere or ItemStatus.WITHDRAWN in (status, held.status):
            entry.owners_changed = True
        if moved and held.record:
            self.left_records.add(held.record)
        held.entry = entry
        held.call_number, held.location, held.volume, held.control_number, held.status = said
        if held.pk:
            self.changed[held.pk] = held
        self.written.copies_changed += 1

    def save(self) -> None:
        keys = bulk.keys(Item, len(self.new))
        self.listed.items.update(keys)
        self.listed.unsaid.update(pk for pk in self.listed_before if pk not in self.listed.items)
        fresh = (
            (key, self.library.pk, held.barcode, *held.row())
            for key, held in zip(keys, self.new, strict=True)
        )
        bulk.insert(Item, ("id", "library_id", "barcode", *COLUMNS), fresh)
        if self.changed:
            moved = (held.entry.pk if held.entry else held.record for held in self.changed.values())
            with of_a_file([record for record in moved if record]):
                rows = ((*held.row(), pk) for pk, held in self.changed.items())
                bulk.update(Item, COLUMNS, rows)


def rows(items: QuerySet[Item]) -> Iterable[Held]:
    return map(held_of, items.values_list(*HELD))


def held_of(row: tuple[Any, ...]) -> Held:
    barcode, call_number, location, volume, control, status, record, pk = row
    return Held(*(barcode, call_number, location, volume, control, status), record=record, pk=pk)


def place_of(copy: Copy | Held) -> tuple[str, str, str]:
    """What tells copies without a barcode apart."""
    return copy.call_number, copy.location, copy.volume


def on_record(library: Library) -> QuerySet[Item]:
    """The copies that a file may withdraw: one away with us stays away, whatever the file says."""
    settled = [ItemStatus.AWAY, ItemStatus.WITHDRAWN]
    return Item.objects.filter(library=library).exclude(status__in=settled)


def listed_once(library: Library) -> QuerySet[Item]:
    """Those that a file has listed."""
    return on_record(library).exclude(control_number="")


def withdraw(items: QuerySet[Item]) -> Written:
    gone = dict(items.values_list("pk", "record_id"))
    if gone:
        with of_a_file(gone.values()):
            Item.objects.filter(pk__in=gone).update(status=ItemStatus.WITHDRAWN)
        Unindexed.objects.note(gone.values(), loaded=True)
    return Written(copies_withdrawn=len(gone))


def absent(library: Library, listed: Listed, *, whole: bool) -> list[int]:
    """The copies of which the file says nothing though it should: those of a record that it lists
    without copies, though others have some; in a whole file, all those of records not in it. Of a
    copy that no file ever listed, none can say that it is gone."""
    # Without any copy a file says nothing of copies, nor does a record that was cut.
    bare = bool(listed.controls and listed.bare)
    gone: list[int] = []
    if not (whole or bare):
        return gone
    items = on_record(library).values_list("pk", "control_number").order_by("pk")
    for pk, control in items.iterator(chunk_size=5000):
        unsaid = whole and control and not listed.is_there(control)
        if (unsaid or (bare and listed.is_bare(control))) and pk not in listed.items:
            gone.append(pk)
    return gone


def withdraw_unlisted(controls: list[str], library: Library, listed: Listed) -> Written:
    """Withdraw what these records of the library once listed and now do not."""
    there = on_record(library).filter(control_number__in=controls).values_list("pk", flat=True)
    return withdraw(Item.objects.filter(pk__in=[pk for pk in there if pk not in listed.items]))


def withdraw_unsaid(keys: list[int], library: Library, listed: Listed) -> Written:
    """The same of these copies, at the end of a file, where all that it lists is known."""
    there = on_record(library).filter(pk__in=keys).values_list("pk", "control_number")
    gone = [pk for pk, control in there if listed.lists_whole(control) and pk not in listed.items]
    return withdraw(Item.objects.filter(pk__in=gone))
