"""What the search index says of records, compared with what it should say."""

from collections.abc import Iterator
from enum import StrEnum

from postroad.catalogue import search
from postroad.catalogue.engines import tantivy_known as engine
from postroad.catalogue.models import Record, Unindexed

PART = 100  # records that are compared at once


class Kind(StrEnum):
    MISSING = "missing"
    LEFT = "left"
    TWICE = "twice"
    OWNERS = "owners"
    LENDABLE = "lendable"
    ENTRY = "entry"


# What of an entry tells of copies; all else tells of the record itself.
OF_COPIES = {"library": Kind.OWNERS, "shelf": Kind.LENDABLE}


def compare(first: int, last: int | None) -> Iterator[tuple[Kind, int]]:
    """Of the records behind the first key, to the last or to the end. What the index has yet to
    follow is not wrong; without an index nothing is said."""
    if not search.is_ready():
        return
    rest = Record.objects.filter(pk__gt=first).order_by("pk")
    keys = rest.values_list("pk", flat=True)
    listed = list(keys.filter(pk__lte=last) if last is not None else keys)
    ends = listed[PART - 1 :: PART]
    for start, end in zip([first, *ends], [*ends, last], strict=True):
        yield from compared(start, end)


def compared(first: int, last: int | None) -> Iterator[tuple[Kind, int]]:
    if last is not None and last <= first:
        return
    there = engine.known(first + 1, last)
    known = search.standing().filter(pk__gt=first)
    known = known.filter(pk__lte=last) if last is not None else known
    wanted = {
        entry.record: engine.facets_of(entry)
        for entry in search.entries(known.order_by("pk").values_list("pk", flat=True))
    }
    behind = set(
        Unindexed.objects.filter(record_id__in={*there, *wanted}).values_list(
            "record_id", flat=True
        )
    )
    for key in sorted({*there, *wanted} - behind):
        if key not in wanted:
            yield Kind.LEFT, key
        elif key not in there:
            yield Kind.MISSING, key
        else:
            yield from differing(key, there[key], wanted[key])


def differing(
    key: int, there: engine.Known, wanted: dict[str, set[str]]
) -> Iterator[tuple[Kind, int]]:
    if there.entries > 1:
        yield Kind.TWICE, key
    kinds = {
        OF_COPIES.get(name, Kind.ENTRY)
        for name in wanted
        if there.facets.get(name, set()) != wanted[name]
    }
    yield from ((kind, key) for kind in sorted(kinds))
