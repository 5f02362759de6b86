"""The union records that a batch may be about, read at once and written at once.

All queries are for a whole batch; one for a single record only where a file has two records with
one control number.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from postroad.catalogue import bulk, decided, description, matching
from postroad.catalogue.bulk import Value
from postroad.catalogue.decided import Decided, Key
from postroad.catalogue.description import TEXTS, Description, Made
from postroad.catalogue.entry import (
    COLUMNS,
    Contributed,
    Entry,
    Sent,
    entry_of,
    is_told,
    row_of,
    still_fits,
)
from postroad.catalogue.identifiers import Kind, Number
from postroad.catalogue.models import (
    Contribution,
    ContributionState,
    Identifier,
    Item,
    RawRecord,
    Record,
)
from postroad.catalogue.written import Listed, Written
from postroad.directory.models import Library

MOST_RAW = 1_000_000  # bytes of a record in parts; who gives all records one number is cut there
MOST_OF_ONE_NUMBER = 20  # records; a number that more of them bear tells nothing
NUMBER = ("id", "record_id", "kind", "value", "raw")
CONTRIBUTED = ("id", "record_id", "library_id", "control_number", "state", "digest")
TOLD = ("record_id", "state", "digest", "facts")


@dataclass(slots=True, eq=False)
class Raw:
    """The bytes of a contribution, to be written unless they are there."""

    form: str
    whole: bytes
    made: Made | None = None

    @property
    def digest(self) -> bytes:
        return self.made.raw_digest if self.made else description.digest(self.whole)

    @property
    def packed(self) -> bytes:
        return self.made.raw if self.made else description.packed(self.whole)


class Pool:
    """The union records at work, and what of them must be written."""

    def __init__(self, library: Library | None = None) -> None:
        self.library = library
        self.written = Written()
        self.own: dict[str, tuple[Contributed, Entry]] = {}
        self.by_number: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        self.by_key: dict[str, list[Entry]] = defaultdict(list)
        self.entries: dict[int, Entry] = {}
        self.decided = Decided()
        self.of_key: dict[Key, Entry] = {}  # where each contribution is
        self.new: list[Entry] = []
        self.told: dict[Contributed, Entry] = {}  # contributions to be written, new and old
        self.raws: dict[Contributed, Raw] = {}
        self.gone: list[Contributed] = []

    # Reading

    def read(self, batch: list[Sent], controls: Iterable[str] = ()) -> None:
        """What the catalogue has that these records of the library may be about."""
        said = [(sent.facts.control_number, sent.facts.description) for sent in batch]
        values = {number.value for _, each in said for number in each.numbers}
        keys = {each.match_key for _, each in said if matching.is_telling(each.match_key)}
        controls = {control for control, _ in said}.union(controls)
        assert self.library is not None  # whose records these are
        here = ("library_id", self.library.pk)
        own = bulk.among(Contribution, ["record_id"], "control_number", controls, of=here)
        self.decided = decided.about(self.library.pk, controls)
        wanted = {record for (record,) in own} | self.partners() | numbered(values)
        wanted |= {record for (record,) in bulk.among(Record, ["id"], "match_key", keys)}
        self.gather(wanted)
        self.learn(self.to_describe(batch))

    def partners(self) -> set[int]:
        """The records of those with which somebody put these together."""
        keys = {key for each in self.decided.together.values() for key in each}
        if not keys:
            return set()
        rows = Contribution.objects.filter(
            library__in={library for library, _ in keys},
            control_number__in={control for _, control in keys},
        )
        there = rows.values_list("library_id", "control_number", "record_id")
        return {record for library, control, record in there if (library, control) in keys}

    def gather(self, wanted: set[int]) -> None:
        """These records, their numbers and who contributed; not yet what each of them said."""
        numbers: dict[int, list[tuple[int, Number]]] = defaultdict(list)
        borne = bulk.among(Identifier, NUMBER, "record_id", wanted)
        for pk, record, kind, value, raw in borne:
            numbers[record].append((pk, Number(cast("Kind", kind), value, raw)))
        for pk, moved_to, *texts in bulk.among(Record, ("id", "moved_to_id", *TEXTS), "id", wanted):
            self.entries[pk] = entry_of(pk, texts, numbers[pk])
            self.entries[pk].moved = moved_to is not None
        kept = bulk.among(Contribution, CONTRIBUTED, "record_id", self.entries)
        for pk, record, library, control, state, known in kept:
            live = state == ContributionState.LIVE
            seen = bytes(known) if known else None
            each = Contributed(library, control, live, seen, pk=pk)
            entry = self.entries[record]
            entry.contributions.append(each)
            self.of_key[each.key] = entry
            if self.library and library == self.library.pk:
                self.own[control] = (each, entry)
        for entry in self.entries.values():
            self.offer(entry)

    def to_describe(self, batch: list[Sent]) -> Iterator[Entry]:
        """Those to which others contribute, and of which the batch says something else than was
        said before: the facts of the others will be wanted."""
        for sent in batch:
            contributed, entry = self.own.get(sent.facts.control_number, (None, None))
            if not (contributed and entry) or is_told(sent, contributed):
                continue
            if not entry.is_only_of(contributed):
                yield entry

    def learn(self, entries: Iterable[Entry]) -> None:
        """Read what was said of these records by those of whom that is not yet read."""
        unread = {each.pk: each for entry in entries for each in entry.unread()}
        if unread:
            kept = Contribution.objects.filter(pk__in=unread).values_list("pk", "facts")
            for pk, facts in kept:
                unread[pk].said = description.read(description.unpacked(bytes(facts or b"{}")))

    def offer(self, entry: Entry) -> None:
        """Let later records of the batch find it."""
        if entry.moved:
            return
        self.by_key[entry.held.match_key].append(entry)
        for number in entry.held.pairs:
            self.by_number[number].append(entry)

    # Placing

    def place(self, sent: Sent, listed: Listed) -> Entry:
        """The union record of what was sent, found or made, and brought up to date."""
        contributed, entry = self.own.get(sent.facts.control_number, (None, None))
        if contributed and entry and not entry.moved and self.still_fits(sent, contributed, entry):
            entry = self.update(sent, contributed, entry)
        else:
            if contributed and entry:  # the library gave its number to another book
                self.take_out(contributed, entry)
            else:
                assert self.library is not None
                contributed = Contributed(self.library.pk, sent.facts.control_number)
            entry = self.put(sent, contributed)
        self.keep(sent, contributed, listed)
        return entry

    def still_fits(self, sent: Sent, contributed: Contributed, entry: Entry) -> bool:
        if is_told(sent, contributed):
            return True
        there = [each.key for each in entry.contributions if each is not contributed]
        if self.decided.forbids(contributed.key, there):
            return False
        if contributed.key in self.decided.pinned or self.decided.demands(contributed.key, there):
            return True
        self.learn([entry])  # which has been done, unless the number came before
        return still_fits(sent.facts.description, contributed, entry)

    def update(self, sent: Sent, contributed: Contributed, entry: Entry) -> Entry:
        """What the library says now; its record may turn out to be one that others have."""
        changed = False
        if not is_told(sent, contributed):
            alone = entry.is_only_of(contributed)
            pinned = contributed.key in self.decided.pinned
            if (
                alone
                and not pinned
                and (other := self.match(sent.facts.description, contributed.key, besides=entry))
            ):
                entry.contributions.remove(contributed)
                entry.moved_to, entry.moved, entry.owners_changed = other, True, True
                return self.put(sent, contributed)
            self.tell(sent, contributed, entry)
            if changed := entry.describe():
                self.offer(entry)
        if changed:
            self.written.changed += 1
        else:
            self.written.unchanged += 1
        return entry

    def take_out(self, contributed: Contributed, entry: Entry) -> None:
        self.learn([entry])
        entry.contributions.remove(contributed)
        entry.describe()
        entry.owners_changed = True

    def put(self, sent: Sent, contributed: Contributed) -> Entry:
        """On the record that it is about, or on a new one."""
        entry = self.match(sent.facts.description, contributed.key)
        if entry is None:
            entry = Entry()
            self.new.append(entry)
            self.written.new += 1
        else:
            self.written.joined += 1
        self.tell(sent, contributed, entry)
        if contributed.pk:  # it may stand before others, so these must be asked
            self.learn([entry])
        entry.add(contributed)
        self.own[contributed.control_number] = (contributed, entry)
        self.of_key[contributed.key] = entry
        self.offer(entry)
        return entry

    def match(self, said: Description, key: Key, besides: Entry | None = None) -> Entry | None:
        """The record on which somebody put it, or else that which describes the same; of several,
        that which has stood longest. Never one from which somebody took it off."""
        chosen = [self.of_key[each] for each in self.decided.together[key] if each in self.of_key]
        if chosen:
            return chosen[0]
        found: list[Entry] = []
        for number in sorted(said.pairs):
            if len(by := self.by_number[number]) <= MOST_OF_ONE_NUMBER:
                found += by
        found += self.by_key[said.match_key]
        return next(
            (
                each
                for each in dict.fromkeys(found)
                if each is not besides
                and not each.moved
                and not self.decided.forbids(key, (c.key for c in each.contributions))
                and matching.compare(said, each.held).same
            ),
            None,
        )

    def tell(self, sent: Sent, contributed: Contributed, entry: Entry) -> None:
        """Take down what the contribution says now, and of which record."""
        contributed.said, contributed.live = sent.facts.description, True
        contributed.packed, contributed.digest = sent.packed, sent.digest
        self.told[contributed] = entry

    def keep(self, sent: Sent, contributed: Contributed, listed: Listed) -> None:
        """Its bytes, behind those of a first part that has come already."""
        before = self.raws.get(contributed)
        start = before.whole if before else b""
        if not before and contributed.pk and listed.has(contributed.control_number):
            kept = RawRecord.objects.filter(pk=contributed.pk, form=sent.form).first()
            start = description.unpacked(bytes(kept.bytes)) if kept else b""
        whole = start + sent.raw if len(start) < MOST_RAW else start
        self.raws[contributed] = Raw(sent.form, whole, None if start else sent.made)

    def delete(self, controls: Iterable[str]) -> None:
        """The library has these records no more: what they said is said no more."""
        controls = list(controls)
        known = [self.own[control] for control in controls if control in self.own]
        self.written.deleted_unseen += len(controls) - len(known)
        for contributed, _ in known:
            if contributed.live:
                contributed.live = False
                self.gone.append(contributed)
        self.learn(entry for _, entry in known)
        for _, entry in known:
            entry.describe()
        self.written.deleted += len(self.gone)

    # Writing

    def save(self) -> None:
        self.save_records()
        self.save_numbers()
        before = [each.pk for each in self.raws if each.pk]
        self.save_contributions()
        self.save_raws(before)

    def save_records(self) -> None:
        for entry, pk in zip(self.new, bulk.keys(Record, len(self.new)), strict=True):
            entry.pk = pk
        rows = ([entry.pk, *row_of(entry.held)] for entry in self.new)
        bulk.insert(Record, ("id", *COLUMNS), rows)
        old = (entry for entry in self.entries.values() if entry.changed)
        bulk.update(Record, COLUMNS, ([*row_of(entry.held), entry.pk] for entry in old))
        for left, entry in self.entries.items():
            if entry.moved_to:
                Record.objects.filter(pk=left).update(moved_to=entry.moved_to.pk)
                Item.objects.filter(record=left).update(record=entry.moved_to.pk)

    def save_numbers(self) -> None:
        stale: list[int] = []
        fresh: list[list[Value]] = []
        changed = (entry for entry in self.entries.values() if entry.changed)
        for entry in (*changed, *self.new):
            said: dict[tuple[str, str], str]
            said = {(each.kind, each.value): each.raw for each in entry.held.numbers}
            for pair, (pk, raw) in entry.numbers.items():
                if said.get(pair) == raw:
                    del said[pair]
                else:
                    stale.append(pk)
            fresh += [[entry.pk, kind, value, raw] for (kind, value), raw in said.items()]
        if stale:
            Identifier.objects.filter(pk__in=stale).delete()
        bulk.insert(Identifier, ("record_id", "kind", "value", "raw"), fresh)

    def save_contributions(self) -> None:
        gone = [each.pk for each in self.gone]
        Contribution.objects.filter(pk__in=gone).update(state=ContributionState.GONE)
        old = [(each, entry) for each, entry in self.told.items() if each.pk]
        new = [(each, entry) for each, entry in self.told.items() if not each.pk]
        bulk.update(Contribution, TOLD, ([*told(*each), each[0].pk] for each in old))
        for (each, _), pk in zip(new, bulk.keys(Contribution, len(new)), strict=True):
            each.pk = pk
        rows = ([each.pk, each.library, each.control_number, *told(each, of)] for each, of in new)
        bulk.insert(Contribution, ("id", "library_id", "control_number", *TOLD), rows)

    def save_raws(self, before: list[int]) -> None:
        """The bytes that are others than before; `before` there were these contributions."""
        sums = {each: raw.digest for each, raw in self.raws.items()}
        kept = bulk.among(RawRecord, ("contribution_id", "digest"), "contribution_id", before)
        there = {pk: bytes(known) for pk, known in kept}
        rows = [
            (raw.form, sums[each], raw.packed, each.pk)
            for each, raw in self.raws.items()
            if there.get(each.pk or 0) != sums[each]
        ]
        columns = ("form", "digest", "bytes")
        bulk.update(RawRecord, columns, (row for row in rows if row[-1] in there))
        new = (row for row in rows if row[-1] not in there)
        bulk.insert(RawRecord, (*columns, "contribution_id"), new)

    def to_index(self) -> set[int]:
        """The keys of the records whose entry in the search index is behind now."""
        old = (entry for entry in self.entries.values() if entry.changed or entry.owners_changed)
        return {entry.pk for entry in (*old, *self.new) if entry.pk}


def numbered(values: Iterable[str]) -> set[int]:
    """The records that bear one of these numbers, but for numbers that too many bear to tell."""
    bearers: dict[tuple[str, str], set[int]] = defaultdict(set)
    columns = ("kind", "value", "record_id")
    for kind, value, record in bulk.among(Identifier, columns, "value", values):
        bearers[kind, value].add(record)
    few = (records for records in bearers.values() if len(records) <= MOST_OF_ONE_NUMBER)
    return set().union(*few)


def told(each: Contributed, entry: Entry) -> tuple[Value, ...]:
    state = ContributionState.LIVE if each.live else ContributionState.GONE
    return entry.pk, state, each.digest, each.packed
