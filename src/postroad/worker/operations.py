"""The operator's page: does the worker live, what waits, what gave up. /office/operations/.

It stands on the worker's floor, since pages know nothing of the worker, which stands above them.
"""

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.db.models import Count, F, Min, Q, QuerySet, Value
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from postroad import telling
from postroad.accounts.models import Role
from postroad.catalogue import search
from postroad.catalogue.audit import What
from postroad.catalogue.models import Audited, Record, Unindexed
from postroad.notices.models import Notice
from postroad.telling import Told
from postroad.web.shared import alive
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.paging import is_key, page_of
from postroad.worker import pulse, run
from postroad.worker.event_words import BRINGS, JOBS, LANES, WORDS, Said
from postroad.worker.models import Turn
from postroad.worker.timetable import TIMETABLE, Job, Lane

log = logging.getLogger(__name__)

A_PAGE = 25
FAILING = 20  # shown of those that are tried again by themselves


@dataclass(frozen=True, slots=True)
class Trouble:
    """An event that a listener could not bear."""

    key: str  # "ill.event:4711", for its buttons
    event: Told
    said_of: Said
    listener: str
    error: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the timetable, and how its last turn went."""

    name: str
    lane: Lane
    every: timedelta
    turn: Turn | None
    late: bool
    ahead: bool  # its times are still to come: a clock was wrong

    @property
    def ran_at(self) -> datetime | None:
        """When it last ran, if that can be believed."""
        return None if self.turn is None or self.ahead else self.turn.ran_at


@needs(Role.OPERATOR)
@never_cache
@require_safe
def operations(request: SignedIn) -> HttpResponse:
    now = timezone.now()
    given_up = of_all(lambda room: room.objects.given_up(), "gave_up_at")
    page = page_of(request, given_up.order_by("-moment", "-key"), A_PAGE, key="key")
    show = request.GET.get("show", "")
    untold = of_all(lambda room: room.objects.untold().filter(waits(show, now)), "due_at")
    failing = list(untold.order_by("moment", "key")[: FAILING + 1])
    lines = timetable(now)
    last = max((line.ran_at for line in lines if line.ran_at), default=None)
    late = {line.lane for line in lines if line.late}
    return render(
        request,
        "office/operations/operations.html",
        {
            "last": last,
            "silent": last is None or now - last > alive.PATIENCE,
            "ahead": last is None and any(line.ahead for line in lines),
            "quiet": [words for lane, words in LANES.items() if lane in late],
            "figures": figures(now),
            "page": page,
            "given_up": troubles(list(page.object_list)),
            "failing": troubles(failing[:FAILING]),
            "show": show if show in ("waiting", "in-work", "failing") else "",
            "behind": behind() if show == "behind" else [],
            "more": len(failing) > FAILING,
            "most": FAILING,
            "lines": lines,
            "database": database(),
            "index": index(),
            "audited": audited(),
            "counts": {"office-operations": page.paginator.count} if page.paginator.count else {},
        },
    )


def of_all(events: Callable[[type[Told]], QuerySet[Any]], moment: str) -> QuerySet[Any, Any]:
    """The keys of events of every room in one list, by which each is found again in its own."""
    rooms = telling.rooms()

    def rows(room: type[Told]) -> QuerySet[Any, Any]:
        number = rooms.index(room)
        marked = events(room).annotate(
            room=Value(number), key=F("pk") * len(rooms) + number, moment=F(moment)
        )
        keys: QuerySet[Any, Any] = marked.values_list("key", "room", "pk", "moment", named=True)
        return keys

    return telling.of_all(rows)


def figures(now: datetime) -> dict[str, int | datetime | None]:
    """What waits in all rooms, a query each over what has not been told everybody."""
    each = [
        room.objects.untold().aggregate(
            waiting=Count("pk", filter=Q(due_at__lte=now)),
            in_work=Count("pk", filter=Q(due_at__gt=now, failures=0)),
            failing=Count("pk", filter=Q(failures__gt=0)),
            oldest=Min("due_at", filter=Q(due_at__lte=now)),
        )
        for room in telling.rooms()
    ]
    sums = {name: sum(one[name] for one in each) for name in ("waiting", "in_work", "failing")}
    return {**sums, "oldest": min((one["oldest"] for one in each if one["oldest"]), default=None)}


def waits(show: str, now: datetime) -> Q:
    """Which of the untold events are listed: those that fail, or those of the figure chosen."""
    chosen = {"waiting": Q(due_at__lte=now), "in-work": Q(due_at__gt=now, failures=0)}
    return chosen.get(show, Q(failures__gt=0))


def troubles(rows: Sequence[Any]) -> list[Trouble]:
    """The events of these rows in their order, those of each room read at once."""
    found: dict[tuple[int, int], Told] = {}
    for number, room in enumerate(telling.rooms()):
        if keys := [row.pk for row in rows if row.room == number]:
            events = room.objects.select_related(*BRINGS[room]).in_bulk(keys)
            found |= {(number, key): event for key, event in events.items()}
    kept = (found.get((row.room, row.pk)) for row in rows)
    return [trouble(event) for event in kept if event is not None]


def trouble(event: Told) -> Trouble:
    """In words what happened, then who could not bear it and what it said."""
    listener, _colon, error = event.trouble.partition(": ")
    key = f"{event._meta.label_lower}:{event.pk}"
    said = WORDS[type(event)](event)
    return Trouble(key, event, said, listener, error or event.trouble)


def timetable(now: datetime) -> list[Line]:
    turns = {turn.name: turn for turn in Turn.objects.all()}
    return [line(job, turns.get(job.name), now) for job in TIMETABLE]


def line(job: Job, turn: Turn | None, now: datetime) -> Line:
    return Line(
        name=str(JOBS.get(job.name, job.name)),
        lane=job.lane,
        every=job.every,
        turn=turn,
        late=turn is not None and pulse.of_job(job, turn, now) != pulse.Pulse.OK,
        ahead=turn is not None and pulse.is_ahead(job, turn, now),
    )


@dataclass(frozen=True, slots=True)
class Database:
    kind: str
    size: int
    room: int | None  # left on its disk, where that can be seen


def database() -> Database:
    if connection.vendor == "sqlite":
        return sqlite(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    return Database("PostgreSQL", size, None)


def sqlite(name: str) -> Database:
    """The file and its log of writes; a database of the tests may have no file."""
    files = [Path(name + end) for end in ("", "-wal")]
    size = sum(file.stat().st_size for file in files if file.is_file())
    return Database("SQLite", size, shutil.disk_usage(settings.HOME).free)


@dataclass(frozen=True, slots=True)
class Index:
    ready: bool
    records: int
    behind: int  # records that the index has yet to follow
    since: datetime | None  # the oldest change by people that it has yet to follow
    unmailed: int  # letters
    failed: int


def index() -> Index:
    return Index(
        ready=search.state() == "ok",
        records=Record.objects.count(),
        behind=Unindexed.objects.count(),
        since=Unindexed.objects.waiting_since(loaded=False),
        unmailed=Notice.objects.unmailed().count(),
        failed=Notice.objects.failed().count(),
    )


def audited() -> list[tuple[int, str | Promise, list[int]]]:
    """What the night's sample of the catalog found: how often what, and a few of them."""
    last = Audited.objects.first()
    told = last.wrong.items() if last else ()
    return [(n, What(what).label, last.first.get(what, [])) for what, n in told if last]


def behind() -> list[Record | int]:
    """Those that the index has yet to follow, the longest waiting first; of one that is gone from
    the catalogue its number."""
    rows = Unindexed.objects.order_by("pk").values_list("record_id", flat=True)
    keys = list(dict.fromkeys(rows[:FAILING]))  # a row for each change
    known = Record.objects.in_bulk(keys)
    return [known.get(key, key) for key in keys]


@needs(Role.OPERATOR)
@require_POST
def try_again(request: SignedIn) -> HttpResponse:
    """Send one event round once more, or all that were given up."""
    now = timezone.now()
    sent = sum(run.try_again(event, now=now) for room in chosen(request) for event in room)
    log.info("%s sends %d events round again", request.user.pk, sent)
    messages.success(
        request,
        ngettext("%(n)s event will be tried again.", "%(n)s events will be tried again.", sent)
        % {"n": sent}
        if sent
        else _("There was nothing left to try again: someone else did it, or it has worked since."),
    )
    return redirect("office-operations")


@needs(Role.OPERATOR)
@require_POST
def let_rest(request: SignedIn) -> HttpResponse:
    """Take an event from the list without telling its last listeners. Its trouble stays on it."""
    for events in chosen(request):
        rested = list(events)
        events.filter(pk__in=[event.pk for event in rested]).update(gave_up_at=None)
        log.warning("%s lets events rest: %s", request.user.pk, [run.title(e) for e in rested])
    messages.success(request, _("Dismissed. What happened is saved, and clocks go on."))
    return redirect("office-operations")


def chosen(request: SignedIn) -> list[QuerySet[Told]]:
    """The event that was pressed, if it still is given up; "all" means each, room by room."""
    typed = request.POST.get("event", "")
    given_up = {room._meta.label_lower: room.objects.given_up() for room in telling.rooms()}
    if typed == "all":
        return list(given_up.values())
    label, _colon, key = typed.partition(":")
    if label not in given_up or not is_key(key):
        return []
    return [given_up[label].filter(pk=int(key))]


urlpatterns: list[URLPattern] = [
    path("", operations, name="office-operations"),
    path("try-again/", try_again, name="office-operations-try-again"),
    path("let-rest/", let_rest, name="office-operations-let-rest"),
]
