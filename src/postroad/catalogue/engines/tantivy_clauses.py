"""What somebody typed, as clauses for the index: built from words, never parsed from text, so that
nothing anybody types can be wrong.
"""

import re

from tantivy import Occur, Schema
from tantivy import Query as Clause

from postroad.catalogue.analysis import COMPOUND, SMALL, alternatives, joined
from postroad.catalogue.engines.tantivy import BEGINS, ENDS, folded, stemmed
from postroad.catalogue.query import Query

PHRASE = re.compile(r'"([^"]*)"')
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
# A phrase, `OR`, or `NOT x` and `-x`; of these, what stands in a phrase is none.
OPERATOR = re.compile(r'("[^"]*")|(?<!\S)(OR)(?!\S)|(?<!\S)(?:NOT\s+|-(?=[\w"]))("[^"]*"|\S+)')
POSSESSIVE = re.compile(r"(?<=\w)['’]s$", re.I)
MOST_CLAUSES = 32
# A word counts most in the title, and as it was typed more than by its stem.
BOOSTS = (("title", 4.0), ("author", 1.5), ("subject", 1.2))
TITLE_IN_A_ROW = 3.0
TITLE_BEGINS, JUST_THIS = 8.0, 16.0


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
    """All clauses; higher when the title has the words in a row, begins so, or is just that."""
    if not wanted:
        return Clause.all_query()
    parts = [(Occur.Must, clause) for clause in wanted]
    words = folded(query.words)[:MOST_CLAUSES]
    if len(words) > 1:
        row = Clause.phrase_query(schema, "title", list(words))
        parts.append((Occur.Should, Clause.boost_query(row, TITLE_IN_A_ROW)))
    if words:
        for said, boost in (([BEGINS, *words], TITLE_BEGINS), ([BEGINS, *words, ENDS], JUST_THIS)):
            whole = Clause.phrase_query(schema, "whole", list(said))
            parts.append((Occur.Should, Clause.const_score_query(whole, boost)))
    return Clause.boolean_query(parts)
