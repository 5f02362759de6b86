"""Rows of text from a spreadsheet that somebody sends: CSV, XLSX or ODS.

No Django here. Whatever the file is, there are rows of text or a refusal that says why not. Nothing
is evaluated: a cell is the text that was last shown in it, and a formula without one is its own
text. Blank rows are left out, but each row keeps the number that the spreadsheet shows beside it.

A workbook of a few kilobytes can ask for as much memory as there is (one cell in its last row and
column is enough), and who runs out of memory there is ended and not told. So workbooks are opened
in a process of their own, which may take only so much memory and time.
"""

import csv
import io
import itertools
import json
import re
import resource
import subprocess
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from xml.etree import ElementTree as ET

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from postroad.errors import Refusal

BYTES = 5_000_000  # of the file as it is sent
UNPACKED = 120_000_000  # of a workbook, which is a packed folder
ROWS = 20_000  # with something in them, besides the headings
COLUMNS = 200
LONGEST = 10_000  # characters of one cell
CHARACTERS = 20_000_000  # of all cells
CABINET = b"\xd0\xcf\x11\xe0"  # how a workbook of before 2007 begins, and one with a password
MEMORY = 1 << 30  # bytes that opening a workbook may take
SECONDS = 30


class Unreadable(Refusal):
    """No rows can be had from this file."""

    code = "spreadsheet-unreadable"


class NotASpreadsheet(Unreadable):
    """It is something else: a picture, a PDF, a text document, or a workbook of before 2007."""

    code = "spreadsheet-of-another-kind"


class Locked(Unreadable):
    """It opens with a password only."""

    code = "spreadsheet-locked"


class TooLarge(Unreadable):
    """More bytes or characters than we take, as it is or once it is unpacked."""

    code = "spreadsheet-too-large"


class TooManyRows(Unreadable):
    code = "spreadsheet-too-many-rows"


class TooWide(Unreadable):
    """More columns, or a longer cell, than any list of ours has."""

    code = "spreadsheet-too-wide"


class OpenQuote(Unreadable):
    """A quotation mark of a CSV file is not closed: where its cells end, nobody can say."""

    code = "spreadsheet-open-quote"


class NoRows(Unreadable):
    code = "spreadsheet-empty"


class NoHeadings(Unreadable):
    """No row has the headings without which we do not know what stands where."""

    code = "spreadsheet-without-headings"


@dataclass(frozen=True, slots=True)
class Row:
    line: int  # as the spreadsheet counts, from 1
    cells: tuple[str, ...]


def read(sent: bytes) -> tuple[Row, ...]:
    """The rows with something in them, of a workbook those of its first visible sheet with any."""
    if len(sent) > BYTES:
        raise TooLarge(megabytes=BYTES // 1_000_000)
    if sent.startswith(b"PK"):
        rows = _in_a_process_of_its_own(sent)
    elif sent.startswith(CABINET) and "EncryptedPackage".encode("utf-16-le") in sent:
        raise Locked
    elif sent.startswith((CABINET, b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff")):
        raise NotASpreadsheet
    else:
        rows = tuple(_kept(_of_csv(_text(sent))))
    if not rows:
        raise NoRows
    return rows


# What the first row says of the others


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by the names of their columns."""

    columns: Mapping[str, int]  # our name of a column: where it stands, from 0
    unknown: tuple[str, ...]  # headings that mean nothing to us
    rows: tuple[Row, ...]  # below the headings

    def cell(self, row: Row, name: str) -> str:
        """What stands in this column; nothing where the file has no such column."""
        at = self.columns.get(name, len(row.cells))
        return row.cells[at] if at < len(row.cells) else ""


LOOKED_THROUGH = 20  # rows: above the headings there may be a title and a date


def table(
    rows: Sequence[Row], headings: Mapping[str, Sequence[str]], needed: Collection[str]
) -> Table:
    """The rows below the first that has the needed headings.

    `headings` says of each of our names under which words a column is known, the one that we show
    first. Capitals, spaces and marks do not count. Of two columns that are called alike the first
    counts.
    """
    meant = {_bare(word): name for name, words in headings.items() for word in words}
    for index, row in enumerate(rows[:LOOKED_THROUGH]):
        columns = dict[str, int]()
        for at, cell in enumerate(row.cells):
            if (name := meant.get(_bare(cell))) is not None:
                columns.setdefault(name, at)
        if columns.keys() >= set(needed):
            unknown = tuple(each for each in row.cells if each and _bare(each) not in meant)
            return Table(columns, unknown, tuple(rows[index + 1 :]))
    raise NoHeadings(needed=tuple(headings[name][0] for name in needed))


def column(at: int) -> str:
    """The letters above a column: A for the first, AA for the one after Z."""
    letters = ""
    at += 1
    while at:
        at, letter = divmod(at - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _bare(heading: str) -> str:
    return "".join(sign for sign in heading.casefold() if sign.isalnum())


# Days: as ISO 8601 writes them (so do the dates of workbooks arrive), as Americans write them in
# digits, and with the name of the month.

CLOCK = re.compile(r" \d\d?:\d\d?(?P<seconds>:\d\d?)?(?P<half> [ap]m)?$", re.IGNORECASE)
DAYS = (
    "%Y-%m-%d",
    "%m/%d/%Y",
    "%m/%d/%y",
    "%m-%d-%Y",
    "%m-%d-%y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %Y",
    "%b %d %Y",
)
MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\b\.?",
    re.IGNORECASE,
)
FIRST_DAY_OF_A_SERIAL = datetime(1899, 12, 30)  # noqa: DTZ001, a spreadsheet knows no time zone
SERIALS = range(20_000, 80_000)  # the years from 1954 to 2119


def day(text: str) -> date | None:
    """The day that is meant, whatever the time beside it; None if it is not surely one."""
    found = moment(text)
    return found.date() if found else None


def moment(text: str) -> datetime | None:
    """The time that is meant, without a time zone; None if it is not surely one.

    3/4/2026 is March 4, as everywhere in this country; 14/3/2026 is none. A whole number is what a
    spreadsheet counts days with when it has lost that a cell was a date.
    """
    if not any(map(str.isdigit, text)):  # most cells for a day are blank: nothing is tried on them
        return None
    said = MONTH.sub(lambda month: month[1], text.replace(",", " ").replace("T", " "))
    said = " ".join(said.split()).removesuffix("Z")
    said = re.sub(r"\.\d+$", "", said) if ":" in said else said
    for form in DAYS:
        with suppress(ValueError):
            return datetime.strptime(said, form + _clock(said))  # noqa: DTZ007, the same
    if re.fullmatch(r"(19|20)\d{6}", said):
        with suppress(ValueError):
            return datetime.strptime(said, "%Y%m%d")  # noqa: DTZ007, the same
    if re.fullmatch(r"\d{5}(\.\d+)?", said) and int(said[:5]) in SERIALS:
        return FIRST_DAY_OF_A_SERIAL + timedelta(days=float(said))
    return None


def _clock(said: str) -> str:
    """How the time beside a day is written, if there is one."""
    found = CLOCK.search(said)
    if found is None:
        return ""
    hour, half = (" %I", " %p") if found["half"] else (" %H", "")
    return f"{hour}:%M{':%S' if found['seconds'] else ''}{half}"


# CSV


def _text(sent: bytes) -> str:
    """UTF-16 by its mark or its zeros, UTF-8, or else what Windows writes."""
    if sent.startswith((b"\xff\xfe", b"\xfe\xff")):
        tried: tuple[str, ...] = ("utf-16",)
    elif b"\0" in sent[:200]:
        tried = ("utf-16-le",) if sent[1:2] == b"\0" else ("utf-16-be",)
    else:
        tried = ("utf-8-sig", "cp1252")
    for encoding in tried:
        try:
            text = sent.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotASpreadsheet


def _of_csv(text: str) -> Iterator[Row]:
    first, _end, rest = text.lstrip("\r\n").partition("\n")
    if first.strip().lower() in ("sep=,", "sep=;", "sep=\t", "sep=|"):  # written by Excel
        between, text, skipped = first.strip()[4:] or "\t", rest, 1
    else:
        between, skipped = _between(text), 0
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    try:
        for line, cells in enumerate(lines, start=1 + skipped):
            yield Row(line, tuple(cells))
    except csv.Error as why:
        if "field larger" in str(why):
            raise TooWide(columns=COLUMNS, characters=LONGEST) from why
        raise OpenQuote(line=lines.line_num + skipped) from why


def _between(text: str) -> str:
    """What stands between the cells: the sign that is most often in the headings.

    Above them there may be a title, with signs of its own or none, so the headings are the first
    line whose sign is in the next line, too; or the one with most of them if there is no such line.
    """
    head = itertools.islice(io.StringIO(text), LOOKED_THROUGH)
    lines = [bare for line in head if (bare := re.sub(r'"[^"]*"', "", line).strip(" \r\n"))]
    signs = [max(",;\t|", key=line.count) for line in lines] or [","]
    for sign, line, following in zip(signs, lines, lines[1:], strict=False):
        if sign in line and sign in following:
            return sign
    widest = max(range(len(lines)), key=lambda at: lines[at].count(signs[at]), default=0)
    return signs[widest]


def _kept(rows: Iterable[Row]) -> Iterator[Row]:
    """Those with something in them, tidied, as long as it is no more than we take."""
    kept = characters = 0
    for row in rows:
        cells = tuple(_tidy(cell) for cell in row.cells)
        while cells and not cells[-1]:
            cells = cells[:-1]
        if not cells:
            continue
        kept += 1
        characters += sum(map(len, cells))
        if kept > ROWS + 1:  # the headings
            raise TooManyRows(rows=ROWS)
        if len(cells) > COLUMNS or max(map(len, cells)) > LONGEST:
            raise TooWide(columns=COLUMNS, characters=LONGEST)
        if characters > CHARACTERS:
            raise TooLarge(megabytes=BYTES // 1_000_000)
        yield Row(row.line, cells)


AS_TEXT = re.compile(r'="([^"]*)"')  # so a CSV file keeps the zeros before a number


def _tidy(cell: str) -> str:
    """Without spaces around it and signs that nobody sees; the ends of lines within it stay."""
    if cell.startswith('="') and (only := AS_TEXT.fullmatch(cell)):
        cell = only[1]
    if cell.isascii() and cell.isprintable():
        return cell.strip()
    lines = unicodedata.normalize("NFC", cell).replace("\xa0", " ").replace("\t", " ").splitlines()
    shown = ("".join(sign for sign in line if unicodedata.category(sign) != "Cc") for line in lines)
    return "\n".join(line.strip() for line in shown).strip("\n\ufeff ")


# Workbooks


def _in_a_process_of_its_own(sent: bytes) -> tuple[Row, ...]:
    command = [sys.executable, "-m", "postroad.spreadsheet"]
    try:
        done = subprocess.run(
            command, input=sent, capture_output=True, timeout=2 * SECONDS, check=False
        )
        told = json.loads(done.stdout) if done.returncode == 0 else {}
    except subprocess.TimeoutExpired:
        told = {}
    if "rows" in told:
        return tuple(Row(line, tuple(cells)) for line, cells in told["rows"])
    for kind in (NotASpreadsheet, Locked, TooLarge, TooManyRows, TooWide):
        if kind.code == told.get("refused"):
            raise kind(**told["facts"])
    raise Unreadable


def main() -> None:
    """Read a workbook from the standard input, and write its rows, or why not, as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    told: dict[str, object]
    try:
        told = {"rows": [(row.line, row.cells) for row in _of_workbook(sys.stdin.buffer.read())]}
    except Refusal as no:
        told = {"refused": no.code, "facts": no.facts}
    json.dump(told, sys.stdout)


def _of_workbook(sent: bytes) -> tuple[Row, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(sent)) as folder:
            parts = _unpacked(folder)
        if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
            raise Locked
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(sent))
        return _of_sheets(workbook, parts)
    except (CalamineError, ET.ParseError, MemoryError, *DAMAGED) as why:
        raise Unreadable from why


# What Python's own reader says of a folder that is cut short, encrypted, or packed in another way.
DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError)
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
PIECE = 1 << 20
Parts = Mapping[str, bytes]


def _unpacked(folder: zipfile.ZipFile) -> Parts:
    """What is in the folder. It may lie about its size, so it is unpacked as far as we would go."""
    names = folder.namelist()
    if "xl/workbook.xml" not in names and not (
        "mimetype" in names and folder.open("mimetype").read(len(ODS)) == ODS
    ):
        raise NotASpreadsheet
    parts, size = dict[str, bytes](), 0
    for name in names:
        with folder.open(name) as packed:
            pieces = []
            while piece := packed.read(PIECE):
                size += len(piece)
                if size > UNPACKED:
                    raise TooLarge(megabytes=BYTES // 1_000_000)
                pieces.append(piece)
        if name.endswith((".xml", ".rels")):
            parts[name] = b"".join(pieces)
    return parts


def _of_sheets(workbook: CalamineWorkbook, parts: Parts) -> tuple[Row, ...]:
    for index, known in enumerate(workbook.sheets_metadata):
        if known.visible != SheetVisibleEnum.Visible or known.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_index(index)
        if "xl/workbook.xml" in parts:
            merged, formulas = sheet.merged_cell_ranges or [], _formulas(parts, known.name)
        else:
            merged, formulas = _merged_in_ods(parts.get("content.xml", b""), index), {}
        if rows := tuple(_kept(_of_sheet(sheet, merged, formulas))):
            return rows
    return ()


Cell = tuple[int, int]  # row and column, from 0
Span = tuple[Cell, Cell]  # its first and its last cell


def _of_sheet(
    sheet: CalamineSheet, merged: Iterable[Span], formulas: Mapping[Cell, str]
) -> Iterator[Row]:
    """A cell that reaches over several rows is said of each of them."""
    left = sheet.start[1] if sheet.start else 0
    down = dict[int, list[tuple[int, int]]]()  # by first row: the column, and the last row
    for (top, at), (bottom, _right) in merged:
        if bottom > top:
            down.setdefault(top, []).append((at, bottom))
    reach = dict[int, tuple[int, str]]()  # by column: as far as which row, and what it says
    for index, values in enumerate(sheet.iter_rows()):
        cells = [""] * left + [_shown(value) for value in values]
        for at, cell in enumerate(cells):
            if not cell:
                last, said = reach.get(at, (-1, ""))
                cells[at] = said if index <= last else formulas.get((index, at), "")
        for at, last in down.get(index, ()):
            if at < len(cells):
                reach[at] = (last, cells[at])
        yield Row(index + 1, tuple(cells))


def _shown(value: object) -> str:
    """A value as text: whole numbers without a point, days as ISO 8601 writes them."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return str(value)


EXACT = 10**15  # a workbook keeps fifteen digits of a number


def _formulas(parts: Parts, name: str) -> dict[Cell, str]:
    """Of an XLSX: the text of formulas, which stands in for a result that was never reckoned."""
    found = dict[Cell, str]()
    part = parts.get(_part_of(parts, name), b"")
    if b"<f" not in part and b":f" not in part:
        return found
    for _event, cell in ET.iterparse(io.BytesIO(part)):  # noqa: S314, in a process with limits
        if _local(cell.tag) != "c":
            continue
        formula = "".join(each.text or "" for each in cell if _local(each.tag) == "f")
        placed = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", cell.get("r", ""))
        if formula and placed:
            found[int(placed[2]) - 1, _at(placed[1])] = f"={formula}"
        cell.clear()
    return found


def _part_of(parts: Parts, name: str) -> str:
    """The part of an XLSX in which the sheet of this name is kept."""
    relation = next(
        (
            value
            for sheet in ET.fromstring(parts["xl/workbook.xml"]).iter()  # noqa: S314, as above
            if _local(sheet.tag) == "sheet" and sheet.get("name") == name
            for key, value in sheet.items()
            if _local(key) == "id"
        ),
        "",
    )
    relations = ET.fromstring(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))  # noqa: S314, as above
    target = next((each.get("Target", "") for each in relations if each.get("Id") == relation), "")
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _merged_in_ods(content: bytes, wanted: int) -> list[Span]:
    """Of an ODS: the cells that reach over several rows, in its sheet of this number."""
    found = list[Span]()
    sheet, row, at = -1, 0, 0
    events = ET.iterparse(io.BytesIO(content), ("start", "end"))  # noqa: S314, as above
    for event, each in events:
        kind = _local(each.tag)
        if event == "start" and kind == "table":
            sheet, row = sheet + 1, 0
        elif event == "start" and kind == "table-row":
            at = 0
        elif event == "end" and kind == "table-row":
            row += _number(each, "number-rows-repeated")
            each.clear()
        elif event == "end" and kind in ("table-cell", "covered-table-cell"):
            rows = _number(each, "number-rows-spanned")
            if sheet == wanted and rows > 1:
                found.append(((row, at), (row + rows - 1, at)))
            at += _number(each, "number-columns-repeated")
    return found


def _number(element: ET.Element, name: str) -> int:
    said = next((value for key, value in element.items() if _local(key) == name), "1")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 8 else 1


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _at(letters: str) -> int:
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - ord("A") + 1
    return at - 1


if __name__ == "__main__":
    main()
