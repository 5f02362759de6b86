"""When the clock of a case rings: the table of `lifecycle` meets calendars and thresholds."""

from datetime import date, datetime, timedelta
from typing import Protocol

from django.conf import settings

from postroad.cases.lifecycle import CLOCKS, State, Unit
from postroad.directory import closures, thresholds
from postroad.directory.models import Kind, Library
from postroad.directory.opening import Calendar

NEVER_OPEN = timedelta(days=14)  # how long we wait for who does not open within a year


class Answered(Protocol):
    """Who answers: a library, or an office if there is none."""

    answering: Library | None


def answers(thread: Answered) -> Library:
    """By whose days an answer is waited for: an office works as the center does."""
    if thread.answering is not None:
        return thread.answering
    centre = Library.objects.members().filter(kind=Kind.CENTRE).order_by("pk").first()
    return centre or Library(open_days="MTWTF--", time_zone=settings.TIME_ZONE)


def rings_at(
    thread: Answered, state: State, at: datetime, *, until: date | None = None
) -> datetime | None:
    """When a case that enters this state at `at` rings; None when all is done."""
    if state == State.CLOSED:
        return None
    clock, desk = CLOCKS[state], answers(thread)
    if clock.unit == Unit.DAY:
        if until is None:
            raise ValueError("what is put off has a day")
        return Calendar(frozenset(), desk.time_zone).end_of(until - timedelta(days=1))
    own = desk if desk.pk else None
    days = thresholds.days(clock.limit, on=desk.day_of(at), library=own)
    if clock.unit == Unit.CALENDAR:
        return Calendar(frozenset(), desk.time_zone).end_of(desk.day_of(at) + timedelta(days=days))
    calendar = closures.calendar(desk, at.date() - closures.LOOK_BACK)
    return calendar.after(at, days) or at + NEVER_OPEN
