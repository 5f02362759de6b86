"""A query put to the tantivy index: one page of records, the counts of each facet, and when there
is nothing, what is nearest.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from tantivy import Order
from tantivy import Query as Clause

from postroad.catalogue.engines.tantivy import searcher
from postroad.catalogue.engines.tantivy_clauses import clauses, ranked
from postroad.catalogue.engines.tantivy_facets import Narrowing
from postroad.catalogue.engines.tantivy_nearest import nearest
from postroad.catalogue.query import PAGE, Found, Members, Query


def ask(query: Query, page: int, members: Members, these: Collection[int] = ()) -> Found:
    """One page of what the index knows; when that is nothing, what is nearest to it. Where it is
    known which records are meant, those of `these` that pass all that narrows."""
    index, reader = searcher()
    if these:
        named = Clause.term_set_query(index.schema, "key", [str(each) for each in these])
        return look(reader, query, named, Narrowing(index.schema, reader, query, members), page)
    wanted = clauses(index.schema, query)
    if not wanted and (query.words or query.author):
        return Found(records=[], total=0)  # punctuation only
    narrowing = Narrowing(index.schema, reader, query, members)
    found = look(reader, query, ranked(index.schema, query, wanted), narrowing, page)
    if found.total or not wanted:
        return found
    return replace(found, nearest=nearest(index.schema, reader, query, narrowing))


def look(reader: Any, query: Query, wanted: Clause, narrowing: Narrowing, page: int) -> Found:
    result = reader.search(narrowing.of(wanted), PAGE, offset=(page - 1) * PAGE, **order_of(query))
    return Found(
        records=reader.fast_field_values("record", [address for _, address in result.hits]),
        total=result.count,
        facets=narrowing.counts(wanted),
    )


def order_of(query: Query) -> dict[str, Any]:
    """By year, if so wanted or if there is nothing to be relevant to."""
    if query.sort == "oldest":
        return {"order_by_field": "oldest", "order": Order.Asc}
    if query.sort == "newest" or not (query.words or query.author):
        return {"order_by_field": "newest", "order": Order.Desc}
    return {}
