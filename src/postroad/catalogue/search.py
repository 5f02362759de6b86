"""Finding records: by words in the search index, by any number in the database."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from uuid import uuid4

from django.db.models import QuerySet

from postroad import barcodes
from postroad.catalogue import identifiers
from postroad.catalogue.engines import tantivy as engine
from postroad.catalogue.engines.tantivy import IndexBusy, IndexTrouble, NoIndex
from postroad.catalogue.engines.tantivy_query import ask
from postroad.catalogue.identifiers import Number
from postroad.catalogue.models import Identifier, Indexed, Item, ItemStatus, Record, Unindexed
from postroad.catalogue.query import LAST_PAGE, PAGE, SORTS, Query

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
WRITE_BATCH = 50_000
READ_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of what was found."""

    hits: list[Record]
    total: int
    page: int = 1
    facets: dict[str, dict[str, int]] = field(default_factory=dict)  # name: value: how many
    suggestion: Query | None = None  # when nothing was found: what may have been meant
    loosened: bool = False  # nothing has all the words; these have all but one
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
    alone = query.words and not query.author and not query.narrowed
    if number := query.number or (query.words if alone else ""):
        hits = within(query.scope, by_number(number))
        if hits or query.number:
            trouble = "" if hits else identifiers.isbn_trouble(number)
            return Answer(hits=hits, total=len(hits), by_number=bool(hits), isbn=trouble)
        if trouble := identifiers.isbn_trouble(number):
            return Answer(hits=[], total=0, isbn=trouble)
    try:
        found = ask(query, page)
    except (ValueError, OSError) as why:  # whatever goes wrong within it, tantivy says ValueError
        engine.doubt()
        raise NoIndex(reason=str(why)) from why
    rows = Record.objects.in_bulk(found.records)
    return Answer(
        hits=[rows[key] for key in found.records if key in rows],
        total=found.total,
        page=page,
        facets=found.facets,
        suggestion=found.suggestion,
        loosened=found.loosened,
    )


def within(scope: frozenset[str] | None, found: list[Record]) -> list[Record]:
    """Those of which one of these libraries has a copy."""
    if scope is None or not found:
        return found
    owners = owners_of([each.pk for each in found])
    return [each for each in found if not scope.isdisjoint(owners.get(each.pk, ()))]


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


def refresh(*, waits: bool = True) -> int:
    """Let the index follow what changed; make it, if there is none. How many records it was.

    While another process writes it, this one waits for a while, or not at all: IndexBusy. What
    changes meanwhile leaves rows of its own and is taken at the next round; who is killed
    between writing the index and forgetting the rows does the same work again, to no harm.
    """
    if not (is_ready() and agrees()):
        return rebuild(waits=waits)
    if not Unindexed.objects.exists():
        return 0
    try:
        return follow(waits=waits)
    except IndexTrouble:
        if engine.damage(thorough=True):
            return rebuild(waits=waits)
        raise


def follow(*, waits: bool = True) -> int:
    """Write what changed into the index that is there."""
    count = 0
    with engine.lock(None if waits else 0):
        while rows := dict(
            Unindexed.objects.order_by("pk").values_list("pk", "record_id")[:WRITE_BATCH]
        ):
            changed = sorted(set(rows.values()))
            there = set(standing().filter(pk__in=changed).values_list("pk", flat=True))
            stamp = begin()
            engine.write(entries(sorted(there)), gone=(key for key in changed if key not in there))
            engine.mark(stamp)
            Unindexed.objects.filter(pk__in=rows).delete()
            settled(stamp)
            count += len(changed)
    return count


def rebuild(*, waits: bool = True) -> int:
    """The whole index anew; until it is done, the old one answers."""
    with engine.lock(None if waits else 0):
        pending = list(Unindexed.objects.values_list("pk", flat=True))
        keys = standing().order_by("pk").values_list("pk", flat=True)
        stamp = begin()
        engine.rebuild(entries(keys.iterator(chunk_size=READ_BATCH)), stamp)
        for batch in in_batches(pending, WRITE_BATCH):
            Unindexed.objects.filter(pk__in=batch).delete()
        settled(stamp)
    return Record.objects.count()


def standing() -> QuerySet[Record]:
    """What can be found: a record that moved to another is found there."""
    return Record.objects.filter(moved_to=None)


def entries(keys: Iterable[int]) -> Iterator[engine.Entry]:
    """What the index shall know of these records, in two queries for each batch."""
    for batch in in_batches(keys, READ_BATCH):
        owners = owners_of(batch)
        for record in Record.objects.filter(pk__in=batch):
            yield entry_of(record, tuple(owners.get(record.pk, ())))


def owners_of(records: list[int]) -> dict[int, list[str]]:
    """The codes of the libraries that have a copy."""
    rows = (
        Item.objects.filter(record__in=records)
        .exclude(status=ItemStatus.WITHDRAWN)
        .values_list("record_id", "library__code")
        .distinct()
    )
    owners: dict[int, list[str]] = {}
    for record, code in rows:
        owners.setdefault(record, []).append(code)
    return owners


def entry_of(record: Record, libraries: tuple[str, ...]) -> engine.Entry:
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
        libraries=libraries,
    )


def in_batches(keys: Iterable[int], size: int) -> Iterator[list[int]]:
    rest = iter(keys)
    while batch := list(islice(rest, size)):
        yield batch
