"""What the first row says of the others."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from postroad.spreadsheet.rows import LOOKED_THROUGH, Row, Unreadable

Why = TypeVar("Why")


class NoHeadings(Unreadable):
    """No row has the headings without which we do not know what stands where."""

    code = "spreadsheet-without-headings"


@dataclass(frozen=True)  # with slots, Python 3.11 cannot make one of a given kind
class WrongCell(Generic[Why]):
    """A cell that cannot be taken, and why in the words of whoever reads it."""

    line: int
    column: str  # its letters in the spreadsheet; empty, where there is no such column
    why: Why
    text: str


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
