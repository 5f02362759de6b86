"""One line of a title list, held to the rules of its layout."""

import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from stdnum import isbn as isbn_rules
from stdnum import issn as issn_rules

from postroad.protocols.fillers import is_filler_isbn, is_filler_issn
from postroad.protocols.kbart.header import COLUMNS_2014, Head, split
from postroad.protocols.kbart.text import LOST

DATE = re.compile(r"[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
EMBARGO = re.compile(r"([RP])[1-9][0-9]{0,4}[DMY](?:;(?!\1)[RP][1-9][0-9]{0,4}[DMY])?")
ADDRESS = re.compile(r"https?://[^\s/]\S*")
WORDED = re.compile(r"(v|vol|volume|no|nr|num|number|issue|iss)\b", re.IGNORECASE)
DEPTHS = {"fulltext", "selected articles", "abstracts"}
LOOSE_DEPTHS = {"volltext": "fulltext", "full text": "fulltext", "ebook": "fulltext"}
EDGES = ("first", "last")
OF_SERIALS = (
    "date_first_issue_online num_first_vol_online num_first_issue_online date_last_issue_online"
    " num_last_vol_online num_last_issue_online preceding_publication_title_id"
).split()
OF_BOOKS = (
    "first_author date_monograph_published_print date_monograph_published_online monograph_volume"
    " monograph_edition first_editor"
).split()
# Text, where signs without a width may say something; in a number or an address nobody sees them
WORDY = {"publication_title", "first_author", "first_editor", "publisher_name", "notes"}
NEEDED = {
    "title_url": "The address of the title is missing.",
    "coverage_depth": "The depth is missing: fulltext, selected articles or abstracts.",
    "publication_type": "The type is missing: serial or monograph.",
    "access_type": "The access is missing: F (free) or P (paid).",
}


@dataclass(frozen=True, slots=True)
class Bad:
    """What is wrong in one column of one line."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Row:
    """A title with one stretch of its coverage. Numbers are without hyphens; lines that say the
    same have the same mark."""

    line: int
    mark: int
    title: str
    print_number: str
    online_number: str
    begin: str
    first_volume: str
    first_issue: str
    end: str
    last_volume: str
    last_issue: str
    address: str
    title_id: str
    embargo: str
    depth: str
    notes: str
    publisher: str
    is_book: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was read, and what is wrong with it."""

    cells: tuple[str, ...]
    row: Row
    bad: tuple[Bad, ...]


def read_line(head: Head, number: int, text: str) -> Line | None:
    """A line below the header; None if there is nothing on it."""
    try:
        cells = split(text, head.separator)
    except csv.Error:
        cells = text.split(head.separator)
        told = Bad(
            number, "", "A quotation mark on this line is not closed, or a cell is too long."
        )
        return Line(tuple(cells), read_cells(head, number, cells).row, (told,))
    return read_cells(head, number, cells) if any(cells) else None


def read_cells(head: Head, number: int, cells: list[str]) -> Line:
    """A line whose cells are known: from a file, or corrected by somebody."""
    reading = Reading(number, dict(zip(head.columns, cells, strict=False)), head.is_strict)
    bad = (*too_many(number, cells, head.columns), *reading.troubles())
    return Line(tuple(cells), reading.row(), bad)


def too_many(line: int, cells: list[str], columns: tuple[str, ...]) -> Iterator[Bad]:
    if any(cells[len(columns) :]):
        yield Bad(line, "", f"The line has {len(cells)} columns, the header {len(columns)}.")


@dataclass(frozen=True, slots=True)
class Reading:
    """One line, under the names of its columns."""

    line: int
    said: Mapping[str, str]
    strict: bool

    def row(self) -> Row:
        get = self.get
        return Row(
            line=self.line,
            mark=self.mark(),
            title=get("publication_title"),
            print_number=number_of(get("print_identifier")) or "",
            online_number=number_of(get("online_identifier")) or "",
            begin=get("date_first_issue_online"),
            first_volume=get("num_first_vol_online"),
            first_issue=get("num_first_issue_online"),
            end=get("date_last_issue_online"),
            last_volume=get("num_last_vol_online"),
            last_issue=get("num_last_issue_online"),
            address=get("title_url"),
            title_id=get("title_id"),
            embargo=self.embargo(),
            depth=self.depth(),
            notes=get("notes") or get("coverage_notes"),
            publisher=get("publisher_name"),
            is_book=self.is_book(),
        )

    def get(self, column: str) -> str:
        said = self.said.get(column, "").replace("&amp;", "&")  # out of a page, or of XML
        if column in WORDY or said.isascii():
            return said
        return "".join(sign for sign in said if unicodedata.category(sign) != "Cf").strip()

    def mark(self) -> int:
        """The sum of all that the columns of KBART say, within the numbers that a table holds."""
        known = [f"{column}={self.get(column)}" for column in COLUMNS_2014 if self.get(column)]
        known += [self.embargo(), self.get("coverage_notes")]
        digest = hashlib.blake2b("\t".join(known).encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") >> 1

    def depth(self) -> str:
        said = self.get("coverage_depth").lower()
        return said if self.strict else LOOSE_DEPTHS.get(said, said)

    def embargo(self) -> str:
        """CUFTS counts what is withheld in months and days, KBART in a code."""
        if months := self.get("embargo_months"):
            return f"P{months}M"
        if days := self.get("embargo_days"):
            return f"P{days}D"
        return self.get("embargo_info").upper()

    def kind(self) -> str:
        return self.get("publication_type").lower()

    def is_book(self) -> bool:
        if said := self.kind():
            return said == "monograph"
        numbers = (number_of(self.get(f"{kind}_identifier")) for kind in ("print", "online"))
        return any(number and len(number) == 13 for number in numbers)

    def troubles(self) -> Iterator[Bad]:
        if not self.get("publication_title"):
            yield self.bad("publication_title", "The title is missing.")
        for column, said in self.said.items():
            if LOST in said:
                yield self.bad(column, f"A character was lost: “{said}”.")
        yield from self.wrong_numbers()
        yield from self.wrong_dates()
        yield from self.wrong_words()
        if self.strict:
            yield from self.missing()
            yield from self.wrong_edges()
            yield from self.out_of_place()

    def wrong_numbers(self) -> Iterator[Bad]:
        for column in ("print_identifier", "online_identifier"):
            said = self.get(column)
            if (number := number_of(said)) is None:
                yield self.bad(column, f"“{said}” is no valid ISSN or ISBN.")
            elif self.strict and len(number) == 8 and "-" not in said:
                yield self.bad(column, f"Write the ISSN with its hyphen: {said[:4]}-{said[4:]}.")

    def wrong_dates(self) -> Iterator[Bad]:
        first, last = self.get("date_first_issue_online"), self.get("date_last_issue_online")
        for column in (column for column in COLUMNS_2014 if column.startswith("date_")):
            said = self.get(column)
            if said and not is_date(said) and (self.strict or column in OF_SERIALS):
                yield self.bad(
                    column, f"“{said}” is no date: write it as 1987, 1987-02 or 1987-02-01."
                )
        shortest = min(len(first), len(last))
        if shortest and last[:shortest] < first[:shortest]:
            yield self.bad("date_last_issue_online", f"{last} is before the first issue, {first}.")

    def wrong_words(self) -> Iterator[Bad]:
        if (embargo := self.embargo()) and not EMBARGO.fullmatch(embargo):
            said = self.get("embargo_info") or embargo
            yield self.bad(
                "embargo_info",
                f"“{said}” is no embargo: write it like P1Y, P12M, R10Y or R10Y;P30D.",
            )
        if (address := self.get("title_url")) and not ADDRESS.fullmatch(address):
            yield self.bad("title_url", f"“{address}” is no web address.")
        if (depth := self.depth()) and depth not in DEPTHS:
            yield self.bad(
                "coverage_depth",
                f"“{depth}” is not one of fulltext, selected articles and abstracts.",
            )
        if self.strict and self.kind() not in {"", "serial", "monograph"}:
            yield self.bad("publication_type", "The type is neither serial nor monograph.")
        if self.strict and self.get("access_type").upper() not in {"", "F", "P"}:
            yield self.bad("access_type", "The access is neither F (free) nor P (paid).")

    def missing(self) -> Iterator[Bad]:
        for column, sentence in NEEDED.items():
            if not self.get(column):
                yield self.bad(column, sentence)
        if self.kind() == "serial" and not self.get("date_first_issue_online"):
            yield self.bad("date_first_issue_online", "A serial needs the date of its first issue.")

    def wrong_edges(self) -> Iterator[Bad]:
        """Volumes and issues are bare numbers, and the last ones have a date."""
        for edge in EDGES:
            columns = [f"num_{edge}_vol_online", f"num_{edge}_issue_online"]
            for column in columns:
                if WORDED.match(said := self.get(column)):
                    yield self.bad(column, f"Write the number alone, without a word: “{said}”.")
            dated = f"date_{edge}_issue_online"
            if edge == "last" and any(map(self.get, columns)) and not self.get(dated):
                yield self.bad(
                    dated,
                    "There is a last volume or issue, so the date of the last issue is needed.",
                )

    def out_of_place(self) -> Iterator[Bad]:
        """What a serial says of a book, or a book of a serial."""
        foreign = {"serial": OF_BOOKS, "monograph": OF_SERIALS}.get(self.kind(), [])
        other = "serials" if self.kind() == "monograph" else "monographs"
        for column in foreign:
            if said := self.get(column):
                yield self.bad(column, f"This column is for {other} alone, and says “{said}”.")

    def bad(self, column: str, sentence: str) -> Bad:
        return Bad(self.line, column, sentence)


def is_date(said: str) -> bool:
    """A year, a month or a day that the calendar has."""
    if not DATE.fullmatch(said):
        return False
    try:
        date.fromisoformat(f"{said}-01-01"[:10])
    except ValueError:
        return False
    return True


def number_of(said: str) -> str | None:
    """An ISSN of 8 signs or an ISBN of 13 digits; nothing for nothing; None for a wrong number."""
    if not said:
        return ""
    if issn_rules.is_valid(said):
        return None if is_filler_issn(said) else str(issn_rules.compact(said))
    if isbn_rules.is_valid(said):
        isbn = str(isbn_rules.to_isbn13(isbn_rules.compact(said)))
        return None if is_filler_isbn(isbn) else isbn
    return None
