"""Lists of licensed titles: KBART (NISO RP-9-2014 and its first version of 2010), and CUFTS.

No Django here. A full header of RP-9-2014 is held to its rules; a shorter one may leave out what it
has no column for. A bad line is told by its number and column, and keeps no other from being read.
What is written otherwise than the rule says, and can be read all the same, is told as a warning.
"""

from dataclasses import dataclass
from io import BytesIO

from postroad.protocols.kbart.header import (
    COLUMNS_2010,
    COLUMNS_2014,
    Head,
    Unsplit,
    head_of,
    split,
)
from postroad.protocols.kbart.lines import Bad, Line, Row, read_cells, read_line
from postroad.protocols.kbart.text import NotATitleList, Text, lines_of, look

REPEATED = "This line says the same as one before it."
EMPTY = "The file has a header and no titles under it."


@dataclass(frozen=True, slots=True)
class TitleFile:
    """What was read: how it was written, the good lines and the bad ones."""

    layout: str
    encoding: str
    rows: tuple[Row, ...]
    bad: tuple[Bad, ...]
    warnings: tuple[str, ...] = ()


def read(content: bytes) -> TitleFile:
    """All titles of a small file; raises `NotATitleList` where there is none to read."""
    text = look(BytesIO(content))
    head = head_of(lines_of(BytesIO(content), text), text)
    rows: list[Row] = []
    bad: list[Bad] = []
    seen: set[int] = set()
    for number, said in lines_of(BytesIO(content), text):
        if number <= head.at or (line := read_line(head, number, said)) is None:
            continue
        wrong = line.bad
        if not wrong and line.row.mark in seen:
            wrong = (Bad(number, "", REPEATED),)
        bad.extend(wrong)
        if not wrong:
            seen.add(line.row.mark)
            rows.append(line.row)
    if not rows and not bad:
        raise NotATitleList(EMPTY)
    return TitleFile(head.layout, text.name, tuple(rows), tuple(bad), head.warnings)


__all__ = [
    "COLUMNS_2010",
    "COLUMNS_2014",
    "EMPTY",
    "REPEATED",
    "Bad",
    "Head",
    "Line",
    "NotATitleList",
    "Row",
    "Text",
    "TitleFile",
    "Unsplit",
    "head_of",
    "lines_of",
    "look",
    "read",
    "read_cells",
    "read_line",
    "split",
]
