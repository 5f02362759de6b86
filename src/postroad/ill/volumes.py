"""Which volume of a title is wanted, and whether a copy is it.

Each library writes volumes its own way ("v.2", "Vol. 2", "Bd. II"): what they count is compared.
"""

import re
from collections.abc import Collection, Iterable
from itertools import zip_longest

from postroad.catalogue.models import Item, ItemStatus

ANY = "*any"  # whichever a library sends
ALL = "*all"  # every one that its lender has
LONGEST = 80

# What a volume is called where its number follows.
DESIGNATIONS = frozenset(
    """
    v vol vols volume volumes bd bde band t tome tom tomo teil pt pts part parts bk book books
    no nos nr number disc discs disk disks dvd cd ser series season set
    """.split()
)
ROMAN = re.compile(r"^(?=[ivxl])(xl|l?x{0,3})(ix|iv|v?i{0,3})$")
VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}


def key(volume: str) -> tuple[str, ...]:
    """What a volume counts, without how its library writes it: "v.02 (1998)" is ("2", "1998")."""
    text = re.sub(r"[\W_]+", " ", volume.casefold())
    parts = re.sub(r"(?<=[^\W\d])(?=\d)", " ", text).split()
    pairs = zip_longest(parts, parts[1:], fillvalue="")
    return tuple(_counted(one) for one, then in pairs if not (then and one in DESIGNATIONS))


def _counted(part: str) -> str:
    if part.isdecimal():
        return str(int(part))
    if not ROMAN.match(part):
        return part
    values = [VALUES[sign] for sign in part]
    after = [*values[1:], 0]
    return str(sum(-one if one < two else one for one, two in zip(values, after, strict=True)))


def same(one: str, other: str) -> bool:
    """Whether two libraries mean the same volume; one may also say the year of it."""
    first, second = key(one), key(other)
    shorter = min(len(first), len(second))
    return bool(shorter) and first[:shorter] == second[:shorter]


def named(wanted: str) -> str:
    """The volume that a request names; nothing, if any will do or all are wanted."""
    return "" if wanted in (ANY, ALL) else wanted


def fits(wanted: str, volume: str) -> bool:
    """Whether a copy may be what is wanted: also if nobody says which volume either is."""
    return not named(wanted) or not volume or same(wanted, volume)


def overlap(one: str, other: str) -> bool:
    """Whether two requests may want the same: both name a volume, and these differ, or not."""
    return not (named(one) and named(other)) or same(one, other)


def distinct(found: Iterable[str]) -> list[str]:
    """These volumes, each once, in the order that they count."""
    by_key: dict[tuple[str, ...], str] = {}
    for volume in found:
        if volume:
            by_key.setdefault(key(volume), volume)
    return [by_key[each] for each in sorted(by_key, key=_order)]


def _order(counted: tuple[str, ...]) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in counted)


def titled(title: str, volume: str) -> str:
    """A title with the volume of it, as a slip says it."""
    return f"{title}, {volume}" if volume else title


def of_title(record: int | None, library: int | None = None) -> list[str]:
    """The volumes in which libraries, or one of them, have a title; none where it has no more than
    one. By their keys."""
    if record is None:
        return []
    items = Item.objects.filter(record=record).exclude(volume="")
    if library is not None:
        items = items.filter(library=library)
    known = items.exclude(status=ItemStatus.WITHDRAWN).order_by()
    found = distinct(sorted(set(known.values_list("volume", flat=True))))
    return found if len(found) > 1 else []


def first_that_fits(items: Iterable[Item], wanted: str) -> Item | None:
    """Of these copies the first that is what is wanted; none, if all are other volumes."""
    return next((item for item in items if fits(wanted, item.volume)), None)


def lacking(wanted: str, record: int | None) -> Collection[int]:
    """The libraries, by their keys, that have a title in volumes and none that is wanted."""
    if not named(wanted) or record is None:
        return ()
    items = Item.objects.filter(record=record).exclude(status=ItemStatus.WITHDRAWN)
    rows = list(items.values_list("library", "volume", "status"))
    fitting = {
        library
        for library, volume, status in rows
        if fits(wanted, volume) and status == ItemStatus.IN
    }
    return {library for library, _volume, _status in rows} - fitting
