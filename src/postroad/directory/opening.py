"""When a library is open: weekdays, closures and the counting of working days.

Pure: facts come in, days come out. A working day is that library's own day, in its time zone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

ALWAYS = "MTWTFSS"
NEVER = "-------"
Scope = int | str  # of whom something is said: a library by its key, a state by its code; "": all
HORIZON = 366  # days that a search looks ahead before it says "never"


@cache
def weekdays(days: str) -> frozenset[int]:
    """The weekdays (Monday is 0) of a string like "MTWTF--"; a hyphen is a day without."""
    if not days:
        return frozenset()
    if len(days) != 7:
        raise ValueError(f"seven places, Monday first, wanted; got {days!r}")
    return frozenset(place for place, letter in enumerate(days) if letter != "-")


class Standing(StrEnum):
    """Whether a library is open on a day. Where no opening days are known, it is neither."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Shut:
    """A stretch of days, both ends included, on which something does not happen."""

    first: date
    last: date
    reason: str = ""
    held: bool = False  # what is for there is kept for it, however short it is (R6)

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of days, both ends included, on which other weekdays than usual hold."""

    first: date
    last: date
    days: frozenset[int]

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days on which a library (or a stop of the van) is at work."""

    days: frozenset[int]
    zone: str = "America/New_York"
    shut: tuple[Shut, ...] = ()
    spells: tuple[Spell, ...] = ()

    def day_of(self, moment: datetime) -> date:
        """The library's own date at an aware moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def shut_on(self, day: date) -> Shut | None:
        """The closure that covers this day, if any."""
        return next((shut for shut in self.shut if shut.covers(day)), None)

    def days_on(self, day: date) -> frozenset[int]:
        """The weekdays that hold around this day: those of the spell that began last, if any."""
        spells = [spell for spell in self.spells if spell.covers(day)]
        return max(spells, key=lambda spell: spell.first).days if spells else self.days

    def is_open(self, day: date) -> bool:
        return day.weekday() in self.days_on(day) and self.shut_on(day) is None

    @property
    def known(self) -> bool:
        """Whether anything is known of its usual days."""
        return bool(self.days)

    def standing(self, day: date) -> Standing:
        """What may be said of a day: an unknown one is neither open nor closed."""
        if self.shut_on(day) is not None:
            return Standing.CLOSED
        if not self.known:
            return Standing.UNKNOWN
        return Standing.OPEN if self.is_open(day) else Standing.CLOSED

    def last_open(self, day: date) -> date:
        """The last open day at or before `day`; `day` itself where none is known."""
        for back in range(HORIZON):
            if self.is_open(day - timedelta(days=back)):
                return day - timedelta(days=back)
        return day

    def eve(self, day: date) -> datetime:
        """The last moment before it is open again after `day`: nothing rings behind a locked door.

        Where no open day is known, the end of `day` itself.
        """
        again = self.next_open(day + timedelta(days=1))
        return self.end_of(again - timedelta(days=1) if again else day)

    def kept_until(self, day: date, count: int) -> date:
        """The last of `count` days after `day` on which something is kept for somebody.

        Days of a closure do not count, and the last one is an open day. While nobody knows when it
        opens again, the days of the calendar have to do.
        """
        counted, last = 0, day
        for _ahead in range(count + HORIZON):
            if counted >= count:
                break
            last += timedelta(days=1)
            counted += self.shut_on(last) is None
        return self.next_open(last) or day + timedelta(days=count)

    def open_days(self, start: date) -> Iterator[date]:
        """The open days from `start` on, that day included; ends after a year without hope."""
        for ahead in range(HORIZON):
            day = start + timedelta(days=ahead)
            if self.is_open(day):
                yield day

    def next_open(self, day: date) -> date | None:
        """The first open day at or after `day`, or None if there is none within a year."""
        return next(self.open_days(day), None)

    def after(self, moment: datetime, count: int) -> datetime | None:
        """The end of the `count`th working day after the day of `moment`, or None if never.

        The day itself does not count. The answer is the last second of that local day, in UTC, so
        that a night on which the clocks change makes no day shorter or longer.
        """
        start = self.day_of(moment) + timedelta(days=1)
        for number, day in enumerate(self.open_days(start), start=1):
            if number >= count:
                return self.end_of(day)
        return None

    def hours_after(self, moment: datetime, hours: int) -> datetime | None:
        """So many hours at work after a moment, of which each working day has 24: "48 hours" on a
        Friday morning end on Tuesday morning where nobody works at weekends. None if never.

        By the clock on the wall, so that a night on which it changes makes no day longer.
        """
        zone = ZoneInfo(self.zone)
        now = moment.astimezone(zone).replace(tzinfo=None)
        left = timedelta(hours=hours)
        for day in self.open_days(now.date()):
            midnight = datetime.combine(day, time())
            begins = max(now, midnight)
            rest = midnight + timedelta(days=1) - begins
            if left == rest:  # with the day, not as the next begins, which may be a closed one
                return self.end_of(day)
            if left < rest:
                return (begins + left).replace(tzinfo=zone).astimezone(UTC)
            left -= rest
        return None

    def end_of(self, day: date) -> datetime:
        """The last second of a local day, as UTC."""
        midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(self.zone))
        return midnight.astimezone(UTC) - timedelta(seconds=1)


def scopes(library: int, state: str, *, outside: bool = False) -> tuple[Scope, ...]:
    """Whose closures are a library's business, its own first. What is said of a state or of all is
    said of members."""
    return (library,) if outside else (library, state, "")


def calendar(
    days: str,
    zone: str,
    scopes: Iterable[Scope],
    shut: Mapping[Scope, Sequence[Shut]],
    spells: Sequence[Spell] = (),
) -> Calendar:
    """The one way from what is known of many to the days of one: whoever reads closures, of one
    library or of all, for a desk or for the van, makes its calendars here."""
    stretches = tuple(each for scope in scopes for each in shut.get(scope, ()))
    return Calendar(weekdays(days), zone, stretches, tuple(spells))
