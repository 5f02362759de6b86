"""Which records are one: decided so that two different books are never taken for the same.

No Django here. A number that two records share is evidence and no proof: their titles must agree,
and nothing else may speak against it, be it the form, the part, the language, the edition or the
year. Without a common number all that both say must agree. Two that are left apart cost a reader a
second look; two wrongly joined send the wrong book.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

from postroad.catalogue import naming
from postroad.catalogue.description import Description
from postroad.catalogue.folding import fold

__all__ = ["Evidence", "Says", "Verdict", "compare", "is_telling", "key"]

TELLING = frozenset({"isbn", "oclc", "lccn"})  # an ISSN is shared by all years of a journal
TITLE_LENGTH = 150
NEARLY = 0.85  # of two titles under one number: a slip of the pen in one of them
CORRECTED = 0.6
PAGES = re.compile(
    r"([0-9]{2,4})\]?,?\s*(?:p\b|pp\b|pages?\b|s\b|seiten\b|l\b|leaves\b|unnumbered)", re.I
)
MOST_PAGES_APART = 0.1
OTHER_BOOK = 2  # times as many pages, where a subtitle differs too
WORDY = 4  # words of a title that hardly any other has
# What goes with a book, and often has its number.
COMPANION = re.compile(
    r"\b(?:workbook|study guide|teachers|instructors|solutions? manual|answer key|activity book"
    r"|student guide|test bank|lab manual|laboratory manual|readers guide)\b"
)
NAMED_FORM = re.compile(
    r"\b(?:large print|large type|blu ?ray|dvds?|vhs|unabridged|abridged|widescreen|full screen"
    r"|paperback|hardcover|pbk|hbk|edition|editions|ed|edn|edicion|auflage|aufl|ausg|ausgabe|izd"
    r"|the|published|printing|print|american|us|uk|this)\b"
)


def key(title: str, year: int | None, form: str) -> str:
    """What two records without a common number must have in common, so that they are compared at
    all. Not the author: one catalog has under a name what another has under its title."""
    main = naming.numbers_as_digits(naming.main_title(title))[:TITLE_LENGTH]
    return f"{main}|{year or ''}|{form}"


def is_telling(match_key: str) -> bool:
    """Whether records with the same key are worth a look; nobody tells those without title or year
    apart."""
    title, year, _ = match_key.split("|")
    return bool(title and year)


class Says(StrEnum):
    """What one thing that both records say, says of their being one."""

    SAME = "same"
    OTHER = "other"
    NOTHING = "nothing"  # one of them does not say, or it proves nothing


@dataclass(frozen=True, slots=True)
class Evidence:
    """What two records say of one thing: "number", "title", "author", "form", "carrier", "part",
    "series", "language", "edition", "year", "publisher", "extent"."""

    of: str
    says: Says
    one: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether two records are one, and why: `evidence` in the order in which it was weighed, up to
    what decided."""

    same: bool
    evidence: tuple[Evidence, ...]


Weighed = Callable[[Description, Description, bool], Evidence]


def compare(one: Description, other: Description) -> Verdict:
    """Whether both describe the same edition of the same work, in the same form."""
    number = numbers(one, other)
    shared = number.says == Says.SAME
    seen = [number]
    for weigh in WEIGHED:
        found = weigh(one, other, shared)
        seen.append(found)
        if found.says == Says.OTHER:
            return Verdict(False, tuple(seen))
    enough = shared or (number.says != Says.OTHER and suffices(seen, one))
    return Verdict(enough, tuple(seen))


def may_be_corrected(one: Description, other: Description) -> bool:
    """Whether the other may be the same record after somebody mended it: by a number or by a title
    that agrees, or nearly."""
    if any(kind in TELLING for kind, _ in one.pairs & other.pairs):
        return True
    mine, theirs = naming.Title.of(one), naming.Title.of(other)
    if mine.main == theirs.main or mine.begins(theirs) or theirs.begins(mine):
        return True
    return SequenceMatcher(None, mine.whole, theirs.whole).ratio() >= CORRECTED


def suffices(seen: list[Evidence], one: Description) -> bool:
    """Whether what agrees is enough without a common number: title, author and year; or, of what
    names no author, title, year and publisher, and the extent unless the title says much."""
    same = {each.of for each in seen if each.says == Says.SAME}
    if not {"title", "year"} <= same:
        return False
    wordy = one.format == "serial" or len(naming.Title.of(one).whole.split()) >= WORDY
    return "author" in same or ("publisher" in same and (wordy or "extent" in same))


def numbers(one: Description, other: Description) -> Evidence:
    """A number in common, ISBNs of which none is common, or nothing."""
    mine, theirs = one.pairs, other.pairs
    is_serial = one.format == other.format == "serial"
    if common := sorted(
        pair for pair in mine & theirs if pair[0] in TELLING or (is_serial and pair[0] == "issn")
    ):
        kind, value = common[0]
        return Evidence("number", Says.SAME, f"{kind} {value}", f"{kind} {value}")
    ours, others = (
        next((value for kind, value in sorted(p) if kind == "isbn"), "") for p in (mine, theirs)
    )
    return Evidence("number", Says.OTHER if ours and others else Says.NOTHING, ours, others)


def form(one: Description, other: Description, shared: bool) -> Evidence:
    return said("form", one.format, other.format)


def carrier(one: Description, other: Description, shared: bool) -> Evidence:
    return said("carrier", one.carrier, other.carrier)


def part(one: Description, other: Description, shared: bool) -> Evidence:
    """Volume 1 is not volume 2, and no volume is the whole."""
    if one.part == other.part:
        return Evidence("part", Says.SAME if one.part else Says.NOTHING, one.part, other.part)
    by_name = not (one.part[:1].isdigit() and other.part[:1].isdigit())
    if by_name and shared and (same_words(one, other) or not (one.part and other.part)):
        # Where one says by number what the other says by name, or in its title.
        both = {one.part, other.part} - {""}
        if all(each in fold(one.title) and each in fold(other.title) for each in both):
            return Evidence("part", Says.NOTHING, one.part, other.part)
    return Evidence("part", Says.OTHER, one.part, other.part)


def same_words(one: Description, other: Description) -> bool:
    return fold(one.title) == fold(other.title)


def series(one: Description, other: Description, shared: bool) -> Evidence:
    """Two numbers in one series are two books."""
    name, numbers = naming.series(one.series)
    other_name, others = naming.series(other.series)
    if not (numbers and others and name and name == other_name):
        return Evidence("series", Says.NOTHING, one.series, other.series)
    if numbers == others:
        return Evidence("series", Says.SAME, one.series, other.series)
    more = set(numbers) <= set(others) or set(others) <= set(numbers)
    return Evidence("series", Says.NOTHING if more else Says.OTHER, one.series, other.series)


def language(one: Description, other: Description, shared: bool) -> Evidence:
    return said("language", one.language, other.language)


def edition(one: Description, other: Description, shared: bool) -> Evidence:
    """Statements that both make; "first" and none are the same."""
    mine, theirs = statement(one.edition), statement(other.edition)
    if mine == theirs or not (mine and theirs):
        bare = {mine, theirs} <= {"", "1"}
        says = Says.SAME if mine == theirs and mine else Says.NOTHING
        if not bare and mine != theirs and not shared:
            says = Says.OTHER  # a revised edition, and one of which nobody says so
        return Evidence("edition", says, one.edition, other.edition)
    return Evidence("edition", Says.OTHER, one.edition, other.edition)


@lru_cache(4096)
def statement(text: str) -> str:
    """ "Second edition" and "2nd ed." are 2; what names only the form says nothing."""
    folded = naming.numbers_as_digits(NAMED_FORM.sub(" ", fold(text)))
    folded = re.sub(r"\b([0-9]+)(?:st|nd|rd|th|e|eme|er|a|o)\b", r"\1", folded)
    return " ".join(sorted(set(folded.split())))


def year(one: Description, other: Description, shared: bool) -> Evidence:
    """Of one number, a year more or less is the copyright's; else it is another edition."""
    if one.year is None or other.year is None:
        return Evidence("year", Says.NOTHING, str(one.year or ""), str(other.year or ""))
    apart = abs(one.year - other.year)
    if one.format == "serial":
        says = Says.SAME if apart == 0 else Says.NOTHING  # it runs from one to the other
    elif apart == 0:
        says = Says.SAME
    else:
        says = Says.NOTHING if shared and apart == 1 else Says.OTHER
    return Evidence("year", says, str(one.year), str(other.year))


def title(one: Description, other: Description, shared: bool) -> Evidence:
    mine, theirs = naming.Title.of(one), naming.Title.of(other)
    if mine.whole == theirs.whole or mine.digits == theirs.digits:
        says = Says.SAME
    elif is_companion(mine, theirs) or (
        mine.figures and theirs.figures and mine.figures != theirs.figures
    ):
        says = Says.OTHER
    elif mine.main == theirs.main:
        says = Says.SAME if shared or not (mine.rest and theirs.rest) else Says.OTHER
    elif shared and (mine.begins(theirs) or theirs.begins(mine)):
        says = Says.SAME
    elif shared and SequenceMatcher(None, mine.whole, theirs.whole).ratio() >= NEARLY:
        says = Says.SAME if mine.figures == theirs.figures else Says.OTHER
    else:
        says = Says.OTHER
    return Evidence("title", says, one.title, other.title)


def is_companion(mine: naming.Title, theirs: naming.Title) -> bool:
    """Whether one is a workbook or the like, and the other is not."""
    return COMPANION.findall(mine.whole) != COMPANION.findall(theirs.whole)


def author(one: Description, other: Description, shared: bool) -> Evidence:
    """Who is an author here may stand among the others there."""
    if not (one.author and other.author):
        mentioned = naming.is_named(one, other) if one.author else naming.is_named(other, one)
        says = Says.SAME if (one.author or other.author) and mentioned else Says.NOTHING
        return Evidence("author", says, one.author, other.author)
    same = naming.same_name(one.author, other.author) or naming.is_listed(one, other)
    if not same and shared:
        same = naming.is_named(one, other) or naming.is_named(other, one)
    return Evidence("author", Says.SAME if same else Says.OTHER, one.author, other.author)


def publisher(one: Description, other: Description, shared: bool) -> Evidence:
    mine, theirs = naming.publisher(one.publisher), naming.publisher(other.publisher)
    if not (mine and theirs):
        return Evidence("publisher", Says.NOTHING, one.publisher, other.publisher)
    if mine & theirs:
        return Evidence("publisher", Says.SAME, one.publisher, other.publisher)
    says = Says.NOTHING if shared else Says.OTHER
    return Evidence("publisher", says, one.publisher, other.publisher)


def extent(one: Description, other: Description, shared: bool) -> Evidence:
    """Pages; a few more or less are the preface's."""
    mine, theirs = pages(one.extent), pages(other.extent)
    if not (mine and theirs):
        alike = bool(one.extent) and fold(one.extent) == fold(other.extent)
        says = Says.SAME if alike else Says.NOTHING
    elif abs(mine - theirs) <= MOST_PAGES_APART * max(mine, theirs):
        says = Says.SAME
    elif shared and naming.Title.of(one).whole == naming.Title.of(other).whole:
        says = Says.NOTHING
    else:
        far = max(mine, theirs) > OTHER_BOOK * min(mine, theirs)
        says = Says.OTHER if far or not shared else Says.NOTHING
    return Evidence("extent", says, one.extent, other.extent)


def pages(text: str) -> int:
    return max((int(count) for count in PAGES.findall(text)), default=0)


def said(of: str, one: str, other: str) -> Evidence:
    """Of what each says with one word or not at all."""
    if not (one and other):
        return Evidence(of, Says.NOTHING, one, other)
    return Evidence(of, Says.SAME if one == other else Says.OTHER, one, other)


WEIGHED: tuple[Weighed, ...] = (
    *(form, carrier, title, author, part, series, language, edition, year, publisher, extent),
)


def against(verdict: Verdict) -> Iterator[Evidence]:
    """What speaks against it."""
    return (each for each in verdict.evidence if each.says == Says.OTHER)
