"""Rows of text from a spreadsheet that somebody sends: CSV, XLSX or ODS.

No Django here. Whatever the file is, there are rows of text or a refusal that says why not. Nothing
is evaluated: a cell is the text that was last shown in it, and a formula without one is its own
text. Blank rows are left out, but each row keeps the number that the spreadsheet shows beside it.

A workbook of a few kilobytes can ask for as much memory as there is (one cell in its last row and
column is enough), and who runs out of memory there is ended and not told. So workbooks are opened
in a process of their own, which may take only so much memory and time.
"""

from postroad.spreadsheet.days import day, moment
from postroad.spreadsheet.headings import NoHeadings, Table, WrongCell, column, table
from postroad.spreadsheet.reading import read
from postroad.spreadsheet.rows import (
    BYTES,
    COLUMNS,
    LONGEST,
    ROWS,
    Locked,
    NoRows,
    NotASpreadsheet,
    OpenQuote,
    Row,
    TooLarge,
    TooManyRows,
    TooWide,
    Unreadable,
)

__all__ = [
    "BYTES",
    "COLUMNS",
    "LONGEST",
    "ROWS",
    "Locked",
    "NoHeadings",
    "NoRows",
    "NotASpreadsheet",
    "OpenQuote",
    "Row",
    "Table",
    "TooLarge",
    "TooManyRows",
    "TooWide",
    "Unreadable",
    "WrongCell",
    "column",
    "day",
    "moment",
    "read",
    "table",
]
