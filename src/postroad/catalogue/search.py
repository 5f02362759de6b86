"""Finding records: by words in the search index, by any number in the database."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import uuid4

from django.db.models import QuerySet
from django.utils import timezone

from postroad import barcodes
from postroad.catalogue import holdings, identifiers, members
from postroad.catalogue.engines import tantivy as engine
from postroad.catalogue.engines.tantivy import IndexBusy, IndexTrouble, NoIndex
from postroad.catalogue.engines.tantivy_facets import places_of
from postroad.catalogue.engines.tantivy_query import ask
from postroad.catalogue.identifiers import Number
from postroad.catalogue.models import (
    NOT_LENT,
    Collection,
    Doubt,
    Identifier,
    Indexed,
    Item,
    ItemStatus,
    Record,
    Unindexed,
)
from postroad.catalogue.query import LAST_PAGE, PAGE, SORTS, Members, Query
from postroad.directory.models import Library

__all__ = [
    "SORTS",
    "Answer",
    "IndexBusy",
    "IndexTrouble",
    "NoIndex",
    "Query",
    "find",
    "rebuild",
    "refresh",
]

ANY_DIGIT = re.compile("[0-9]")
SHORTEST_BARCODE, LONGEST_BARCODE = 5, 40
WRITE_BATCH = 5_000  # so long what somebody did waits for what files brought: a second or two
A_TURN = 4  # batches of what files brought, before the other jobs of the lane have their turn
READ_BATCH = 2_000
TOLD = (
    *("pk", "title", "other_titles", "author", "contributors", "subjects", "publisher", "series"),
    *("responsibility", "notes", "year", "format", "language"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of what was found; of a query that finds nothing, what is nearest to it."""

    hits: list[Record]
    total: int
    page: int = 1
    facets: dict[str, dict[str, int]] = field(default_factory=dict)  # name: value: how many
    nearest: list[Record] = field(default_factory=list)  # the first of them; only if total is 0
    nearest_total: int = 0
    loosened: bool = False  # the nearest have all of the words but one
    suggestion: Query | None = None  # the words that may have been meant: they find something
    by_number: bool = False
    isbn: str = ""  # when nothing was found and an ISBN was meant: identifiers.isbn_trouble

    @property
    def pages(self) -> int:
        return min(-(-self.total // PAGE), LAST_PAGE)

    @property
    def most(self) -> int:
        """How many can be reached by turning pages, if that is not all."""
        return LAST_PAGE * PAGE if self.total > LAST_PAGE * PAGE else 0


def find(query: Query, page: int = 1) -> Answer:
    """The page of records that answer the query, with the counts of each facet."""
    query, page = query.tidied(), min(max(page, 1), LAST_PAGE)
    numbered = by_number(query.number or ("" if query.author else query.words))
    if (answer := of_number(query, numbered)) is not None:
        return answer
    here = members.now(timezone.now()).members
    try:
        these = [each.pk for each in numbered]
        found = ask(query, page, here, these if query.number else ())
        if not found.total and these:
            found = ask(query, page, here, these)
    except (ValueError, OSError) as why:  # whatever goes wrong within it, tantivy says ValueError
        engine.doubt()
        raise NoIndex(reason=str(why)) from why
    near = found.nearest
    rows = Record.objects.in_bulk([*found.records, *near.records])
    hits = [rows[key] for key in found.records if key in rows]
    nearest = [rows[key] for key in near.records if key in rows]
    if query.lendable:
        there = lendable([*hits, *nearest], query, here)
        gone = len(hits) - len(hits := [each for each in hits if each.pk in there])
        nearest = [each for each in nearest if each.pk in there]
    else:
        gone = 0
    return Answer(
        hits=hits,
        total=found.total - gone,
        page=page,
        facets=found.facets,
        nearest=nearest,
        nearest_total=near.total if nearest else 0,
        loosened=near.loosened,
        suggestion=near.suggestion,
    )


def lendable(records: Iterable[Record], query: Query, here: Members) -> set[int]:
    """Those of them that can be lent now, as the database has it: the index is some seconds behind,
    and a copy may have left meanwhile."""
    formats = {each.pk: each.format for each in records if each.format not in NOT_LENT}
    copies = Item.objects.filter(record__in=formats, status=ItemStatus.IN)
    copies = copies.exclude(holdings.are_doubted("record", "library"))
    allowed = where(query, here)
    return {
        record
        for record, code in copies.values_list("record_id", "library__code").distinct()
        if code in allowed and code not in here.not_lent.get(formats[record], ())
    }


def where(query: Query, here: Members) -> frozenset[str]:
    """The libraries that lend now and pass all that narrows the place."""
    places = places_of(query, here).values()
    return frozenset.intersection(here.codes - here.not_lending, *places)


def within(scope: frozenset[str] | None, found: list[Record]) -> list[Record]:
    """Those of which one of these libraries has a copy."""
    if scope is None or not found:
        return found
    copies = Item.objects.filter(record__in=found, library__code__in=scope)
    there = set(copies.exclude(status=ItemStatus.WITHDRAWN).values_list("record_id", flat=True))
    return [each for each in found if each.pk in there]


def of_number(query: Query, numbered: list[Record]) -> Answer | None:
    """The answer to a number alone, as the database has it now. None where words are meant, or
    where what has the number is narrowed besides: that is asked of the index."""
    if query.narrowed and (numbered or not query.number):
        return None
    hits = within(query.scope, numbered)
    number = query.number or ("" if query.author else query.words)
    trouble = "" if hits else identifiers.isbn_trouble(number)
    if not (hits or trouble or query.number):
        return None
    return Answer(hits=hits, total=len(hits), by_number=bool(hits), isbn=trouble)


def by_number(text: str) -> list[Record]:
    """The records with this number, or with a copy that has this barcode."""
    for number in [*identifiers.typed(text), *canceled(text)]:
        same = Identifier.objects.filter(value=number.value, kind=number.kind)
        if found := list(Record.objects.filter(pk__in=same.values("record_id"))[:PAGE]):
            return found
    barcode = barcodes.plain(text)  # labels and our pages show it in groups
    if not SHORTEST_BARCODE <= len(barcode) <= LONGEST_BARCODE or not ANY_DIGIT.search(barcode):
        return []
    copies = Item.objects.filter(barcode=barcode).exclude(status=ItemStatus.WITHDRAWN)
    return list(Record.objects.filter(pk__in=copies.values("record_id"))[:PAGE])


def canceled(text: str) -> Iterator[Number]:
    """An ISBN that a record names as another edition's, or as wrong: better than nothing."""
    for number in identifiers.typed(text):
        if number.kind == "isbn":
            yield Number("isbn-z", number.value, number.raw)


def is_ready() -> bool:
    """Whether there is an index to ask, with all its parts."""
    try:
        engine.searcher()
        return not engine.damage()
    except NoIndex:
        return False


def agrees() -> bool:
    """Whether the index belongs to this database as it is, and not as it was or will be."""
    kept = Indexed.objects.first()
    stamp = engine.marked()
    return kept is not None and bool(stamp) and stamp in (kept.stamp, kept.coming)


def state() -> str:
    """How the index is, in a word for machines."""
    if not is_ready():
        return "none yet"
    return "ok" if agrees() else "of another time"


def begin() -> str:
    """The stamp of what is written next. Until it is `settled`, the old one is right as well: who
    is killed in between leaves an index with either, and rows that say what is to be done again."""
    stamp = uuid4().hex
    Indexed.objects.update_or_create(pk=1, defaults={"coming": stamp})
    return stamp


def settled(stamp: str) -> None:
    Indexed.objects.filter(pk=1).update(stamp=stamp, coming="")


def refresh(*, waits: bool = True, turns: int | None = None) -> int:
    """Let the index follow what changed; make it, if there is none. How many records it was.

    What people did goes first, and again before each batch of what files brought; of those batches
    there may be only so many `turns`, and the rest waits for the next round. While another process
    writes the index, this one waits for a while, or not at all: IndexBusy. What changes meanwhile
    leaves rows of its own and is taken at the next round; who is killed between writing the index
    and forgetting the rows does the same work again, to no harm.
    """
    if not (is_ready() and agrees()):
        return rebuild(waits=waits)
    if not Unindexed.objects.exists():
        return 0
    try:
        return follow(waits=waits, turns=turns)
    except IndexTrouble:
        if engine.damage(thorough=True):
            return rebuild(waits=waits)
        raise


def follow(*, waits: bool = True, turns: int | None = None) -> int:
    """Write what changed into the index that is there."""
    count = 0
    with engine.lock(None if waits else 0), engine.writing_on() as write:
        while rows := next_rows(loaded=turns != 0):
            changed = {record for record, _ in rows.values()}
            there = set(standing().filter(pk__in=changed).values_list("pk", flat=True))
            stamp = begin()
            write(entries(sorted(there)), sorted(changed - there))
            engine.mark(stamp)
            forget_rows(rows)
            settled(stamp)
            count += len(changed)
            if turns and any(loaded for _, loaded in rows.values()):
                turns -= 1
    return count


def next_rows(*, loaded: bool) -> dict[int, tuple[int, bool]]:
    """The next of what people did: of each row its record. If there is none, and those may have
    their turn, of what files brought."""
    for kind in (False, True) if loaded else (False,):
        rest = Unindexed.objects.filter(loaded=kind).order_by("pk")
        if rows := {
            pk: (key, kind) for pk, key in rest.values_list("pk", "record_id")[:WRITE_BATCH]
        }:
            return rows
    return {}


def forget_rows(rows: Iterable[int]) -> None:
    for batch in in_batches(rows, WRITE_BATCH):
        Unindexed.objects.filter(pk__in=batch).delete()


def rebuild(*, waits: bool = True) -> int:
    """The whole index anew; until it is done, the old one answers."""
    with engine.lock(None if waits else 0):
        pending = list(Unindexed.objects.values_list("pk", flat=True))
        keys = standing().order_by("pk").values_list("pk", flat=True)
        stamp = begin()
        engine.rebuild(entries(keys.iterator(chunk_size=READ_BATCH)), stamp)
        forget_rows(pending)
        settled(stamp)
    return Record.objects.count()


def standing() -> QuerySet[Record]:
    """What can be found: a record that moved to another is found there."""
    return Record.objects.filter(moved_to=None)


def entries(keys: Iterable[int]) -> Iterator[engine.Entry]:
    """What the index shall know of these records, in two queries for each batch."""
    owners = Owners()
    for batch in in_batches(keys, READ_BATCH):
        held = owners.of(batch)
        for record in Record.objects.filter(pk__in=batch).values_list(*TOLD, named=True):
            yield entry_of(record, held.get(record.pk, NOBODY))


@dataclass(slots=True)
class Held:
    """Who has a record, on whose shelf a copy is that nobody doubts, and what it belongs to by
    that."""

    libraries: set[str] = field(default_factory=set)
    shelves: set[str] = field(default_factory=set)
    networks: set[str] = field(default_factory=set)
    collections: set[str] = field(default_factory=set)


NOBODY = Held()


class Owners:
    """Who has what. Of the libraries themselves it knows what was so when it was made."""

    def __init__(self) -> None:
        libraries = Library.objects.values_list("pk", "code", "network__code")
        self.libraries = {pk: (code, network or "") for pk, code, network in libraries}
        self.collections: dict[int, list[tuple[str, str]]] = {}
        named = Collection.objects.values_list("library_id", "location", "slug")
        for library, location, slug in named:
            self.collections.setdefault(library, []).append((location, slug))
        doubts = Doubt.objects.filter(cleared_at=None).values_list("record_id", "library_id")
        self.doubted = set(doubts)

    def of(self, records: list[int]) -> dict[int, Held]:
        columns = ("record_id", "library_id", "status", "location")
        rows = (
            Item.objects.filter(record__in=records)
            .exclude(status=ItemStatus.WITHDRAWN)
            .values_list(*columns if self.collections else columns[:3])
            .distinct()
        )
        held: dict[int, Held] = {}
        for record, library, status, *place in rows:
            kept = held.setdefault(record, Held())
            code, network = self.libraries[library]
            kept.libraries.add(code)
            if status == ItemStatus.IN and (record, library) not in self.doubted:
                kept.shelves.add(code)
            if network:
                kept.networks.add(network)
            for location, slug in self.collections.get(library, ()):
                if not location or location in place:
                    kept.collections.add(slug)
        return held


def entry_of(record: Any, held: Held) -> engine.Entry:
    """Of a row with what the index is told; to make a model of each took as long again."""
    return engine.Entry(
        record=record.pk,
        title=record.title,
        other_titles=" ; ".join(record.other_titles),
        author=record.author,
        contributors=" ; ".join(record.contributors),
        subjects=" ; ".join(record.subjects),
        publisher=record.publisher,
        series=record.series,
        responsibility=record.responsibility,
        notes=record.notes,
        year=record.year,
        format=record.format,
        language=record.language,
        libraries=tuple(sorted(held.libraries)),
        shelves=tuple(sorted(held.shelves)) if record.format not in NOT_LENT else (),
        networks=tuple(sorted(held.networks)),
        collections=tuple(sorted(held.collections)),
    )


def in_batches(keys: Iterable[int], size: int) -> Iterator[list[int]]:
    rest = iter(keys)
    while batch := list(islice(rest, size)):
        yield batch
