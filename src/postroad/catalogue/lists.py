"""A library's list of its books in a spreadsheet: read row by row, by the columns that somebody has
looked at. No Django here.

A row without a title, or with a barcode that the spreadsheet program has rounded, is left out and
named; of a cell that does not read as what its column says, only that cell is.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from postroad import barcodes, spreadsheet
from postroad.catalogue import identifiers
from postroad.catalogue.folding import fold
from postroad.catalogue.marc.copies import Reading
from postroad.catalogue.marc.layouts import Layout
from postroad.spreadsheet import Row

# Our name of a column: the headings under which it is known.
HEADINGS: Mapping[str, Sequence[str]] = {
    "title": (
        *("Title", "Book title", "Title of book", "Main title", "Item title", "Name of book"),
        *("Book", "Book name", "Full title", "Title proper", "245a", "245"),
    ),
    "subtitle": ("Subtitle", "Sub title", "Remainder of title"),
    "author": (
        *("Author", "Authors", "Author name", "Main author", "Writer", "Creator", "By"),
        *("Author last first", "Author/Editor", "Primary author", "100a", "Artist", "Director"),
        *("Author's name", "Author text"),
    ),
    "isbn": (
        *("ISBN", "ISBNs", "ISBN 13", "ISBN 10", "ISBN/ISSN", "ISBN number", "ISBN no"),
        *("Standard number", "Std no", "EAN", "020a"),
    ),
    "call_number": (
        *("Call number", "Call no", "Call #", "Callnumber", "Local call number", "Shelf mark"),
        *("Shelfmark", "Dewey", "Dewey number", "Dewey decimal", "DDC", "Class", "Class number"),
        *("Classification", "Spine label", "Item call number", "Call"),
    ),
    "barcode": (
        *("Barcode", "Barcodes", "Item barcode", "Copy barcode", "Barcode number", "Bar code no"),
        *("Item ID", "Copy ID", "Item number", "Inventory number"),
    ),
    "year": (
        *("Year", "Publication year", "Year published", "Pub year", "Publication date", "Date"),
        *("Copyright", "Copyright date", "Copyright year", "Pub date", "Date published"),
    ),
    "publisher": ("Publisher", "Published by", "Publisher name", "Imprint"),
    "edition": ("Edition", "Edition statement"),
    "format": (
        *("Format", "Material", "Material type", "Media", "Media type", "Medium", "Type"),
        *("Item type", "Kind", "Binding", "Type of material"),
    ),
    "copies": (
        *("Copies", "Number of copies", "No of copies", "# of copies", "Copy count", "Quantity"),
        *("Qty", "Count", "Total copies", "Holdings"),
    ),
    "volume": ("Volume", "Vol", "Volume number", "Part", "Vol no", "Number in series"),
    "location": (
        *("Location", "Collection", "Shelving location", "Shelf location", "Sublocation"),
        *("Section", "Room", "Shelf"),
    ),
    "status": ("Status", "Item status", "Copy status", "Availability", "Circulation status"),
    "number": (
        *("Control number", "Record number", "Record ID", "Bib number", "Bib ID", "Bib record"),
        *("Biblionumber", "Bibnumber", "Bib", "Title ID", "Title number", "001", "MMS ID"),
    ),
}
ASIDE = re.compile(r"\([^()]*\)")


def bare(heading: str) -> str:
    return "".join(sign for sign in heading.casefold() if sign.isalnum())


BARE = {bare(word): name for name, listed in HEADINGS.items() for word in listed}
STATUSES = ("in", "out", "away", "missing", "reference", "unknown", "withdrawn")
LAYOUT = Layout(
    system="list",
    tag="952",
    barcode="p",
    call_number="o",
    location="c",
    volume="h",
    status="s",
    holding="-",  # in no field of its own; so each row is a copy, even if nothing is said of it
    words={f"STATUS {each}".upper(): each for each in STATUSES} | {"STATUS AWAY": "out"},
)
ITEMS = Reading(LAYOUT, only=True)
YEAR = re.compile(r"(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?![0-9])")
POINT = re.compile(r"([0-9]+)\.0+")  # a program took a whole number for a measure
PARTED = re.compile(r"[0-9Xx](?:[-./ ]?[0-9Xx])*")
# What people type where there is nothing; of a status it is no answer.
NOTHING = re.compile(r"n\.? ?/?a\.?|none|null|nil|nan|not available|[-–—_.*?]+", re.IGNORECASE)
NUMBERS = frozenset({"isbn", "other_isbn", "barcode", "number", "copies", "volume"})
OFTEN_EMPTY = NUMBERS - {"copies"} | {"year", "publisher", "edition", "call_number"}
MOST_COPIES = 200  # of one row
LONGEST = {"title": 900, "author": 250, "call_number": 110, "barcode": 40, "number": 80}


class Why(StrEnum):
    """What is wrong with a cell."""

    NO_TITLE = "no-title"
    NO_RECORD_NUMBER = "no-record-number"
    DAMAGED_NUMBER = "damaged-number"
    TWICE = "twice"
    TOO_LONG = "too-long"
    NOT_AN_ISBN = "not-an-isbn"
    NOT_A_YEAR = "not-a-year"
    NOT_A_COUNT = "not-a-count"
    NO_SUCH_FORMAT = "no-such-format"


# For these a row is left out; of the others only the cell is.
LEFT_OUT = frozenset(
    {Why.NO_TITLE, Why.NO_RECORD_NUMBER, Why.DAMAGED_NUMBER, Why.TWICE, Why.TOO_LONG}
)


@dataclass(frozen=True, slots=True)
class Wrong:
    line: int
    column: str  # its letters in the spreadsheet
    why: Why
    text: str  # what stands there

    @property
    def left_out(self) -> bool:
        """The whole row."""
        return self.why in LEFT_OUT


@dataclass(frozen=True, slots=True)
class Line:
    """What a row says of a book and its copies."""

    line: int
    title: str
    author: str = ""
    isbns: tuple[str, ...] = ()
    call_number: str = ""
    barcode: str = ""
    year: str = ""
    publisher: str = ""
    edition: str = ""
    format: str = ""  # as it is typed
    copies: int = 1
    volume: str = ""
    location: str = ""
    status: str = ""
    number: str = ""

    @property
    def book(self) -> tuple[str, ...]:
        """What is the same in all rows about one book."""
        if self.number:
            return (self.number,)
        words = (self.title, self.author, self.publisher, self.edition, self.format)
        return ("", *self.isbns[:1], self.year, *map(fold, words))


@dataclass(frozen=True, slots=True)
class Found:
    """What the headings of a list say."""

    begins: int  # rows above the first of the list
    named: Mapping[str, int] = field(default_factory=dict)  # our name of a column: its place


def columns_of(rows: Sequence[Row], *, deletions: bool = False) -> Found:
    """Guessed by the headings; a list without any is its own first row."""
    best = Found(0)
    for index, row in enumerate(rows[: spreadsheet.rows.LOOKED_THROUGH]):
        named = dict[str, int]()
        for at, cell in enumerate(row.cells):
            name = BARE.get(bare(cell)) or BARE.get(bare(ASIDE.sub("", cell)))
            if name == "isbn" and name in named:
                name = "other_isbn"  # many lists have one column for ten digits, one for thirteen
            if name:
                named.setdefault(name, at)
        wanted = "number" if deletions else "title"
        if len(named) > len(best.named) and (wanted in named or len(named) > 1):
            best = Found(index + 1, named)
    if deletions and "number" not in best.named:
        return Found(best.begins, {**best.named, "number": 0})
    return best


def lines_of(
    rows: Iterable[Row], named: Mapping[str, int], *, deletions: bool = False
) -> tuple[list[Line], list[Wrong]]:
    """What can be loaded of these rows, and what is wrong with the others."""
    good, wrong, seen = list[Line](), list[Wrong](), dict[str, int]()
    for row in rows:
        reader = Cells(row, named)
        line = reader.deletion() if deletions else reader.line()
        if line.barcode and line.barcode in seen:
            reader.note("barcode", Why.TWICE, str(seen[line.barcode]))
        wrong += reader.wrong
        if any(each.left_out for each in reader.wrong):
            continue
        if line.barcode:
            seen[line.barcode] = row.line
        good.append(line)
    return good, wrong


class Cells:
    """The cells of a row by their names, and what is wrong with them."""

    def __init__(self, row: Row, named: Mapping[str, int]) -> None:
        self.row, self.named = row, named
        self.wrong: list[Wrong] = []

    def cell(self, name: str) -> str:
        at = self.named.get(name, len(self.row.cells))
        text = " ".join(self.row.cells[at].split()) if at < len(self.row.cells) else ""
        if len(text) > LONGEST.get(name, 300):
            self.note(name, Why.TOO_LONG, text[:40])
        if name in OFTEN_EMPTY and NOTHING.fullmatch(text):
            return ""
        if name in NUMBERS and (whole := POINT.fullmatch(text)):
            return whole[1]
        return text

    def note(self, name: str, why: Why, text: str) -> None:
        column = spreadsheet.column(self.named.get(name, 0))
        self.wrong.append(Wrong(self.row.line, column, why, text[:80]))

    def deletion(self) -> Line:
        number = self.cell("number")
        if not number:
            self.note("number", Why.NO_RECORD_NUMBER, "")
        elif barcodes.is_rounded(number):
            self.note("number", Why.DAMAGED_NUMBER, number)
        return Line(self.row.line, "", number=number)

    def line(self) -> Line:
        title, subtitle = self.cell("title"), self.cell("subtitle")
        if not title:
            self.note("title", Why.NO_TITLE, "")
        barcode = self.whole("barcode")
        return Line(
            self.row.line,
            f"{title} : {subtitle}" if subtitle and title else title,
            author=self.cell("author"),
            isbns=tuple(dict.fromkeys([*self.isbns("isbn"), *self.isbns("other_isbn")])),
            call_number=self.cell("call_number"),
            barcode=barcode,
            year=self.year(),
            publisher=self.cell("publisher"),
            edition=self.cell("edition"),
            format=self.format(),
            copies=self.copies(barcode),
            volume=self.cell("volume"),
            location=self.cell("location"),
            status=self.cell("status"),
            number=self.whole("number"),
        )

    def whole(self, name: str) -> str:
        """A number that must be right in each digit."""
        text = self.cell(name)
        if barcodes.is_rounded(text):
            self.note(name, Why.DAMAGED_NUMBER, text)
        if name != "barcode":
            return text
        return "" if set(text) == {"0"} else barcodes.plain(text)[:40]

    def isbns(self, name: str) -> list[str]:
        text = "".join(str(unicodedata.decimal(sign, sign)) for sign in self.cell(name))
        found = [each.value for each in identifiers.isbns(text)]
        if not found and PARTED.fullmatch(text):
            alone = re.sub(r"[^0-9Xx]", "", text)
            if 7 <= len(alone) < 10:  # a program took the zeros away
                alone = alone.zfill(10)
            found = [each.value for each in identifiers.isbns(alone)]
        if text.strip("0") and not found:
            self.note(name, Why.NOT_AN_ISBN, text)
        return found

    def year(self) -> str:
        text = self.cell("year")
        found = YEAR.search(text)
        if text and not found:
            self.note("year", Why.NOT_A_YEAR, text)
        return found[1] if found else ""

    def format(self) -> str:
        text = self.cell("format")
        if text and kind_of(text) is None:
            self.note("format", Why.NO_SUCH_FORMAT, text)
        return text

    def copies(self, barcode: str) -> int:
        """None, where the list says so; but what has a barcode is a copy."""
        text = self.cell("copies")
        if not text:
            return 1
        if text == "0" and not barcode:
            return 0
        if text.isascii() and text.isdecimal() and 0 < int(text) <= MOST_COPIES:
            return int(text)
        self.note("copies", Why.NOT_A_COUNT, text)
        return 1


# Leader/06 and /07, and 008/23, by the first of these words that is typed.
FORMATS = (
    (("am", "f"), re.compile(r"\bbraille\b")),
    (("am", "d"), re.compile(r"\blarge[ -]?(?:print|type)\b|^lp$")),
    (("am", "o"), re.compile(r"\be-?(?:book|resource)s?\b|\bonline\b|\bdigital\b|\bkindle\b")),
    (
        ("im", " "),
        re.compile(r"\baudio ?-?books?\b|\b(?:talking|recorded) books?\b|\bplayaways?\b"),
    ),
    (
        ("im", " "),
        re.compile(r"\bbooks? on (?:cd|tape|mp3)\b|\bcd ?-?books?\b|\baudio\b|\bspoken\b"),
    ),
    (("gm", " "), re.compile(r"\bdvds?\b|\bblu-?rays?\b|\bvideos?|\bvhs\b|\bfilms?\b|\bmovies?\b")),
    (("cm", " "), re.compile(r"\bscores?\b|\bsheet music\b")),
    (("jm", " "), re.compile(r"\bmusic\b|\bcds?\b|\bcompact discs?\b|\bvinyl\b|\bsound rec")),
    (("em", " "), re.compile(r"\bmaps?\b|\bglobes?\b")),
    (("as", " "), re.compile(r"\bmagazines?\b|\bjournals?\b|\bperiodicals?\b|\bnewspapers?\b")),
    (("as", " "), re.compile(r"\bserials?\b")),
    (
        ("rm", " "),
        re.compile(r"\bkits?\b|\bgames?\b|\bpuzzles?\b|\btoys?\b|\bequipment\b|\bthings?\b"),
    ),
    (("am", " "), re.compile(r"\bbooks?\b|\bbk\b|\bpaper ?backs?\b|\bhard ?(?:covers?|backs?)\b")),
    (
        ("am", " "),
        re.compile(r"\b(?:non-?)?fiction\b|\bnovels?\b|\bpb\b|\bhb\b|\bhc\b|\bprint\b|\btext"),
    ),
)
OTHER = ("rm", " ")


def kind_of(text: str) -> tuple[str, str] | None:
    """What kind of thing is meant; a book where nothing is said, None for a word that we do not
    know."""
    if not text:
        return ("am", " ")
    said = text.casefold()
    return next((kind for kind, word in FORMATS if word.search(said)), None)


def books(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """The rows about each book, in their order."""
    held = dict[tuple[str, ...], list[Line]]()
    for each in lines:
        held.setdefault(each.book, []).append(each)
    yield from held.values()
