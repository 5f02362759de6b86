"""Closures as iCalendar (RFC 5545), out and in. No Django here.

Out: one event a closure, all day. In: the events of a file that may be closures; whether they are,
somebody says who looks at them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar  # type: ignore[import-untyped]  # it brings no types

from postroad.errors import Refusal

BYTES = 500_000
EVENTS = 500
LONGEST = timedelta(days=366)
AHEAD = timedelta(days=3 * 366)
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
    repeats: bool  # only its first days are here


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
    began: list[Event]  # they repeat, and their first days are over: the coming ones are not told
    unread: int  # events whose days cannot be made out


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
    found, unread = list[Event](), 0
    for each in held:
        if str(each.get("status", "")).upper() == "CANCELLED":
            continue
        try:
            found.append(_event(each, ZoneInfo(zone)))
        except DAMAGED:
            unread += 1
    found.sort(key=lambda each: (each.first, each.last, each.summary))
    found = [each for each in found if DAY * 0 <= each.last - each.first <= LONGEST]
    return Read(
        events=[each for each in found if each.last >= today and each.first <= today + AHEAD],
        began=[each for each in found if each.repeats and each.last < today],
        unread=unread,
    )


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
