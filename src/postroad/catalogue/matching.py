"""Which records are one: decided so that two different books are never taken for the same.

No Django here. Two records are one when they share an ISBN, OCLC number or LCCN and their titles
and formats agree; or else when title, author, year and format all agree and their ISBNs do not
speak against it. Two that are left apart cost a reader a second look; two wrongly joined send the
wrong book.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

TELLING = frozenset({"isbn", "oclc", "lccn"})  # an ISSN is shared by all years of a journal
LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
WORDS = re.compile(r"[^\W_]+")
TITLE_LENGTH = 120
NAME_LENGTH = 60


def fold(text: str) -> str:
    """Words in lower case, without accents and punctuation."""
    bare = text.casefold()
    if not bare.isascii():
        plain = unicodedata.normalize("NFKD", bare.translate(LETTERS))
        bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(WORDS.findall(bare.replace("'", "").replace("’", "")))


def key(title: str, author: str, year: int | None, form: str) -> str:
    """What two records without a common number must have in common. `title` has no subtitle."""
    title_part = fold(title)[:TITLE_LENGTH]
    name_part = fold(author)[:NAME_LENGTH]
    return f"{title_part}|{name_part}|{year or ''}|{form}"


def is_telling(match_key: str) -> bool:
    """Whether the key alone may join two records: "Poems", without author and year, may not."""
    title, author, year, _ = match_key.split("|")
    return bool(title and author and year)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What matching needs to know of a record."""

    match_key: str
    numbers: frozenset[tuple[str, str]]  # (kind, value)


def is_same(one: Candidate, other: Candidate) -> bool:
    """Whether the two records describe the same book."""
    if any(kind in TELLING for kind, _ in one.numbers & other.numbers):
        return title_and_format(one) == title_and_format(other)
    return (
        one.match_key == other.match_key
        and is_telling(one.match_key)
        and not are_apart(one.numbers, other.numbers)
    )


def title_and_format(candidate: Candidate) -> tuple[str, str]:
    title, _, _, form = candidate.match_key.split("|")
    return title, form


def are_apart(one: Iterable[tuple[str, str]], other: Iterable[tuple[str, str]]) -> bool:
    """Both have ISBNs, and none in common (the caller has seen that no number is common)."""
    return any(kind == "isbn" for kind, _ in one) and any(kind == "isbn" for kind, _ in other)
