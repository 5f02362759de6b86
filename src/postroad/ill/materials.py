"""What is told of a thing that no catalog lists: by material, which fields there are.

Pure: no Django here. A form, a program and a partner fill the same fields, and `troubles` says of
all of them what is missing or cannot be.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from postroad.catalogue import identifiers
from postroad.catalogue.serials import asking
from postroad.catalogue.serials.answers import Asked
from postroad.ill.lifecycle import Service
from postroad.protocols import doi as doi_rules
from postroad.protocols.openurl import Kind, Reference


class Material(StrEnum):
    """What kind of thing it is."""

    BOOK = "book"
    RECORDING = "recording"
    FILM = "film"
    SCORE = "score"
    MICROFORM = "microform"
    MAP = "map"
    THESIS = "thesis"
    ARTICLE = "article"
    CHAPTER = "chapter"
    PAGES = "pages"


COPIED = frozenset({Material.ARTICLE, Material.CHAPTER, Material.PAGES})
TITLE_PAGE = "title-page"  # with its back, to be copied with the part


class Field(StrEnum):
    """One thing that is told of it."""

    TITLE = "title"
    AUTHOR = "author"
    YEAR = "year"
    NUMBER = "number"  # as typed: an ISBN, OCLC number or LCCN
    EDITION = "edition"
    PUBLISHER = "publisher"
    SERIES = "series"
    VOLUME = "volume"
    LANGUAGE = "language"
    PUBLISHER_NUMBER = "publisher-number"  # on a disc, a score
    PERFORMERS = "performers"
    MEDIUM = "medium"  # CD, LP, DVD; full score, parts; film, fiche
    PLACE = "place"  # where it appeared, or what a map shows
    DATES = "dates"  # which issues or reels
    SCALE = "scale"
    SHEET = "sheet"
    SCHOOL = "school"
    DEGREE = "degree"
    SOURCE = "source"  # where the reader found it named
    CONTAINER = "container"  # the journal, or the book, of which a copy is wanted
    ISSUE = "issue"
    PAGES = "pages"
    DOI = "doi"
    PMID = "pmid"
    ALSO = "also"  # what is to be copied with it: a title page


F, M = Field, Material
LENGTHS: Mapping[Field, int] = {
    F.TITLE: 1000,
    F.AUTHOR: 300,
    F.YEAR: 4,
    F.NUMBER: 40,
    F.CONTAINER: 1000,
}
LENGTH = 200  # of every other field
NUMBERS = ("isbn", "issn", "oclc", "lccn")
YEAR = re.compile("[0-9]{1,4}")
PMID = re.compile("[0-9]{1,9}")
PMID_LABEL = re.compile(r"^(?:pmid|pubmed)(?: id)?\s*[:#]?\s*", re.I)
FIRST_YEAR, AHEAD = 1000, 2  # printed before, or announced for later: then it is a slip


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of one material."""

    demanded: tuple[Field, ...]
    one_of: tuple[Field, ...]  # at least one of these, so that it can be told from its namesakes
    helpful: tuple[Field, ...]
    formats: tuple[str, ...]  # of the catalog: the first unless another is chosen
    enough: tuple[Field, ...] = ()  # any of these alone names it: then nothing else is demanded

    @property
    def fields(self) -> tuple[Field, ...]:
        """All of them in the order in which they are asked; the number first: it may end the
        asking."""
        return (F.NUMBER, *self.enough, *self.demanded, *self.one_of, *self.helpful)


PRINTED = (F.PLACE, F.PUBLISHER)
SHEETS: Mapping[Material, Sheet] = {
    M.BOOK: Sheet(
        demanded=(F.TITLE,),
        one_of=(F.AUTHOR, F.YEAR),
        helpful=(F.EDITION, *PRINTED, F.SERIES, F.VOLUME, F.LANGUAGE, F.SOURCE),
        formats=("book", "large-print"),
    ),
    M.RECORDING: Sheet(
        demanded=(F.TITLE,),
        one_of=(F.AUTHOR, F.PERFORMERS, F.PUBLISHER_NUMBER),
        helpful=(F.MEDIUM, F.YEAR, F.PUBLISHER, F.LANGUAGE, F.SOURCE),
        formats=("music", "audiobook"),
    ),
    M.FILM: Sheet(
        demanded=(F.TITLE,),
        one_of=(F.AUTHOR, F.YEAR),
        helpful=(F.PERFORMERS, F.MEDIUM, F.EDITION, F.PUBLISHER, F.LANGUAGE, F.SOURCE),
        formats=("film",),
    ),
    M.SCORE: Sheet(
        demanded=(F.TITLE, F.AUTHOR),
        one_of=(),
        helpful=(F.MEDIUM, F.EDITION, F.PUBLISHER, F.PUBLISHER_NUMBER, F.YEAR, F.VOLUME, F.SOURCE),
        formats=("score",),
    ),
    M.MICROFORM: Sheet(
        demanded=(F.TITLE, F.DATES),
        one_of=(),
        helpful=(F.PLACE, F.MEDIUM, F.PUBLISHER, F.AUTHOR, F.YEAR, F.SOURCE),
        formats=("other",),
    ),
    M.MAP: Sheet(
        demanded=(F.TITLE,),
        one_of=(F.PLACE, F.AUTHOR, F.YEAR),
        helpful=(F.SCALE, F.SHEET, F.EDITION, F.PUBLISHER, F.SOURCE),
        formats=("map",),
    ),
    M.THESIS: Sheet(
        demanded=(F.TITLE, F.AUTHOR),
        one_of=(F.SCHOOL, F.YEAR),
        helpful=(F.DEGREE, F.LANGUAGE, F.SOURCE),
        formats=("book",),
    ),
    M.ARTICLE: Sheet(
        enough=(F.DOI, F.PMID),
        demanded=(F.TITLE, F.CONTAINER),
        one_of=(F.YEAR, F.VOLUME),
        helpful=(F.ISSUE, F.PAGES, F.AUTHOR, F.SOURCE),
        formats=("serial",),
    ),
    M.CHAPTER: Sheet(
        enough=(F.DOI,),
        demanded=(F.TITLE, F.CONTAINER),
        one_of=(F.AUTHOR, F.YEAR),
        helpful=(F.PAGES, F.EDITION, F.PUBLISHER, F.VOLUME, F.ALSO, F.SOURCE),
        formats=("book",),
    ),
    M.PAGES: Sheet(
        demanded=(F.CONTAINER, F.PAGES),
        one_of=(F.AUTHOR, F.YEAR),
        helpful=(F.EDITION, F.PUBLISHER, F.VOLUME, F.ALSO, F.SOURCE),
        formats=("book",),
    ),
}


class Trouble(StrEnum):
    """What is wrong with a field."""

    MISSING = "missing"
    ONE_OF = "one-of"
    ONE_OF_PART = "one-of-part"  # the number of the whole does not tell its parts apart
    TOO_LONG = "too-long"
    YEAR = "year"
    ISBN_CHECK = "isbn-check"
    ISBN_LENGTH = "isbn-length"
    NUMBER = "number"  # none that we know
    ISSN = "issn"  # a journal has another number
    DOI = "doi"
    PMID = "pmid"
    FOREIGN = "foreign"  # no field of this material


ISBN_TROUBLES = {"check": Trouble.ISBN_CHECK, "length": Trouble.ISBN_LENGTH}


@dataclass(frozen=True, slots=True)
class Citation:
    """What is told of a thing, of one material; what nobody told is not in it."""

    material: Material
    said: Mapping[Field, str] = field(default_factory=dict)
    format: str = ""  # one of the material's; the first if none is said

    def of(self, name: Field) -> str:
        return self.said.get(name, "")

    @property
    def sheet(self) -> Sheet:
        return SHEETS[self.material]

    @property
    def as_format(self) -> str:
        return self.format or self.sheet.formats[0]

    @property
    def service(self) -> Service:
        """Whether it is lent, or a copy of it is made."""
        return Service.COPY if self.material in COPIED else Service.LOAN

    @property
    def title(self) -> str:
        """What it is called in lists: of a part without a title what it is a part of, or the number
        that names it."""
        named = (F.TITLE, F.CONTAINER, F.DOI, F.PMID)
        return next((text for text in map(self.of, named) if text), "")

    @property
    def year(self) -> int | None:
        return int(self.of(F.YEAR)) if self.of(F.YEAR) else None

    def written(self) -> dict[str, str]:
        """As a row keeps it: one level, no empty field, each number also by its kind."""
        kept = {str(name): self.of(name) for name in self.sheet.fields if self.of(name)}
        numbers = {str(each.kind): each.value for each in identifiers.typed(self.of(F.NUMBER))[:1]}
        return {"material": str(self.material), "format": self.as_format, **kept, **numbers}


def tidied(material: Material, said: Mapping[Field, str], format_: str = "") -> Citation:
    """A citation without signs that no title has, and without what is empty."""
    plain = {name: " ".join(_printable(text).split()) for name, text in said.items()}
    if doi := plain.get(F.DOI):
        plain[F.DOI] = doi_rules.first_of([doi]) or doi
    if pmid := plain.get(F.PMID):
        plain[F.PMID] = PMID_LABEL.sub("", pmid)
    return Citation(material, {name: text for name, text in plain.items() if text}, format_)


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


def read(kept: Mapping[str, str]) -> Citation | None:
    """A citation as a row keeps it; None of a request for what the catalog lists."""
    if not kept:
        return None
    material = Material(kept["material"])
    said = {name: kept[name] for name in SHEETS[material].fields if kept.get(name)}
    return Citation(material, said, kept.get("format", ""))


def referred(citation: Citation) -> Reference:
    """The same as a catalog is asked by it."""
    numbers: dict[str, str] = {}
    for each in identifiers.typed(citation.of(F.NUMBER)):
        numbers.setdefault(str(each.kind), each.value)
    names = (F.TITLE, F.AUTHOR, F.CONTAINER, F.DOI, F.PMID, F.VOLUME, F.ISSUE, F.YEAR, F.PAGES)
    return Reference(
        kind=Kind(citation.material) if citation.material in COPIED else Kind.BOOK,
        issn=numbers.get("issn", ""),
        isbn=numbers.get("isbn", ""),
        **{str(name): citation.of(name) for name in names},
    )


def volume_of(citation: Citation) -> Asked:
    """The year, volume and issue that it names, to be compared with what a library holds. What is
    not understood of them is left out."""
    wanted, _strange = asking.asked(
        year=citation.of(Field.YEAR),
        volume=citation.of(Field.VOLUME),
        issue=citation.of(Field.ISSUE),
    )
    return wanted


def troubles(citation: Citation, this_year: int) -> Mapping[Field, Trouble]:
    """What is missing or cannot be, by field; empty if it can be asked for."""
    return dict(_troubles(citation, this_year))


def _troubles(citation: Citation, this_year: int) -> Iterator[tuple[Field, Trouble]]:
    sheet = citation.sheet
    for name, text in citation.said.items():
        if name not in sheet.fields:
            yield name, Trouble.FOREIGN
        elif len(text) > LENGTHS.get(name, LENGTH):
            yield name, Trouble.TOO_LONG
    yield from _number_troubles(citation)
    if not any(citation.of(name) for name in sheet.enough):
        yield from _missing(citation)
    year = citation.of(F.YEAR)
    if year and not (YEAR.fullmatch(year) and FIRST_YEAR <= int(year) <= this_year + AHEAD):
        yield F.YEAR, Trouble.YEAR


def _missing(citation: Citation) -> Iterator[tuple[Field, Trouble]]:
    sheet = citation.sheet
    yield from ((name, Trouble.MISSING) for name in sheet.demanded if not citation.of(name))
    is_part = citation.material in COPIED
    numbers = () if is_part else (F.NUMBER,)
    if sheet.one_of and not any(citation.of(name) for name in (*numbers, *sheet.one_of)):
        yield sheet.one_of[0], Trouble.ONE_OF_PART if is_part else Trouble.ONE_OF


def _number_troubles(citation: Citation) -> Iterator[tuple[Field, Trouble]]:
    number = citation.of(F.NUMBER)
    if citation.material == M.ARTICLE:
        kinds = {each.kind for each in identifiers.typed(number)}
        if number and "issn" not in kinds:
            yield F.NUMBER, Trouble.ISSN
    elif wrong := _number_trouble(number):
        yield F.NUMBER, wrong
    if (doi := citation.of(F.DOI)) and not doi_rules.DOI.fullmatch(doi):
        yield F.DOI, Trouble.DOI
    if (pmid := citation.of(F.PMID)) and not PMID.fullmatch(pmid):
        yield F.PMID, Trouble.PMID


def _number_trouble(text: str) -> Trouble | None:
    wrong = identifiers.isbn_trouble(text)  # first: a mistyped ISBN might be an OCLC number
    if wrong in ISBN_TROUBLES:
        return ISBN_TROUBLES[wrong]
    return None if not text or identifiers.typed(text) else Trouble.NUMBER
