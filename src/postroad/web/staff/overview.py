"""The desk at a glance: /staff/."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db.models import Exists, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postroad.directory import closures, known
from postroad.directory.models import Library
from postroad.ill.lifecycle import State
from postroad.notices import living, staff_notices
from postroad.notices.models import Kind, Notice, NoticeQuerySet
from postroad.reports import count_week
from postroad.web.shared import gates, shelf, status, talk
from postroad.web.shared.casework import lists, room
from postroad.web.shared.gates import STAFF, SignedIn, needs
from postroad.web.shared.pieces import Choice
from postroad.web.staff import questions, queues
from postroad.web.staff.borrowing import queue as borrowing
from postroad.web.staff.borrowing.queue import Row as BorrowingRow
from postroad.web.staff.counter import frame
from postroad.web.staff.counts import Counts
from postroad.web.staff.lending import queue as lending
from postroad.web.staff.lending.queue import Row as LendingRow
from postroad.web.staff.queues import Queue

SHOWN = 5  # rows of each queue; its page has all
UNREAD = 3  # notices above the desks; what is to be done is the main thing
# Told of what stands in a list below them until it is done, so the page need not say it twice.
LISTED = (
    Kind.NEEDS_REVIEW,
    Kind.OFFERED,
    Kind.UNCLAIMED,
    Kind.MORNING,
    Kind.NEWLY_ASKED,
    Kind.STATUS_ASKED,
    Kind.DESK_QUESTION,
)


@require_safe
@needs(*STAFF)
def overview(request: SignedIn) -> HttpResponse:
    """What is to be done, thing by thing; how much else stands where; what the library was told."""
    now = timezone.now()
    here = frame(request)
    library, found = here["desk"].library, here["found"]
    unread = news(library)
    notices = list(unread[:UNREAD])
    return render(
        request,
        "staff/overview.html",
        {
            **here,
            "to_borrow": to_borrow(library, found, now),
            "to_lend": to_lend(library, found.lending, now),
            "borrowing": others(
                "staff-borrowing", queues.borrowing(now, found.desk_day), found.borrowing
            ),
            "lending": [
                *others("staff-lending", queues.lending(now), found.lending),
                *others("staff-lending-out", found.out, found.lending),
            ],
            "cases": lists.to_answer(room.staff(request)),
            "messages_unread": talk.unread(room.staff(request).seat),
            **questions.counted(here["desk"]),
            "to_look_for": shelf.waiting(library),
            "count_week_open": count_week.unanswered(library, library.day_of(now)),
            "now": now,
            "today": closures.today([library], now)[library.pk],
            "known": (known_now := known.one(library, now)),
            "lines": status.lines(known_now),
            "say_key": uuid4(),
            "to_read": list(staff_notices.to_read(request.user, timezone.localdate(now))),
            "notices": notices,
            "unread": unread.count() if len(notices) == UNREAD else len(notices),
            "others": len(gates.desks(request.user)) > 1,
        },
    )


def news(library: Library) -> NoticeQuerySet:
    """What the library was told and the lists below do not say: those hold nothing that is closed,
    so of a reader whom no mail reaches they tell only while the request is open."""
    closed = living.its_request().filter(state=State.CLOSED)
    told = ~Q(kind=Kind.UNREACHED) | Exists(closed)
    return living.living(Notice.objects.at(library).unread()).exclude(kind__in=LISTED).filter(told)


@dataclass(frozen=True, slots=True)
class Work:
    """One queue that must be worked off, with its first rows."""

    queue: Queue
    address: str
    count: int
    rows: Sequence[BorrowingRow | LendingRow]


def to_borrow(library: Library, found: Counts, now: datetime) -> list[Work]:
    """What the borrowing desk has to do, in the order of a day's work; a query a queue."""
    address = reverse("staff-borrowing")
    return [
        Work(
            queue,
            f"{address}?show={queue.key}",
            found.borrowing[queue.key],
            [
                borrowing.row(each, queue, borrowing.day_for(queue, found, now))
                for each in borrowing.rows_of(library, queue)[:SHOWN]
            ],
        )
        for queue in queues.borrowing(now, found.desk_day)
        if queue.key in queues.TO_BORROW and found.borrowing.get(queue.key)
    ]


def to_lend(library: Library, counts: dict[str, int], now: datetime) -> list[Work]:
    """What the lending desk has to do; two queries a queue."""
    address, found = reverse("staff-lending"), []
    for queue in queues.lending(now):
        if queue.key in queues.TO_LEND and counts.get(queue.key):
            listed = list(lending.rows_of(library, queue)[:SHOWN])
            rows = lending.rows(listed, queue, library, now)
            there = reverse(queue.page) if queue.page else f"{address}?show={queue.key}"
            found.append(Work(queue, there, counts[queue.key], rows))
    return found


def others(name: str, every: Sequence[Queue], counts: dict[str, int]) -> list[Choice]:
    """The queues that are there to be looked at, with what stands in them."""
    to_do = (*queues.TO_BORROW, *queues.TO_LEND)
    address = reverse(name)
    return [
        Choice(str(each.label), f"{address}?show={each.key}", counts[each.key])
        for each in every
        if each.key not in to_do and counts.get(each.key)
    ]


@require_POST
@needs(*STAFF)
def read(request: SignedIn, notice: int) -> HttpResponse:
    """Somebody at the library has read a notice, or all up to the newest that was shown."""
    ours = Notice.objects.at(gates.desk(request).library)
    told = get_object_or_404(ours, pk=notice)
    which = Q(made_at__lte=told.made_at) if "all" in request.POST else Q(pk=told.pk)
    ours.unread().filter(which).update(read_at=timezone.now())
    return redirect("staff")


@require_POST
@needs(*STAFF)
def acknowledge(request: SignedIn, sent: int) -> HttpResponse:
    """She has read a notice that an office wrote to her."""
    if not staff_notices.acknowledge(sent, request.user, at=timezone.now()):
        raise Http404
    return redirect("staff")
