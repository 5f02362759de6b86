"""The other editions and formats of a work (`works`), as the catalogue has them."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F, Q, QuerySet

from postroad.catalogue import works
from postroad.catalogue.models import Format, Record
from postroad.catalogue.works import Keys

MOST = 200  # of one work; of the Bible there are more
MOST_BESIDE_HITS = 400  # of all works on a page of hits
WEIGHED = (
    "title",
    "author",
    "format",
    "part",
    "series",
    "publisher",
    "contributors",
    "uniform_title",
    "work_key",
    "known_key",
)


def others(record: Record) -> list[Record]:
    """Of the same work as this one, in one query; the newest first."""
    keys = keys_of(record).all
    if not keys:
        return []
    found = under(keys).exclude(pk=record.pk).defer("notes", "subjects", "other_titles")
    return [
        each
        for each in found.order_by(F("year").desc(nulls_last=True), "pk")[:MOST]
        if works.same(record, each)
    ]


def formats_beside(records: Iterable[Record]) -> dict[int, list[Format]]:
    """In which other formats the works of these records are to be had, by their keys, in one
    query."""
    records = list(records)
    wanted = {record.pk: keys_of(record).all for record in records}
    keys = frozenset[str]().union(*wanted.values())
    if not keys:
        return {}
    by_key: dict[str, list[Record]] = defaultdict(list)
    for each in under(keys).only(*WEIGHED).order_by("pk")[:MOST_BESIDE_HITS]:
        for key in keys_of(each).all & keys:
            by_key[key].append(each)
    found: dict[int, list[Format]] = {}
    for record in records:
        beside = {each.pk: each for key in wanted[record.pk] for each in by_key[key]}
        there = {
            each.format
            for each in beside.values()
            if each.format != record.format and works.same(record, each)
        }
        found[record.pk] = [each for each in Format if each.value in there]
    return found


def under(keys: Iterable[str]) -> QuerySet[Record]:
    keys = sorted(keys)
    return Record.objects.filter(Q(work_key__in=keys) | Q(known_key__in=keys), moved_to=None)


def keys_of(record: Record) -> Keys:
    """As its row has them."""
    return Keys(record.work_key, record.known_key or "")
