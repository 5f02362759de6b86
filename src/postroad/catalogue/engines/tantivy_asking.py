"""A question put to the tantivy index.

Queries are built from words, never parsed from text, so that nothing anybody types can be wrong.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from tantivy import FieldType, Occur, Order, Query, Schema

from postroad.catalogue.engines.tantivy import folded, searcher, stemmed
from postroad.catalogue.question import COMPOUND, FACETS, PAGE, Found, Question, joined

PHRASE = re.compile(r'"([^"]*)"')
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
POSSESSIVE = re.compile(r"(?<=\w)['’]s$", re.I)
MOST_CLAUSES = 32
ALL_VALUES = 100_000  # of a facet in each segment: with fewer, the counts would be wrong
# A word counts most in the title, and as it was typed more than by its stem.
BOOSTS = (("title", 4.0), ("author", 1.5), ("subject", 1.2))
TITLE_IN_A_ROW = 3.0
MOST_WORDS = 8  # of a question whose words are looked at for slips of the finger
ANY_DIGIT = re.compile(r"[0-9]")


def ask(question: Question, page: int) -> Found:
    """One page of what the index knows; when that is nothing, what may have been meant."""
    index, reader = searcher()
    wanted = clauses(index.schema, question)
    if not wanted and (question.words or question.author):
        return Found(records=[], total=0)  # punctuation only
    found = look(index.schema, reader, question, ranked(index.schema, question, wanted), page)
    if found.total or not wanted:
        return found
    found = replace(found, suggestion=suggestion(index.schema, reader, question))
    if len(wanted) < 3:
        return found
    most = Query.boolean_query(
        [(Occur.Should, clause) for clause in wanted], minimum_number_should_match=len(wanted) - 1
    )
    loose = look(index.schema, reader, question, most, page)
    return replace(loose, suggestion=found.suggestion, loosened=loose.total > 0)


def look(schema: Schema, reader: Any, question: Question, wanted: Query, page: int) -> Found:
    chosen = filters(schema, question)
    result = reader.search(
        narrowed(wanted, chosen), PAGE, offset=(page - 1) * PAGE, **order_of(question)
    )
    return Found(
        records=reader.fast_field_values("record", [address for _, address in result.hits]),
        total=result.count,
        facets=facets(reader, wanted, chosen),
    )


def order_of(question: Question) -> dict[str, Any]:
    """By year, if so wanted or if there is nothing to be relevant to."""
    if question.sort == "oldest":
        return {"order_by_field": "oldest", "order": Order.Asc}
    if question.sort == "newest" or not (question.words or question.author):
        return {"order_by_field": "newest", "order": Order.Desc}
    return {}


def clauses(schema: Schema, question: Question) -> list[Query]:
    """One for each word or phrase; a record must answer all."""
    text = question.words.translate(QUOTES)
    made = [phrase(schema, words) for words in PHRASE.findall(text) if folded(words)]
    rest = PHRASE.sub(" ", text).replace('"', " ")
    made += [compound(schema, each) for each in COMPOUND.findall(rest) if folded(each)]
    made += words_of(schema, COMPOUND.sub(" ", rest))
    made += [Query.term_query(schema, "author", name) for name in folded(question.author)]
    return made[:MOST_CLAUSES]


def words_of(schema: Schema, text: str) -> list[Query]:
    pairs = zip(folded(text), stemmed(text), strict=True)
    return [word(schema, each, stem) for each, stem in pairs]


def compound(schema: Schema, text: str) -> Query:
    """Its parts, or the whole without the sign: rail-road is railroad too, women's is women."""
    parts = words_of(schema, POSSESSIVE.sub("", text))
    whole = words_of(schema, " ".join(joined(text)))
    return Query.disjunction_max_query(
        [Query.boolean_query([(Occur.Must, part) for part in parts]), *whole], 0.1
    )


def word(schema: Schema, spelling: str, stem: str) -> Query:
    """The word anywhere, best of all in the title."""
    places = [
        Query.boost_query(Query.term_query(schema, name, spelling), boost) for name, boost in BOOSTS
    ]
    places.append(Query.term_query(schema, "words", stem))
    return Query.disjunction_max_query(places, 0.1)


def phrase(schema: Schema, text: str) -> Query:
    """The words in a row, all in one field."""
    words = folded(text)
    if len(words) == 1:
        return word(schema, words[0], stemmed(text)[0])
    places = [
        Query.boost_query(Query.phrase_query(schema, name, list(words)), boost)
        for name, boost in BOOSTS
    ]
    return Query.disjunction_max_query(places, 0.1)


def ranked(schema: Schema, question: Question, wanted: list[Query]) -> Query:
    """All clauses; higher when the title has the words in a row."""
    if not wanted:
        return Query.all_query()
    parts = [(Occur.Must, clause) for clause in wanted]
    words = folded(question.words)[:MOST_CLAUSES]
    if len(words) > 1:
        row = Query.phrase_query(schema, "title", list(words))
        parts.append((Occur.Should, Query.boost_query(row, TITLE_IN_A_ROW)))
    return Query.boolean_query(parts)


def filters(schema: Schema, question: Question) -> dict[str, Query]:
    """What narrows the question, by the facet that it belongs to. Years are one facet."""
    made = {
        name: Query.term_set_query(schema, name, values)
        for name, values in question.chosen().items()
    }
    if question.span:
        years = Query.range_query(schema, "newest", FieldType.Unsigned, *question.span)
        decades = made.get("decade", Query.all_query())
        made["decade"] = Query.boolean_query([(Occur.Must, years), (Occur.Must, decades)])
    return {name: Query.const_score_query(query, 0.0) for name, query in made.items()}


def narrowed(wanted: Query, chosen: dict[str, Query]) -> Query:
    """Only records that pass each filter."""
    if not chosen:
        return wanted
    return Query.boolean_query(
        [(Occur.Must, wanted), *((Occur.Must, each) for each in chosen.values())]
    )


def facets(reader: Any, wanted: Query, chosen: dict[str, Query]) -> dict[str, dict[str, int]]:
    """How many records each value would leave. A facet does not narrow its own values."""
    free = [name for name in FACETS if name not in chosen]
    counted = count(reader, narrowed(wanted, chosen), free)
    for name in chosen:
        others = {other: query for other, query in chosen.items() if other != name}
        counted |= count(reader, narrowed(wanted, others), [name])
    return counted


def count(reader: Any, query: Query, names: Iterable[str]) -> dict[str, dict[str, int]]:
    terms = {"size": ALL_VALUES, "segment_size": ALL_VALUES}
    result = reader.aggregate(query, {name: {"terms": {"field": name, **terms}} for name in names})
    return {
        name: {bucket["key"]: bucket["doc_count"] for bucket in result[name]["buckets"]}
        for name in names
    }


def suggestion(schema: Schema, reader: Any, question: Question) -> Question | None:
    """What may have been meant, if that finds anything."""
    for better in meant(reader, question):
        wanted = clauses(schema, better)
        query = narrowed(ranked(schema, better, wanted), filters(schema, question))
        if wanted and reader.search(query, 1).count:
            return better
    return None


def meant(reader: Any, question: Question) -> Iterator[Question]:
    """The likeliest first: without unknown words, then with one known word replaced."""
    words, names = folded(question.words), folded(question.author)
    if len(words) + len(names) > MOST_WORDS:
        return
    spelt = [known(reader, each) or next(alike(reader, each), "") for each in words]
    named = [is_name(reader, each) or next(alike(reader, each), "") for each in names]
    if (spelt, named) != (words, names):
        better = said(question, spelt, named)
        if tells(f"{better.words} {better.author}"):
            yield better
        return
    for place, each in enumerate(words):
        for other in alike(reader, each):
            yield said(question, [*words[:place], other, *words[place + 1 :]], names)
    for place, each in enumerate(names):
        for other in alike(reader, each):
            yield said(question, words, [*names[:place], other, *names[place + 1 :]])


def tells(text: str) -> bool:
    """Whether anything is meant by it: "0 0" and "of the" find much, and say nothing."""
    return any(len(word) > 3 and not ANY_DIGIT.search(word) for word in text.split())


def said(question: Question, words: list[str], names: list[str]) -> Question:
    text, author = (" ".join(filter(None, each)) for each in (words, names))
    return replace(question, words=text, author=author)


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
