"""Lists of licensed titles: KBART (NISO RP-9-2014 and its first version of 2010), and CUFTS.

No Django here. A full header of RP-9-2014 is held to its rules; a shorter one may leave out what it
has no column for. A bad line is told by its number and column, and keeps no other from being read.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from stdnum import isbn as isbn_rules
from stdnum import issn as issn_rules

COLUMNS_2010 = (
    "publication_title print_identifier online_identifier date_first_issue_online"
    " num_first_vol_online num_first_issue_online date_last_issue_online num_last_vol_online"
    " num_last_issue_online title_url first_author title_id embargo_info coverage_depth"
).split()
COLUMNS_2014 = [
    *COLUMNS_2010,
    *(
        "notes publisher_name publication_type date_monograph_published_print"
        " date_monograph_published_online monograph_volume monograph_edition first_editor"
        " parent_publication_title_id preceding_publication_title_id access_type"
    ).split(),
]
CUFTS = {
    "title": "publication_title",
    "issn": "print_identifier",
    "e_issn": "online_identifier",
    "ft_start_date": "date_first_issue_online",
    "vol_ft_start": "num_first_vol_online",
    "iss_ft_start": "num_first_issue_online",
    "ft_end_date": "date_last_issue_online",
    "vol_ft_end": "num_last_vol_online",
    "iss_ft_end": "num_last_issue_online",
    "journal_url": "title_url",
    "publisher": "publisher_name",
    "coverage": "notes",
}
HEADER_WITHIN = 20
LINE_END = re.compile(r"\r\n|\n|\r")
DATE = re.compile(r"[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
EMBARGO = re.compile(r"[RP][1-9][0-9]{0,4}[DMY](;[RP][1-9][0-9]{0,4}[DMY])?")
DEPTHS = {"fulltext", "selected articles", "abstracts"}
LOOSE_DEPTHS = {"volltext": "fulltext", "full text": "fulltext", "ebook": "fulltext"}


class NotATitleList(ValueError):
    """The whole file cannot be read; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Bad:
    """What is wrong in one column of one line."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Row:
    """A title with one stretch of its coverage. Numbers are without hyphens."""

    line: int
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
class TitleFile:
    """What was read: how it was written, the good lines and the bad ones."""

    layout: str
    encoding: str
    rows: tuple[Row, ...]
    bad: tuple[Bad, ...]


def read(content: bytes) -> TitleFile:
    """The titles of a file; raises `NotATitleList` where there is none to read."""
    text, encoding = decoded(content)
    lines = LINE_END.split(text)
    at, separator, columns = header_of(lines)
    layout = layout_of(columns)
    if layout == "CUFTS":
        columns = [CUFTS.get(column, column) for column in columns]
    rows: list[Row] = []
    bad: list[Bad] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in cells_of(lines[at + 1 :], separator, at + 2):
        if not any(cells):
            continue
        wrong = [*too_many(number, cells, columns)]
        said = dict(zip(columns, cells, strict=False))
        row = Reading(number, said, strict=layout == "RP-9-2014").row(wrong)
        key = tuple(cells)
        if key in seen:
            wrong.append(Bad(number, "", f"This line repeats line {seen[key]}."))
        seen.setdefault(key, number)
        bad.extend(wrong)
        if not wrong:
            rows.append(row)
    if not rows and not bad:
        raise NotATitleList("The file has a header and no titles under it.")
    return TitleFile(layout, encoding, tuple(rows), tuple(bad))


def decoded(content: bytes) -> tuple[str, str]:
    """The text, and the encoding that it was in."""
    if not content.strip():
        raise NotATitleList("The file is empty.")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise NotATitleList(
            "This is a spreadsheet or an archive: save the list as tab-separated text first."
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = content.decode("utf-16")
        except UnicodeDecodeError:
            raise NotATitleList("The file breaks off in the middle of a character.") from None
        return text.replace("\0", ""), "UTF-16"
    if b"\0" in content:
        raise NotATitleList("This is not a text file: save the list as tab-separated text first.")
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        # All 256 bytes mean something here; five of them are controls, as in Latin-1
        return content.decode("cp1252", "replace"), "Latin-1"


def header_of(lines: list[str]) -> tuple[int, str, list[str]]:
    """The place of the header, what separates its columns, and their names."""
    for at, line in enumerate(lines[:HEADER_WITHIN]):
        for separator in "\t;,":
            columns = [cell.lower() for cell in split(line, separator)]
            if "publication_title" in columns or {"title", "issn", "ft_start_date"} <= {*columns}:
                known = {*COLUMNS_2014, *CUFTS} & {*columns}
                if twice := [column for column in known if columns.count(column) > 1]:
                    raise NotATitleList(f"The header names the column {min(twice)} twice.")
                return at, separator, columns
    raise NotATitleList(
        "This is no KBART file: none of its first lines is a header with the column"
        " publication_title."
    )


def layout_of(columns: list[str]) -> str:
    if "publication_title" not in columns:
        return "CUFTS"
    if columns[: len(COLUMNS_2014)] == COLUMNS_2014:
        return "RP-9-2014"
    if missing := [column for column in COLUMNS_2010 if column not in columns]:
        raise NotATitleList(f"The header lacks the column {missing[0]}.")
    return "KBART 2010"


def split(line: str, separator: str) -> list[str]:
    """The cells of a line. Tab-separated text has no quoting, so that one stray quotation mark
    cannot swallow the lines that follow; marks around a whole cell are taken off."""
    if separator == "\t":
        return [unquoted(cell.strip()) for cell in line.split("\t")]
    return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]


def unquoted(cell: str) -> str:
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"').strip()
    return cell


def cells_of(lines: list[str], separator: str, first: int) -> Iterator[tuple[int, list[str]]]:
    """Each line's number in the file and its cells."""
    for number, line in enumerate(lines, first):
        try:
            yield number, split(line, separator)
        except csv.Error:
            raise NotATitleList(f"Line {number} has a cell too long to be read.") from None


def too_many(line: int, cells: list[str], columns: list[str]) -> Iterator[Bad]:
    if any(cells[len(columns) :]):
        yield Bad(line, "", f"The line has {len(cells)} columns, the header {len(columns)}.")


@dataclass(frozen=True, slots=True)
class Reading:
    """One line, under the names of its columns."""

    line: int
    said: Mapping[str, str]
    strict: bool

    def row(self, wrong: list[Bad]) -> Row:
        """The line as a row; what is wrong with it is added to the list."""
        wrong.extend(self.troubles())
        get = self.get
        return Row(
            line=self.line,
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
        return self.said.get(column, "")

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

    def is_book(self) -> bool:
        if said := self.get("publication_type"):
            return said.lower() == "monograph"
        numbers = (number_of(self.get(f"{kind}_identifier")) for kind in ("print", "online"))
        return any(number and len(number) == 13 for number in numbers)

    def troubles(self) -> Iterator[Bad]:
        if not self.get("publication_title"):
            yield self.bad("publication_title", "The title is missing.")
        for column in ("print_identifier", "online_identifier"):
            if number_of(said := self.get(column)) is None:
                yield self.bad(column, f"“{said}” is no valid ISSN or ISBN.")
        yield from self.wrong_dates()
        if (embargo := self.embargo()) and not EMBARGO.fullmatch(embargo):
            yield self.bad(
                "embargo_info", f"“{embargo}” is no embargo: write it like P1Y, P12M or R10Y."
            )
        if (address := self.get("title_url")) and not re.match(r"https?://[^\s/]", address):
            yield self.bad("title_url", f"“{address}” is no web address.")
        yield from self.wrong_words()

    def wrong_dates(self) -> Iterator[Bad]:
        first, last = self.get("date_first_issue_online"), self.get("date_last_issue_online")
        for column, said in (("date_first_issue_online", first), ("date_last_issue_online", last)):
            if said and not is_date(said):
                yield self.bad(
                    column, f"“{said}” is no date: write it as 1987, 1987-02 or 1987-02-01."
                )
        shortest = min(len(first), len(last))
        if shortest and last[:shortest] < first[:shortest]:
            yield self.bad("date_last_issue_online", f"{last} is before the first issue, {first}.")
        if self.strict and not first and self.get("publication_type").lower() == "serial":
            yield self.bad("date_first_issue_online", "A serial needs the date of its first issue.")

    def wrong_words(self) -> Iterator[Bad]:
        depth = self.depth()
        if depth and depth not in DEPTHS:
            yield self.bad(
                "coverage_depth",
                f"“{depth}” is not one of fulltext, selected articles and abstracts.",
            )
        if not self.strict:
            return
        if self.get("publication_type").lower() not in {"", "serial", "monograph"}:
            yield self.bad("publication_type", "The type is neither Serial nor Monograph.")
        if self.get("access_type").upper() not in {"", "F", "P"}:
            yield self.bad("access_type", "The access is neither F (free) nor P (paid).")

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
        return str(issn_rules.compact(said))
    if isbn_rules.is_valid(said):
        return str(isbn_rules.to_isbn13(isbn_rules.compact(said)))
    return None
