"""A query put to the tantivy index.

Clauses are built from words, never parsed from text, so that nothing anybody types can be wrong.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from tantivy import FieldType, Occur, Order, Schema
from tantivy import Query as Clause

from postroad.catalogue.analysis import COMPOUND, SMALL, alternatives, joined
from postroad.catalogue.engines.tantivy import folded, searcher, stemmed
from postroad.catalogue.query import FACETS, PAGE, Found, Query

PHRASE = re.compile(r'"([^"]*)"')
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
# A phrase, `OR`, or `NOT x` and `-x`; of these, what stands in a phrase is none.
OPERATOR = re.compile(r'("[^"]*")|(?<!\S)(OR)(?!\S)|(?<!\S)(?:NOT\s+|-(?=[\w"]))("[^"]*"|\S+)')
POSSESSIVE = re.compile(r"(?<=\w)['’]s$", re.I)
MOST_CLAUSES = 32
SCOPE = "scope"
ALL_VALUES = 100_000  # of a facet in each segment: with fewer, the counts would be wrong
# A word counts most in the title, and as it was typed more than by its stem.
BOOSTS = (("title", 4.0), ("author", 1.5), ("subject", 1.2))
TITLE_IN_A_ROW = 3.0
MOST_WORDS = 8  # of a query whose words are looked at for slips of the finger
ANY_DIGIT = re.compile(r"[0-9]")


def ask(query: Query, page: int) -> Found:
    """One page of what the index knows; when that is nothing, what may have been meant."""
    index, reader = searcher()
    wanted = clauses(index.schema, query)
    if not wanted and (query.words or query.author):
        return Found(records=[], total=0)  # punctuation only
    found = look(index.schema, reader, query, ranked(index.schema, query, wanted), page)
    if found.total or not wanted:
        return found
    found = replace(found, suggestion=suggestion(index.schema, reader, query))
    if len(wanted) < 3:
        return found
    most = Clause.boolean_query(
        [(Occur.Should, clause) for clause in wanted], minimum_number_should_match=len(wanted) - 1
    )
    loose = look(index.schema, reader, query, most, page)
    return replace(loose, suggestion=found.suggestion, loosened=loose.total > 0)


def look(schema: Schema, reader: Any, query: Query, wanted: Clause, page: int) -> Found:
    chosen = filters(schema, query)
    result = reader.search(
        narrowed(wanted, chosen), PAGE, offset=(page - 1) * PAGE, **order_of(query)
    )
    counted = facets(reader, wanted, chosen)
    if query.scope is not None:  # what others have of the same titles is no value here
        libraries = counted["library"]
        counted["library"] = {code: libraries[code] for code in libraries if code in query.scope}
    return Found(
        records=reader.fast_field_values("record", [address for _, address in result.hits]),
        total=result.count,
        facets=counted,
    )


def order_of(query: Query) -> dict[str, Any]:
    """By year, if so wanted or if there is nothing to be relevant to."""
    if query.sort == "oldest":
        return {"order_by_field": "oldest", "order": Order.Asc}
    if query.sort == "newest" or not (query.words or query.author):
        return {"order_by_field": "newest", "order": Order.Desc}
    return {}


def clauses(schema: Schema, query: Query) -> list[Clause]:
    """One for each word or phrase; a record must answer all. `NOT x`, `-x`, `x OR y` are read."""
    texts, unwanted = operators(query.words.translate(QUOTES))
    ways = [all_of(schema, each) for each in texts]
    made = ways[0] if len(ways) == 1 else either(ways)
    made += [Clause.term_query(schema, "author", name) for name in folded(query.author)]
    if made and unwanted:
        made.append(without([part for each in unwanted for part in all_of(schema, each)]))
    return made[:MOST_CLAUSES]


def operators(text: str) -> tuple[list[str], list[str]]:
    """The texts of which one will do, and those that are not wanted. Who types all in capitals
    means no operators."""
    if text == text.upper():
        return [text], []
    texts, unwanted, behind = [""], [], 0
    for match in OPERATOR.finditer(text):
        phrase, either, refused = match.groups()
        texts[-1] += text[behind : match.start()] + (phrase or " ")
        if either:
            texts.append("")
        elif refused and folded(refused):
            unwanted.append(refused)
        behind = match.end()
    texts[-1] += text[behind:]
    return texts, unwanted


def either(ways: list[list[Clause]]) -> list[Clause]:
    whole = [
        Clause.boolean_query([(Occur.Must, part) for part in way[:MOST_CLAUSES]])
        for way in ways
        if way
    ]
    return [Clause.disjunction_max_query(whole, 0.1)] if whole else []


def without(unwanted: list[Clause]) -> Clause:
    return Clause.boolean_query(
        [(Occur.Must, Clause.all_query()), *((Occur.MustNot, each) for each in unwanted)]
    )


def all_of(schema: Schema, text: str) -> list[Clause]:
    """One for each word or phrase. Small words are wanted where there are no others."""
    made = [phrase(schema, words) for words in PHRASE.findall(text) if folded(words)]
    rest = PHRASE.sub(" ", text).replace('"', " ")
    made += [compound(schema, each) for each in COMPOUND.findall(rest) if folded(each)]
    words = words_of(schema, COMPOUND.sub(" ", rest))
    telling = [clause for spelling, clause in words if spelling not in SMALL]
    return made + (telling or ([] if made else [clause for _, clause in words]))


def words_of(schema: Schema, text: str) -> list[tuple[str, Clause]]:
    pairs = zip(folded(text), stemmed(text), strict=True)
    return [(each, word(schema, each, stem)) for each, stem in pairs]


def compound(schema: Schema, text: str) -> Clause:
    """Its parts, or the whole without the sign: rail-road is railroad too, women's is women."""
    parts = [clause for _, clause in words_of(schema, POSSESSIVE.sub("", text))]
    whole = [clause for _, clause in words_of(schema, " ".join(joined(text)))]
    return Clause.disjunction_max_query(
        [Clause.boolean_query([(Occur.Must, part) for part in parts]), *whole], 0.1
    )


def word(schema: Schema, spelling: str, stem: str) -> Clause:
    """The word anywhere, best of all in the title."""
    places = [
        Clause.boost_query(Clause.term_query(schema, name, spelling), boost)
        for name, boost in BOOSTS
    ]
    places.append(Clause.term_query(schema, "words", stem))
    places += [Clause.term_query(schema, "words", other) for other in alternatives(spelling)]
    return Clause.disjunction_max_query(places, 0.1)


def phrase(schema: Schema, text: str) -> Clause:
    """The words in a row, all in one field."""
    words = folded(text)
    if len(words) == 1:
        return word(schema, words[0], stemmed(text)[0])
    places = [
        Clause.boost_query(Clause.phrase_query(schema, name, list(words)), boost)
        for name, boost in BOOSTS
    ]
    return Clause.disjunction_max_query(places, 0.1)


def ranked(schema: Schema, query: Query, wanted: list[Clause]) -> Clause:
    """All clauses; higher when the title has the words in a row."""
    if not wanted:
        return Clause.all_query()
    parts = [(Occur.Must, clause) for clause in wanted]
    words = folded(query.words)[:MOST_CLAUSES]
    if len(words) > 1:
        row = Clause.phrase_query(schema, "title", list(words))
        parts.append((Occur.Should, Clause.boost_query(row, TITLE_IN_A_ROW)))
    return Clause.boolean_query(parts)


def filters(schema: Schema, query: Query) -> dict[str, Clause]:
    """What narrows the query, by the facet that it belongs to. Years are one facet, and a scope is
    none: it narrows the values of each."""
    made = {
        name: Clause.term_set_query(schema, name, values) for name, values in query.chosen().items()
    }
    if query.span:
        years = Clause.range_query(schema, "newest", FieldType.Unsigned, *query.span)
        decades = made.get("decade", Clause.all_query())
        made["decade"] = Clause.boolean_query([(Occur.Must, years), (Occur.Must, decades)])
    if query.scope is not None:
        made[SCOPE] = Clause.term_set_query(schema, "library", sorted(query.scope))
    return {name: Clause.const_score_query(clause, 0.0) for name, clause in made.items()}


def narrowed(wanted: Clause, chosen: dict[str, Clause]) -> Clause:
    """Only records that pass each filter."""
    if not chosen:
        return wanted
    return Clause.boolean_query(
        [(Occur.Must, wanted), *((Occur.Must, each) for each in chosen.values())]
    )


def facets(reader: Any, wanted: Clause, chosen: dict[str, Clause]) -> dict[str, dict[str, int]]:
    """How many records each value would leave. A facet does not narrow its own values."""
    free = [name for name in FACETS if name not in chosen]
    counted = count(reader, narrowed(wanted, chosen), free)
    for name in chosen.keys() - {SCOPE}:
        others = {other: clause for other, clause in chosen.items() if other != name}
        counted |= count(reader, narrowed(wanted, others), [name])
    return counted


def count(reader: Any, wanted: Clause, names: Iterable[str]) -> dict[str, dict[str, int]]:
    terms = {"size": ALL_VALUES, "segment_size": ALL_VALUES}
    result = reader.aggregate(wanted, {name: {"terms": {"field": name, **terms}} for name in names})
    return {
        name: {bucket["key"]: bucket["doc_count"] for bucket in result[name]["buckets"]}
        for name in names
    }


def suggestion(schema: Schema, reader: Any, query: Query) -> Query | None:
    """What may have been meant, if that finds anything."""
    for better in meant(reader, query):
        wanted = clauses(schema, better)
        clause = narrowed(ranked(schema, better, wanted), filters(schema, query))
        if wanted and reader.search(clause, 1).count:
            return better
    return None


def meant(reader: Any, query: Query) -> Iterator[Query]:
    """The likeliest first: without unknown words, then with one known word replaced."""
    words, names = folded(query.words), folded(query.author)
    if len(words) + len(names) > MOST_WORDS:
        return
    spelt = [known(reader, each) or next(alike(reader, each), "") for each in words]
    named = [is_name(reader, each) or next(alike(reader, each), "") for each in names]
    if (spelt, named) != (words, names):
        better = said(query, spelt, named)
        if tells(f"{better.words} {better.author}"):
            yield better
        return
    for place, each in enumerate(words):
        for other in alike(reader, each):
            yield said(query, [*words[:place], other, *words[place + 1 :]], names)
    for place, each in enumerate(names):
        for other in alike(reader, each):
            yield said(query, words, [*names[:place], other, *names[place + 1 :]])


def tells(text: str) -> bool:
    """Whether anything is meant by it: "0 0" and "of the" find much, and say nothing."""
    return any(len(word) > 3 and not ANY_DIGIT.search(word) for word in text.split())


def said(query: Query, words: list[str], names: list[str]) -> Query:
    text, author = (" ".join(filter(None, each)) for each in (words, names))
    return replace(query, words=text, author=author)


def known(reader: Any, spelling: str) -> str:
    """The word itself, if any record has it."""
    stem = stemmed(spelling)
    return spelling if stem and reader.doc_freq("words", stem[0]) else ""


def is_name(reader: Any, spelling: str) -> str:
    return spelling if reader.doc_freq("author", spelling) else ""


def alike(reader: Any, spelling: str) -> Iterator[str]:
    """Words of titles and names that begin alike: the fewest slips of the finger first, then the
    commonest. A year or a number is not taken for a slip of another."""
    if len(spelling) < 3 or ANY_DIGIT.search(spelling):
        return
    # Of a short word the second letter is often the slip: wst is west.
    begins, apart = (spelling[:1], 1) if len(spelling) < 5 else (spelling[:2], 2)
    found: set[str] = set()
    for name in ("title", "author"):
        near = reader.terms_with_prefix(name, begins, limit=20_000)
        found |= {term for term, _ in near if abs(len(term) - len(spelling)) <= apart}
    close = get_close_matches(spelling, found - {spelling}, n=8, cutoff=0.74)
    yield from sorted(close, key=lambda each: (slips(spelling, each), -frequency(reader, each)))[:3]


def frequency(reader: Any, spelling: str) -> int:
    return int(reader.doc_freq("title", spelling) + reader.doc_freq("author", spelling))


def slips(one: str, other: str) -> int:
    """How many letters must be changed, added or left out (the distance of Levenshtein)."""
    row = list(range(len(other) + 1))
    for above, letter in enumerate(one, 1):
        last, row[0] = row[0], above
        for place, sign in enumerate(other, 1):
            last, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, last + (letter != sign)),
            )
    return row[-1]
