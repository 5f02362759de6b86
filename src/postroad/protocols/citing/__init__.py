"""How programs are told what a record describes: those in which people keep their references (RIS,
BibTeX), those that read pages (schema.org, COinS).

Each format is one function from a `Cited` to text. What is not known is left out, never filled in.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Kind(StrEnum):
    BOOK = "book"
    LARGE_PRINT = "large-print"
    BRAILLE = "braille"
    AUDIOBOOK = "audiobook"
    EBOOK = "ebook"
    ONLINE = "online"  # on a screen, and we do not know what
    SERIAL = "serial"
    FILM = "film"
    MUSIC = "music"
    SCORE = "score"
    MAP = "map"
    ARTICLE = "article"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Name:
    """Of a person: family name, given names, and what stands behind ("Jr."). Of a body, and of whom
    it is not known which of her names is which: all of it in `family`."""

    family: str
    given: str = ""
    suffix: str = ""

    @property
    def inverted(self) -> str:
        return ", ".join(filter(None, (self.family, self.given, self.suffix)))

    @property
    def as_said(self) -> str:
        said = " ".join(filter(None, (self.given, self.family)))
        return ", ".join(filter(None, (said, self.suffix)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What is cited. `key` is ours, `url` where our page of it is."""

    kind: Kind
    title: str
    key: str
    url: str
    authors: tuple[Name, ...] = ()
    editors: tuple[Name, ...] = ()
    translators: tuple[Name, ...] = ()
    others: tuple[Name, ...] = ()  # who had a part in it, and we do not know which
    year: int | None = None
    place: str = ""  # of publication
    publisher: str = ""
    edition: str = ""
    language: str = ""  # MARC's code
    language_tag: str = ""  # the same by BCP 47
    series: str = ""
    extent: str = ""
    form: str = ""  # in words: "film, DVD"; only programs that keep references are told
    subjects: tuple[str, ...] = ()
    isbns: tuple[str, ...] = ()
    issns: tuple[str, ...] = ()
    oclc: tuple[str, ...] = ()
    lccn: tuple[str, ...] = ()


def line(text: str) -> str:
    """In one line, without signs that no text has."""
    return " ".join(CONTROLS.sub(" ", text).split())


def hyphened(issn: str) -> str:
    return f"{issn[:4]}-{issn[4:]}" if len(issn) == 8 else issn
