"""Bad lines go home as a file with their reasons, are corrected there, and come back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from postroad.accounts.models import User
from postroad.econtent import taking
from postroad.econtent.arriving import NoTitleList
from postroad.econtent.models import BadLine, ListFile
from postroad.econtent.taking import DecidedAlready
from postroad.protocols import kbart

LINE, WHY = "line", "what_is_wrong"
MOST = 1000  # lines at once: they are taken while somebody waits
TOO_MANY = "More than {:,} lines at once: send the whole list again."


@dataclass(frozen=True, slots=True)
class Corrected:
    """How many lines were taken, and how many are still wrong or were never bad."""

    taken: int
    wrong: int
    strange: int


def rows(file: ListFile) -> Iterator[list[str]]:
    """The lines that wait, under the header of their file, with number and reason behind."""
    columns = file.head["columns"]
    yield [*columns, LINE, WHY]
    waiting = file.bad_lines.filter(state=BadLine.State.OPEN).order_by("line", "pk")
    for bad in waiting.iterator(chunk_size=500):
        cells = [*bad.cells, *[""] * len(columns)][: len(columns)]
        why = " ".join(f"{column}: {said}".removeprefix(": ") for column, said in bad.wrong)
        yield [" ".join(cell.split()) for cell in (*cells, str(bad.line), why)]


def take(
    file: ListFile,
    sent: BinaryIO,
    *,
    by: User | None,
    now: datetime,
    as_it_was: Callable[[str], str] = str,
) -> Corrected:
    """Take the lines as they came back; raises NoTitleList where it is another file. `as_it_was`
    takes from a cell what was put before it when it went home."""
    taken = wrong = strange = 0
    for number, cells in read(file, sent):
        try:
            said = [as_it_was(cell) for cell in cells]
            line = taking.correct(file, number, said, by=by, now=now)
        except DecidedAlready:
            strange += 1
            continue
        taken += line.state == BadLine.State.CORRECTED
        wrong += line.state == BadLine.State.OPEN
    return Corrected(taken, wrong, strange)


def read(file: ListFile, sent: BinaryIO) -> list[tuple[int, list[str]]]:
    """The number and the cells of each line, by the names of the header."""
    columns = file.head["columns"]
    found = []
    try:
        text = kbart.look(sent)
        sent.seek(0)
        lines = kbart.lines_of(sent, text)
        _at, header = next(lines)
        separator = next(each for each in "\t;," if each in header)
        names = kbart.split(header, separator)
        if not {*columns, LINE} <= {*names}:
            raise NoTitleList(why="These are not the bad lines of this file.")
        for _number, said in lines:
            cells = dict(zip(names, kbart.split(said, separator), strict=False))
            if cells.get(LINE, "").isdecimal() and len(cells[LINE]) < 10:
                found.append((int(cells[LINE]), [cells.get(name, "") for name in columns]))
            if len(found) > MOST:
                raise NoTitleList(why=TOO_MANY.format(MOST))
    except (kbart.NotATitleList, kbart.Unsplit, StopIteration) as why:
        raise NoTitleList(why=str(why) or "These are not the bad lines of this file.") from why
    return found
