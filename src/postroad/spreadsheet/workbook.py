"""The rows of a workbook, XLSX or ODS, opened in a process that may take only so much."""

import io
import json
import re
import resource
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from xml.etree import ElementTree as ET

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from postroad.errors import Refusal
from postroad.spreadsheet.rows import (
    BYTES,
    UNPACKED,
    Locked,
    NotASpreadsheet,
    Row,
    TooLarge,
    TooManyRows,
    TooWide,
    Unreadable,
    kept,
)

MEMORY = 1 << 30  # bytes that opening a workbook may take

SECONDS = 30


def in_a_process_of_its_own(sent: bytes) -> tuple[Row, ...]:
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
        if rows := tuple(kept(_of_sheet(sheet, merged, formulas))):
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
