"""What waits at the borrowing desk: /staff/borrowing/."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from postroad import words
from postroad.accounts.models import BORROWING
from postroad.directory.models import Library
from postroad.ill import lending, turns
from postroad.ill.lifecycle import LoanState, State, Verb
from postroad.ill.models import Loan, Request
from postroad.ill.turns import Step
from postroad.notices import reach
from postroad.web.shared import csv_files
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.paging import page_of as page_of_queue
from postroad.web.staff import queues, telling
from postroad.web.staff.borrowing.offers import offered
from postroad.web.staff.buttons import BUTTONS
from postroad.web.staff.counter import frame, undoable_no
from postroad.web.staff.counts import Counts
from postroad.web.staff.queues import Queue
from postroad.web.staff.telling import Contact

ROWS = 50  # of one page
COLUMNS = (*csv_files.LOANS, csv_files.PATRON)
SAYS: Mapping[Step, Promise] = {
    Step.REMIND: gettext_lazy("%(late)s; the reader is reminded by e-mail"),
    Step.TALK: gettext_lazy("%(late)s; talk to the reader"),
    Step.SETTLE: gettext_lazy("%(late)s; agree with the lender on what to do"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One request, or one thing that is out for it, as the desk reads it."""

    ill: Request
    loan: Loan | None
    day: date | None  # what the queue goes by
    class_: str  # due, soon or nothing
    where: str
    step: str  # of what is overdue: what happened about it, and what is to be done
    contact: Contact | None  # how the reader can be told, where that is the work
    concerns: Sequence[str]
    offer: str = ""  # a lender's conditions that wait for an answer
    read: str = ""  # the mark of these, for the buttons


LOANS = ("lent",)  # where the day of the desk counts: behind a locked door nothing is late


@require_safe
@needs(*BORROWING)
def queue(request: SignedIn) -> HttpResponse:
    """One queue, chosen in the address, with the counts of all."""
    now = timezone.now()
    here = frame(request)
    counts = here["found"].borrowing
    every = queues.borrowing(now, here["found"].desk_day)
    chosen = queues.named(request.GET.get("show", ""), every, counts)
    listed = rows_of(here["desk"].library, chosen)
    if csv_files.wanted(request):
        return csv_files.answer(request, f"borrowing-{chosen.key}", COLUMNS, listed)
    page = page_of_queue(request, listed, ROWS)
    today = day_for(chosen, here["found"], now)
    return render(
        request,
        "staff/borrowing/queue.html",
        {
            **here,
            "queue": chosen,
            "choices": queues.choices(every, chosen, counts),
            "page": page,
            "download": csv_files.offered(request, COLUMNS),
            "no": undoable_no(request, request__library=here["desk"].library),
            "accept": BUTTONS[Verb.ACCEPT_OFFER],
            "decline": BUTTONS[Verb.DECLINE_OFFER],
            "rows": [row(each, chosen, today) for each in page],
        },
    )


def rows_of(library: Library, queue: Queue) -> QuerySet[Any]:
    """What stands in a queue, in its order, with all that a row shows."""
    rows: QuerySet[Any] = queues.listed(library, queue)
    patron = "patron" if queue.rows is queues.requests else "request__patron"
    rows = rows.select_related(f"{patron}__card").annotate(refused=reach.refused(patron))
    return rows if queue.rows is queues.requests else rows.select_related("parcel_home")


def day_for(queue: Queue, found: Counts, now: datetime) -> date:
    """The day by which a row is late: of loans, the last one on which the desk was open."""
    return (queue.key in LOANS and found.desk_day) or timezone.localdate(now)


def row(listed: Request | Loan, queue: Queue, today: date) -> Row:
    ill = listed.request if isinstance(listed, Loan) else listed
    loan = listed if isinstance(listed, Loan) else ill.loan
    day = day_of(ill, loan, queue)
    supply = offered(ill)
    return Row(
        ill,
        loan,
        day,
        queues.urgency(day, today)
        if queue.key != "review"
        else queues.urgency(queues.local(ill.due_at), today),
        loan.supply.lender_name if isinstance(listed, Loan) and loan else where(ill),
        step(loan, today) if loan and queue.key == "overdue" else "",
        telling.contact(ill.patron, getattr(listed, "refused", None))
        if queue.key in {"call", "overdue"}
        else None,
        words.intake.concerns(ill.concerns),
        words.ill.terms(supply) if supply is not None else "",
        lending.offered(supply).mark if supply is not None else "",
    )


def day_of(ill: Request, loan: Loan | None, queue: Queue) -> date | None:
    """The day that the queue's heading speaks of."""
    match queue.key:
        case "review":
            return queues.local(ill.asked_at)
        case "waiting":
            return ill.need_by
        case "coming" if loan:
            return loan.arrives_on
        case "homeward" if loan:
            return loan.parcel_home.expected_on if loan.parcel_home else None
        case "lent" | "overdue" if loan:
            return loan.due_back
        case "call" if loan and loan.state == LoanState.LENT:
            return loan.due_back
        case "unclaimed" if loan:
            return queues.local(loan.received_at)
        case "call" | "conditions":
            return queues.local(ill.rings_at)
        case _:
            return queues.local(loan.due_at if loan else ill.due_at)


def step(loan: Loan, today: date) -> str:
    """How long it is overdue, and what that asks of the desk."""
    days = turns.days_overdue(loan, today)
    late = ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days}
    return str(SAYS[turns.overdue_step(loan, today)]) % {"late": late}


def where(ill: Request) -> str:
    """The other end, or where the request is in the machine's hands."""
    if ill.state == State.WAITING and ill.retry_on is not None:
        return _("waits until %(day)s") % {"day": words.day(ill.retry_on)}
    if ill.supply is not None and ill.state not in (State.APPROVED, State.CENTRE):
        return ill.supply.lender_name
    if ill.state == State.CENTRE:
        return _("at the ILL center")
    return _("not yet asked")
