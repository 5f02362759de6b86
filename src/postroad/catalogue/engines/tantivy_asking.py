"""A question put to the tantivy index.

Queries are built from words, never parsed from text, so that nothing anybody types can be wrong.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from tantivy import Occur, Order, Query, Schema

from postroad.catalogue.engines.tantivy import FOLDED, STEMMED, searcher
from postroad.catalogue.question import FACETS, PAGE, Found, Question

PHRASE = re.compile(r'"([^"]*)"')
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
MOST_CLAUSES = 32
ALL_VALUES = 100_000  # of a facet in each segment: with fewer, the counts would be wrong
# A word counts most in the title, and as it was typed more than by its stem.
BOOSTS = (("title", 4.0), ("author", 1.5), ("subject", 1.2))
TITLE_IN_A_ROW = 3.0


def ask(question: Question, page: int) -> Found:
    """One page of what the index knows; when that is nothing, what may have been meant."""
    index, reader = searcher()
    wanted = clauses(index.schema, question)
    if not wanted and (question.words or question.author):
        return Found(records=[], total=0)  # punctuation only
    found = look(index.schema, reader, question, ranked(index.schema, question, wanted), page)
    if found.total or not wanted:
        return found
    if better := suggestion(reader, question):
        return replace(found, suggestion=better)
    if len(wanted) < 3:
        return found
    most = Query.boolean_query(
        [(Occur.Should, clause) for clause in wanted], minimum_number_should_match=len(wanted) - 1
    )
    loose = look(index.schema, reader, question, most, page)
    return replace(loose, loosened=loose.total > 0)


def look(schema: Schema, reader: Any, question: Question, wanted: Query, page: int) -> Found:
    chosen = question.chosen()
    result = reader.search(
        narrowed(schema, wanted, chosen), PAGE, offset=(page - 1) * PAGE, **order_of(question)
    )
    return Found(
        records=reader.fast_field_values("record", [address for _, address in result.hits]),
        total=result.count,
        facets=facets(schema, reader, wanted, chosen),
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
    made = [phrase(schema, words) for words in PHRASE.findall(text) if FOLDED.analyze(words)]
    rest = PHRASE.sub(" ", text).replace('"', " ")
    words = zip(FOLDED.analyze(rest), STEMMED.analyze(rest), strict=True)
    made += [word(schema, folded, stem) for folded, stem in words]
    made += [Query.term_query(schema, "author", name) for name in FOLDED.analyze(question.author)]
    return made[:MOST_CLAUSES]


def word(schema: Schema, folded: str, stem: str) -> Query:
    """The word anywhere, best of all in the title."""
    places = [
        Query.boost_query(Query.term_query(schema, name, folded), boost) for name, boost in BOOSTS
    ]
    places.append(Query.term_query(schema, "words", stem))
    return Query.disjunction_max_query(places, 0.1)


def phrase(schema: Schema, text: str) -> Query:
    """The words in a row, all in one field."""
    folded = FOLDED.analyze(text)
    if len(folded) == 1:
        return word(schema, folded[0], STEMMED.analyze(text)[0])
    places = [
        Query.boost_query(Query.phrase_query(schema, name, list(folded)), boost)
        for name, boost in BOOSTS
    ]
    return Query.disjunction_max_query(places, 0.1)


def ranked(schema: Schema, question: Question, wanted: list[Query]) -> Query:
    """All clauses; higher when the title has the words in a row."""
    if not wanted:
        return Query.all_query()
    parts = [(Occur.Must, clause) for clause in wanted]
    words = FOLDED.analyze(question.words)[:MOST_CLAUSES]
    if len(words) > 1:
        row = Query.phrase_query(schema, "title", list(words))
        parts.append((Occur.Should, Query.boost_query(row, TITLE_IN_A_ROW)))
    return Query.boolean_query(parts)


def narrowed(schema: Schema, wanted: Query, chosen: dict[str, list[str]]) -> Query:
    """Only records with one of the chosen values of each facet."""
    if not chosen:
        return wanted
    filters = [
        (Occur.Must, Query.const_score_query(Query.term_set_query(schema, name, values), 0.0))
        for name, values in chosen.items()
    ]
    return Query.boolean_query([(Occur.Must, wanted), *filters])


def facets(
    schema: Schema, reader: Any, wanted: Query, chosen: dict[str, list[str]]
) -> dict[str, dict[str, int]]:
    """How many records each value would leave. A facet does not narrow its own values."""
    free = [name for name in FACETS if name not in chosen]
    counted = count(reader, narrowed(schema, wanted, chosen), free)
    for name in chosen:
        others = {other: values for other, values in chosen.items() if other != name}
        counted |= count(reader, narrowed(schema, wanted, others), [name])
    return counted


def count(reader: Any, query: Query, names: Iterable[str]) -> dict[str, dict[str, int]]:
    terms = {"size": ALL_VALUES, "segment_size": ALL_VALUES}
    result = reader.aggregate(query, {name: {"terms": {"field": name, **terms}} for name in names})
    return {
        name: {bucket["key"]: bucket["doc_count"] for bucket in result[name]["buckets"]}
        for name in names
    }


def suggestion(reader: Any, question: Question) -> str:
    """The question with each unknown word replaced by the likeliest known one, or nothing."""
    words = FOLDED.analyze(question.words)[:MOST_CLAUSES]
    meant = [known(reader, each) or near(reader, each) for each in words]
    return " ".join(meant) if meant != words and all(meant) else ""


def known(reader: Any, folded: str) -> str:
    """The word itself, if any record has it."""
    stem = STEMMED.analyze(folded)
    return folded if stem and reader.doc_freq("words", stem[0]) else ""


def near(reader: Any, folded: str) -> str:
    """The word of a title or name that begins alike and is the most similar."""
    if len(folded) < 4:
        return ""
    found: set[str] = set()
    for name in ("title", "author"):
        found |= {term for term, _ in reader.terms_with_prefix(name, folded[:2], limit=5000)}
    return next(iter(get_close_matches(folded, found, n=1, cutoff=0.75)), "")
