"""What is known of a library from what was said of it: the newest word counts (R1 to R3).

Pure: statements and closures come in, an answer goes out. Nothing is yes or no by inheritance: a
blank in the newest word is unknown, and so is a library of which nobody spoke.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from postroad.directory.opening import Calendar

END = date(9999, 12, 31)  # of what has no end yet
DAY = timedelta(days=1)
HOLIDAYS = 7 * DAY  # what stops all of a state or everybody for no longer than this is a holiday


class Service(StrEnum):
    """What is asked of a library; each is answered by itself (R2)."""

    OPEN = "open"
    LENDING = "lending"
    RETURNS = "returns"
    DELIVERY = "delivery"


ALL = tuple(Service)
LISTED = (Service.RETURNS, Service.LENDING)  # all that a crowd-sourced list asks


@dataclass(frozen=True, slots=True)
class Said:
    """One statement, as far as these rules ask. `key` is whatever the caller knows it by."""

    key: int
    said_at: datetime | None  # None: the entry bears no date
    heard_at: datetime
    said_on: date  # the library's own day of it
    row: int = 0  # its place in the file that it came with
    answers: Mapping[Service, bool | None] = field(default_factory=dict)  # None: left blank
    since: date | None = None
    until: date | None = None

    @property
    def first_day(self) -> date:
        """The day from which it counts."""
        return self.since or self.said_on

    @property
    def age(self) -> tuple[bool, datetime, datetime, int, int]:
        """What sorts statements, the newest last: by stamp, an undated one before all dated ones;
        of equal stamps what was heard later, and of one file what stands further down (R1)."""
        stamp = self.said_at or self.heard_at
        return (self.said_at is not None, stamp, self.heard_at, self.row, self.key)

    def is_ahead(self, now: datetime) -> bool:
        """Whether its stamp lies in the future, so that a clock or a hand was wrong (R1)."""
        return self.said_at is not None and self.said_at > now


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days, both ends included, on which one service stops by what was said."""

    key: int  # of the statement
    service: Service
    first: date
    last: date


def newest(said: Iterable[Said], now: datetime) -> Said | None:
    """The statement that counts (R1): the newest stamp that is not ahead of the clock."""
    return next(iter(newest_first(said, now)), None)


def newest_first(said: Iterable[Said], now: datetime) -> list[Said]:
    known = [each for each in said if not each.is_ahead(now)]
    return sorted(known, key=lambda each: each.age, reverse=True)


def governing(
    service: Service, said: Iterable[Said], now: datetime, today: date
) -> Iterator[tuple[Said, date]]:
    """The statements that rule from today on, the newest first, each with its last day.

    One that counts from a later day leaves the days before it to what was said earlier. One that
    did not ask for this service says nothing of it.
    """
    last = END
    for each in newest_first(said, now):
        if service not in each.answers or each.first_day > last:
            continue
        yield each, last
        last = each.first_day - DAY
        if last < today:
            return


def stops(said: Collection[Said], now: datetime, today: date) -> list[Stretch]:
    """The days from today on, on which something stops by what was said (R1, R2)."""
    found = []
    for service in ALL:
        for each, last in governing(service, said, now, today):
            until = min(each.until or END, last)
            if each.answers[service] is False and each.first_day <= until >= today:
                found.append(Stretch(each.key, service, each.first_day, until))
    return found


@dataclass(frozen=True, slots=True)
class Hold:
    """A closure, as far as these rules ask: what stops, on which days, and why."""

    services: frozenset[Service]
    first: date
    last: date
    reason: str = ""
    many: bool = False  # of all libraries, or all of a state

    @property
    def holiday(self) -> bool:
        """Whether it is a few days off for all, which tells nothing of what one of them does."""
        return self.many and self.last - self.first < HOLIDAYS


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes, no, or not known; since and until when, and what it rests on."""

    value: bool | None = None
    since: date | None = None
    until: date | None = None  # None: no end is known
    reason: str = ""  # of a closure
    key: int | None = None  # of the statement
    holiday: bool = False  # for all, so that it opens by itself
    by_calendar: bool = False  # by its opening days: nobody need have said it


UNKNOWN = Answer()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a library stands on a day."""

    answers: Mapping[Service, Answer]
    as_of: datetime | None  # when it was said last; None: never (R3)
    key: int | None  # of the statement that said so
    confirmed: bool  # whether that is recent enough

    @property
    def open(self) -> Answer:
        return self.answers[Service.OPEN]

    @property
    def lending(self) -> Answer:
        return self.answers[Service.LENDING]

    @property
    def returns(self) -> Answer:
        return self.answers[Service.RETURNS]

    @property
    def delivery(self) -> Answer:
        return self.answers[Service.DELIVERY]

    @property
    def shut(self) -> bool:
        """Whether a closure keeps its doors locked; a weekday without opening hours is none."""
        return self.open.value is False and not self.open.by_calendar

    @property
    def known(self) -> bool:
        """Whether anything was said: of a library that nobody spoke of it was not (R3), nor on a
        holiday of all, nor by its opening days."""
        return any(
            each.value is not None and not each.holiday and not each.by_calendar
            for each in self.answers.values()
        )


def standing(
    said: Collection[Said],
    holds: Collection[Hold],
    *,
    today: date,
    now: datetime,
    stale_after: int,
) -> Standing:
    """What may be said of a library today.

    A closure is a no, whoever entered it: lender choice, clocks and the van go by the same rows.
    Without one it is what the newest statement says. One that said no but whose closure is over, or
    that has run out, leaves it unknown: nobody said that it is as before (R2, R3).

    A holiday of all closes the doors and nothing else: what each says of lending, returns and
    deliveries is of the days on both sides of it.
    """
    last_word = newest(said, now)
    as_of = (last_word.said_at or last_word.heard_at) if last_word else None
    return Standing(
        answers={each: _answer(each, said, holds, today, now) for each in ALL},
        as_of=as_of,
        key=last_word.key if last_word else None,
        confirmed=as_of is not None and now - as_of <= timedelta(days=stale_after),
    )


def of_day(said: Answer, calendar: Calendar, today: date) -> Answer:
    """Whether its doors are open on a day, as every page that shows its opening days tells it.

    A closure comes first. Then its opening days answer, and what was said only where nobody knows
    them. On a weekday without it is closed, but nothing stops: R3 has no closure in it.
    """
    if said.value is False or not calendar.known:
        return said
    if calendar.is_open(today):
        return said if said.value else Answer(True, key=said.key, by_calendar=True)
    return Answer(False, key=said.key, by_calendar=True)


def _answer(
    service: Service, said: Collection[Said], holds: Collection[Hold], today: date, now: datetime
) -> Answer:
    word = next(
        (each for each, _ in governing(service, said, now, today) if each.first_day <= today), None
    )
    stopped = [
        each
        for each in holds
        if service in each.services
        and each.first <= today <= each.last
        and (service == Service.OPEN or not each.holiday)
    ]
    if stopped:
        longest = max(stopped, key=lambda each: (each.last, not each.holiday))
        until = None if longest.last == END else longest.last
        key = word.key if word and word.answers[service] is False else None
        return Answer(False, longest.first, until, longest.reason, key, longest.holiday)
    if word is None:
        return UNKNOWN
    if word.answers[service] is True and (word.until is None or word.until >= today):
        return Answer(True, word.first_day, word.until, "", word.key)
    return Answer(None, key=word.key)
