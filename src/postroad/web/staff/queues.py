"""What waits at a desk, in queues: the same words for the rows, the tabs and the counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, OrderBy, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from postroad.directory.models import Library
from postroad.ill import waiting
from postroad.ill.lifecycle import Verb
from postroad.ill.models import (
    Loan,
    LoanQuerySet,
    Request,
    RequestQuerySet,
    Supply,
    SupplyQuerySet,
)
from postroad.ill.waiting import Borrowing, Lending, Out
from postroad.notices import reach
from postroad.web.shared.pieces import Choice
from postroad.web.staff.buttons import ANSWERS, BUTTONS, TOLD, WITHOUT_CONDITIONS, Button

CALL = "call"  # readers to be told in person
# The queues that somebody at the desk must work off; the others are there to be looked at.
TO_BORROW = frozenset({CALL, *waiting.TO_DO} - set(Lending))
TO_LEND = waiting.TO_DO & set(Lending)


def requests(library: Library) -> RequestQuerySet:
    return Request.objects.open().at(library)


def borrowed(library: Library) -> LoanQuerySet:
    return Loan.objects.open().borrowed_by(library)


def supplies(library: Library) -> SupplyQuerySet:
    return Supply.objects.waiting().at(library)


def to_pull(library: Library) -> SupplyQuerySet:
    """What this library has to answer or to ship; neither copies nor what waits for the borrower's
    word."""
    return supplies(library).filter(waiting.ASKED | waiting.PROMISED)


def lent(library: Library) -> LoanQuerySet:
    return Loan.objects.open().lent_by(library)


Rows = Callable[[Library], RequestQuerySet | SupplyQuerySet | LoanQuerySet]


@dataclass(frozen=True, slots=True)
class Queue:
    key: str  # as it stands in the address
    label: Promise
    rows: Rows  # of what it is a list: wishes, attempts, or things out
    order: tuple[str | OrderBy | Coalesce, ...]
    empty: Promise  # what it means that nothing is here
    day: Promise  # what the day in the row is
    act: Button | None = None  # what is expected of the desk for each thing in it
    next: Promise | str = ""  # what to do when it is empty
    look: Promise | str = ""  # in place of an act, where somebody must read first and then decide
    scanned: bool = False  # things are scanned here, and a row's button is for the odd case
    answers: tuple[Button, ...] = ()  # what a lender may say instead of what is expected
    page: str = ""  # the name of its own page, where it has one
    which: Q = field(default_factory=Q)


# By when somebody should act on a request: its own clock, its lender's or that of what is out.
RINGS = Coalesce("due_at", "current__due_at", "current_loan__due_at")
# By the day on which it should arrive, as `Loan.arrives_on` says it.
SOONEST = Coalesce("parcel_out__expected_on", "supply__expected_on").asc(nulls_last=True)


# In the order of a day's work. What stands in each is said below the pages, for a moment.
BORROWING = (
    Queue(
        Borrowing.REVIEW,
        _("To review"),
        requests,
        ("due_at", "pk"),
        _("Nothing is waiting for your review."),
        _("Asked"),
        next=_("Requests that pass the checks are approved automatically; the others come here."),
        look=_("Review"),
    ),
    Queue(
        Borrowing.CONDITIONS,
        _("Conditions to accept"),
        requests,
        (RINGS, "pk"),
        _("No lender waits for your word on its conditions."),
        _("Answer by"),
        next=_("When a library can lend something only on conditions, it comes here."),
    ),
    Queue(
        CALL,
        _("To tell"),
        requests,
        (RINGS, "pk"),
        _("Every reader can be reached by e-mail, or has been told."),
        _("Until"),
        TOLD,
        _(
            "Readers who cannot be reached by e-mail come here when an item or a copy is ready "
            "for them, or something is due."
        ),
    ),
    Queue(
        Borrowing.OVERDUE,
        _("Overdue"),
        borrowed,
        ("due_back", "pk"),
        _("Nothing that your readers have at home is overdue."),
        _("Was due"),
        next=_("What is not returned by its due date comes here, oldest first."),
    ),
    Queue(
        Borrowing.BACK,
        _("To send home"),
        borrowed,
        ("due_at", "pk"),
        _("Nothing here needs to be sent home."),
        _("Send by"),
        BUTTONS[Verb.SHIP_RETURN],
        _("What patrons return comes here as soon as you take it back."),
    ),
    Queue(
        Borrowing.UNCLAIMED,
        _("Not picked up"),
        borrowed,
        ("due_at", "pk"),
        _("Nothing on the hold shelf is past its date."),
        _("Waiting since"),
        BUTTONS[Verb.SHIP_RETURN],
        next=_("Items that are not picked up in time come here, to be sent home."),
    ),
    Queue(
        Borrowing.COMING,
        _("On its way here"),
        borrowed,
        (SOONEST, "due_at", "pk"),
        _("Nothing is on its way to you."),
        _("Expected"),
        BUTTONS[Verb.RECEIVE],
        _("What a lender ships to you comes here, with the date it should arrive."),
    ),
    Queue(
        Borrowing.SHELF,
        _("On the hold shelf"),
        borrowed,
        ("due_at", "pk"),
        _("The hold shelf is empty."),
        _("Held until"),
        BUTTONS[Verb.CHECK_OUT],
        _("What you receive is listed here until its patron picks it up."),
    ),
    Queue(
        Borrowing.LENT,
        _("Lent"),
        borrowed,
        (F("due_back").asc(nulls_last=True), "pk"),
        _("No patron of yours has anything from another library."),
        _("Due"),
        BUTTONS[Verb.RETURN],
        next=_("What you lend from the hold shelf is listed here until it comes back."),
        scanned=True,
    ),
    Queue(
        Borrowing.WAITING,
        _("Being looked for"),
        requests,
        (F("need_by").asc(nulls_last=True), RINGS, "pk"),
        _("None of your requests is waiting for a lender."),
        _("Needed by"),
        next=_("Your patrons' requests are listed here while libraries are asked."),
    ),
    Queue(
        Borrowing.HOMEWARD,
        _("On its way home"),
        borrowed,
        ("parcel_home__expected_on", "pk"),
        _("Nothing of yours is on its way home."),
        _("Expected there"),
        next=_("What you send home is listed here until its library checks it in."),
    ),
)


def borrowing(now: datetime, desk_day: date | None = None) -> list[Queue]:
    """The queues of the borrowing side.

    `desk_day` is the last day on which the library was open: what is due then is not overdue.
    """
    which = waiting.borrowing(now, desk_day or timezone.localdate(now))
    known = {CALL: reach.to_tell()} | {name.value: each for name, each in which.items()}
    return [replace(each, which=known[each.key]) for each in BORROWING]


def lending(now: datetime) -> list[Queue]:
    """The queues of the lending side: to do first, then what is out."""
    return [
        Queue(
            Lending.ASKED,
            _("To answer"),
            supplies,
            ("due_at", "asked_at", "pk"),
            _("No library is waiting for your answer."),
            _("Answer by"),
            BUTTONS[Verb.PROMISE],
            _("When a library asks for something you own, it comes here."),
            answers=ANSWERS,
            which=waiting.ASKED,
        ),
        Queue(
            Lending.PROMISED,
            _("To ship"),
            supplies,
            ("due_at", "asked_at", "pk"),
            _("Nothing that you promised still needs to be shipped."),
            _("Ship by"),
            answers=ANSWERS,
            next=_("What you say yes to is listed here until you ship it."),
            which=waiting.PROMISED,
        ),
        copies(),
        Queue(
            Lending.OFFERED,
            _("Offered on conditions"),
            supplies,
            ("due_at", "asked_at", "pk"),
            _("No library is thinking about conditions of yours."),
            _("They answer by"),
            BUTTONS[Verb.CHANGE_OFFER],
            answers=(WITHOUT_CONDITIONS, BUTTONS[Verb.RETRY], BUTTONS[Verb.REFUSE]),
            next=_("What you can lend only on conditions is listed here until they are accepted."),
            which=waiting.OFFERED,
        ),
    ]


def copies() -> Queue:
    """What this library is to copy and to send, by the page of its own."""
    return Queue(
        Lending.COPIES,
        _("Copies to make"),
        supplies,
        ("due_at", "asked_at", "pk"),
        _("No library is waiting for a copy from you."),
        _("Send by"),
        BUTTONS[Verb.DELIVER],
        _("When a library asks for an article or some pages, it comes here."),
        page="staff-lending-copies",
        which=waiting.COPIES,
    )


def out(now: datetime, library: Library) -> list[Queue]:
    """What this library has lent to others and not yet got back."""
    which = waiting.out(library, now)
    return [
        Queue(
            Out.RECEIVED,
            _("With the borrower"),
            lent,
            (F("due_back").asc(nulls_last=True), "pk"),
            _("Nothing of yours is with another library."),
            _("Due"),
            next=_("What another library receives from you is listed here until it is sent home."),
            which=which[Out.RECEIVED],
        ),
        Queue(
            Out.LATE,
            _("Overdue"),
            lent,
            ("due_back", "pk"),
            _("Nothing of yours is overdue."),
            _("Was due"),
            next=_(
                "What is past its due date comes here, and is listed as overdue at the borrowing "
                "library too."
            ),
            which=which[Out.LATE],
        ),
        Queue(
            Out.SHIPPED,
            _("On its way there"),
            lent,
            (SOONEST, "pk"),
            _("Nothing of yours is on its way to another library."),
            _("Expected there"),
            next=_("What you ship is listed here until the other library receives it."),
            which=which[Out.SHIPPED],
        ),
        coming_home(),
    ]


def coming_home() -> Queue:
    """What this library has lent and gets back."""
    return Queue(
        Out.HOMEWARD,
        _("On its way home"),
        lent,
        (F("parcel_home__expected_on").asc(nulls_last=True), "pk"),
        _("Nothing is on its way home to you."),
        _("Expected"),
        next=_("What other libraries send home is listed here until you check it in."),
        which=waiting.HOMEWARD,
    )


def listed(library: Library, queue: Queue) -> QuerySet[Any]:
    """What stands in a queue, in its order, with what every list of it shows."""
    return queue.rows(library).filter(queue.which).shown().order_by(*queue.order)


def named(key: str, of: Sequence[Queue], counts: dict[str, int]) -> Queue:
    """The queue of this name; without one, the first in which there is something."""
    here = [queue for queue in of if not queue.page]
    by_key = {queue.key: queue for queue in here}
    return by_key.get(key) or next((each for each in here if counts[each.key]), here[0])


def choices(every: Sequence[Queue], chosen: Queue, counts: dict[str, int]) -> list[Choice]:
    return [
        Choice(
            str(each.label),
            reverse(each.page) if each.page else f"?show={each.key}",
            counts[each.key],
            each is chosen,
        )
        for each in every
    ]


def urgency(day: date | None, today: date) -> str:
    if day is None or day > today + timedelta(days=1):
        return ""
    return "due" if day < today else "soon"


def local(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None
