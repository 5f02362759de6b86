"""What the index says of each record, as an audit compares it with what it should say."""

from dataclasses import dataclass

import tantivy

from postroad.catalogue.engines.tantivy import Entry, document, schema, searcher
from postroad.catalogue.query import FACETS

FACETED = (*FACETS, "shelf")  # all that a search is narrowed by
MOST_RECORDS = 10_000  # of which it says something and the catalog may know none
MOST_VALUES = 2_000  # of one record and facet: every library may own it


@dataclass(slots=True)
class Known:
    """What the index says of one record: in how many entries, and their facets."""

    entries: int
    facets: dict[str, set[str]]


def known(first: int, last: int | None) -> dict[int, Known]:
    """What the index says of the records with keys from the first to the last, or to the end."""
    index, reader = searcher()
    kind = tantivy.FieldType.Unsigned
    wanted = tantivy.Query.range_query(index.schema, "record", kind, first, last)
    each = {name: {"terms": {"field": name, "size": MOST_VALUES}} for name in FACETED}
    by_record = {"terms": {"field": "record", "size": MOST_RECORDS}, "aggs": each}
    buckets = reader.aggregate(wanted, {"records": by_record})["records"]["buckets"]
    return {
        int(bucket["key"]): Known(
            bucket["doc_count"],
            {name: {str(one["key"]) for one in bucket[name]["buckets"]} for name in FACETED},
        )
        for bucket in buckets
    }


def facets_of(entry: Entry) -> dict[str, set[str]]:
    """What the index should say of it in the same way."""
    said = document(entry, schema()).to_dict()
    return {name: {str(value) for value in said.get(name, ())} for name in FACETED}
