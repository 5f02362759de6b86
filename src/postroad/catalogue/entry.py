"""One union record at work: what its row says, who contributed, and what they said.

A record is what its contributions say together (`description`). Whoever changes a contribution lets
the record be described anew; where a new one is added behind all others, it is enough to fill in.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from postroad.catalogue import description, matching, works
from postroad.catalogue.bulk import Value
from postroad.catalogue.description import LISTS, TEXTS, Description, Made, describe, texts_of
from postroad.catalogue.identifiers import Number
from postroad.catalogue.marc import Facts

NOTHING = Description()
COLUMNS = (*TEXTS, "work_key", "known_key")


@dataclass(slots=True, eq=False)
class Sent:
    """A record of a file: what it says, and the bytes in which it said so."""

    facts: Facts
    raw: bytes
    form: str
    made: Made | None = None  # ahead, by a process beside
    text: bytes = field(init=False, default=b"")  # what it says of the book, unless that is made
    digest: bytes = field(init=False)

    def __post_init__(self) -> None:
        if self.made:
            self.digest = self.made.digest
        else:
            self.text = description.written(self.facts.description)
            self.digest = description.digest(self.text)

    @property
    def packed(self) -> bytes:
        """What it says of the book, as it is kept."""
        return self.made.text if self.made else description.packed(self.text)


@dataclass(slots=True, eq=False)
class Contributed:
    """A contribution at work. `said` is None where it has not been read, or nobody knows it."""

    library: int
    control_number: str
    live: bool = True
    digest: bytes | None = None  # None where nobody knows what it says
    said: Description | None = None
    packed: bytes = b""  # what it says, to be written
    pk: int | None = None

    @property
    def key(self) -> tuple[int, str]:
        """As decisions name it."""
        return self.library, self.control_number


@dataclass(slots=True, eq=False)
class Entry:
    """A union record at work: what its row says, and who contributed, in their order."""

    held: Description = NOTHING
    contributions: list[Contributed] = field(default_factory=list)
    numbers: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)  # as they stood
    pk: int | None = None
    moved: bool = False  # to another record: nothing is joined to it any more
    moved_to: "Entry | None" = None  # in this batch
    changed: bool = False
    owners_changed: bool = False

    def live(self) -> list[Contributed]:
        return [each for each in self.contributions if each.live]

    def is_only_of(self, contributed: Contributed) -> bool:
        return all(each is contributed for each in self.live())

    def unread(self) -> Iterator[Contributed]:
        """Those whose facts must be read before the record can be described anew."""
        return (each for each in self.live() if each.digest and each.said is None)

    def be(self, said: Description) -> bool:
        """What the row is to say. True if that is something else than it does."""
        if is_as(said, self.held):
            return False
        self.held, self.changed = said, True
        return True

    def describe(self) -> bool:
        """Make it anew from its contributions. A record that nobody has any more stays as it was.

        Of what one says that nobody knows, this much is sure: the row holds it.
        """
        live = self.live()
        known = [each.said or self.held for each in live]
        return self.be(describe(known)) if live else False

    def add(self, contributed: Contributed) -> bool:
        """One more contribution, in its place: they are in the order of their keys."""
        alone = not self.live()
        place = len(self.contributions)
        if contributed.pk:
            place = sum(1 for each in self.contributions if each.pk and each.pk < contributed.pk)
        self.contributions.insert(place, contributed)
        said = contributed.said or self.held
        if alone:
            return self.be(said)
        if contributed is self.contributions[-1]:
            return self.be(self.held.filled_by(said))
        return self.describe()


def is_as(one: Description, other: Description) -> bool:
    """Whether both say the same; the order of the numbers says nothing."""
    if texts_of(one) != texts_of(other):
        return False
    return one.numbers == other.numbers or set(one.numbers) == set(other.numbers)


def entry_of(pk: int, texts: list[Any], numbers: list[tuple[int, Number]]) -> Entry:
    """As the row has it."""
    row = dict(zip(TEXTS, texts, strict=True))
    row |= {name: json.loads(row[name]) for name in LISTS if isinstance(row[name], str)}
    held = description.of_values(row, (number for _, number in numbers))
    return Entry(held, numbers={(n.kind, n.value): (key, n.raw) for key, n in numbers}, pk=pk)


def row_of(said: Description) -> list[Value]:
    """What its columns (COLUMNS) have."""
    works_keys = works.keys(said)
    texts = (as_json(value) if isinstance(value, tuple) else value for value in texts_of(said))
    return [*texts, works_keys.own, works_keys.known or None]


def as_json(value: tuple[str, ...]) -> str:
    return json.dumps(value) if value else "[]"


def is_told(sent: Sent, contributed: Contributed) -> bool:
    """Whether it says just what it said."""
    return contributed.live and contributed.digest == sent.digest


def still_fits(said: Description, contributed: Contributed, entry: Entry) -> bool:
    """Whether it is still about the same book.

    Alone on its record, a library may correct what it likes, but a control number that it gives to
    another book makes that another record: somebody may have asked for the first.
    """
    if entry.is_only_of(contributed):
        return matching.may_be_corrected(entry.held, said)
    others = [each for each in entry.live() if each is not contributed]
    known = describe(each.said or entry.held for each in others)
    return matching.compare(said, known).same
