"""What other libraries wait for: /staff/lending/, and what is out: /staff/lending/out/.

A lender sees a library and a number, never a patron.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from postroad import words
from postroad.accounts.models import LENDING
from postroad.directory.models import Library
from postroad.ill import copies, turns
from postroad.ill.copies import Copies
from postroad.ill.models import Loan, Request, Supply
from postroad.web.shared import csv_files
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.paging import page_of as page_of_queue
from postroad.web.staff import queues
from postroad.web.staff.counter import frame, undoable_no
from postroad.web.staff.counts import Counts
from postroad.web.staff.queues import Queue

ROWS = 50  # of one page


@dataclass(frozen=True, slots=True)
class Row:
    """One attempt, or one thing that it sent, as the lending desk reads it."""

    supply: Supply
    loan: Loan | None
    copies: Copies
    day: date | None  # what the queue goes by
    class_: str  # due, soon or nothing
    terms: str = ""  # the conditions on it

    @property
    def ill(self) -> Request:
        return (self.loan or self.supply).request


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
        listed = rows_of(library, chosen)
        if csv_files.wanted(request):
            return csv_files.answer(request, f"lending-{chosen.key}", csv_files.LOANS, listed)
        part = page_of_queue(request, listed, ROWS)
        return render(
            request,
            template,
            {
                **here,
                "queue": chosen,
                "choices": queues.choices(known, chosen, counts),
                "page": part,
                "download": csv_files.offered(request, csv_files.LOANS),
                "no": undoable_no(request, supply__lender=library),
                "rows": rows(part, chosen, library, now),
            },
        )

    return page


queue = page_of("staff/lending/queue.html", lambda now, _counts: queues.lending(now))
out = page_of("staff/lending/out.html", lambda _now, counts: counts.out)


def rows_of(library: Library, queue: Queue) -> QuerySet[Any]:
    """What stands in a queue, in its order, with all that a row shows."""
    found = queues.listed(library, queue)
    return found if queue.rows is queues.supplies else found.select_related("parcel_home")


def rows(
    listed: Iterable[Supply | Loan], queue: Queue, library: Library, now: datetime
) -> list[Row]:
    """Those of a page; what is still to be fetched with the copies that would do."""
    supplies = [each for each in listed if isinstance(each, Supply)]
    at_hand = copies.of(supplies, library) if supplies else {}
    today = timezone.localdate(now)
    found = []
    for each in listed:
        day = queues.local(each.due_at) if isinstance(each, Supply) else day_of(each, queue)
        supply, loan = (each, None) if isinstance(each, Supply) else (each.supply, each)
        class_ = queues.urgency(day, today)
        terms = words.ill.terms(supply)
        found.append(Row(supply, loan, at_hand.get(supply.pk, Copies()), day, class_, terms))
    return found


def day_of(loan: Loan, queue: Queue) -> date | None:
    match queue.key:
        case "shipped":
            return loan.arrives_on
        case "homeward":
            return loan.parcel_home.expected_on if loan.parcel_home else None
        case _:
            return turns.due_for_lender(loan)
