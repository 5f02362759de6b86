"""What a row is, how much of a file is taken, and why one is not."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from postroad.errors import Refusal

BYTES = 5_000_000  # of the file as it is sent

UNPACKED = 120_000_000  # of a workbook, which is a packed folder

ROWS = 20_000  # with something in them, besides the headings

COLUMNS = 200

LONGEST = 10_000  # characters of one cell

CHARACTERS = 20_000_000  # of all cells


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


@dataclass(frozen=True, slots=True)
class Row:
    line: int  # as the spreadsheet counts, from 1
    cells: tuple[str, ...]


LOOKED_THROUGH = 20  # rows: above the headings there may be a title and a date


def kept(rows: Iterable[Row]) -> Iterator[Row]:
    """Those with something in them, tidied, as long as it is no more than we take."""
    kept = characters = 0
    for row in rows:
        cells = tuple(tidy(cell) for cell in row.cells)
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


def tidy(cell: str) -> str:
    """Without spaces around it and signs that nobody sees; the ends of lines within it stay."""
    if cell.startswith('="') and (only := AS_TEXT.fullmatch(cell)):
        cell = only[1]
    if cell.isascii() and cell.isprintable():
        return cell.strip()
    lines = unicodedata.normalize("NFC", cell).replace("\xa0", " ").replace("\t", " ").splitlines()
    shown = ("".join(sign for sign in line if unicodedata.category(sign) != "Cc") for line in lines)
    return "\n".join(line.strip() for line in shown).strip("\n\ufeff ")
