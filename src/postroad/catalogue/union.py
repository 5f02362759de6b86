"""What libraries say about their books, joined into one catalogue.

What a library sent before is known by its control number and brought up to date; a record that
others have too is joined to theirs (`matching`). The library that brought a record first describes
it, the others fill what it left empty. A copy that its library no longer lists is withdrawn; one
that is away with us stays away, whatever the file says.

All queries are for a whole batch; none is for one record.
"""

from collections import defaultdict
from dataclasses import dataclass, field, fields
from typing import Self

from django.db.models import QuerySet

from postroad.catalogue import bulk, matching
from postroad.catalogue.marc import Copy, Facts
from postroad.catalogue.matching import Candidate
from postroad.catalogue.models import (
    Contribution,
    Identifier,
    Item,
    ItemStatus,
    Record,
    Unindexed,
)
from postroad.catalogue.shelving import shelf_key
from postroad.directory.models import Library

DESCRIBED = [
    *("title", "author", "year", "language", "format", "edition", "publisher", "extent"),
    *("series", "other_titles", "subjects", "contributors", "match_key"),
]
ITEM_COLUMNS = [
    *("record", "call_number", "shelf_key", "location", "volume", "control_number", "status"),
]


@dataclass(slots=True)
class Written:
    """How many records and copies became what."""

    new: int = 0
    joined: int = 0  # to a record that another library had brought
    changed: int = 0
    unchanged: int = 0
    copies_new: int = 0
    copies_changed: int = 0
    copies_withdrawn: int = 0
    copies_twice: int = 0  # the same barcode again in the same file
    deleted: int = 0  # the library says that it has the record no more

    def __iadd__(self, other: "Written") -> Self:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self


@dataclass(slots=True, eq=False)
class Entry:
    """A union record at work: its row, its numbers, and who contributed, first the describer."""

    record: Record
    numbers: dict[tuple[str, str], Identifier] = field(default_factory=dict)
    contributions: list[Contribution] = field(default_factory=list)
    changed: bool = False
    owners_changed: bool = False

    def candidate(self) -> Candidate:
        return Candidate(self.record.match_key, frozenset(self.numbers))

    def is_described_by(self, contribution: Contribution) -> bool:
        return not self.contributions or self.contributions[0] is contribution

    def is_only_of(self, contribution: Contribution) -> bool:
        return all(each is contribution for each in self.contributions)


@dataclass(slots=True)
class Listed:
    """What a file has listed so far. Systems split a record that is too long, so the same control
    number may come again with more copies; only at the end is it known what is not listed."""

    barcodes: set[str] = field(default_factory=set)
    items: set[int] = field(default_factory=set)
    controls: set[str] = field(default_factory=set)  # of records that list copies at all
    bare: set[str] = field(default_factory=set)  # of those that list none
    unread: set[str] = field(default_factory=set)  # of records that are there and cannot be read
    cut: set[str] = field(default_factory=set)  # of records of which a part is missing

    @property
    def there(self) -> set[str]:
        """Of whatever stands in the file."""
        return self.controls | self.bare | self.unread


@dataclass(frozen=True, slots=True)
class Deletion:
    """In a file, in place of the record with this control number."""

    control_number: str


def write(said: list[Facts | Deletion], library: Library, listed: Listed) -> Written:
    """Bring the catalogue up to date with these records of the library, in their order."""
    last = {each.control_number: each for each in said}
    deleted = [each.control_number for each in last.values() if isinstance(each, Deletion)]
    batch = [each for each in said if isinstance(each, Facts)]
    pool = Pool(batch, library)
    shelf = Shelf(batch, library, listed)
    for facts in batch:
        entry = pool.place(facts)
        shelf.place(facts, entry)
    pool.save()
    shelf.save()
    Unindexed.objects.note(pool.to_index() | shelf.left_records)
    written = pool.written
    written += shelf.written
    if deleted:
        written += delete(deleted, library, listed)
    return written


def delete(controls: list[str], library: Library, listed: Listed) -> Written:
    """The library has these records no more, nor their copies; the union record may be others'."""
    for control in controls:
        listed.controls.discard(control)
        listed.bare.discard(control)
    known = Contribution.objects.filter(library=library, control_number__in=controls).count()
    written = withdraw(on_record(library).filter(control_number__in=controls))
    written.deleted = known
    return written


def on_record(library: Library) -> QuerySet[Item]:
    """The copies that a file may withdraw: one away with us stays away, whatever the file says."""
    settled = [ItemStatus.AWAY, ItemStatus.WITHDRAWN]
    return Item.objects.filter(library=library).exclude(status__in=settled)


def withdraw(items: QuerySet[Item]) -> Written:
    gone = dict(items.values_list("pk", "record_id"))
    if gone:
        Item.objects.filter(pk__in=gone).update(status=ItemStatus.WITHDRAWN)
        Unindexed.objects.note(gone.values())
    return Written(copies_withdrawn=len(gone))


def absent(library: Library, listed: Listed, *, whole: bool) -> list[int]:
    """The copies of which the file says nothing though it should: those of a record that it lists
    without copies, though others have some; in a whole file, all those of records not in it."""
    bare = listed.bare if listed.controls else set()  # without any copy it says nothing of copies
    gone: list[int] = []
    there = listed.there
    if not (whole or bare):
        return gone
    items = on_record(library).values_list("pk", "control_number").order_by("pk")
    for pk, control in items.iterator(chunk_size=5000):
        unsaid = whole and control not in there
        if (unsaid or control in bare) and pk not in listed.items:
            gone.append(pk)
    return gone


class Pool:
    """The union records that a batch may be about."""

    def __init__(self, batch: list[Facts], library: Library) -> None:
        self.library = library
        self.written = Written()
        self.own: dict[str, tuple[Contribution, Entry]] = {}
        self.by_number: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        self.by_key: dict[str, list[Entry]] = defaultdict(list)
        self.entries: dict[int, Entry] = {}
        self.new: list[Entry] = []
        self.new_numbers: list[Identifier] = []
        self.old_numbers: list[int] = []
        self.new_contributions: list[Contribution] = []
        self.moved_contributions: list[Contribution] = []
        self.read(batch)

    def read(self, batch: list[Facts]) -> None:
        controls = {facts.control_number for facts in batch}
        values = {number.value for facts in batch for number in facts.numbers}
        keys = {facts.match_key for facts in batch if matching.is_telling(facts.match_key)}
        own = Contribution.objects.filter(library=self.library, control_number__in=controls)
        wanted = set(own.values_list("record_id", flat=True))
        wanted |= set(
            Identifier.objects.filter(value__in=values).values_list("record_id", flat=True)
        )
        wanted |= set(Record.objects.filter(match_key__in=keys).values_list("pk", flat=True))
        self.entries = {pk: Entry(record) for pk, record in Record.objects.in_bulk(wanted).items()}
        for number in Identifier.objects.filter(record__in=wanted):
            self.entries[number.record_id].numbers[number.kind, number.value] = number
        for contribution in Contribution.objects.filter(record__in=wanted).order_by("pk"):
            entry = self.entries[contribution.record_id]
            entry.contributions.append(contribution)
            if contribution.library_id == self.library.pk:
                self.own[contribution.control_number] = (contribution, entry)
        for entry in self.entries.values():
            self.offer(entry)

    def offer(self, entry: Entry) -> None:
        """Let later records of the batch find it."""
        self.by_key[entry.record.match_key].append(entry)
        for number in entry.numbers:
            self.by_number[number].append(entry)

    def place(self, facts: Facts) -> Entry:
        """The union record of these facts, found or made, and brought up to date."""
        contribution, entry = self.own.get(facts.control_number, (None, None))
        if contribution and entry and still_fits(facts, contribution, entry):
            self.update(facts, contribution, entry)
            return entry
        if contribution and entry:  # the library gave its number to another book
            entry.contributions.remove(contribution)
            entry.owners_changed = True
            self.moved_contributions.append(contribution)
        else:
            contribution = Contribution(library=self.library, control_number=facts.control_number)
            self.new_contributions.append(contribution)
        entry = self.match(facts)
        if entry is None:
            entry = Entry(Record())
            self.new.append(entry)
            self.written.new += 1
        else:
            self.written.joined += 1
        self.describe(facts, contribution, entry)
        entry.contributions.append(contribution)
        contribution.record = entry.record
        self.own[facts.control_number] = (contribution, entry)
        self.offer(entry)
        return entry

    def match(self, facts: Facts) -> Entry | None:
        candidate = candidate_of(facts)
        found = [entry for number in candidate.numbers for entry in self.by_number[number]]
        found += self.by_key[facts.match_key]
        return next((each for each in found if matching.is_same(candidate, each.candidate())), None)

    def update(self, facts: Facts, contribution: Contribution, entry: Entry) -> None:
        if self.describe(facts, contribution, entry):
            self.written.changed += 1
        else:
            self.written.unchanged += 1

    def describe(self, facts: Facts, contribution: Contribution, entry: Entry) -> bool:
        """Bring the row and its numbers up to date. True if anything changed."""
        only, leads = entry.is_only_of(contribution), entry.is_described_by(contribution)
        changed = self.number(facts, entry, only=only)
        for name in DESCRIBED:
            said, held = value_of(facts, name), getattr(entry.record, name)
            if said != held and (only or (said and (leads or not held))):
                setattr(entry.record, name, said)
                changed = True
        entry.changed |= changed
        return changed

    def number(self, facts: Facts, entry: Entry, *, only: bool) -> bool:
        """Add what is new; when nobody else contributes, take away what is no longer said."""
        said = {(number.kind, number.value): number for number in facts.numbers}
        fresh = [number for pair, number in said.items() if pair not in entry.numbers]
        stale = [pair for pair in entry.numbers if pair not in said] if only else []
        for number in fresh:
            row = Identifier(record=entry.record, kind=number.kind, value=number.value)
            row.raw = number.raw[:120]
            entry.numbers[number.kind, number.value] = row
            self.new_numbers.append(row)
        for pair in stale:
            row = entry.numbers.pop(pair)
            if row.pk:
                self.old_numbers.append(row.pk)
            else:
                self.new_numbers.remove(row)
        return bool(fresh or stale)

    def save(self) -> None:
        Record.objects.bulk_create(entry.record for entry in self.new)
        if changed := [entry.record for entry in self.entries.values() if entry.changed]:
            Record.objects.bulk_update(changed, DESCRIBED, batch_size=50)
        if self.old_numbers:
            Identifier.objects.filter(pk__in=self.old_numbers).delete()
        bulk.insert(
            Identifier,
            ("record_id", "kind", "value", "raw"),
            ((row.record.pk, row.kind, row.value, row.raw) for row in self.new_numbers),
        )
        bulk.insert(
            Contribution,
            ("library_id", "control_number", "record_id"),
            ((row.library_id, row.control_number, row.record.pk) for row in self.new_contributions),
        )
        for contribution in self.moved_contributions:
            contribution.save(update_fields=["record"])

    def to_index(self) -> set[int]:
        """The keys of the records whose entry in the search index is behind now."""
        old = (entry for entry in self.entries.values() if entry.changed or entry.owners_changed)
        return {entry.record.pk for entry in (*old, *self.new)}


def still_fits(facts: Facts, contribution: Contribution, entry: Entry) -> bool:
    """Whether it is still about the same book; a library alone may say what it likes."""
    if entry.is_only_of(contribution):
        return True
    said, held = candidate_of(facts), entry.candidate()
    return matching.title_and_format(said) == matching.title_and_format(held)


def candidate_of(facts: Facts) -> Candidate:
    pairs = ((number.kind, number.value) for number in facts.numbers)
    return Candidate(facts.match_key, frozenset(pairs))


def value_of(facts: Facts, name: str) -> object:
    """As the row holds it: lists, where the facts have tuples."""
    said = getattr(facts, name)
    return list(said) if isinstance(said, tuple) else said


def withdraw_unlisted(controls: list[str], library: Library, listed: Listed) -> Written:
    """Withdraw what these records of the library once listed and now do not."""
    there = on_record(library).filter(control_number__in=controls).values_list("pk", flat=True)
    return withdraw(Item.objects.filter(pk__in=[pk for pk in there if pk not in listed.items]))


class Shelf:
    """The copies of the library that a batch may be about."""

    def __init__(self, batch: list[Facts], library: Library, listed: Listed) -> None:
        self.library = library
        self.listed = listed
        self.written = Written()
        self.barcoded: dict[str, Item] = {}
        self.unbarcoded: dict[tuple[str, ...], Item] = {}  # by control number and place
        self.new: list[Item] = []
        self.changed: dict[int, Item] = {}
        self.left_records: set[int] = set()
        self.read(batch)

    def read(self, batch: list[Facts]) -> None:
        of_library = Item.objects.filter(library=self.library)
        barcodes = {copy.barcode for facts in batch for copy in facts.copies} - {""}
        for item in of_library.filter(barcode__in=barcodes):
            self.barcoded[item.barcode] = item
        bare = {f.control_number for f in batch if any(not copy.barcode for copy in f.copies)}
        for item in of_library.filter(barcode="", control_number__in=bare):
            self.unbarcoded[item.control_number, *place_of(item)] = item

    def place(self, facts: Facts, entry: Entry) -> None:
        """Put the copies that the facts list on the record. No copies: nothing is said of them."""
        if facts.copies:
            self.listed.controls.add(facts.control_number)
            self.listed.bare.discard(facts.control_number)
        elif facts.control_number not in self.listed.controls:
            self.listed.bare.add(facts.control_number)
        for copy in facts.copies:
            if copy.barcode and copy.barcode in self.listed.barcodes:
                self.written.copies_twice += 1
                continue
            self.listed.barcodes.add(copy.barcode)
            item = self.held(copy, facts)
            if item is None:
                self.add(copy, facts, entry)
                continue
            if item.pk:
                self.listed.items.add(item.pk)
            self.update(item, copy, facts, entry)

    def held(self, copy: Copy, facts: Facts) -> Item | None:
        if copy.barcode:
            return self.barcoded.get(copy.barcode)
        return self.unbarcoded.get((facts.control_number, *place_of(copy)))

    def add(self, copy: Copy, facts: Facts, entry: Entry) -> None:
        item = Item(
            record=entry.record,
            library=self.library,
            barcode=copy.barcode,
            call_number=copy.call_number,
            shelf_key=shelf_key(copy.call_number),
            location=copy.location,
            volume=copy.volume,
            control_number=facts.control_number,
            status=copy.status,
        )
        self.new.append(item)
        if not copy.barcode:
            self.unbarcoded[facts.control_number, *place_of(copy)] = item
        self.written.copies_new += 1
        entry.owners_changed = True

    def update(self, item: Item, copy: Copy, facts: Facts, entry: Entry) -> None:
        status = item.status if item.status == ItemStatus.AWAY else copy.status
        moved = item.record_id != entry.record.pk or entry.record.pk is None
        said = (copy.call_number, copy.location, copy.volume, facts.control_number, status)
        held = (item.call_number, item.location, item.volume, item.control_number, item.status)
        if said == held and not moved:
            return
        if moved or ItemStatus.WITHDRAWN in (status, item.status):
            entry.owners_changed = True
        if moved and item.record_id:
            self.left_records.add(item.record_id)
        item.record = entry.record
        item.call_number, item.location, item.volume, item.control_number, item.status = said
        item.shelf_key = shelf_key(copy.call_number)
        if item.pk:
            self.changed[item.pk] = item
        self.written.copies_changed += 1

    def save(self) -> None:
        Item.objects.bulk_create(self.new)
        self.listed.items.update(item.pk for item in self.new)
        if self.changed:
            Item.objects.bulk_update(self.changed.values(), ITEM_COLUMNS, batch_size=100)


def place_of(copy: Copy | Item) -> tuple[str, str, str]:
    """What tells copies without a barcode apart."""
    return copy.call_number, copy.location, copy.volume
