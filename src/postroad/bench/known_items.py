"""Searches for one certain book each, made of real records: as somebody types who knows it.

Seeded: the same records give the same searches. One third is held back (`held_back`): ranking is
tuned on the others.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from postroad.catalogue import citation
from postroad.catalogue.analysis import SMALL
from postroad.catalogue.description import Description
from postroad.catalogue.folding import fold

EACH = 125  # of a kind
SEED = 20261127
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORD = re.compile(r"[^\W_]+")
SHORTEST_SLIP = 5  # letters of a word in which somebody slips
OPERATORS = re.compile(r"\b(?:NOT|AND|OR)\b|(?<!\S)-(?=\S)|[*?]")
CHINESE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
MOST_ALIKE = 8  # records with all of the words: with more, nobody knows which was meant


@dataclass(frozen=True, slots=True)
class Search:
    """What is typed, and which records would be right: those of one title by one author."""

    kind: str
    words: str
    right: frozenset[int]
    held_back: bool


@dataclass(slots=True)
class Shelf:
    """Records by number, with what is needed to make searches of them."""

    said: dict[int, Description] = field(default_factory=dict)
    alike: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    having: dict[str, set[int]] = field(default_factory=dict)

    def add(self, number: int, said: Description) -> None:
        self.said[number] = said
        self.alike.setdefault(name_of(said), set()).add(number)
        for word in words_of(f"{said.title} {said.author}"):
            self.having.setdefault(word, set()).add(number)

    def right(self, number: int) -> frozenset[int]:
        return frozenset(self.alike[name_of(self.said[number])])

    def with_all(self, words: Iterable[str]) -> set[int]:
        return set.intersection(*(self.having.get(word, set()) for word in words))

    def tells(self, number: int, words: Sequence[str]) -> bool:
        """Whether these words tell the book from nearly all others."""
        return bool(words) and len(self.with_all(words) - self.right(number)) < MOST_ALIKE


def name_of(said: Description) -> tuple[str, str]:
    return fold(said.title), fold(said.author)


def words_of(text: str) -> set[str]:
    return set(fold(text).split())


def telling(title: str) -> list[str]:
    """The words of a title by which somebody remembers it."""
    return [word for word in fold(title).split() if word not in SMALL and len(word) > 2]


def surname(author: str) -> str:
    family = fold(author.partition(",")[0]).split()
    return family[-1] if family else ""


Way = Callable[[Shelf, int, random.Random], str]


def in_any_order(shelf: Shelf, number: int, chance: random.Random) -> str:
    words = telling(shelf.said[number].title)[:5]
    if len(words) < 3:
        return ""
    chance.shuffle(words)
    return " ".join(words)


def author_and_word(shelf: Shelf, number: int, chance: random.Random) -> str:
    said = shelf.said[number]
    words, name = telling(said.title), surname(said.author)
    if not words or len(name) < 3:
        return ""
    picked = [name, *chance.sample(words, min(len(words), 2))]
    chance.shuffle(picked)
    return " ".join(picked)


def misspelt(shelf: Shelf, number: int, chance: random.Random) -> str:
    """The author's name and a word or two of the title, one of them with a slip."""
    words = author_and_word(shelf, number, chance).split()
    places = [at for at, word in enumerate(words) if slippery(word)]
    if not places or not shelf.tells(number, words):
        return ""
    at = chance.choice(places)
    words[at] = slip(words[at], chance)
    return " ".join(words)


def slippery(word: str) -> bool:
    return len(word) >= SHORTEST_SLIP and word.isascii() and word.isalpha()


def slip(word: str, chance: random.Random) -> str:
    """Two letters changed places, one is wrong, missing, twice, or too many."""
    made = word
    while made == word:
        at = chance.randrange(1, len(word) - 1)
        made = chance.choice(
            (
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + chance.choice(LETTERS) + word[at + 1 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + chance.choice(LETTERS) + word[at:],
            )
        )
    return made


def partial(shelf: Shelf, number: int, chance: random.Random) -> str:
    """How the title begins, as somebody types it who stops when that should be enough."""
    words = fold(shelf.said[number].title).split()
    for count in range(3, min(len(words), 7)):
        if shelf.tells(number, words[:count]):
            return " ".join(words[:count])
    return ""


def foreign(shelf: Shelf, number: int, chance: random.Random) -> str:
    """Of a book in another language: without accents, as on another keyboard; part of a run."""
    said = shelf.said[number]
    own = CHINESE.search(" ".join((said.title, *said.other_titles)))
    if own:
        run = own.group()
        start = chance.randrange(max(len(run) - 3, 1))
        return run[start : start + 4]
    if said.language in ("eng", "", "und"):
        return ""
    bare = unicodedata.normalize("NFD", said.title.partition(" / ")[0])
    letters = "".join(sign for sign in bare if not unicodedata.combining(sign))
    words = [word for word in WORD.findall(letters) if len(word) > 2][:4]
    return " ".join(words) if len(words) > 2 else ""


WAYS: Mapping[str, Way] = {
    "in any order": in_any_order,
    "author and title word": author_and_word,
    "misspelt": misspelt,
    "partial": partial,
    "foreign": foreign,
}


def searches(shelf: Shelf, each: int = EACH, seed: int = SEED) -> Iterator[Search]:
    """So many of each kind. What tells too little to mean one book is passed over."""
    for kind, way in WAYS.items():
        chance = random.Random(f"{seed} {kind}")  # noqa: S311  # nothing secret
        numbers = sorted(shelf.said)
        chance.shuffle(numbers)
        made = 0
        for number in numbers:
            words = way(shelf, number, chance)
            if not words or not means_one(shelf, number, kind, words):
                continue
            yield Search(kind, words, shelf.right(number), held_back=made % 3 == 2)
            made += 1
            if made == each:
                break


def means_one(shelf: Shelf, number: int, kind: str, words: str) -> bool:
    if kind == "misspelt" or (kind == "foreign" and CHINESE.search(words)):
        return True
    return shelf.tells(number, fold(words).split())


class Cited(NamedTuple):
    """A search of those that are cited: what is typed, and what stands where in the book meant."""

    typed: str
    where: str
    text: str


def cited(rows: Iterable[Mapping[str, str]]) -> Iterator[Cited]:
    """Those that mean a book by its words. What is typed stands in the book where the citation says
    that it is looked for; of all that is typed for one book, the longest. With operators and wild
    cards no one book is meant."""
    plain = [
        row
        for row in rows
        if row["search"] != "call number"
        and not OPERATORS.search(row["query"])
        and any(sign.isalpha() for sign in row["query"])
    ]
    longest: dict[str, tuple[str, str]] = {}
    for row in plain:
        meant = row["expected_record_ids"] or row["query"]
        text = " ".join(row["query"].replace('"', " ").split())
        longest[meant] = max(longest.get(meant, ("", "")), (row["search"], text), key=length)
    for row in plain:
        yield Cited(row["query"], *longest[row["expected_record_ids"] or row["query"]])


def length(about: tuple[str, str]) -> int:
    return len(about[1])


def add_cited(shelf: Shelf, rows: Iterable[Mapping[str, str]]) -> Iterator[Search]:
    """The searches, with the records that they need put on the shelf. Right is each that says the
    same words there, and each real book of just this title."""
    titles: dict[str, set[int]] = {}
    for number, said in shelf.said.items():
        titles.setdefault(fold(citation.short_title(said.title)), set()).add(number)
    made: dict[str, set[int]] = {}
    number = max(shelf.said, default=0)
    found = list(cited(rows))
    for where, text in dict.fromkeys((each.where, each.text) for each in found):
        number += 1
        shelf.add(number, described(where, text))
        made.setdefault(same_words(text), set()).add(number)
    for place, each in enumerate(found):
        right = made[same_words(each.text)] | titles.get(fold(each.text), set())
        yield Search("cited", each.typed, frozenset(right), held_back=place % 3 == 2)


def same_words(text: str) -> str:
    return " ".join(sorted(set(fold(text).split()) - {"the", "a", "an", "and"}))


def described(where: str, text: str) -> Description:
    """A record that says this where somebody looks for it."""
    usual = Description(title="A book that says it elsewhere", format="book", language="eng")
    if where == "subject":
        return replace(usual, subjects=(text,))
    if where == "author":
        return replace(usual, author=text)
    if where == "series":
        return replace(usual, series=text)
    return replace(usual, title=text)
