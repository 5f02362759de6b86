"""What some of the libraries have: how many titles, and which came last.

A scope is the codes of libraries, so who joins a network or leaves it is in its search, or out of
it, with the next question; nothing is indexed anew.
"""

from collections.abc import Collection

from django.core.cache import caches

from postroad.catalogue import search
from postroad.catalogue.models import Item, ItemStatus, Record
from postroad.catalogue.search import NoIndex, Query

KEPT = 120  # seconds that a process remembers what is new and how many titles there are
LOOKED_AT = 400  # copies that came last: a set of many volumes is one title


def titles(codes: frozenset[str]) -> int | None:
    """How many titles they have; None while the index is made."""
    if not codes:
        return 0
    try:
        return search.find(Query(scope=codes)).total
    except NoIndex:
        return None


def newest(libraries: Collection[int], count: int) -> list[Record]:
    """The titles of which they got a copy last."""
    listed = Item.objects.filter(library__in=libraries).exclude(status=ItemStatus.WITHDRAWN)
    last = listed.order_by("-pk").values_list("record_id", flat=True)[:LOOKED_AT]
    keys = list(dict.fromkeys(last))[:count]
    found = Record.objects.filter(moved_to=None).in_bulk(keys)
    return [found[key] for key in keys if key in found]


def figures(name: str, libraries: dict[int, str], count: int) -> tuple[int | None, list[Record]]:
    """Both, for a front page: kept for a while, since many look at it and it changes slowly."""
    codes = frozenset(libraries.values())
    key = f"scope:{name}:{hash(codes)}"
    found: tuple[int | None, list[Record]] | None = caches["process"].get(key)
    if found is None:
        found = titles(codes), newest(libraries, count)
        if found[0] is not None:
            caches["process"].set(key, found, KEPT)
    return found
