"""What waits at a desk, in queues: the same words for the rows, the tabs and the counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, OrderBy, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from postroad.accounts.models import Role
from postroad.directory.models import Library
from postroad.ill import dates
from postroad.ill.lifecycle import LoanState, Owner, State, SupplyState, Verb
from postroad.ill.models import (
    Loan,
    LoanQuerySet,
    Request,
    RequestQuerySet,
    Supply,
    SupplyQuerySet,
)
from postroad.notices import reach
from postroad.web.shared.gates import Desk
from postroad.web.shared.pieces import Choice
from postroad.web.staff.buttons import BUTTONS, TOLD, Button

# The queues that somebody at the desk must work off; the others are there to be looked at.
TO_BORROW = ("review", "call", "overdue", "back", "unclaimed")
TO_LEND = ("asked", "promised")


def requests(library: Library) -> RequestQuerySet:
    return Request.objects.open().at(library)


def borrowed(library: Library) -> LoanQuerySet:
    return Loan.objects.open().borrowed_by(library)


def supplies(library: Library) -> SupplyQuerySet:
    return Supply.objects.waiting().at(library)


def lent(library: Library) -> LoanQuerySet:
    return Loan.objects.open().lent_by(library)


Rows = Callable[[Library], RequestQuerySet | SupplyQuerySet | LoanQuerySet]


@dataclass(frozen=True, slots=True)
class Queue:
    key: str  # as it stands in the address
    label: Promise
    rows: Rows  # of what it is a list: wishes, attempts, or things out
    which: Q
    order: tuple[str | OrderBy | Coalesce, ...]
    empty: Promise  # what it means that nothing is here
    day: Promise  # what the day in the row is
    act: Button | None = None  # what is expected of the desk for each thing in it
    next: Promise | str = ""  # what to do when it is empty
    look: Promise | str = ""  # in place of an act, where somebody must read first and then decide
    scanned: bool = False  # things are scanned here, and a row's button is for the odd case


# By when somebody should act on a request: its own clock, its lender's or that of what is out.
RINGS = Coalesce("due_at", "current__due_at", "current_loan__due_at")
# By the day on which it should arrive, as `Loan.arrives_on` says it.
SOONEST = Coalesce("parcel_out__expected_on", "supply__expected_on").asc(nulls_last=True)


# In the order of a day's work. Five are narrowed by what is so at a moment.
BORROWING = (
    Queue(
        "review",
        _("To review"),
        requests,
        Q(state=State.REVIEW),
        ("due_at", "pk"),
        _("Nothing is waiting for your review."),
        _("Asked"),
        next=_("Requests that pass the checks are approved automatically; the others come here."),
        look=_("Review"),
    ),
    Queue(
        "call",
        _("To tell"),
        requests,
        Q(),
        (RINGS, "pk"),
        _("Every reader can be reached by e-mail, or has been told."),
        _("Until"),
        TOLD,
        _(
            "Readers who cannot be reached by e-mail come here when an item is ready for them "
            "or due."
        ),
    ),
    Queue(
        "overdue",
        _("Overdue"),
        borrowed,
        Q(state=LoanState.LENT),
        ("due_back", "pk"),
        _("Nothing that your readers have at home is overdue."),
        _("Was due"),
        next=_("What is not returned by its due date comes here, oldest first."),
    ),
    Queue(
        "back",
        _("To send home"),
        borrowed,
        Q(state=LoanState.BACK),
        ("due_at", "pk"),
        _("Nothing here needs to be sent home."),
        _("Send by"),
        BUTTONS[Verb.SHIP_RETURN],
        _("What patrons return comes here as soon as you take it back."),
    ),
    Queue(
        "unclaimed",
        _("Not picked up"),
        borrowed,
        Q(state=LoanState.ARRIVED),
        ("due_at", "pk"),
        _("Nothing on the hold shelf is past its date."),
        _("Waiting since"),
        BUTTONS[Verb.SHIP_RETURN],
        next=_("Items that are not picked up in time come here, to be sent home."),
    ),
    Queue(
        "coming",
        _("On its way here"),
        borrowed,
        Q(state=LoanState.SHIPPED),
        (SOONEST, "due_at", "pk"),
        _("Nothing is on its way to you."),
        _("Expected"),
        BUTTONS[Verb.RECEIVE],
        _("What a lender ships to you comes here, with the date it should arrive."),
    ),
    Queue(
        "shelf",
        _("On the hold shelf"),
        borrowed,
        Q(state=LoanState.ARRIVED),
        ("due_at", "pk"),
        _("The hold shelf is empty."),
        _("Held until"),
        BUTTONS[Verb.CHECK_OUT],
        _("What you receive is listed here until its patron picks it up."),
    ),
    Queue(
        "lent",
        _("Lent"),
        borrowed,
        Q(state=LoanState.LENT),
        (F("due_back").asc(nulls_last=True), "pk"),
        _("No patron of yours has anything from another library."),
        _("Due"),
        BUTTONS[Verb.RETURN],
        next=_("What you lend from the hold shelf is listed here until it comes back."),
        scanned=True,
    ),
    Queue(
        "waiting",
        _("Being looked for"),
        requests,
        Q(state__in=(State.ASKED, State.APPROVED, State.REFERRED, State.CENTRE)),
        (F("need_by").asc(nulls_last=True), RINGS, "pk"),
        _("None of your requests is waiting for a lender."),
        _("Needed by"),
        next=_("Your patrons' requests are listed here while libraries are asked."),
    ),
    Queue(
        "homeward",
        _("On its way home"),
        borrowed,
        Q(state=LoanState.HOMEWARD),
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
    over = Q(due_at__lte=now) | Q(owner=Owner.BORROWING)
    overdue = Q(due_back__lt=desk_day or timezone.localdate(now))
    narrower = {
        "call": reach.to_tell(),
        "overdue": overdue,
        "unclaimed": over,
        "shelf": ~over,
        "lent": ~overdue,
    }
    return [replace(each, which=each.which & narrower.get(each.key, Q())) for each in BORROWING]


def lending(now: datetime) -> list[Queue]:
    """The queues of the lending side: to do first, then what is out."""
    return [
        Queue(
            "asked",
            _("To answer"),
            supplies,
            Q(state=SupplyState.ASKED),
            ("due_at", "asked_at", "pk"),
            _("No library is waiting for your answer."),
            _("Answer by"),
            BUTTONS[Verb.PROMISE],
            _("When a library asks for something you own, it comes here."),
        ),
        Queue(
            "promised",
            _("To ship"),
            supplies,
            Q(state=SupplyState.PROMISED),
            ("due_at", "asked_at", "pk"),
            _("Nothing that you promised still needs to be shipped."),
            _("Ship by"),
            next=_("What you say yes to is listed here until you ship it."),
        ),
    ]


AT_THE_BORROWER = Q(state__in=(LoanState.ARRIVED, LoanState.LENT, LoanState.BACK))


def out(now: datetime, library: Library) -> list[Queue]:
    """What this library has lent to others and not yet got back."""
    late = dates.overdue_of(library, now)
    return [
        Queue(
            "received",
            _("With the borrower"),
            lent,
            AT_THE_BORROWER & ~late,
            (F("due_back").asc(nulls_last=True), "pk"),
            _("Nothing of yours is with another library."),
            _("Due"),
            next=_("What another library receives from you is listed here until it is sent home."),
        ),
        Queue(
            "late",
            _("Overdue"),
            lent,
            late,
            ("due_back", "pk"),
            _("Nothing of yours is overdue."),
            _("Was due"),
            next=_(
                "What is past its due date comes here, and is listed as overdue at the borrowing "
                "library too."
            ),
        ),
        Queue(
            "shipped",
            _("On its way there"),
            lent,
            Q(state=LoanState.SHIPPED),
            (SOONEST, "pk"),
            _("Nothing of yours is on its way to another library."),
            _("Expected there"),
            next=_("What you ship is listed here until the other library receives it."),
        ),
        coming_home(),
    ]


def coming_home() -> Queue:
    """What this library has lent and gets back."""
    return Queue(
        "homeward",
        _("On its way home"),
        lent,
        Q(state=LoanState.HOMEWARD),
        (F("parcel_home__expected_on").asc(nulls_last=True), "pk"),
        _("Nothing is on its way home to you."),
        _("Expected"),
        next=_("What other libraries send home is listed here until you check it in."),
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many things stand in each queue of a desk; of a side that is not its own, none."""

    borrowing: dict[str, int] = field(default_factory=dict)
    lending: dict[str, int] = field(default_factory=dict)  # with what is out
    out: list[Queue] = field(default_factory=list)
    desk_day: date | None = None  # of the borrowing side

    @property
    def navigation(self) -> dict[str, int]:
        """What needs somebody here, by the name of the way."""
        found = {}
        if self.borrowing:
            found["staff-borrowing"] = sum(self.borrowing[part] for part in TO_BORROW)
        if self.lending:
            found["staff-lending"] = sum(self.lending[part] for part in TO_LEND)
        return found


def counts(desk: Desk, now: datetime) -> Counts:
    """A query for each table of each side."""
    borrows = not desk.roles.isdisjoint({Role.BORROWING, Role.DIRECTOR})
    lends = not desk.roles.isdisjoint({Role.LENDING, Role.DIRECTOR})
    away = out(now, desk.library) if lends else []
    day = dates.desk_day(desk.library, now) if borrows else None
    return Counts(
        count(desk.library, borrowing(now, day)) if borrows else {},
        count(desk.library, [*lending(now), *away]) if lends else {},
        away,
        day,
    )


def count(library: Library, of: Sequence[Queue]) -> dict[str, int]:
    """How many stand in each of these queues; one query for each kind of rows."""
    found: dict[str, int] = {}
    for rows in dict.fromkeys(queue.rows for queue in of):
        mine = {queue.key: Count("pk", filter=queue.which) for queue in of if queue.rows is rows}
        found |= rows(library).aggregate(**mine)
    return found


def listed(library: Library, queue: Queue) -> QuerySet[Any]:
    """What stands in a queue, in its order, with what every list of it shows."""
    return queue.rows(library).filter(queue.which).shown().order_by(*queue.order)


def named(key: str, of: Sequence[Queue], counts: dict[str, int]) -> Queue:
    """The queue of this name; without one, the first in which there is something."""
    by_key = {queue.key: queue for queue in of}
    return by_key.get(key) or next((each for each in of if counts[each.key]), of[0])


def choices(every: Sequence[Queue], chosen: Queue, counts: dict[str, int]) -> list[Choice]:
    return [
        Choice(str(each.label), f"?show={each.key}", counts[each.key], each is chosen)
        for each in every
    ]


def urgency(day: date | None, today: date) -> str:
    if day is None or day > today + timedelta(days=1):
        return ""
    return "due" if day < today else "soon"


def local(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


def tonight(now: datetime) -> datetime:
    """The end of the desk's own day."""
    return timezone.localtime(now).replace(hour=23, minute=59, second=59, microsecond=999999)
