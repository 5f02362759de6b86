"""What is nearest to a query that finds nothing: with slips of the finger mended, words joined or
split, and at last one word left out. Never mixed with what was found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import islice
from typing import Any, NamedTuple

from tantivy import Occur, Schema
from tantivy import Query as Clause

from postroad.catalogue.analysis import SMALL
from postroad.catalogue.engines.spelling import ANY_DIGIT, KEPT, Spelling
from postroad.catalogue.engines.tantivy import current, folded, stemmed
from postroad.catalogue.engines.tantivy_clauses import (
    QUOTES,
    all_of,
    clauses,
    operators,
    ranked,
    without,
)
from postroad.catalogue.engines.tantivy_facets import Narrowing
from postroad.catalogue.query import PAGE, Nearest, Query

MOST_WORDS = 10  # of a query that is looked at for slips
TRIES = 24  # corrections that are tried before there is none to suggest
STEPS = 600  # on the way to these
FIRST_LETTER = 0.4  # a slip there is rarer
KNOWN = 0.6  # and so is one that makes another word
JOINED = 1.0
LEFT_OUT = 3.0
A_SLIP = 0.35  # what each leaves of a word's weight
SUGGESTED = 8.0  # what was probably meant stands first
PLACES = (("title", 3.0), ("author", 2.0), ("subject", 1.0))
NAMES = (("author", 1.0),)
Places = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Option:
    """What may be meant by one word, or by it and the next."""

    words: tuple[str, ...]
    cost: float
    takes: int = 1  # words of the query that it stands for


class Word(NamedTuple):
    """A word of the query, where it is looked for, and what it may be: the likeliest first."""

    spelling: str
    places: Places
    options: list[Option]


@dataclass(frozen=True, slots=True)
class Speller:
    """What is known of the words of one state of the index."""

    schema: Schema
    reader: Any
    spelling: Spelling | None

    def words(self, text: str, places: Places) -> list[Word]:
        said = folded(text)
        found = [list(self.options(said, at, places)) for at in range(len(said))]
        for each in found:
            each.sort(key=lambda option: option.cost)
        return [Word(word, places, each) for word, each in zip(said, found, strict=True)]

    def options(self, said: Sequence[str], at: int, places: Places) -> Iterator[Option]:
        word = said[at]
        known = self.known(word, places)
        if known:
            yield Option((word,), 0.0)
        with_next = "".join(said[at : at + 2])
        if with_next != word and self.known(with_next, places):
            yield Option((with_next,), JOINED, 2)
        if self.spelling is None:
            return
        if not known and (parts := self.spelling.parts(word)):
            yield Option(parts, JOINED)
        for near in self.spelling.near(word):
            if (known and near.slips > 1) or not self.known(near.spelling, places):
                continue
            cost = near.slips + KNOWN * known + FIRST_LETTER * (near.spelling[0] != word[0])
            yield Option((near.spelling,), cost)

    def known(self, word: str, places: Places) -> bool:
        """Whether any record has it there."""
        if places == NAMES:
            return bool(self.reader.doc_freq("author", word))
        stem = stemmed(word)
        return bool(stem and self.reader.doc_freq("words", stem[0]))


class Correction(NamedTuple):
    """One way to read the words of a query."""

    words: tuple[str, ...]
    names: tuple[str, ...]
    shortened: bool  # a word that nothing is like was left out

    def of(self, query: Query) -> Query:
        return replace(query, words=" ".join(self.words), author=" ".join(self.names))


def corrections(said: Sequence[Word]) -> Iterator[Correction]:
    """Each way to read the words, the likeliest first. A word that nothing is like is left out."""
    choices = [word.options or [Option((), LEFT_OUT)] for word in said]
    least = least_costs(choices)
    waiting: list[tuple[float, int, int, float, tuple[tuple[int, Option], ...]]] = []
    heappush(waiting, (least[0], 0, 0, 0.0, ()))
    steps = 0
    while waiting and steps < STEPS:
        _, _, behind, cost, read = heappop(waiting)
        at = -behind
        if at == len(said):
            yield correction(said, read)
            continue
        for option in choices[at]:
            steps += 1
            end, so_far = at + option.takes, cost + option.cost
            heappush(waiting, (so_far + least[end], steps, -end, so_far, (*read, (at, option))))


def least_costs(choices: Sequence[Sequence[Option]]) -> list[float]:
    """What the words from each place on cost at least."""
    least = [0.0] * (len(choices) + 1)
    for at in range(len(choices) - 1, -1, -1):
        least[at] = min(each.cost + least[at + each.takes] for each in choices[at])
    return least


def correction(said: Sequence[Word], read: Sequence[tuple[int, Option]]) -> Correction:
    words = [w for at, each in read if said[at].places != NAMES for w in each.words]
    names = [w for at, each in read if said[at].places == NAMES for w in each.words]
    return Correction(tuple(words), tuple(names), any(not each.words for _, each in read))


def tells(words: Sequence[str]) -> bool:
    """Whether anything is meant by it: "0 0" and "of the" find much, and say nothing."""
    return any(len(word) > 3 and not ANY_DIGIT.search(word) for word in words)


def all_near(schema: Schema, said: Sequence[Word]) -> list[Clause]:
    """One clause for each word of which anything is known."""
    telling = [at for at, word in enumerate(said) if word.spelling not in SMALL and word.options]
    clauses: dict[int, list[Clause]] = {at: [] for at in telling}
    for at in telling:
        for option in said[at].options:
            clause = clause_of(schema, option, said[at].places)
            for place in range(at, at + option.takes):
                clauses.setdefault(place, []).append(clause)
    return [Clause.disjunction_max_query(clauses[at], 0.0) for at in sorted(clauses)]


def clause_of(schema: Schema, option: Option, places: Places) -> Clause:
    weight = A_SLIP**option.cost
    parts = [anywhere(schema, word, places, weight) for word in option.words]
    if len(parts) == 1:
        return parts[0]
    return Clause.boolean_query([(Occur.Must, part) for part in parts])


def anywhere(schema: Schema, word: str, places: Places, weight: float) -> Clause:
    found = [
        Clause.boost_query(Clause.term_query(schema, name, word), boost * weight)
        for name, boost in places
    ]
    if places == PLACES and (stem := stemmed(word)):
        found.append(Clause.boost_query(Clause.term_query(schema, "words", stem[0]), weight))
    return Clause.disjunction_max_query(found, 0.1)


def nearest(schema: Schema, reader: Any, query: Query, narrowing: Narrowing) -> Nearest:
    """What is nearest within the same narrowing, and the words that may have been meant."""
    texts, unwanted = operators(query.words.translate(QUOTES))
    speller = Speller(schema, reader, KEPT.of(current(), reader, reader.num_docs))
    said = speller.words(" ".join(texts), PLACES) + speller.words(query.author, NAMES)
    if not said or len(said) > MOST_WORDS:
        return Nearest()
    refused = [part for each in unwanted for part in all_of(schema, each)]
    more = [without(refused)] if refused else []
    meant, likeliest = suggestion(schema, reader, query, said, narrowing, more)
    parts = all_near(schema, said)
    for needed in tolerable(said, parts):
        near = Clause.boolean_query(
            [(Occur.Should, part) for part in parts], minimum_number_should_match=needed
        )
        wanted = [(Occur.Must, near), *((Occur.Must, each) for each in more)]
        if likeliest is not None:
            wanted.append((Occur.Should, Clause.boost_query(likeliest, SUGGESTED)))
        found = reader.search(narrowing.of(Clause.boolean_query(wanted)), PAGE)
        if found.count:
            records = reader.fast_field_values("record", [address for _, address in found.hits])
            return Nearest(records, found.count, meant, needed < len(parts))
    return Nearest(suggestion=meant)


def tolerable(said: Sequence[Word], parts: Sequence[Clause]) -> Iterator[int]:
    """How many of the words must be there: all of which anything is known; else all but one."""
    known = [word.spelling for word in said if word.options]
    if parts and (len(known) == len(said) or tells(known)):
        yield len(parts)
    if len(parts) > 2:
        yield len(parts) - 1


def suggestion(
    schema: Schema,
    reader: Any,
    query: Query,
    said: Sequence[Word],
    narrowing: Narrowing,
    more: Sequence[Clause],
) -> tuple[Query | None, Clause | None]:
    """The words that were probably meant, if they find anything, with their clause."""
    as_typed = tuple(word.spelling for word in said)
    for each in islice(corrections(said), TRIES):
        words = (*each.words, *each.names)
        if words == as_typed or (each.shortened and not tells(words)):
            continue
        better = each.of(query)
        if not (wanted := clauses(schema, better)):
            continue
        clause = ranked(schema, better, [*wanted, *more])
        if reader.search(narrowing.of(clause), 1).count:
            return better, clause
    return None, None
