"""Closures as iCalendar (RFC 5545), out and in. No Django here.

Out: one event a closure, all day. In: the events of a file that may be closures; whether they are,
somebody says who looks at them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar  # type: ignore[import-untyped]  # it brings no types

from postroad.directory import recurrence
from postroad.directory.recurrence import Budget, Refused, Why
from postroad.errors import Refusal

BYTES = 500_000
EVENTS = 500
LONGEST = timedelta(days=366)
AHEAD = timedelta(days=3 * 366)
REPEATED = timedelta(days=731)  # for so long ahead the days of what repeats are worked out
LOOKS = 200_000  # days that are looked at for all rules of a file
DAY = timedelta(days=1)
SUMMARY = 120  # characters: a closure's reason has as many


class NoCalendar(Refusal):
    """It is no iCalendar file, or more than we take."""

    code = "calendar-unreadable"


@dataclass(frozen=True, slots=True)
class Day:
    """A closure to be told."""

    uid: str
    first: date
    last: date | None  # None: until further notice
    summary: str
    changed: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """Days of a file that may be a closure."""

    uid: str
    first: date
    last: date
    summary: str
    repeats: bool
    refused: Why | None = None  # why its days are not worked out; those here are its first


# What icalendar, and a calendar without the year 0 or 10000, say of events that make no sense.
DAMAGED = (
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    RecursionError,
    OverflowError,
)


@dataclass(frozen=True, slots=True)
class Read:
    """What stands in a file. Nothing of it is left out unsaid but what is over and what is far."""

    events: list[Event]  # not over, by day
    refused: list[Event]  # they repeat, in a way that is not worked out
    unread: int  # events whose days cannot be made out
    more: int = 0  # days beyond those that one file may have


def render(days: Iterable[Day], *, name: str, today: date) -> bytes:
    """A calendar to subscribe to. What has no end yet is told for a year from today."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Postroad//Closures//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _words(name))
    for each in days:
        event = icalendar.Event()
        event.add("uid", each.uid)
        event.add("dtstamp", each.changed)
        event.add("dtstart", each.first)
        event.add("dtend", (each.last or max(today, each.first) + timedelta(days=365)) + DAY)
        event.add("summary", _words(each.summary))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def parse(sent: bytes, *, today: date, zone: str) -> Read:
    """The events of a file. Raises NoCalendar."""
    if len(sent) > BYTES:
        raise NoCalendar
    try:
        calendars = icalendar.Calendar.from_ical(_text(sent), multiple=True)
        held = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except DAMAGED as why:
        raise NoCalendar from why
    if len(held) > EVENTS:
        raise NoCalendar
    found, unread, budget = list[Event](), 0, Budget(LOOKS)
    moved = _moved(held, ZoneInfo(zone))
    for each in held:
        if str(each.get("status", "")).upper() == "CANCELLED":
            continue
        try:
            event = _event(each, ZoneInfo(zone))
            found += _repeated(event, each, moved, budget, today=today, zone=ZoneInfo(zone))
        except DAMAGED:
            unread += 1
    found.sort(key=lambda each: (each.first, each.last, each.summary))
    told = [
        each
        for each in found
        if each.refused is None
        and DAY * 0 <= each.last - each.first <= LONGEST
        and today <= each.last
        and each.first <= today + AHEAD
    ]
    return Read(
        events=told[:EVENTS],
        refused=[each for each in found if each.refused is not None],
        unread=unread,
        more=len(told[EVENTS:]),
    )


def _moved(held: Iterable[Any], zone: ZoneInfo) -> dict[str, set[date]]:
    """Days of what repeats that stand in the file as events of their own, by the event's name."""
    moved = dict[str, set[date]]()
    for each in held:
        try:
            if (instead := each.get("recurrence-id")) is not None:
                moved.setdefault(str(each.get("uid", "")), set()).add(_day(instead.dt, zone))
        except DAMAGED:
            continue
    return moved


def _repeated(  # one event, and what is known of the file
    event: Event,
    read: Any,
    moved: Mapping[str, set[date]],
    budget: Budget,
    *,
    today: date,
    zone: ZoneInfo,
) -> list[Event]:
    """An event on each of its days within the next two years, or itself with why not."""
    if any(name.upper() == "RRULE" for name, _why in read.errors):
        return [replace(event, repeats=True, refused=Why.NOT_KNOWN)]
    if not event.repeats or read.get("recurrence-id") is not None:
        return [event]
    lasts = event.last - event.first
    try:
        days = _days_of(event.first, read, budget, today - lasts, today + REPEATED, zone)
    except Refused as no:
        return [replace(event, refused=no.why)]
    except DAMAGED:
        return [replace(event, refused=Why.NOT_KNOWN)]
    days -= {_day(each.dt, zone) for each in _listed(read.get("exdate"))}
    days -= moved.get(str(read.get("uid", "")), set()) if event.uid else set()
    return [replace(event, first=day, last=day + lasts) for day in days]


def _days_of(  # one event within a stretch
    start: date, read: Any, budget: Budget, first: date, last: date, zone: ZoneInfo
) -> set[date]:
    days = {start, *(_day(each.dt, zone) for each in _listed(read.get("rdate")))}
    parts = read.get("rrule")
    if isinstance(parts, list):
        raise Refused(Why.NOT_KNOWN)  # two rules: the standard has one
    if parts is not None:
        until = _until(parts, read["dtstart"].dt, zone)
        rule = recurrence.rule(start, parts, until)
        days |= set(rule.days(first, last, budget))
    return days


def _until(parts: Any, begins: Any, zone: ZoneInfo) -> date | None:
    """The last day on which it may begin."""
    until = parts["UNTIL"][0] if parts.get("UNTIL") else None
    if until is None:
        return None
    day = _day(until, zone)
    if isinstance(until, datetime) and isinstance(begins, datetime):
        ends, starts = (
            (each.astimezone(zone) if each.tzinfo else each).time() for each in (until, begins)
        )
        return day - DAY if ends < starts else day
    return day


def _listed(lists: Any) -> list[Any]:
    """The days of EXDATE or RDATE: one list, several, or none."""
    if lists is None:
        return []
    return [each for one in (lists if isinstance(lists, list) else [lists]) for each in one.dts]


def _text(sent: bytes) -> str:
    """UTF-8, as the standard says, or else what Windows writes."""
    if sent.startswith((b"\xff\xfe", b"\xfe\xff")):
        return sent.decode("utf-16")
    try:
        return sent.decode("utf-8-sig")
    except UnicodeDecodeError:
        return sent.decode("cp1252", "replace")


def _event(event: Any, zone: ZoneInfo) -> Event:
    first = _day(event["dtstart"].dt, zone)
    return Event(
        uid=str(event.get("uid", ""))[:200],
        first=first,
        last=max(first, _last(event, first, zone)),
        summary=_words(event.get("summary", ""))[:SUMMARY],
        repeats=event.get("rrule") is not None or event.get("rdate") is not None,
    )


def _words(summary: Any) -> str:
    """Without signs that nobody sees; of several summaries the first."""
    said = str(summary[0] if isinstance(summary, list) else summary)
    line = " ".join(said.split())
    return "".join(sign for sign in line if sign.isprintable())


def _last(event: Any, first: date, zone: ZoneInfo) -> date:
    """The last day of it: an end is the first moment, or day, after."""
    if (end := event.get("dtend")) is not None:
        if isinstance(end.dt, datetime):
            return _day(end.dt - timedelta(seconds=1), zone)
        return _day(end.dt, zone) - DAY
    if (lasts := event.get("duration")) is not None:
        days: int = max(lasts.dt.days, 1)
        return first + timedelta(days=days - 1)
    return first


def _day(moment: object, zone: ZoneInfo) -> date:
    if not isinstance(moment, date):
        raise TypeError(type(moment))  # a time without a day, or a period
    if not isinstance(moment, datetime):
        return moment
    return (moment.astimezone(zone) if moment.tzinfo else moment).date()
