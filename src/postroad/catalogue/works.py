"""Which editions are of one work: the same novel in print, read aloud, translated. No Django here.

A key gathers what may be of one work, and `same` says whether it is. Both are careful: two authors'
*Letters*, two volumes, two films of one novel are never one work, and of what says too little
nothing is known, so that it stands alone.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Protocol

from postroad.catalogue import naming
from postroad.catalogue.folding import fold

TITLE_LENGTH, FAMILY_LENGTH, PART_LENGTH = 120, 40, 40
TEXT, MUSIC, FILM, MAP = "text", "music", "film", "map"
KINDS = {
    "book": TEXT,
    "large-print": TEXT,
    "audiobook": TEXT,
    "eresource": TEXT,
    "serial": TEXT,
    "other": TEXT,
    "music": MUSIC,
    "score": MUSIC,
    "film": FILM,
    "map": MAP,
}
# Titles under which many different things stand: by one author in music, by anybody elsewhere.
COLLECTIVE = frozenset(
    "works|selections|selected works|complete works|collected works|novels|short stories|stories"
    "|poems|poetry|selected poems|plays|essays|correspondence|letters|speeches|prose works|fiction"
    "|songs|sonatas|symphonies|concertos|quartets|trios|piano music|organ music|orchestra music"
    "|chamber music|vocal music|instrumental music|choral music|operas|preludes|waltzes|mazurkas"
    "|greatest hits|the best of|best of|live|laws etc|treaties etc|annual report|report|reports"
    "|frontmatter|index|bulletin|proceedings|transactions|newsletter|journal|minutes|yearbook|handbook|catalog".split(
        "|"
    )
)
QUALIFIER = re.compile(r"\s*\([^()]*\)\s*$")
YEAR = re.compile(r"(?<![0-9])(1[89][0-9]{2}|20[0-9]{2})(?![0-9])")
BIRTH = re.compile(r"(?<![0-9])([0-9]{4})\??\s*-")
FORM_BEHIND = re.compile(
    r"\s*[\[(](?:large (?:print|type)[^\])]*|audio ?book[^\])]*|e-?book|sound recording|cds?|dvds?"
    r"|electronic resource|braille)[\])]\s*$",
    re.I,
)
# "Golden Son (Red Rising Series Book 2)": a vendor's note on the series, and no part of the title.
SERIES_BEHIND = re.compile(
    r"\s*\([^()]*\b(?:series|trilogy|saga|chronicles|cycle|international|classics)\b[^()]*\)\s*$",
    re.I,
)
SUFFIXES = frozenset("jr sr ii iii iv".split())
# A subtitle of these words tells what kind of thing it is, and not which.
KIND_WORDS = frozenset(
    "a an the novel novella roman novela story tale stories memoir memoirs autobiography biography"
    " romance thriller mystery fable play comedy tragedy drama in one two three four five acts"
    " unabridged abridged complete large print audiobook edition book critical annotated"
    " illustrated authoritative text texts contexts backgrounds sources criticism with and".split()
)
DESCRIBES = re.compile(r"(?:a|an|un|une|una|ein|eine|how|why|what|being) ")
NEARLY = 0.85


class Described(Protocol):
    """A record, or a description."""

    @property
    def title(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def part(self) -> str: ...
    @property
    def series(self) -> str: ...
    @property
    def publisher(self) -> str: ...
    @property
    def uniform_title(self) -> str: ...
    @property
    def contributors(self) -> "tuple[str, ...] | list[str]": ...


@dataclass(frozen=True, slots=True)
class Keys:
    """Under which a record is gathered with others: by the title that it bears, and by the one
    under which the work is known, where a cataloger said so. Empty: it stands alone."""

    own: str = ""
    known: str = ""

    @property
    def all(self) -> frozenset[str]:
        return frozenset({self.own, self.known} - {""})


def keys(said: Described) -> Keys:
    kind = KINDS.get(said.format, "")
    main, uniform = main_title(said.title), known_as(said)
    if not kind or not main:
        return Keys()
    if kind == FILM:
        year = YEAR.search(said.uniform_title)
        if not year:
            return Keys()  # a film of the same name is another film
        who = year.group()
    else:
        who = family(said.author)
        if main in COLLECTIVE and (kind == MUSIC or not who):
            main = ""
    behind = f"|{who[:FAMILY_LENGTH]}|{part_of(said)[:PART_LENGTH]}"
    own = f"{kind}|{main[:TITLE_LENGTH]}{behind}" if main else ""
    known = f"{kind}|{uniform[:TITLE_LENGTH]}{behind}" if uniform else ""
    return Keys(own, known)


def main_title(title: str) -> str:
    """Without subtitle, leading article and form, and with its numbers in figures."""
    return naming.numbers_as_digits(naming.parts_of(bare(title))[1])


def bare(title: str) -> str:
    """Without what stands in brackets behind it."""
    return SERIES_BEHIND.sub("", FORM_BEHIND.sub("", title))


def part_of(said: Described) -> str:
    """Its part; the number that a vendor gives it in a series is none."""
    return "" if SERIES_BEHIND.search(said.title) else said.part


def known_as(said: Described) -> str:
    """The title under which the work is known, as it is compared; none that many works have."""
    text = said.uniform_title
    if said.format == "film":
        text = QUALIFIER.sub("", text)
    title = naming.numbers_as_digits(naming.without_article(fold(text)))
    return "" if title in COLLECTIVE else title


def family(author: str) -> str:
    """The last word of the family name, which both "Le Guin, Ursula K." and "Ursula K. Le Guin"
    have; of a body, of its name."""
    named = naming.YEARS.sub(" ", author.partition(",")[0])
    words = [word for word in fold(named).split() if word not in SUFFIXES]
    return words[-1] if words else ""


def same(one: Described, other: Described) -> bool:
    """Whether both are of one work."""
    mine, theirs = keys(one), keys(other)
    if not mine.all & theirs.all or not is_same_part(one, other):
        return False
    if mine.known and theirs.known and mine.known != theirs.known:
        return False  # two works that were given one title
    if one.format == "film":
        return True  # of that year
    by_name = bool(mine.known) and mine.known == theirs.known
    if not is_same_author(one, other, by_name=by_name):
        return False
    return by_name or are_alike(subtitle(one.title), subtitle(other.title))


def is_same_part(one: Described, other: Described) -> bool:
    """A number in a series that bears the title is a volume's."""
    return part_of(one) == part_of(other) and volume(one) == volume(other)


def volume(said: Described) -> tuple[str, ...]:
    name, numbers = naming.series(said.series)
    return numbers if name and name == naming.main_title(said.title) else ()


def is_same_author(one: Described, other: Described, *, by_name: bool) -> bool:
    """Of what names no author somebody else must be common: an editor, or the publisher. Where a
    cataloger gave both the same uniform title, that is enough."""
    if one.author and other.author:
        births = {found.group(1) for each in (one, other) if (found := BIRTH.search(each.author))}
        return len(births) < 2 and naming.same_name(one.author, other.author)
    if one.author or other.author:
        return False
    if by_name:
        return True
    pairs = ((a, b) for a in one.contributors for b in other.contributors)
    if any(naming.same_name(a, b) for a, b in pairs):
        return True
    return bool(naming.publisher(one.publisher) & naming.publisher(other.publisher))


def subtitle(title: str) -> str:
    """As it is compared; nothing where it only says what kind of thing it is."""
    rest = naming.parts_of(bare(title))[2]
    return "" if set(rest.split()) <= KIND_WORDS else rest


def are_alike(one: str, other: str) -> bool:
    """Two subtitles. Where only one has any, it must describe the work and not name a part."""
    if one == other:
        return True
    if not (one and other):
        return bool(DESCRIBES.match(one or other))
    if naming.FIGURES.findall(one) != naming.FIGURES.findall(other):
        return False
    if one.startswith(f"{other} ") or other.startswith(f"{one} "):
        return True
    return SequenceMatcher(None, one, other).ratio() >= NEARLY
