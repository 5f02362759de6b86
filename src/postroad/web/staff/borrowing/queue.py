"""What waits at the borrowing desk: /staff/borrowing/."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from postroad.ill.lifecycle import State
from postroad.ill.models import Event, Request
from postroad.web import words
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff import queues
from postroad.web.staff.counter import BORROWING, frame
from postroad.web.staff.queues import Queue

ROWS = 50  # of one page


@dataclass(frozen=True, slots=True)
class Row:
    """One request as the desk reads it."""

    ill: Request
    day: date | None  # what the queue goes by
    class_: str  # due, soon or nothing
    where: str
    concerns: Sequence[str]


@require_safe
@needs(*BORROWING)
def queue(request: SignedIn) -> HttpResponse:
    """One queue, chosen in the address, with the counts of all."""
    now = timezone.now()
    here = frame(request)
    counts = here["found"].borrowing
    every = queues.borrowing(now)
    chosen = queues.named(request.GET.get("show", ""), every, counts)
    arrivals = Event.objects.filter(request=OuterRef("pk"), verb="receive").order_by("-at")
    rows = (
        queues.requests(here["desk"].library)
        .filter(chosen.which)
        .shown()
        .select_related("current__parcel_home")
        .annotate(arrived_at=Subquery(arrivals.values("at")[:1]))
        .order_by(*chosen.order)
    )
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render(
        request,
        "staff/borrowing/queue.html",
        {
            **here,
            "queue": chosen,
            "choices": queues.choices(every, chosen, counts),
            "page": page,
            "rows": [row(ill, chosen, now) for ill in page],
        },
    )


def row(ill: Request, queue: Queue, now: datetime) -> Row:
    today = timezone.localdate(now)
    day = day_of(ill, queue)
    return Row(
        ill,
        day,
        queues.urgency(day, today)
        if queue.key != "review"
        else queues.urgency(queues.local(ill.due_at), today),
        where(ill),
        [words.label(words.CONCERNS, concern) for concern in ill.concerns],
    )


def day_of(ill: Request, queue: Queue) -> date | None:
    """The day that the queue's heading speaks of."""
    supply = ill.current
    match queue.key:
        case "review":
            return queues.local(ill.asked_at)
        case "coming":
            return supply.arrives_on if supply else None
        case "homeward":
            home = supply.parcel_home if supply else None
            return home.expected_on if home else None
        case "lent":
            return ill.due_back
        case "waiting":
            return ill.need_by
        case "unclaimed":
            return queues.local(getattr(ill, "arrived_at", None))
        case _:
            return queues.local(ill.due_at)


def where(ill: Request) -> str:
    """The other end, or where the request is in the machine's hands."""
    if ill.current is not None and ill.state not in (State.APPROVED, State.CENTRE):
        return ill.current.lender_name
    if ill.state == State.CENTRE:
        return _("at the ILL centre")
    return _("not yet asked")
