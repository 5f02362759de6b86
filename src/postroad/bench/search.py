"""How fast a search with all its facets is, at 100,000 and a million records with four holdings
each: in the engine, as a page, and in other engines on the same records.
"""

import os
import random
import resource
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from postroad.bench import consortium, corpus, pages, rivals
from postroad.bench.figures import Conditions, Figure, Times, conditions
from postroad.catalogue import bulk, members, search
from postroad.catalogue.analysis import SMALL
from postroad.catalogue.description import encode
from postroad.catalogue.engines import tantivy as engine
from postroad.catalogue.engines.spelling import KEPT
from postroad.catalogue.engines.tantivy_query import ask
from postroad.catalogue.folding import fold
from postroad.catalogue.models import Item, ItemStatus, Record
from postroad.catalogue.query import Query
from postroad.directory.models import Library
from postroad.worker import serving

NAME = "search"
SIZES = (100_000, 1_000_000)
LIBRARIES, NETWORKS, HOLDINGS = 200, 8, 4
ASKED = 300  # searches of each kind
WARM_UP = 20
BATCH = 5000
SEED = 12
LETTERS = "abcdefghijklmnopqrstuvwxyz"
COMMON = ("history", "american", "love", "life", "new", "world", "story", "book")
FIELDS = ("title", "author", "year", "language", "format", "publisher", "subjects", "notes")
COLUMNS = ("id", *FIELDS, "match_key")
STATUSES = (ItemStatus.IN, ItemStatus.IN, ItemStatus.IN, ItemStatus.OUT)


def main() -> None:
    """One size in one house: the second takes the place of the first."""
    said = os.environ.get("POSTROAD_BENCH_RECORDS")
    serving.gather_static_files()
    for size in [int(said)] if said else SIZES:
        for figure in measure(size):
            print(figure.line(), flush=True)  # noqa: T201


def measure(size: int, asked: int = ASKED) -> Iterator[Figure]:
    furnish(size)
    known: Conditions = {**conditions(), "records": size}
    start, cpu = time.perf_counter(), time.process_time()
    search.rebuild()
    yield Figure(NAME, "index made", size / (time.perf_counter() - start), "records/s", size, known)
    yield Figure(
        NAME, "index made cpu", size / (time.process_time() - cpu), "records/s", size, known
    )
    folder = engine.current()
    weight = sum(each.stat().st_size for each in folder.iterdir())
    yield Figure(NAME, "index on disk", weight / 1e6, "MB", size, known)
    yield from spelling_read(size, known)
    searches = questions(size, asked)
    yield from engine_times(searches, known)
    yield from page_times(searches, known)
    yield from others_times(size, searches, known)


def furnish(size: int) -> None:
    """Libraries in networks; records with four holdings each."""
    Item.objects.all().delete()
    Record.objects.all().delete()
    if not Library.objects.exists():
        consortium.libraries(LIBRARIES, timezone.localdate(timezone.now()))
        consortium.networks(NETWORKS)
    libraries = list(Library.objects.order_by("pk").values_list("pk", flat=True))
    chance = random.Random(SEED)  # noqa: S311  # nothing secret
    for first in range(1, size + 1, BATCH):
        numbers = range(first, min(first + BATCH, size + 1))
        bulk.insert(Record, COLUMNS, (row(number) for number in numbers))
        bulk.insert(
            Item,
            ("record_id", "library_id", "call_number", "status"),
            (
                (number, library, "FIC", chance.choice(STATUSES).value)
                for number in numbers
                for library in chance.sample(libraries, HOLDINGS)
            ),
        )


def row(number: int) -> tuple[str | int | None, ...]:
    """One edition of the corpus, as a record has it."""
    edition = corpus.edition(number, 1)
    fact = edition.title
    title = f"{fact.title} : {fact.rest}" if fact.rest else fact.title
    subjects = encode([each for each in fact.subjects.split("|") if each])
    year = int(fact.year) if fact.year.isdigit() else None
    said = (title[:1000], fact.author[:300], year, fact.language[:3], fact.format[:12])
    return (number, *said, fact.publisher[:300], subjects, edition.notes, str(number))


def spelling_read(size: int, known: Conditions) -> Iterator[Figure]:
    """The words that slips are told by: once for each process, and what they take of memory."""
    _index, reader = engine.searcher()
    before, cpu = resident(), time.process_time()
    while (found := KEPT.of(engine.current(), reader, reader.num_docs)) is None:
        time.sleep(0.05)
    words = len(found.counts)
    yield Figure(NAME, "words read cpu", time.process_time() - cpu, "s", words, known)
    yield Figure(NAME, "words in memory", max(resident() - before, 0) / 1e6, "MB", words, known)


def resident() -> int:
    """Bytes of memory at most until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def questions(size: int, asked: int) -> dict[str, list[str]]:
    """What is typed: one to three words of a title, with its author's name or without; the same
    with a slip; and single words that many titles have."""
    chance = random.Random(SEED + 1)  # noqa: S311  # nothing secret
    typed: list[str] = []
    while len(typed) < asked:
        fact = corpus.edition(chance.randrange(1, size), 1).title
        words = [each for each in fold(fact.title).split() if each not in SMALL]
        picked = chance.sample(words, min(len(words), chance.randrange(1, 4)))
        if fact.author and chance.random() < 0.5:
            picked.append(fold(fact.author.partition(",")[0]))
        if picked:
            typed.append(" ".join(picked))
    slips = [slipped(each, chance) for each in typed]
    return {"keywords": typed, "with a slip": slips, "one word of many": common(asked)}


def slipped(words: str, chance: random.Random) -> str:
    """Two letters of the longest word change places."""
    longest = max(words.split(), key=len)
    if len(longest) < 4:
        return words
    at = chance.randrange(1, len(longest) - 2)
    return words.replace(
        longest, longest[:at] + longest[at + 1] + longest[at] + longest[at + 2 :], 1
    )


def common(asked: int) -> list[str]:
    return [COMMON[at % len(COMMON)] for at in range(asked)]


def engine_times(searches: dict[str, list[str]], known: Conditions) -> Iterator[Figure]:
    """With all facets: format, language, library, network, collection, decade, lendable."""
    here = members.now(timezone.now()).members
    for kind, typed in searches.items():
        times = Times()
        for words in typed[:WARM_UP]:
            ask(Query(words), 1, here)
        for words in typed:
            times.take(lambda: ask(Query(words), 1, here))  # noqa: B023
        yield from times.figures(NAME, f"engine: {kind}", known)


def page_times(searches: dict[str, list[str]], known: Conditions) -> Iterator[Figure]:
    """From the visit to the last byte of the page."""
    application = get_wsgi_application()
    for kind, typed in searches.items():
        times = Times()
        addresses = [f"/search?{urlencode({'q': words})}" for words in typed]
        for address in addresses[:WARM_UP]:
            pages.visit(application, address, "")
        for address in addresses:
            times.take(lambda: pages.visit(application, address, ""))  # noqa: B023
        yield from times.figures(NAME, f"page: {kind}", known)


def others_times(size: int, searches: dict[str, list[str]], known: Conditions) -> Iterator[Figure]:
    """The first twenty, and the same with the counts of format, language, decade and library."""
    keys: Sequence[int] = range(1, size + 1)
    with rivals.beside(Path(os.environ["POSTROAD_HOME"])) as others:
        for other in others:
            other.fill(search.entries(keys))
            for words in searches["keywords"][:WARM_UP]:
                other.find(words)
            plain, full = Times(), Times()
            for words in searches["keywords"]:
                plain.take(lambda: other.find(words))  # noqa: B023
                if isinstance(other, rivals.Counting):
                    full.take(lambda: with_facets(other, other, words))  # noqa: B023
            yield from plain.figures(NAME, f"{other.name}: keywords", known)
            if isinstance(other, rivals.Counting):
                yield from full.figures(NAME, f"{other.name}: keywords with facets", known)


def with_facets(other: rivals.Rival, counting: rivals.Counting, words: str) -> None:
    other.find(words)
    counting.facets(words)
