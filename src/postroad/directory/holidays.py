"""The holidays of both states, as the calendar has them. They are proposed; what counts for a
library are the closures that somebody entered.

Pure: a year comes in, days come out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

MONDAY, THURSDAY, SUNDAY = 0, 3, 6


@dataclass(frozen=True, slots=True)
class Holiday:
    day: date
    name: str
    state: str = ""  # the one that keeps it; both, where empty


def of_years(first_year: int, last_year: int) -> Iterator[Holiday]:
    """In order. One that falls on a Sunday is kept on the Monday."""
    for year in range(first_year, last_year + 1):
        for holiday in in_year(year):
            is_sunday = holiday.day.weekday() == SUNDAY
            yield replace(holiday, day=holiday.day + timedelta(days=is_sunday))


def in_year(year: int) -> tuple[Holiday, ...]:
    return (
        Holiday(date(year, 1, 1), "New Year's Day"),
        Holiday(nth(year, 1, MONDAY, 3), "Martin Luther King Jr. Day"),
        Holiday(nth(year, 2, MONDAY, 3), "Presidents' Day"),
        Holiday(nth(year, 4, MONDAY, 3), "Patriots' Day", "MA"),
        Holiday(nth(year, 6, MONDAY, 1) - timedelta(days=7), "Memorial Day"),
        Holiday(date(year, 6, 19), "Juneteenth"),
        Holiday(date(year, 7, 4), "Independence Day"),
        Holiday(nth(year, 8, MONDAY, 2), "Victory Day", "RI"),
        Holiday(nth(year, 9, MONDAY, 1), "Labor Day"),
        Holiday(nth(year, 10, MONDAY, 2), "Columbus Day"),
        Holiday(date(year, 11, 11), "Veterans Day"),
        Holiday(nth(year, 11, THURSDAY, 4), "Thanksgiving Day"),
        Holiday(date(year, 12, 25), "Christmas Day"),
    )


def nth(year: int, month: int, weekday: int, count: int) -> date:
    """The third Monday of January, for instance: weekday 0, count 3."""
    first = date(year, month, 1)
    ahead = (weekday - first.weekday()) % 7
    return first + timedelta(days=ahead + 7 * (count - 1))
