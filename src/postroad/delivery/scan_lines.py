"""The lines of a file of scans: time, place, step, number. Pure: text in, lines out.

What is wrong with a line is said of its column; a line that is wrong stops no other.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from postroad import spreadsheet
from postroad.errors import Refusal
from postroad.spreadsheet import NotASpreadsheet
from postroad.spreadsheet.comma_separated import text_of

MOST_LINES = 50_000
MOST_BYTES = 10_000_000
AHEAD = timedelta(hours=1)  # by which a scanner's clock may be wrong
OLDEST = timedelta(days=366)
LONGEST = 300  # characters of a line that are kept when it is bad
COLUMNS = 200  # of which the headings are read
HEADINGS = {
    "time": ("time", "at", "scanned at", "date", "timestamp", "scan time"),
    "place": ("place", "route", "stop", "hub", "route or stop", "location"),
    "step": ("step", "event", "status", "scan", "action"),
    "number": ("number", "barcode", "parcel", "container", "item"),
    "library": ("library", "owner", "item library"),
    "into": ("into", "bin", "bag"),
}
NEEDED = ("time", "place", "step", "number")
ABOVE = re.compile(r"(?:[ \t]*\n)*(?:sep=.\n)?", re.I)
CLOCK = re.compile(r":|\dT\d|^\d{5}\.\d")  # a day alone says no time, nor does its serial number


class NotALineFile(Refusal):
    """No text, or no headings that say what is in the columns."""

    code = "scan-file-unreadable"


class TooManyLines(Refusal):
    """More than a day of a whole state's scans: something is wrong with it."""

    code = "scan-file-too-large"


class Told(StrEnum):
    """What a line says that happened."""

    PICKED_UP = "picked-up"
    SORTED = "sorted"
    HELD = "held"
    RELEASED = "released"
    FOUND = "found"
    MISROUTED = "misrouted"
    DAMAGED = "damaged"
    LOADED = "loaded"
    DROPPED = "dropped"
    ARRIVED = "arrived"
    CLOSED = "closed"
    EMPTIED = "emptied"


SPELLED = {
    **{each.value: each for each in Told},
    "pickup": Told.PICKED_UP,
    "pick-up": Told.PICKED_UP,
    "sort": Told.SORTED,
    "hold": Told.HELD,
    "release": Told.RELEASED,
    "load": Told.LOADED,
    "drop": Told.DROPPED,
    "delivered": Told.DROPPED,
    "close": Told.CLOSED,
    "opened": Told.EMPTIED,
    "empty": Told.EMPTIED,
}


class Why(StrEnum):
    """What is wrong with a line."""

    TIME_MISSING = "time-missing"
    TIME_UNREAD = "time-unread"
    TIME_AHEAD = "time-ahead"
    TIME_OLD = "time-old"
    PLACE_UNKNOWN = "place-unknown"
    STEP_UNKNOWN = "step-unknown"
    STEP_ELSEWHERE = "step-elsewhere"  # a drop at a hub, a hold at a library
    STEP_OF_OTHERS = "step-of-others"  # a container cannot be held, a parcel not be closed
    NUMBER_MISSING = "number-missing"
    NUMBER_UNKNOWN = "number-unknown"
    NUMBER_ROUNDED = "number-rounded"  # by a spreadsheet program, which took it for a quantity
    NUMBER_SEVERAL = "number-several"
    LIBRARY_NEEDED = "library-needed"
    INTO_UNKNOWN = "into-unknown"
    IN_ITSELF = "in-itself"
    TOO_FEW_COLUMNS = "too-few-columns"


@dataclass(frozen=True, slots=True)
class Line:
    """One scan as the file tells it."""

    line: int
    text: str
    at: datetime
    place: str
    step: Told
    number: str
    library: str = ""
    into: str = ""


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that cannot be taken: which column, and why."""

    line: int
    text: str
    column: str
    why: Why


@dataclass(frozen=True, slots=True)
class Clock:
    """When the file came, and where a time without a zone was read."""

    now: datetime
    zone: tzinfo


def read(content: bytes, clock: Clock) -> list[Line | Bad]:
    """Each line that says something, in the order of the file."""
    if len(content) > MOST_BYTES:
        raise TooManyLines(most=MOST_LINES)
    text = decoded(content)
    above, text = headings_first(text)
    rows = _rows(text)
    try:
        columns = headed(next(rows, [])[:COLUMNS])
        found = list(_lines(enumerate(rows, start=above + 2), columns, clock))
    except csv.Error as no:
        raise NotALineFile from no
    if not found:
        raise NotALineFile
    if len(found) > MOST_LINES:
        raise TooManyLines(most=MOST_LINES)
    return found


def decoded(content: bytes) -> str:
    try:
        return text_of(content).replace("\r\n", "\n").replace("\r", "\n")
    except NotASpreadsheet as no:
        raise NotALineFile from no


def headings_first(text: str) -> tuple[int, str]:
    """How many lines stand above the headings, blank ones and what Excel writes for itself; and the
    text without them."""
    above = ABOVE.match(text)
    assert above is not None  # it matches nothing, too
    return above[0].count("\n"), text[above.end() :]


def _rows(text: str) -> Iterator[list[str]]:
    """Each line for itself: no scan goes over two, and a quotation mark that is not closed would
    take all lines after it into one cell."""
    between = delimiter(text)
    for line in text.split("\n"):
        yield next(csv.reader([line], delimiter=between), [])


def delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


def headed(row: list[str]) -> dict[str, int]:
    """Which column is which; the four that are needed must be there."""
    given = [" ".join(cell.lower().replace("_", " ").split()) for cell in row]
    found = {
        name: given.index(spelled)
        for name, spellings in reversed(HEADINGS.items())
        for spelled in reversed(spellings)
        if spelled in given
    }
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise NotALineFile(missing=", ".join(missing))
    return found


def _lines(
    rows: Iterable[tuple[int, list[str]]], columns: Mapping[str, int], clock: Clock
) -> Iterator[Line | Bad]:
    for number, row in rows:
        if any(cell.strip() for cell in row):
            yield _line(number, row, columns, clock)


def _line(number: int, row: list[str], columns: Mapping[str, int], clock: Clock) -> Line | Bad:
    text = ",".join(row[:LONGEST])[:LONGEST]
    if len(row) <= max(columns[name] for name in NEEDED):
        return Bad(number, text, "", Why.TOO_FEW_COLUMNS)
    cells = {
        name: "".join(sign for sign in row[at] if sign.isprintable()).strip()
        for name, at in columns.items()
        if at < len(row)
    }
    at = moment(cells["time"], clock)
    if isinstance(at, Why):
        return Bad(number, text, "time", at)
    step = SPELLED.get("-".join(cells["step"].lower().replace("_", " ").split()))
    if step is None:
        return Bad(number, text, "step", Why.STEP_UNKNOWN)
    if not cells["number"]:
        return Bad(number, text, "number", Why.NUMBER_MISSING)
    return Line(
        number,
        text,
        at,
        cells["place"].upper()[:20],
        step,
        cells["number"][:60],
        cells.get("library", "").upper()[:20],
        cells.get("into", "")[:60],
    )


def moment(text: str, clock: Clock) -> datetime | Why:
    """A time as people and machines write it; one that cannot be is said, and not believed."""
    if not text:
        return Why.TIME_MISSING
    at = _parsed(text)
    if at is None:
        return Why.TIME_UNREAD
    if at.tzinfo is None:
        at = at.replace(tzinfo=clock.zone)
    if at > clock.now + AHEAD:
        return Why.TIME_AHEAD
    return Why.TIME_OLD if at < clock.now - OLDEST else at


def _parsed(text: str) -> datetime | None:
    if not CLOCK.search(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return spreadsheet.moment(text)
