"""Hours of the clock: as people type them, as they are kept, and what they say of a moment.

Pure: no query, no clock. On which days a library is open is the calendar's (`opening`) and nobody
else's: hours are said of its opening days only, and count on no day on which it is closed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from postroad.directory.opening import ALWAYS, NEVER, Calendar, Shut, Standing, weekdays

MINUTES = 24 * 60  # of a day
LATEST = MINUTES + 6 * 60  # a night ends at six: what would end later was typed the wrong way round
MOST = 3  # stretches a day
LONGEST = 100  # characters that are typed of a day
KEPT = 255  # characters of a week, as it is kept
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From opening to closing, in minutes after midnight; closing may be after the next one."""

    opens: int
    closes: int


Spans = tuple[Span, ...]  # of one day, in order; none: not known
Week = tuple[Spans, ...]  # Monday first
UNKNOWN_WEEK: Week = ((),) * 7


class Word(StrEnum):
    """What may be said of a day without hours."""

    CLOSED = "closed"
    OPEN = "open"  # at hours that nobody knows


class Why(StrEnum):
    """Why what was typed cannot be taken."""

    NOT_HOURS = "not-hours"
    BACKWARDS = "backwards"
    OVERLAP = "overlap"
    TOO_MANY = "too-many"


class Unreadable(ValueError):
    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


class Unsaid(ValueError):
    """Something is said of some days, and nothing is known of these."""

    def __init__(self, days: Sequence[int]) -> None:
        super().__init__(days)
        self.days = days


TIME = r"(\d{1,2})(?:[:.]?(\d{2}))?\s?([ap])?"
RANGE = rf"{TIME}\s?-\s?{TIME}"
ONE = re.compile(RANGE)
SOME = re.compile(rf"{RANGE}(?:\s?[, ]\s?{RANGE})*")
SPELLED = (
    (r"(?<![a-z])([ap])\.?\s?m\b\.?", r"\1"),
    (r"(?:12\s?)?(?<![a-z])(?:noon|midday)\b", "12p"),
    (r"(?:12\s?)?(?<![a-z])midnight\b", "12a"),
    (r"[\u2010-\u2015\u2212]|(?<![a-z])(?:to|until|till|til)(?![a-z])", "-"),
    (r"[;/&+]|(?<![a-z])and(?![a-z])", ","),
    (r"\bfrom\b", ""),
)
WHOLE_DAY = ("24 hours", "24h", "24 h", "24 hrs", "24/7", "all day")


def read(typed: str) -> Spans | Word:
    """What somebody typed of a day. Raises Unreadable."""
    text = " ".join(typed[: 2 * LONGEST].casefold().split())
    if text in ("closed", "shut", "open"):
        return Word.OPEN if text == "open" else Word.CLOSED
    if text in WHOLE_DAY:
        return (Span(0, MINUTES),)
    for pattern, plain in SPELLED:
        text = re.sub(pattern, plain, text)
    text = " ".join(text.split())
    if len(text) > LONGEST or not SOME.fullmatch(text):
        raise Unreadable(Why.NOT_HOURS)
    return in_order(_span(*found.groups()) for found in ONE.finditer(text))


def _span(  # two times of three parts each, as the pattern finds them
    hour: str,
    minute: str | None,
    half: str | None,
    hour2: str,
    minute2: str | None,
    half2: str | None,
) -> Span:
    first, last = _time(hour, minute, half), _time(hour2, minute2, half2)
    by_24 = not (half or half2) and any(not 0 < each // 60 <= 12 for each in (first, last))
    opens = first if half or by_24 else _morning_or_not(first, last, half2)
    if half2 or by_24:
        closes = last if last > opens else last + MINUTES
    else:  # the next time that a clock on the wall says so
        closes = last % (MINUTES // 2)
        while closes <= opens:
            closes += MINUTES // 2
    if opens >= MINUTES or (closes > LATEST and (opens, closes) != (0, MINUTES)):
        raise Unreadable(Why.BACKWARDS)
    return Span(opens, closes)


def _time(hour: str, minute: str | None, half: str | None) -> int:
    hours, minutes = int(hour), int(minute or 0)
    if minutes > 59 or hours * 60 + minutes > MINUTES or (half and not 1 <= hours <= 12):
        raise Unreadable(Why.NOT_HOURS)
    if half:
        hours = hours % 12 + (12 if half == "p" else 0)
    return hours * 60 + minutes


def _morning_or_not(first: int, last: int, half2: str | None) -> int:
    """No library opens at four in the morning: from 7 to 11 it is the morning, else afternoon."""
    on_the_wall = first % (MINUTES // 2)
    if first // 60 in range(7, 12) or (half2 == "a" and on_the_wall < last):
        return on_the_wall
    return on_the_wall + MINUTES // 2


def in_order(spans: Iterable[Span]) -> Spans:
    """By the clock; what touches is one stretch. Raises Unreadable."""
    joined = list[Span]()
    for each in sorted(spans):
        if joined and each.opens < joined[-1].closes:
            raise Unreadable(Why.OVERLAP)
        if joined and each.opens == joined[-1].closes:
            joined[-1] = Span(joined[-1].opens, each.closes)
        else:
            joined.append(each)
    if len(joined) > MOST:
        raise Unreadable(Why.TOO_MANY)
    return tuple(joined)


def pack(week: Week) -> str:
    """A week as it is kept: "09:00-12:00,13:00-17:00|..."; nothing where no day has hours."""
    said = [",".join(f"{_clock(each.opens)}-{_clock(each.closes)}" for each in day) for day in week]
    return "|".join(said) if any(said) else ""


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@cache
def unpack(kept: str) -> Week:
    if not kept:
        return UNKNOWN_WEEK
    return tuple(
        tuple(Span(*map(_minute, each.split("-"))) for each in day.split(",") if each)
        for day in kept.split("|")
    )


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def tell(open_days: str, kept: str, said: Mapping[int, Spans | Word]) -> tuple[str, str]:
    """Opening days and hours as they are after this was said of some weekdays; others stay as they
    were. Raises Unsaid where nothing was known and something is said of some days only."""
    known = weekdays(open_days)
    unsaid = [day for day in range(7) if day not in said] if said and not known else []
    if unsaid:
        raise Unsaid(unsaid)
    week = list(unpack(kept))
    days = set(known)
    for day, what in said.items():
        week[day] = () if isinstance(what, Word) else what
        (days.discard if what is Word.CLOSED else days.add)(day)
    letters = "".join(ALWAYS[day] if day in days else "-" for day in range(7))
    letters = "" if letters == NEVER else letters
    return letters, fit(letters, pack(tuple(week)))


def fit(open_days: str, kept: str) -> str:
    """Hours without those of days that are no opening days."""
    days = weekdays(open_days)
    return pack(tuple(spans if day in days else () for day, spans in enumerate(unpack(kept))))


@dataclass(frozen=True, slots=True)
class Season:
    """Days, both ends included, on which other hours hold; a weekday without is as usual."""

    first: date
    last: date
    week: Week
    name: str = ""

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


class State(StrEnum):
    OPEN = "open"
    OPEN_TODAY = "open-today"  # a day on which it is open; nobody knows its hours
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Turn:
    """When it opens, or closes: a minute of a day of its own; none: nobody knows the hour."""

    day: date
    minute: int | None = None


@dataclass(frozen=True, slots=True)
class Now:
    """How a library stands at a moment, by its own clock."""

    today: date
    state: State
    turn: Turn | None = None  # when an open one closes, and a closed one opens


@dataclass(frozen=True, slots=True)
class Weekday:
    """A weekday as a page shows it, and what is different the next time that it comes."""

    day: date  # today, or within the next six days
    is_today: bool
    usual: Spans
    opening_day: bool
    shut: Shut | None
    special: Season | None  # other hours hold on it
    spans: Spans  # that hold on it


@dataclass(frozen=True, slots=True)
class Timetable:
    """The calendar of a library's desk with the hours of its opening days."""

    calendar: Calendar
    week: Week = UNKNOWN_WEEK
    seasons: tuple[Season, ...] = ()

    @property
    def known(self) -> bool:
        """Whether the hours of any opening day are known."""
        return any(self.week[day] for day in self.calendar.days)

    def special_on(self, day: date) -> Season | None:
        """The one that began last, of those with other hours for this day."""
        found = [each for each in self.seasons if each.covers(day) and each.week[day.weekday()]]
        return max(found, key=lambda each: each.first) if found else None

    def spans_on(self, day: date) -> Spans:
        """Its hours; none where it is closed, or where nobody knows them."""
        if not self.calendar.is_open(day):
            return ()
        special = self.special_on(day)
        return special.week[day.weekday()] if special else self.week[day.weekday()]

    def now(self, moment: datetime) -> Now:
        clock = moment.astimezone(ZoneInfo(self.calendar.zone))
        today, minute = clock.date(), clock.hour * 60 + clock.minute
        if (closes := self._closes(today, minute)) is not None:
            return Now(today, State.OPEN, closes)
        standing = self.calendar.standing(today)
        if standing is Standing.UNKNOWN:
            return Now(today, State.UNKNOWN)
        if standing is Standing.OPEN and not self.spans_on(today):
            return Now(today, State.OPEN_TODAY)
        return Now(today, State.CLOSED, self._opens(today, minute))

    def _closes(self, today: date, minute: int) -> Turn | None:
        """When it closes, if it is open: what began yesterday may last beyond midnight."""
        for day, at in ((today, minute), (today - DAY, minute + MINUTES)):
            for span in self.spans_on(day):
                if span.opens <= at < span.closes:
                    return self._end(day, span.closes)
        return None

    def _end(self, day: date, closes: int) -> Turn:
        """Where it opens again at the same minute, it does not close."""
        for _more in range(7):
            after, minute = day + DAY, closes - MINUTES
            on = next((each for each in self.spans_on(after) if each.opens == minute), None)
            if on is None:
                break
            day, closes = after, on.closes
        return Turn(day, closes)

    def _opens(self, today: date, minute: int) -> Turn | None:
        for day in self.calendar.open_days(today):
            spans = self.spans_on(day)
            coming = [each for each in spans if day > today or each.opens > minute]
            if coming:
                return Turn(day, coming[0].opens)
            if not spans:
                return Turn(day)
        return None

    def days(self, today: date) -> list[Weekday]:
        """Monday to Sunday, each as it will be the next time."""
        coming = sorted((today + DAY * ahead for ahead in range(7)), key=date.weekday)
        return [
            Weekday(
                day=day,
                is_today=day == today,
                usual=self.week[day.weekday()],
                opening_day=day.weekday() in self.calendar.days,
                shut=self.calendar.shut_on(day),
                special=self.special_on(day) if self.calendar.is_open(day) else None,
                spans=self.spans_on(day),
            )
            for day in coming
        ]


def as_typed(spans: Spans) -> str:
    """As somebody would type them: `read` understands it."""
    return ", ".join(f"{_said(each.opens)} - {_said(each.closes)}" for each in spans)


def _said(minute: int) -> str:
    hour, minutes = divmod(minute % MINUTES, 60)
    if minutes == 0 and hour % 12 == 0:
        return "noon" if hour else "midnight"
    past = f":{minutes:02}" if minutes else ""
    return f"{hour % 12 or 12}{past} {'pm' if hour >= 12 else 'am'}"
