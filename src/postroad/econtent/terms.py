"""Who may use a licensed resource, and whether a title's coverage reaches an issue.

No Django here. What nobody has written down is unknown, and unknown is never yes.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Literal, Protocol

LONGEST = 18  # digits of a volume or an issue
Who = Literal["kind", "membership", "library", "network", "town", "zip", "on-site", "everybody"]


class Answer(Enum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a reader and the library that serves them."""

    library: str = ""
    kind: str = ""
    membership: str = ""
    networks: frozenset[str] | None = None
    town: str = ""
    zip_code: str = ""
    is_on_site: bool | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """One group that may use a resource."""

    who: Who
    value: str = ""


class Coverage(Protocol):
    """One stretch of a title's coverage, as KBART tells it."""

    @property
    def begin(self) -> str: ...
    @property
    def first_volume(self) -> str: ...
    @property
    def first_issue(self) -> str: ...
    @property
    def end(self) -> str: ...
    @property
    def last_volume(self) -> str: ...
    @property
    def last_issue(self) -> str: ...
    @property
    def embargo(self) -> str: ...
    @property
    def depth(self) -> str: ...
    @property
    def is_book(self) -> bool: ...


def any_of(answers: Iterable[Answer]) -> Answer:
    """Yes if one says yes; no only if all do."""
    found = {*answers}
    for answer in (Answer.YES, Answer.UNKNOWN):
        if answer in found:
            return answer
    return Answer.NO


def all_of(answers: Iterable[Answer]) -> Answer:
    """No if one says no; yes only if all do."""
    found = {*answers}
    for answer in (Answer.NO, Answer.UNKNOWN):
        if answer in found:
            return answer
    return Answer.YES


def entitled(facts: Facts, rights: Collection[Right]) -> Answer:
    """Whether this reader may use a resource. Where no right is written down, nobody knows."""
    if not rights:
        return Answer.UNKNOWN
    return any_of(holds(right, facts) for right in rights)


def holds(right: Right, facts: Facts) -> Answer:
    match right.who:
        case "everybody":
            return Answer.YES
        case "on-site":
            at = same(right.value, facts.library) if right.value else Answer.YES
            return all_of((at, known(facts.is_on_site)))
        case "network":
            return known(None if facts.networks is None else right.value in facts.networks)
        case "library":
            return same(right.value, facts.library)
        case "membership":
            return same(right.value, facts.membership)
        case "kind":
            return same(right.value, facts.kind)
        case "town":
            return same(right.value.casefold(), facts.town.casefold())
        case "zip":
            # The four digits behind the hyphen say the street
            return same(right.value[:5], facts.zip_code[:5])


def known(fact: bool | None) -> Answer:
    if fact is None:
        return Answer.UNKNOWN
    return Answer.YES if fact else Answer.NO


def same(wanted: str, fact: str) -> Answer:
    return known(wanted.strip() == fact.strip() if wanted.strip() and fact.strip() else None)


def covers(
    rows: Iterable[Coverage], year: int | None, volume: str, issue: str, today: date
) -> Answer:
    """Whether one of a title's rows reaches this issue: a gap between two is covered by neither."""
    return any_of(row_covers(row, year, volume, issue, today) for row in rows)


def row_covers(row: Coverage, year: int | None, volume: str, issue: str, today: date) -> Answer:
    if row.depth == "abstracts":
        return Answer.NO
    if row.is_book:
        return Answer.UNKNOWN if row.depth == "selected articles" else Answer.YES
    if not year or not row.begin:  # no calendar has a year 0
        return Answer.UNKNOWN
    if year > today.year:
        return Answer.NO
    depth = Answer.YES if row.depth == "fulltext" else Answer.UNKNOWN
    return all_of(
        (
            depth,
            after_first(row, year, volume, issue),
            before_last(row, year, volume, issue),
            outside_embargo(row.embargo, year, today),
        )
    )


def after_first(row: Coverage, year: int, volume: str, issue: str) -> Answer:
    """Whether the issue is not before the first one. A date without a month means the whole year,
    unless the first issue is not the year's first."""
    if year < int(row.begin[:4]):
        return Answer.NO
    side = compared(volume, issue, row.first_volume, row.first_issue)
    if year > int(row.begin[:4]):
        return Answer.YES if side is None or side >= 0 else Answer.UNKNOWN
    if side is not None:
        return known(side >= 0)
    is_whole = row.begin[4:] in {"", "-01", "-01-01"} and row.first_issue.lstrip("0") in {"", "1"}
    return Answer.YES if is_whole else Answer.UNKNOWN


def before_last(row: Coverage, year: int, volume: str, issue: str) -> Answer:
    """Whether the issue is not behind the last one; without a last one it goes on."""
    side = compared(volume, issue, row.last_volume, row.last_issue)
    if not row.end:
        return Answer.YES if side is None or side <= 0 else Answer.UNKNOWN
    if year > int(row.end[:4]):
        return Answer.NO
    if year < int(row.end[:4]):
        return Answer.YES if side is None or side <= 0 else Answer.UNKNOWN
    if side is not None:
        return known(side <= 0)
    is_whole = row.end[4:] in {"", "-12", "-12-31"} and not row.last_issue
    return Answer.YES if is_whole else Answer.UNKNOWN


def compared(volume: str, issue: str, edge_volume: str, edge_issue: str) -> int | None:
    """Before (-1), at (0) or behind (1) an edge; None where the numbers do not tell."""
    at, edge = number(volume), number(edge_volume)
    if at is None or edge is None:
        return None
    if at != edge:
        return 1 if at > edge else -1
    if not edge_issue:
        return 0
    at, edge = number(issue), number(edge_issue)
    if at is None or edge is None:
        return None
    return (at > edge) - (at < edge)


def number(text: str) -> int | None:
    """What a volume or an issue is counted as; lists say all sorts of things there."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST else None


def outside_embargo(embargo: str, year: int, today: date) -> Answer:
    """KBART: P ends the coverage, R begins it, on a day that moves with today."""
    return all_of(outside_one(code, year, today) for code in embargo.split(";") if code)


def outside_one(code: str, year: int, today: date) -> Answer:
    turn = turning_day(code, today)
    if turn is None:
        return Answer.UNKNOWN
    is_before = date(year, 12, 31) < turn
    is_after = date(year, 1, 1) >= turn
    if not (is_before or is_after):
        return Answer.UNKNOWN
    return known(is_before if code[0] == "P" else is_after)


def turning_day(code: str, today: date) -> date | None:
    """The day on which P ends and R begins. Years and months are whole ones of the calendar, the
    running one counted: P1Y withholds this year, R1Y gives this year."""
    if code[:1] not in {"P", "R"} or not code[1:-1].isdecimal():
        return None
    back = int(code[1:-1]) - 1
    try:
        match code[-1]:
            case "Y":
                return date(today.year - back, 1, 1)
            case "M":
                months = today.year * 12 + today.month - 1 - back
                return date(months // 12, months % 12 + 1, 1)
            case "D":
                return today - timedelta(back)
    except (ValueError, OverflowError):
        return date.min
    return None
