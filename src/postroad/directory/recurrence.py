"""The days on which an event repeats (RFC 5545), worked out day by day within bounds.

Pure. A closure is whole days, so hours of a rule do not matter; what would need them is refused. No
rule, however it was made, is looked at for more days than there is budget for: the libraries that
do this look for a day that never comes until the year 9999.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

DAY = timedelta(days=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
KNOWN = frozenset("FREQ INTERVAL COUNT UNTIL WKST BYDAY BYMONTH BYMONTHDAY BYSETPOS".split())
OF_A_DAY = frozenset(("SECONDLY", "MINUTELY", "HOURLY"))


class Why(StrEnum):
    """Why a rule is not worked out."""

    TOO_OFTEN = "too-often"
    NOT_KNOWN = "not-known"
    TOO_FAR = "too-far"


class Refused(ValueError):
    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


@dataclass(slots=True)
class Budget:
    """Days that may still be looked at, for a whole file."""

    days: int

    def spend(self, days: int) -> None:
        self.days -= days
        if self.days < 0:
            raise Refused(Why.TOO_FAR)


@dataclass(frozen=True, slots=True)
class Rule:
    start: date
    freq: str
    interval: int = 1
    count: int | None = None
    until: date = date.max
    week_start: int = 0
    weekdays: Collection[tuple[int, int]] = ()  # which of the month or year (0: each), weekday
    months: Collection[int] = ()
    month_days: Collection[int] = ()
    places: Sequence[int] = field(default=())

    def days(self, first: date, last: date, budget: Budget) -> Iterator[date]:
        """Its days from `first` to `last`. Raises Refused."""
        counted = 0
        last = min(last, self.until)
        for period in self._periods(first, last):
            budget.spend(len(period))
            for day in self._chosen(period):
                if day < self.start:
                    continue
                counted += 1
                if day > last or (self.count is not None and counted > self.count):
                    return
                if day >= first:
                    yield day

    def _periods(self, first: date, last: date) -> Iterator[list[date]]:
        """The days of each day, week, month or year that may have some; those that are over are
        passed by where nobody has to count them."""
        number = 0 if self.count is not None else self._passed(first)
        while (begin := self._begin(number)) is not None and begin <= last:
            end = self._end(begin)
            yield [begin + DAY * ahead for ahead in range((end - begin).days)]
            number += self.interval

    def _passed(self, first: date) -> int:
        """How many days, weeks, months or years after the first one to begin, a whole number of
        intervals and not later than `first`."""
        if first <= self.start:
            return 0
        between = {
            "DAILY": (first - self.start).days,
            "WEEKLY": (first - self.start).days // 7,
            "MONTHLY": (first.year - self.start.year) * 12 + first.month - self.start.month,
            "YEARLY": first.year - self.start.year,
        }[self.freq]
        return max(between // self.interval - 1, 0) * self.interval

    def _begin(self, number: int) -> date | None:
        try:
            if self.freq == "DAILY":
                return self.start + DAY * number
            if self.freq == "WEEKLY":
                back = (self.start.weekday() - self.week_start) % 7
                return self.start - DAY * back + DAY * 7 * number
            if self.freq == "MONTHLY":
                years, month = divmod(self.start.month - 1 + number, 12)
                return date(self.start.year + years, month + 1, 1)
            return date(self.start.year + number, 1, 1)
        except (OverflowError, ValueError):
            return None  # behind the last year that there is

    def _end(self, begin: date) -> date:
        if self.freq == "DAILY":
            return begin + DAY
        if self.freq == "WEEKLY":
            return begin + DAY * 7
        return month_after(begin) if self.freq == "MONTHLY" else date(begin.year + 1, 1, 1)

    def _chosen(self, period: Sequence[date]) -> list[date]:
        days = [day for day in period if self._fits(day)]
        if not self.places:
            return days
        at = {place - 1 if place > 0 else len(days) + place for place in self.places}
        return [day for place, day in enumerate(days) if place in at]

    def _fits(self, day: date) -> bool:
        if self.months and day.month not in self.months:
            return False
        if self.month_days and not {day.day, (day - month_after(day)).days} & {*self.month_days}:
            return False
        if self.weekdays:
            return any(
                day.weekday() == weekday and (not which or which in self._which(day))
                for which, weekday in self.weekdays
            )
        return bool(self.month_days) or self._as_at_first(day)

    def _which(self, day: date) -> tuple[int, int]:
        """Which of its weekdays it is, from the beginning and from the end."""
        if self.freq == "YEARLY" and not self.months:
            begin, end = date(day.year, 1, 1), date(day.year + 1, 1, 1)
        else:
            begin, end = day.replace(day=1), month_after(day)
        return (day - begin).days // 7 + 1, -(((end - day).days - 1) // 7 + 1)

    def _as_at_first(self, day: date) -> bool:
        """What the rule leaves open is as on its first day."""
        if self.freq == "DAILY":
            return True
        if self.freq == "WEEKLY":
            return day.weekday() == self.start.weekday()
        same = day.day == self.start.day
        return same and (
            self.freq == "MONTHLY" or bool(self.months) or day.month == self.start.month
        )


def month_after(day: date) -> date:
    years, month = divmod(day.month, 12)
    return date(day.year + years, month + 1, 1)


def rule(start: date, parts: Mapping[str, Sequence[Any]], until: date | None) -> Rule:
    """A rule from its parts, as icalendar has read them. Raises Refused."""
    freq = str(_one(parts, "FREQ", "")).upper()
    if freq in OF_A_DAY:
        raise Refused(Why.TOO_OFTEN)
    numbered = any(str(each)[:-2] for each in parts.get("BYDAY", ()))
    if (
        freq not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
        or {*map(str.upper, parts)} - KNOWN
        or (numbered and freq in ("DAILY", "WEEKLY"))
        or (freq == "WEEKLY" and parts.get("BYMONTHDAY"))
    ):
        raise Refused(Why.NOT_KNOWN)
    interval, count = int(_one(parts, "INTERVAL", 1)), _one(parts, "COUNT", None)
    if interval < 1 or (count is not None and int(count) < 1):
        raise Refused(Why.NOT_KNOWN)
    return Rule(
        start=start,
        freq=freq,
        interval=interval,
        count=None if count is None else int(count),
        until=until or date.max,
        week_start=WEEKDAYS.index(str(_one(parts, "WKST", "MO")).upper()),
        weekdays=[_weekday(str(each)) for each in parts.get("BYDAY", ())],
        months=[int(each) for each in parts.get("BYMONTH", ())],
        month_days=[int(each) for each in parts.get("BYMONTHDAY", ())],
        places=[int(each) for each in parts.get("BYSETPOS", ())],
    )


def _one(parts: Mapping[str, Sequence[Any]], name: str, usual: Any) -> Any:
    found = parts.get(name)
    return found[0] if found else usual


def _weekday(text: str) -> tuple[int, int]:
    return int(text[:-2] or 0), WEEKDAYS.index(text[-2:].upper())
