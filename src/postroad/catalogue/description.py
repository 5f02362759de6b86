"""What is said of a book: by one library, or by all that have it. No Django here.

A union record is what its contributions say together, and nothing else: the first describes it, the
others fill in what is still empty, and it bears the numbers of all. So it can be made anew at any
time from what they said, in the order in which they came, and is the same again.
"""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from postroad.catalogue.identifiers import Number

WORTH_PACKING = 200  # bytes; of less, hardly anything is saved
PACKED = b"\x78"  # how zlib begins: neither JSON, nor a leader, nor XML does


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """One edition of one work. What is empty has not been said."""

    title: str = ""
    author: str = ""
    year: int | None = None
    language: str = ""
    format: str = ""
    carrier: str = ""  # of a film or recording: "dvd"; "braille", "microform"
    part: str = ""  # of a whole: its number, or else its name
    edition: str = ""
    place: str = ""  # in which it appeared
    publisher: str = ""
    extent: str = ""
    series: str = ""
    responsibility: str = ""  # as the title page names those who made it
    notes: str = ""  # what is in it, and whatever else is said of it: to find it by
    uniform_title: str = ""  # under which the work is known; of a film with its first year
    other_titles: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    match_key: str = ""
    numbers: tuple[Number, ...] = ()

    def filled_by(self, other: "Description") -> "Description":
        """With what the other says where this one says nothing, and the numbers of both."""
        pairs = zip(TEXTS, texts_of(self), texts_of(other), strict=True)
        filled: dict[str, Any] = {name: said for name, held, said in pairs if said and not held}
        known = self.pairs
        more = [number for number in other.numbers if (number.kind, number.value) not in known]
        if more:
            filled["numbers"] = (*self.numbers, *more)
        return replace(self, **filled) if filled else self

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Its numbers, as they are compared."""
        return frozenset((number.kind, number.value) for number in self.numbers)


NAMES = tuple(each.name for each in fields(Description))
TEXTS = NAMES[:-1]  # all but the numbers: the columns of a record
LISTS = ("other_titles", "subjects", "contributors")
texts_of = attrgetter(*TEXTS)
encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def describe(said: Iterable[Description]) -> Description:
    """What all of them say together; the first counts most."""
    whole = None
    for each in said:
        whole = each if whole is None else whole.filled_by(each)
    return whole or Description()


def written(description: Description) -> bytes:
    """As a contribution keeps it: JSON of what is said, and nothing of what is not."""
    pairs = zip(TEXTS, texts_of(description), strict=True)
    said: dict[str, object] = {name: value for name, value in pairs if value}
    if description.numbers:
        said["numbers"] = [(each.kind, each.value, each.raw) for each in description.numbers]
    return encode(said).encode()


def read(text: bytes) -> Description:
    """What was written down, also by a version that knew fewer fields or more."""
    said = json.loads(text)
    numbers = (Number(*each) for each in said.pop("numbers", ()))
    return of_values({name: said[name] for name in TEXTS if name in said}, numbers)


def of_values(values: dict[str, Any], numbers: Iterable[Number]) -> Description:
    """From JSON, or from a row: with lists, where a description has tuples."""
    for name in LISTS:
        if name in values:
            values[name] = tuple(values[name])
    return Description(**values, numbers=tuple(numbers))


@dataclass(frozen=True, slots=True)
class Made:
    """What is kept of a record, made ready to be written: what it says and the bytes in which it
    said so, both packed, and a sum of each before."""

    digest: bytes
    text: bytes
    raw_digest: bytes
    raw: bytes


def made_of(said: Description, raw: bytes) -> Made:
    text = written(said)
    return Made(digest(text), packed(text), digest(raw), packed(raw))


def digest(said: bytes) -> bytes:
    return blake2b(said, digest_size=16).digest()


def packed(text: bytes) -> bytes:
    """Pressed together, where that is worth it."""
    return zlib.compress(text, 1) if len(text) >= WORTH_PACKING else text


def unpacked(kept: bytes) -> bytes:
    return zlib.decompress(kept) if kept.startswith(PACKED) else kept
