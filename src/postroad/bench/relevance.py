"""Whether a search for one certain book shows it first: searches made of real records, and cited
ones, asked of our index and of other engines on the same records.
"""

import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from postroad.bench import known_items, real, rivals
from postroad.bench.figures import Conditions, Figure, conditions
from postroad.bench.known_items import Search, Shelf
from postroad.catalogue.engines import tantivy as engine
from postroad.catalogue.engines.spelling import KEPT
from postroad.catalogue.engines.tantivy import Entry
from postroad.catalogue.engines.tantivy_query import ask
from postroad.catalogue.query import Members, Query
from postroad.catalogue.search import Held

NAME = "relevance"
OURS = "Postroad"
BOTH = {True: "held back", False: "tuned on"}
Find = Callable[[str], list[int]]


def main() -> None:
    data = real.folder()
    if data is None:
        sys.stderr.write("relevance: no real records beside this clone, so no figures.\n")
        return
    for figure in measure(data):
        print(figure.line(), flush=True)  # noqa: T201


def measure(data: Path, most: int | None = None) -> Iterator[Figure]:
    """With all records, or with so many of each large file."""
    shelf = Shelf()
    for number, said in enumerate(real.descriptions(data, most), 1):
        shelf.add(number, said)
    searches = list(known_items.searches(shelf))
    searches += known_items.add_cited(shelf, real.citations(data))
    entries = [real.entry(number, said, Held()) for number, said in shelf.said.items()]
    known: Conditions = {**conditions(), "records": len(entries)}
    fill(entries)
    yield from judged(OURS, ours, searches, known)
    with rivals.beside(Path(os.environ["POSTROAD_HOME"])) as others:
        for other in others:
            other.fill(entries)
            yield from judged(other.name, other.find, searches, known)


def fill(entries: Sequence[Entry]) -> None:
    """Our index, and the words for spelling, which a server reads at its first slip."""
    with engine.lock():
        engine.rebuild(entries)
    _index, reader = engine.searcher()
    while KEPT.of(engine.current(), reader, reader.num_docs) is None:
        time.sleep(0.1)


def ours(words: str) -> list[int]:
    """What is found; where nothing is, what is shown as nearest."""
    found = ask(Query(words).tidied(), 1, Members())
    return found.records or found.nearest.records


def judged(
    name: str, find: Find, searches: Sequence[Search], known: Conditions
) -> Iterator[Figure]:
    """Mean reciprocal rank of the first right record among the first twenty: of each kind, of the
    third that was held back from tuning and of the others, and of all."""
    ranks: dict[str, list[float]] = defaultdict(list)
    for each in searches:
        rank = reciprocal(find(each.words), each.right)
        for group in (each.kind, BOTH[each.held_back], "all"):
            ranks[group].append(rank)
    for group, found in ranks.items():
        value = sum(found) / len(found)
        yield Figure(NAME, f"{name}: {group}", value, "MRR", len(found), known)


def reciprocal(found: Sequence[int], right: frozenset[int]) -> float:
    return next((1 / place for place, key in enumerate(found, 1) if key in right), 0.0)
