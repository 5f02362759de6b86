"""A list of barcodes, and where each of them goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from postroad import spreadsheet
from postroad.ill import destinations
from postroad.ill.destinations import Answer, Question
from postroad.ill.sorting import Reason

HEADINGS: Mapping[str, Sequence[str]] = {
    "barcode": ("Barcode", "Item barcode", "Number"),
    "library": ("Library", "Owner", "Owning library"),
}
NEEDED = ["barcode"]
WRONG = frozenset({Reason.UNREADABLE, Reason.ROUNDED, Reason.NO_LIBRARY})


@dataclass(frozen=True, slots=True)
class Line:
    line: int  # as the spreadsheet counts them
    answer: Answer

    @property
    def wrong(self) -> bool:
        """Whether it asks nothing that can be answered."""
        return self.answer.reason in WRONG


def answered(sent: bytes, now: datetime) -> list[Line]:
    """What a spreadsheet asks, line by line. Raises what `spreadsheet` does."""
    return of_table(spreadsheet.table(spreadsheet.read(sent), HEADINGS, NEEDED), now)


def of_table(table: spreadsheet.Table, now: datetime) -> list[Line]:
    asked = [Question(table.cell(row, "barcode"), table.cell(row, "library")) for row in table.rows]
    answers = destinations.all_of(asked, now)
    return [Line(row.line, answer) for row, answer in zip(table.rows, answers, strict=True)]
