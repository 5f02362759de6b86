"""What runs when. Each job bears being run twice, late, or by another process."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore

from postroad.catalogue import search
from postroad.delivery import outlook, parcels
from postroad.ill import road, sweeps
from postroad.notices import post, tell


@dataclass(frozen=True, slots=True)
class Job:
    """A function of the time that says how many things it did, and how often it runs."""

    name: str
    act: Callable[[datetime], int | None]
    every: timedelta


SECONDS, MINUTES, HOURS = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours"))

TIMETABLE = (
    Job("mail", post.send, 2 * SECONDS),
    Job("search index", lambda now: search.refresh(), 5 * SECONDS),
    Job("clocks", sweeps.ring, 20 * SECONDS),
    Job("days of parcels", outlook.follow, 30 * SECONDS),
    Job("clocks of the road", road.follow, MINUTES),
    Job("late parcels", parcels.ring, 10 * MINUTES),
    Job("need-by days", sweeps.expire, 10 * MINUTES),
    Job("closed days", sweeps.closed_days, 10 * MINUTES),
    Job("closed lenders", sweeps.closed_lenders, 10 * MINUTES),
    Job("forgotten patrons", sweeps.forget, 20 * SECONDS),
    Job("due soon", tell.due_soon, HOURS),
    Job("old sessions", lambda now: SessionStore.clear_expired(), 6 * HOURS),
)
