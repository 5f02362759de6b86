"""Holdings that are coded: captions in MARC 853 to 855, numbers and dates in 863 to 865.

A subfield holds one number or two of them (1-49), and the first and the last of all subfields are
the two ends of the run. The first of them may be missing at one end: in `$a 8-69 $b -1` the run
begins with volume 8 and ends with volume 69, number 1.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from postroad.catalogue.serials import tokens
from postroad.catalogue.serials.runs import Kind, Level, Point, Run
from postroad.catalogue.serials.tokens import FIRST_YEAR, LAST_YEAR, What

COUNTS, TIMES = "abcdef", "ijkl"
Subfields = Sequence[tuple[str, str]]  # code, value


class Ends(NamedTuple):
    """What a subfield says of both ends of a run."""

    low: str
    high: str
    goes_on: bool = False

    def at(self, side: int) -> str:
        return self.high if side else self.low


BY_TIME = re.compile(r"^\(.*\)$|^\*$")  # a caption in parentheses is not written: (year)
NUMBER = re.compile(r"^(\d{1,9})(?:/(\d{1,9}))?$")


def run_of(kind: Kind, captions: Mapping[str, str], fields: Subfields) -> Run | None:
    """What the field says. None where that cannot be known."""
    values: dict[str, Ends] = {}
    for code, value in fields:
        if code in COUNTS + TIMES and value.strip(" .,"):
            if code in values:
                return None
            values[code] = ends(value.strip(" .,"))
    counts = [code for code in COUNTS if code in values]
    if not values or any(code not in captions for code in counts):
        return None
    is_open = any(value.goes_on for value in values.values())
    level, first, last = counted(captions, counts, values)
    if first is None or last is None:
        return None
    first, last = timed(values, first, 0), timed(values, last, 1)
    return Run(first, Point() if is_open else last, level, kind, is_open)


def ends(value: str) -> Ends:
    """Both ends of what a subfield holds, and whether it goes on."""
    low, dash, high = (part.strip() for part in value.partition("-"))
    if not dash:
        return Ends(low, low)
    return Ends(low, high, bool(low and not high))


def counted(
    captions: Mapping[str, str], counts: list[str], values: dict[str, Ends]
) -> tuple[Level, Point | None, Point | None]:
    """The volume, or the number, and what stands under it; a year may stand in its place."""
    if not counts:
        return Level.NONE, Point(), Point()
    top = captions[counts[0]]
    by_year = bool(BY_TIME.match(top.strip())) or top.lower().startswith("y")
    level = Level.NONE if by_year else level_of(top)
    if level is None:
        return Level.VOLUME, None, None
    rest = [code for code in counts[1:] if not BY_TIME.match(captions[code].strip())]
    made: list[Point | None] = []
    for side in (0, 1):
        number = whole(values[counts[0]].at(side), side)
        issue = whole(values[rest[0]].at(side), side) if rest else None
        if number is None and values[counts[0]].at(side):
            return level, None, None
        if by_year and number is not None and not FIRST_YEAR <= number <= LAST_YEAR:
            return level, None, None
        if by_year:
            made.append(Point("", None, issue, number, len(counts) == len(rest) + 1))
        else:
            made.append(Point("", number, issue))
    return level, made[0], made[1]


def level_of(caption: str) -> Level | None:
    """Whether it names volumes or numbers. None if we do not know the word."""
    found = [token.what for token in tokens.tokens(f"{tokens.plain(caption)} 1")]
    if found[:1] == [What.VOLUME]:
        return Level.VOLUME
    return Level.NUMBER if found[:1] == [What.NUMBER] else None


def whole(text: str, side: int) -> int | None:
    found = NUMBER.match(text)
    if not found:
        return None
    return int(found[2] if side and found[2] else found[1])


def timed(values: dict[str, Ends], point: Point, side: int) -> Point:
    """With its year. A month or a day in the second subfield makes it a part of that year."""
    year = values.get("i")
    if year is None:
        return point
    said = year.at(side) or year.high
    date = tokens.numeric(said, captioned=False, space=False) if NUMBER.match(said) else None
    if date is None or date.what is not What.YEAR:
        return point
    part = any(values[code].at(side) for code in "jkl" if code in values)
    combined = date.low != date.high
    return point._replace(year=date.high if side else date.low, whole=not (part or combined))
