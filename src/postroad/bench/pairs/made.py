"""Pairs made of one real record: alike but for the cataloging, or another edition."""

from collections import Counter
from collections.abc import Iterator, Mapping

from postroad.bench.pairs import fields, sets
from postroad.bench.pairs.alike import BY_NUMBER, DIFFERENCES, Difference
from postroad.bench.pairs.real import Pair, hidden, lot
from postroad.bench.pairs.sets import Held
from postroad.bench.pairs.unlike import OTHER_NUMBERS, OTHERS
from postroad.catalogue.description import Description

BASES = tuple(file for file in sets.SETS if file not in {sets.PENN_LATER, sets.VIRGINIA_XML})
MOST_OF_A_KIND = 75
MADE_UP = ("Test record", "Vern Title")  # records that were made for a program's tests


def bases() -> Iterator[Held]:
    """Each record once, in an order that has nothing to do with what it says."""
    found = {
        (each.number or each.name): each
        for file in BASES
        for each in sets.held(file)
        if not each.said.title.startswith(MADE_UP)
    }
    yield from sorted(found.values(), key=lambda each: lot(each.name))


def pairs() -> Iterator[Pair]:
    """Of each record one of both sorts, until there are enough of each kind."""
    enough = Counter[str]()
    for base in bases():
        for same, changes in ((True, DIFFERENCES | BY_NUMBER), (False, OTHERS)):
            for kind in in_turn(changes, base):
                if enough[kind] < MOST_OF_A_KIND and (pair := made(base, kind, same, changes)):
                    enough[kind] += 1
                    yield pair
                    break


def in_turn(changes: Mapping[str, Difference], base: Held) -> list[str]:
    """The kinds that are tried on this record: three, in an order of its own."""
    return sorted(changes, key=lambda kind: lot(f"{kind} {base.name}"))[:3]


def made(base: Held, kind: str, same: bool, changes: Mapping[str, Difference]) -> Pair | None:
    """The record and its counterpart; None where there is nothing to change, or where without a
    number too little is said for anybody to tell."""
    other = fields.of(base.record)
    if not changes[kind](other):
        return None
    if same and kind in DIFFERENCES and lot(f"two {base.name}") % 2:
        second = in_turn(DIFFERENCES, base)[-1]
        DIFFERENCES[second](other)
    said = sets.facts(other)
    if said is None or (same and kind in BY_NUMBER and not told(base.said, said)):
        return None
    one = base.said
    name = f"{base.name} {kind}"
    bare = kind not in BY_NUMBER and lot(f"numbers {base.name}") % 2
    if kind in OTHER_NUMBERS or bare or not told(one, said):
        if same and not (one.year and one.author and one.publisher):
            return None
        one, said = hidden(one), hidden(said)
        kind += ", no number"
    return Pair(kind, same, name, one, said)


def told(one: Description, other: Description) -> bool:
    """Whether both have a number in common that is a book's own."""
    shared = one.pairs & other.pairs
    return any(kind in {"isbn", "oclc", "lccn"} for kind, _ in shared)
