"""The desk at a glance: /staff/."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postroad.directory.models import Library
from postroad.ill.lifecycle import Owner
from postroad.ill.models import Request, Supply
from postroad.notices.models import Notice
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.pieces import Choice
from postroad.web.staff import queues
from postroad.web.staff.counter import STAFF, frame
from postroad.web.staff.queues import Queue

SHOWN = 10  # rows of each list; the queue has all
UNREAD = 3  # notices above the desks; what is to be done is the main thing


@require_safe
@needs(*STAFF)
def overview(request: SignedIn) -> HttpResponse:
    """How much stands in each queue, what is due today, what the library was told."""
    now = timezone.now()
    here = frame(request)
    library, found = here["desk"].library, here["found"]
    unread = Notice.objects.at(library).unread()
    notices = list(unread[:UNREAD])
    return render(
        request,
        "staff/overview.html",
        {
            **here,
            "borrowing": figures("staff-borrowing", queues.borrowing(now), found.borrowing),
            "lending": figures("staff-lending", queues.lending(now), found.lending),
            "out": figures("staff-lending-out", queues.out(now), found.lending),
            "to_do": due_requests(library, now) if found.borrowing else [],
            "to_lend": due_supplies(library, now) if found.lending else [],
            "now": now,
            "notices": notices,
            "unread": unread.count() if len(notices) == UNREAD else len(notices),
            "others": len(gates.desks(request.user)) > 1,
        },
    )


def figures(name: str, every: Sequence[Queue], counts: dict[str, int]) -> list[Choice]:
    """Each queue with its count, the way to its rows, and whether it is to be worked off."""
    to_do = (*queues.TO_BORROW, *queues.TO_LEND)
    address = reverse(name)
    return [
        Choice(str(each.label), f"{address}?show={each.key}", counts[each.key], each.key in to_do)
        for each in every
        if each.key in counts
    ]


def due_requests(library: Library, now: datetime) -> list[Request]:
    """What the borrowing desk should have done by the end of today."""
    due = queues.requests(library).filter(owner=Owner.BORROWING)
    return list(due.due_before(queues.tonight(now)).order_by("due_at", "pk")[:SHOWN])


def due_supplies(library: Library, now: datetime) -> list[Supply]:
    """What the lending desk should have answered or shipped by the end of today."""
    due = queues.supplies(library).waiting().select_related("request__library")
    return list(due.due_before(queues.tonight(now)).order_by("due_at", "pk")[:SHOWN])


@require_POST
@needs(*STAFF)
def read(request: SignedIn, notice: int) -> HttpResponse:
    """Somebody at the library has read a notice, or all up to the newest that was shown."""
    ours = Notice.objects.at(gates.desk(request).library)
    told = get_object_or_404(ours, pk=notice)
    which = Q(made_at__lte=told.made_at) if "all" in request.POST else Q(pk=told.pk)
    ours.unread().filter(which).update(read_at=timezone.now())
    return redirect("staff")
