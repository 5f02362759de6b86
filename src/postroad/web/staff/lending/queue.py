"""What other libraries wait for: /staff/lending/, and what is out: /staff/lending/out/.

A lender sees a library and a number, never a patron.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from postroad.directory.models import Library
from postroad.ill import undo as taking_back
from postroad.ill.models import Event, Supply
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.paging import is_key
from postroad.web.shared.paging import page_of as page_of_queue
from postroad.web.staff import queues
from postroad.web.staff.counter import LENDING, frame
from postroad.web.staff.lending import copies
from postroad.web.staff.lending.copies import Copies
from postroad.web.staff.lending.verbs import UNDO
from postroad.web.staff.queues import Counts, Queue

ROWS = 50  # of one page


@dataclass(frozen=True, slots=True)
class Row:
    """One supply as the lending desk reads it."""

    supply: Supply
    copies: Copies
    day: date | None  # what the queue goes by
    class_: str  # due, soon or nothing


def page_of(
    template: str, every: Callable[[datetime, Counts], list[Queue]]
) -> Callable[..., HttpResponse]:
    """A page of one of these queues, chosen in the address, with the counts of all."""

    @require_safe
    @needs(*LENDING)
    def page(request: SignedIn) -> HttpResponse:
        now = timezone.now()
        here = frame(request)
        library, counts = here["desk"].library, here["found"].lending
        known = every(now, here["found"])
        chosen = queues.named(request.GET.get("show", ""), known, counts)
        part = page_of_queue(request, rows_of(library, chosen), ROWS)
        at_hand = copies.of(part, library)
        return render(
            request,
            template,
            {
                **here,
                "queue": chosen,
                "choices": queues.choices(known, chosen, counts),
                "page": part,
                "no": taken_back(request, library),
                "rows": [row(supply, chosen, at_hand, now) for supply in part],
            },
        )

    return page


def taken_back(request: SignedIn, library: Library) -> Event | None:
    """The "no" of a moment ago, if it can still be taken back."""
    key = request.GET.get(UNDO, "")
    if not is_key(key):
        return None
    said = Event.objects.filter(pk=key, supply__lender=library)
    event = said.select_related("supply", "request__current__lender").first()
    return event if event is not None and taking_back.may_take_back_no(event) else None


queue = page_of("staff/lending/queue.html", lambda now, _counts: queues.lending(now))
out = page_of("staff/lending/out.html", lambda _now, counts: counts.out)


def rows_of(library: Library, queue: Queue) -> QuerySet[Supply]:
    """What stands in a queue, in its order, with all that a row shows."""
    rows = queues.supplies(library).filter(queue.which).shown()
    return rows.select_related("parcel_home").order_by(*queue.order)


def row(supply: Supply, queue: Queue, at_hand: dict[int, Copies], now: datetime) -> Row:
    day = day_of(supply, queue)
    return Row(
        supply,
        at_hand.get(supply.pk, Copies()),
        day,
        queues.urgency(day, timezone.localdate(now)),
    )


def day_of(supply: Supply, queue: Queue) -> date | None:
    match queue.key:
        case "received" | "late":
            return supply.request.due_back
        case "shipped":
            return supply.arrives_on
        case "homeward":
            return supply.parcel_home.expected_on if supply.parcel_home else None
        case _:
            return queues.local(supply.due_at)
