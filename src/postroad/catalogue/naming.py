"""Titles, names, series and publishers, as they are compared. No Django here."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from postroad.catalogue.description import Description
from postroad.catalogue.folding import fold

ARTICLES = re.compile(
    r"(?:the|a|an|le|la|les|l|un|une|der|die|das|ein|eine|el|los|las|una|il|lo|gli|o|os|as) (?=\S)"
)
SUBTITLE = re.compile(r"\s[:=/]\s|;\s|: ")
BRACKETS = str.maketrans("[]", "  ")
FIGURES = re.compile(r"[0-9]+")
OF_NUMBERS = frozenset(
    "no nr bk book vol v bd band number t n pt volume tome teil part ser".split()
)
YEARS = re.compile(r"\b[0-9]{3,4}\b")
UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
UNITS += " fifteen sixteen seventeen eighteen nineteen"
NUMBERS = {word: number for number, word in enumerate(UNITS.split())}
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBERS |= {word: 10 * number for number, word in enumerate(TENS.split(), 2)}
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
NUMBERS |= {word: number for number, word in enumerate(ORDINALS.split(), 1)}
OF_PUBLISHERS = frozenset(
    "and co company corp inc ltd llc press publishing publishers publisher publications books book"
    " group house verlag editions edition editorial ediciones university the of for by gmbh sons"
    " pub distributed international new york london".split()
)


def without_article(folded: str) -> str:
    return ARTICLES.sub("", folded, count=1) if ARTICLES.match(folded) else folded


@dataclass(frozen=True, slots=True)
class Title:
    """`whole` with its subtitle, `main` without, `rest` the subtitle; `digits` is the whole with
    numbers in figures, `figures` these alone."""

    whole: str
    main: str
    rest: str
    digits: str
    figures: tuple[str, ...]

    @classmethod
    def of(cls, said: Description) -> Self:
        return cls(*parts_of(said.title))

    def begins(self, other: "Title") -> bool:
        """Whether the other goes on where this one ends."""
        return bool(self.whole) and f"{other.whole} ".startswith(f"{self.whole} ")


@lru_cache(4096)
def parts_of(text: str) -> tuple[str, str, str, str, tuple[str, ...]]:
    plain = text.translate(BRACKETS)
    whole = without_article(fold(plain))
    split = SUBTITLE.search(plain)
    main = without_article(fold(plain[: split.start()])) if split else whole
    digits = numbers_as_digits(whole)
    return whole, main or whole, whole[len(main) :].strip(), digits, tuple(FIGURES.findall(digits))


def main_title(text: str) -> str:
    """Without its subtitle and its article, folded."""
    return parts_of(text)[1]


def numbers_as_digits(folded: str) -> str:
    """ "nineteen eighty four" is 1984, "seven habits" is 7 habits, "second" is 2."""
    words = folded.split()
    if NUMBERS.keys().isdisjoint(words):
        return " ".join(words)
    out: list[str] = []
    held: list[int] = []
    for word in [*words, ""]:
        number = NUMBERS.get(word)
        if number is None:
            out += figures(held)
            held = []
            out.append(word)
        elif held and held[-1] >= 20 and held[-1] % 10 == 0 and 0 < number < 10:
            held[-1] += number
        else:
            held.append(number)
    return " ".join(out).strip()


def figures(numbers: list[int]) -> list[str]:
    """Two of two digits are a year, as it is spoken."""
    if len(numbers) == 2 and all(10 <= number <= 99 for number in numbers):
        return [f"{numbers[0]}{numbers[1]}"]
    return [str(number) for number in numbers]


@lru_cache(4096)
def name(text: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Words of the family name, and the others, without years."""
    family, _comma, given = text.partition(",")
    words = [word for word in fold(YEARS.sub(" ", given)).split() if not word.isdigit()]
    return frozenset(fold(YEARS.sub(" ", family)).split()), tuple(words)


def same_name(one: str, other: str) -> bool:
    """ "Austen, Jane, 1775-1817" and "Austen, J."; of two with one family name, the given names
    must begin alike. Bodies are one if either has all words of the other."""
    (family, given), (other_family, other_given) = name(one), name(other)
    if family == other_family:
        pairs = zip(given[:1], other_given[:1], strict=False)
        return all(a.startswith(b) or b.startswith(a) for a, b in pairs)
    words, others = family | set(given), other_family | set(other_given)
    return len(words & others) >= 2 and (words <= others or others <= words)


def is_named(one: Description, other: Description) -> bool:
    """Whether the first one's author is named by the other, among those who made it."""
    family, _given = name(one.author)
    told = fold(" ".join([other.author, *other.contributors, other.responsibility]))
    return bool(family) and family <= set(told.split())


def is_listed(one: Description, other: Description) -> bool:
    """Whether the author of either stands, under just this name, among those who made the other: in
    another script, or where the first of two authors is not the same."""
    names, others = (
        {fold(YEARS.sub(" ", name)) for name in each.contributors} for each in (one, other)
    )
    return fold(YEARS.sub(" ", one.author)) in others or fold(YEARS.sub(" ", other.author)) in names


def series(text: str) -> tuple[str, tuple[str, ...]]:
    """Its name and its numbers: "magic tree house", "2"."""
    words = without_article(fold(text)).split()
    numbers = tuple(word.lstrip("0") or "0" for word in words if word.isdigit())
    return " ".join(w for w in words if not w.isdigit() and w not in OF_NUMBERS), numbers


@lru_cache(4096)
def publisher(text: str) -> frozenset[str]:
    """The words that tell it from others."""
    words = frozenset(fold(text).split())
    return (words - OF_PUBLISHERS) or words
