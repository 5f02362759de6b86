"""What runs when, and in which lane. Each job bears being run twice, late, or by another process.

A lane waits for no other: a mail server that is slow, an index that is being written, a night's
work delay neither an event nor a clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.contrib.sessions.backends.db import SessionStore

from postroad import leases, telling
from postroad.accounts import uploads
from postroad.cases import sweeps as cases
from postroad.catalogue import audit, loads, rereading, search
from postroad.catalogue.harvest import turns
from postroad.delivery import (
    claim_files,
    claims,
    outlook,
    promises,
    scan_files,
    searches,
    timetables,
)
from postroad.directory import reading, saying
from postroad.documents import incoming, keeping, uses
from postroad.econtent import arriving
from postroad.econtent import links as links_of_resources
from postroad.econtent import reading as title_lists
from postroad.guides import announcing, schedule
from postroad.ill import mending, moved, road, sweeps, told_holds, unanswered
from postroad.notices import (
    asking,
    daily,
    dead_links,
    due_soon,
    lost_links,
    mailbox,
    post,
    reviews,
    staff_notices,
    tell,
    updates,
)
from postroad.notices import cases as notices_of_cases
from postroad.notices import copies as notices_of_copies
from postroad.notices import harvests as notices_of_harvests
from postroad.notices import resources as notices_of_resources
from postroad.notices.models import Notice
from postroad.reports import pace, van
from postroad.situations import switching
from postroad.worker import scrub


class Lane(StrEnum):
    """What waits for the same things, one after the other."""

    HOUSE = "house"  # events and clocks: the database alone
    POST = "post"  # a mail server
    NET = "net"  # other systems
    INDEX = "index"  # the search index, which one process writes at a time; forecasts
    NIGHT = "night"  # what may take long, and can wait


@dataclass(frozen=True, slots=True)
class Job:
    """A function of the time that says how many things it did, and how often it runs."""

    name: str
    act: Callable[[datetime], int | None]
    every: timedelta
    lane: Lane = Lane.HOUSE
    idle_is_well: bool = True  # whether it works is seen, too, when there is nothing to do


def follow(now: datetime) -> int:
    """Let the search index follow, unless another process writes it: then the next turn comes."""
    try:
        return search.refresh(waits=False, turns=search.A_TURN)
    except search.IndexBusy:
        return 0


def bring_back(now: datetime) -> int:
    """What a process with a clock ahead of ours took or put off would wait until then."""
    events = sum(leases.bring_back(room, "due_at", now=now) for room in telling.rooms())
    return events + leases.bring_back(Notice, "mail_due_at", now=now)


SECONDS, MINUTES, HOURS = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours"))

TIMETABLE = (
    Job("clocks", sweeps.ring, 20 * SECONDS),
    Job("days of parcels", outlook.follow, 30 * SECONDS, Lane.INDEX),
    Job("clocks of the road", road.follow, MINUTES),
    Job("late parcels", promises.ring, 10 * MINUTES),
    Job("moved records", moved.follow, MINUTES),
    Job("need-by days", sweeps.expire, 10 * MINUTES),
    Job("situations", switching.follow, MINUTES),
    Job("closed days", sweeps.closed_days, 10 * MINUTES),
    Job("closed lenders", sweeps.closed_lenders, 10 * MINUTES),
    Job("clocks of cases", cases.ring, MINUTES),
    Job("scheduled pages", schedule.follow, MINUTES),
    Job("announcements", announcing.follow, MINUTES),
    Job("forgotten patrons", sweeps.forget, 20 * SECONDS),
    Job("wrong clocks", bring_back, 20 * SECONDS),
    Job("requests by mail", mailbox.write, 20 * SECONDS),
    Job("mail", post.send, 2 * SECONDS, Lane.POST, idle_is_well=False),
    Job("updates", updates.send, 5 * SECONDS, Lane.POST),
    Job("links to updates", lost_links.send_links, 5 * SECONDS, Lane.POST),
    Job("search index", follow, SECONDS, Lane.INDEX),
    Job("records that came in", loads.work_off, 2 * SECONDS, Lane.INDEX),
    Job("title lists that came in", title_lists.work_off, 2 * SECONDS, Lane.INDEX),
    Job("records read anew", rereading.work_off, 2 * SECONDS, Lane.INDEX),
    Job("files of scans", scan_files.work_off, 2 * SECONDS, Lane.INDEX),
    Job("lists of cards", uploads.work_off, 3 * SECONDS, Lane.NIGHT),
    Job("lists of statuses", reading.go_on, 3 * SECONDS, Lane.NIGHT),
    Job("lists from elsewhere", reading.fetch_lists, MINUTES, Lane.NET),
    Job("harvests", turns.go_on, 5 * SECONDS, Lane.NET),
    Job("links of resources", links_of_resources.check_by_night, MINUTES, Lane.NET),
    Job("dead links", dead_links.tell_of, HOURS, Lane.NIGHT),
    Job("harvests to look after", notices_of_harvests.tell_of, 10 * MINUTES),
    Job("money that ends", notices_of_resources.tell_of_money, MINUTES),
    Job("resources that end", notices_of_resources.warn, HOURS, Lane.NIGHT),
    Job("words ahead of time", saying.in_time, HOURS, Lane.NIGHT),
    Job("silent libraries", asking.ask, HOURS, Lane.NIGHT),
    Job("unanswered requests", unanswered.suggest, 24 * HOURS, Lane.NIGHT),
    Job("doubts of joined records", mending.go_along, HOURS, Lane.NIGHT),
    Job("old lists", uploads.tidy, HOURS, Lane.NIGHT),
    Job("due soon", due_soon.send, HOURS, Lane.NIGHT),
    Job("notices to staff", staff_notices.remind, 10 * MINUTES, Lane.NIGHT),
    Job("claims of what was found", claims.follow, 10 * MINUTES, Lane.NIGHT),
    Job("claims of the month", claim_files.of_the_month, HOURS, Lane.NIGHT),
    Job("timetables of the day", timetables.follow, 10 * MINUTES, Lane.NIGHT),
    Job("shelves to look on", searches.ask, HOURS, Lane.NIGHT),
    Job("old sign-ups", updates.tidy, HOURS, Lane.NIGHT),
    Job("letters to desks", daily.send, 5 * MINUTES, Lane.NIGHT),
    Job("pages to review", reviews.remind, HOURS, Lane.NIGHT),
    Job("old sessions", lambda now: SessionStore.clear_expired(), 6 * HOURS, Lane.NIGHT),
    Job("deleted pages", scrub.overwrite, 5 * MINUTES, Lane.NIGHT),
    Job("names of strangers", saying.forget_strangers, HOURS, Lane.NIGHT),
    Job("old cases", cases.purge, HOURS, Lane.NIGHT),
    Job("letters of old cases", notices_of_cases.forget, 24 * HOURS, Lane.NIGHT),
    Job("old files of title lists", arriving.tidy, 24 * HOURS, Lane.NIGHT),
    Job("old copies", keeping.purge, 10 * MINUTES, Lane.NIGHT),
    Job("holds that are over", told_holds.forget, 24 * HOURS, Lane.NIGHT),
    Job("scans that nobody filed", incoming.purge, 24 * HOURS, Lane.NIGHT),
    Job("files of copies", notices_of_copies.look_after, 24 * HOURS, Lane.NIGHT),
    Job("old codes of copies", notices_of_copies.forget_codes, 10 * MINUTES, Lane.NIGHT),
    Job("old uses", uses.purge, HOURS, Lane.NIGHT),
    Job("old addresses", tell.tidy, 24 * HOURS, Lane.NIGHT),
    Job("catalog audit", audit.by_night, 24 * HOURS, Lane.NIGHT),
    Job("usual days", pace.reckon, 24 * HOURS, Lane.NIGHT),
    Job("counts of the van", van.follow, HOURS, Lane.NIGHT),
)
