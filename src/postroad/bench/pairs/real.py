"""Pairs of records as libraries wrote them, labelled by their libraries or by a reader.

- Exported twice: one library's record in two files that its systems wrote at different times and in
  different forms (Penn State 2019 and 2021; Virginia as MARC-8, as MARCXML, from its Symphony). The
  control number says that it is one; all numbers of the book are hidden.
- Read by a person: `readings.json` has 400 records of Jane Austen's novels and of books with titles
  like them, from many catalogs, read in one go and sorted into editions; and pairs with one number,
  one title and author, or one registration of copyright, read one by one. Where a reader could not
  tell, it says so, and the pair is counted and left out.
- Two years: one library's, or one register's, two entries with the same title and author, of
  different years or from different places: whoever made the list kept them apart.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from itertools import combinations
from typing import Any

from postroad.bench.pairs import sets
from postroad.bench.pairs.sets import AUSTEN, KOHA, TEMPLE_SENSE, Held
from postroad.catalogue import identifiers, matching
from postroad.catalogue.description import Description

SETS_OF_CLUSTERS = {"P": AUSTEN, "T": TEMPLE_SENSE, "K": KOHA}
TWICE = (
    (sets.PENN, sets.PENN_LATER),
    (sets.VIRGINIA, sets.VIRGINIA_XML),
    (sets.VIRGINIA, sets.VIRGINIA_SYMPHONY),
    (sets.VIRGINIA_XML, sets.VIRGINIA_SYMPHONY),
)
BRITISH = "bib-bl-19c/bl_books.tsv.gz"
REGISTER = "bib-nypl-cce-renewals/renewals.tsv.gz"
MOST_OF_CLUSTERS, MOST_OF_LISTS = 450, 150


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, whether they are of one edition, and by what kind of evidence that is known."""

    kind: str
    same: bool
    name: str  # of both records, and what was done to them
    one: Description
    other: Description

    @property
    def is_held_back(self) -> bool:
        """A third, that nobody looks at while the rules are made."""
        return blake2b(self.name.encode(), digest_size=4).digest()[0] % 3 == 0


def lot(text: str) -> int:
    """Always the same for the same text."""
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest(), "big")


def hidden(said: Description) -> Description:
    return replace(said, numbers=())


def pairs() -> Iterator[Pair]:
    yield from exported_twice()
    yield from read_in_one_go()
    yield from read_one_by_one()
    yield from of_a_list(BRITISH, (1, 2, 5), british)
    yield from of_a_list(REGISTER, (3, 2, 1), registered)


def exported_twice() -> Iterator[Pair]:
    for first, second in TWICE:
        later = {each.number: each for each in reversed(sets.held(second))}
        seen: set[str] = set()
        for each in sets.held(first):
            if each.number in later and each.number not in seen:
                seen.add(each.number)
                said = hidden(each.said), hidden(later[each.number].said)
                name = f"{each.name} {later[each.number].name}"
                yield Pair("exported twice, no number", True, name, *said)


# Read by a person


@cache
def readings() -> dict[str, Any]:
    text = files("postroad.bench.pairs").joinpath("readings.json").read_text()
    read: dict[str, Any] = json.loads(text)
    return read


def doubtful() -> int:
    """How many pairs a reader could not decide."""
    groups = [two for each in readings()["doubtful"] for two in pairs_of(each)]
    return len(groups) + [label for label, _, _ in readings()["pairs"]].count("doubtful")


def read_in_one_go() -> Iterator[Pair]:
    """All that are one edition; of the others those that are near in years, or of one publisher, as
    many as are wanted."""
    groups = [each.split() for each in readings()["editions"]]
    edition = {short: number for number, group in enumerate(groups) for short in group}
    doubts = {frozenset(two) for each in readings()["doubtful"] for two in pairs_of(each)}
    others: list[Pair] = []
    for cluster in readings()["clusters"].values():
        for one, other in pairs_of(cluster):
            here, there = found(one), found(other)
            if frozenset((one, other)) in doubts or not (here and there):
                continue
            same = one in edition and edition[one] == edition.get(other)
            pair = Pair("read in one go", same, f"{here.name} {there.name}", here.said, there.said)
            if same:
                yield pair
            elif is_near(here.said, there.said):
                others.append(pair)
    yield from sorted(others, key=lambda pair: lot(pair.name))[:MOST_OF_CLUSTERS]


def pairs_of(shorts: str) -> Iterator[tuple[str, str]]:
    return combinations(shorts.split(), 2)


@cache
def by_place(file: str) -> dict[int, Held]:
    return {each.place: each for each in sets.held(file)}


def found(short: str) -> Held | None:
    return by_place(SETS_OF_CLUSTERS[short[0]]).get(int(short[1:]))


def is_near(one: Description, other: Description) -> bool:
    years = abs((one.year or 0) - (other.year or 0)) <= 1
    return years or bool(one.publisher[:6] and one.publisher[:6] == other.publisher[:6])


def read_one_by_one() -> Iterator[Pair]:
    for label, one, other in readings()["pairs"]:
        here, there = named(one), named(other)
        if here and there and label != "doubtful":
            yield Pair("read one by one", label == "same", f"{one} {other}", here, there)


def named(name: str) -> Description | None:
    """A record by its place in a file, or an entry of a list by its number there."""
    if "#" in name:
        return listed(name.partition("#")[0]).get(name.partition("#")[2])
    file, _, place = name.partition("@")
    held = by_place(file).get(int(place))
    return held.said if held else None


# Lists


@cache
def listed(file: str) -> dict[str, Description]:
    """Those entries of a list that were read."""
    if file.endswith(".csv"):
        return popular(file)
    wanted = {name for _, *two in readings()["pairs"] for name in two}
    of_row = british if file == BRITISH else registered
    return {row[0]: of_row(row) for row in sets.rows(file) if f"{file}#{row[0]}" in wanted}


def popular(file: str) -> dict[str, Description]:
    """Popular books: title, author, ISBN, as a school has them in a spreadsheet."""
    if not (sets.folder() / file).is_file():
        return {}
    with (sets.folder() / file).open(encoding="utf-8") as opened:
        return {
            row["isbn10"]: entry(row["title"], row["authors"].split(",")[0], None, row["isbn10"])
            for row in csv.DictReader(opened)
        }


def british(row: list[str]) -> Description:
    _number, title, author, _place, publisher, date = row
    return replace(entry(title, author.rstrip("."), year_in(date)), publisher=publisher)


def registered(row: list[str]) -> Description:
    _number, date, author, title = row
    return entry(title.rstrip("."), author.rstrip("."), year_in(date))


def year_in(date: str) -> int | None:
    return int(date[:4]) if date[:4].isdigit() else None


def entry(title: str, author: str, year: int | None, isbn: str = "") -> Description:
    key = matching.key(title, year, "book")
    numbers = tuple(identifiers.isbns(isbn))
    return Description(
        title=title, author=author, year=year, format="book", match_key=key, numbers=numbers
    )


def of_a_list(
    file: str, parts: tuple[int, int, int], of_row: Callable[[list[str]], Description]
) -> Iterator[Pair]:
    """Two entries with one title and author, letter by letter, and years that differ."""
    title, author, date = parts
    alike: dict[tuple[str, str], list[list[str]]] = defaultdict(list)
    for row in sets.rows(file):
        if row[author] and year_in(row[date]):
            alike[row[title], row[author]].append(row)
    made = [
        (f"{file}#{one[0]} {file}#{other[0]}", one, other)
        for rows in alike.values()
        for one, other in combinations(rows, 2)
        if year_in(one[date]) != year_in(other[date])
    ]
    for name, *two in sorted(made, key=lambda each: lot(each[0]))[:MOST_OF_LISTS]:
        yield Pair("two years, one list", False, name, *map(of_row, two))
