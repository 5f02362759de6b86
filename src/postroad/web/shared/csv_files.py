"""Lists as CSV: one home for what a spreadsheet of somebody else opens.

A list's own page answers with it (`?format=csv`), so that its gate, filters and order are the same.
It is streamed, however long it is; the columns are chosen; no cell is taken for a formula.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from postroad import words
from postroad.ill.models import Loan, Request, Supply
from postroad.reference_numbers import grouped

CHUNK = 500  # rows that are read at once
# With which a spreadsheet takes a cell for one; some read the wide forms as the narrow ones.
FORMULA = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")
OURS = ("format", "column", "page", "from", "of")  # of an address: no filters
BOM = "\ufeff"  # by which a spreadsheet knows that it is UTF-8


def defused(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, whoever wrote it."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def as_it_was(cell: str) -> str:
    """A cell that was defused and has come back."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def written(value: object) -> str:
    """A day as ISO 8601 writes it, in the reader's zone; nothing for what is not known."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a row of any list is about."""

    ill: Request
    supply: Supply | None
    loan: Loan | None

    @classmethod
    def of(cls, row: Request | Supply | Loan) -> "Parts":
        if isinstance(row, Loan):
            return cls(row.request, row.supply, row)
        if isinstance(row, Supply):
            return cls(row.request, row, None)
        return cls(row, row.supply, row.loan)

    @property
    def stands(self) -> str:
        if self.loan is not None:
            return words.label(words.ill.LOAN_STATES, self.loan.state)
        if self.supply is not None and self.ill.state != "centre":
            return words.label(words.ill.SUPPLY_STATES, self.supply.state)
        return words.label(words.ill.STATES, self.ill.state)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the address, its heading, what stands in it."""

    key: str
    label: Promise
    value: Callable[[Parts], object]


LOANS = (
    Column("number", _("Number"), lambda of: grouped(of.ill.ref)),
    Column("title", _("Title"), lambda of: of.ill.title),
    Column("author", _("Author"), lambda of: of.ill.author),
    Column("format", _("Format"), lambda of: of.ill.get_format_display()),
    Column("borrower", _("Borrowing library"), lambda of: of.ill.library.name),
    Column("lender", _("Lending library"), lambda of: of.supply and of.supply.lender_name),
    Column("status", _("Status"), lambda of: of.stands),
    Column("asked", _("Asked"), lambda of: of.ill.asked_at),
    Column("needed", _("Needed by"), lambda of: of.ill.need_by),
    Column("shipped", _("Shipped"), lambda of: of.supply and of.supply.shipped_at),
    Column("barcode", _("Barcode"), lambda of: of.loan and of.loan.barcode),
    Column("due", _("Due"), lambda of: of.loan and of.loan.due_back),
)
OUTCOME = Column(
    "outcome",
    _("Outcome"),
    lambda of: of.ill.outcome and words.label(words.ill.OUTCOMES, of.ill.outcome),
)
# Of the borrowing library's own staff alone.
PATRON = Column("patron", _("Patron"), lambda of: of.ill.patron)
CENTER = (
    Column("turn", _("Whose turn"), lambda of: words.label(words.ill.OWNERS, of.ill.owner)),
    Column("since", _("Since"), lambda of: of.ill.turn_since),
    Column("until", _("Until"), lambda of: of.ill.turn_until),
    Column("manager", _("Looked after by"), lambda of: of.ill.managed_by),
)


@dataclass(frozen=True, slots=True)
class Download:
    """The button of a list: its columns, and what of the address says which list it is."""

    columns: Sequence[Column]
    kept: Sequence[tuple[str, str]]


def wanted(request: HttpRequest) -> bool:
    return request.GET.get("format") == "csv"


def offered(request: HttpRequest, columns: Sequence[Column]) -> Download:
    kept = [
        (name, value)
        for name, values in request.GET.lists()
        if name not in OURS
        for value in values
    ]
    return Download(columns, kept)


def answer(request: HttpRequest, name: str, columns: Sequence[Column], rows: Any) -> HttpResponse:
    """A list with the columns that the address chooses, or all of them."""
    named = set(request.GET.getlist("column"))
    chosen = [each for each in columns if each.key in named] or columns
    lines = _lines(chosen, rows.iterator(chunk_size=CHUNK), timezone.get_current_timezone_name())
    said = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    said["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return cast("HttpResponse", said)  # what a page may answer with


class Line:
    """What a csv.writer writes to: it gives each line back."""

    def write(self, line: str) -> str:
        return line


def _lines(columns: Sequence[Column], rows: Iterable[Any], zone: str) -> Iterator[str]:
    """Line by line, each in the days of whoever asked: the page itself is over by then."""
    writer = csv.writer(Line())
    yield BOM + writer.writerow([defused(str(each.label)) for each in columns])
    for row in rows:
        with timezone.override(zone):
            of = Parts.of(row)
            line = [defused(written(each.value(of))) for each in columns]
        yield writer.writerow(line)


def plain(name: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table of its own columns, whose first row are the headings."""
    writer = csv.writer(Line())
    lines = (writer.writerow([defused(written(each)) for each in row]) for row in rows)
    said = StreamingHttpResponse(chain([BOM], lines), content_type="text/csv; charset=utf-8")
    said["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return cast("HttpResponse", said)  # what a page may answer with
