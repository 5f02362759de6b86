"""What waits at a desk, in queues: the same words for the rows, the tabs and the counts."""

from collections.abc import Sequence
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
from postroad.ill.lifecycle import Owner, State, SupplyState
from postroad.ill.models import Request, RequestQuerySet, Supply, SupplyQuerySet
from postroad.notices import reach
from postroad.web.shared.gates import Desk
from postroad.web.shared.pieces import Choice

# The queues that somebody at the desk must work off; the others are there to be looked at.
TO_BORROW = ("review", "call", "overdue", "back", "unclaimed")
TO_LEND = ("asked", "promised")


@dataclass(frozen=True, slots=True)
class Act:
    """What is expected of the desk for each thing in a queue: one verb."""

    address: str  # the name of the verb's address
    label: Promise
    main: bool = True  # not where the thing is scanned, and a row's button is for the odd case


@dataclass(frozen=True, slots=True)
class Queue:
    key: str  # as it stands in the address
    label: Promise
    which: Q
    order: tuple[str | OrderBy, ...]
    empty: Promise  # what it means that nothing is here
    day: Promise  # what the day in the row is
    act: Act | None = None
    next: Promise | str = ""  # what to do when it is empty
    look: Promise | str = ""  # in place of an act, where somebody must read first and then decide


def soonest(supply: str) -> Coalesce:
    """By the day on which it should arrive, as `Supply.arrives_on` says it."""
    return Coalesce(f"{supply}parcel_out__expected_on", f"{supply}expected_on")


# In the order of a day's work. Five are narrowed by what is so at a moment.
BORROWING = (
    Queue(
        "review",
        _("To review"),
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
        Q(),
        ("due_at", "pk"),
        _("Every reader can be reached by e-mail, or has been told."),
        _("Until"),
        Act("staff-request-told", _("Mark as told")),
        _(
            "Readers who cannot be reached by e-mail come here when an item is ready for them "
            "or due."
        ),
    ),
    Queue(
        "overdue",
        _("Overdue"),
        Q(state=State.LENT),
        ("due_back", "pk"),
        _("Nothing that your readers have at home is overdue."),
        _("Was due"),
        next=_("What is not returned by its due date comes here, oldest first."),
    ),
    Queue(
        "back",
        _("To send home"),
        Q(state=State.BACK),
        ("due_at", "pk"),
        _("Nothing here needs to be sent home."),
        _("Send by"),
        Act("staff-request-send-home", _("Send home")),
        _("What patrons return comes here as soon as you take it back."),
    ),
    Queue(
        "unclaimed",
        _("Not picked up"),
        Q(state=State.ARRIVED),
        ("due_at", "pk"),
        _("Nothing on the hold shelf is past its date."),
        _("Waiting since"),
        Act("staff-request-send-home", _("Send home")),
        next=_("Items that are not picked up in time come here, to be sent home."),
    ),
    Queue(
        "coming",
        _("On its way here"),
        Q(state=State.SHIPPED),
        (soonest("current__").asc(nulls_last=True), "due_at", "pk"),
        _("Nothing is on its way to you."),
        _("Expected"),
        Act("staff-request-receive", _("It is here")),
        _("What a lender ships to you comes here, with the date it should arrive."),
    ),
    Queue(
        "shelf",
        _("On the hold shelf"),
        Q(state=State.ARRIVED),
        ("due_at", "pk"),
        _("The hold shelf is empty."),
        _("Held until"),
        Act("staff-request-lend", _("Lend it")),
        _("What you receive is listed here until its patron picks it up."),
    ),
    Queue(
        "lent",
        _("Lent"),
        Q(state=State.LENT),
        (F("due_back").asc(nulls_last=True), "pk"),
        _("No patron of yours has anything from another library."),
        _("Due"),
        Act("staff-request-take-back", _("Take back"), main=False),
        next=_("What you lend from the hold shelf is listed here until it comes back."),
    ),
    Queue(
        "waiting",
        _("Being looked for"),
        Q(state__in=(State.ASKED, State.APPROVED, State.REFERRED, State.CENTRE)),
        (F("need_by").asc(nulls_last=True), "due_at", "pk"),
        _("None of your requests is waiting for a lender."),
        _("Needed by"),
        next=_("Your patrons' requests are listed here while libraries are asked."),
    ),
    Queue(
        "homeward",
        _("On its way home"),
        Q(state=State.HOMEWARD),
        ("current__parcel_home__expected_on", "pk"),
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
            Q(state=SupplyState.ASKED),
            ("due_at", "asked_at", "pk"),
            _("No library is waiting for your answer."),
            _("Answer by"),
            Act("staff-supply-promise", _("Yes, on the shelf")),
            _("When a library asks for something you own, it comes here."),
        ),
        Queue(
            "promised",
            _("To ship"),
            Q(state=SupplyState.PROMISED),
            ("due_at", "asked_at", "pk"),
            _("Nothing that you promised still needs to be shipped."),
            _("Ship by"),
            next=_("What you say yes to is listed here until you ship it."),
        ),
    ]


def out(now: datetime, library: Library) -> list[Queue]:
    """What this library has lent to others and not yet got back."""
    late = dates.overdue_of(library, now)
    return [
        Queue(
            "received",
            _("With the borrower"),
            Q(state=SupplyState.RECEIVED) & ~late,
            (F("request__due_back").asc(nulls_last=True), "pk"),
            _("Nothing of yours is with another library."),
            _("Due"),
            next=_("What another library receives from you is listed here until it is sent home."),
        ),
        Queue(
            "late",
            _("Overdue"),
            late,
            ("request__due_back", "pk"),
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
            Q(state=SupplyState.SHIPPED),
            (soonest("").asc(nulls_last=True), "pk"),
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
        Q(state=SupplyState.HOMEWARD),
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
    """One query a side."""
    borrows = not desk.roles.isdisjoint({Role.BORROWING, Role.DIRECTOR})
    lends = not desk.roles.isdisjoint({Role.LENDING, Role.DIRECTOR})
    away = out(now, desk.library) if lends else []
    day = dates.desk_day(desk.library, now) if borrows else None
    return Counts(
        count(requests(desk.library), borrowing(now, day)) if borrows else {},
        count(supplies(desk.library), [*lending(now), *away]) if lends else {},
        away,
        day,
    )


def count(rows: QuerySet[Any], of: Sequence[Queue]) -> dict[str, int]:
    return dict(rows.aggregate(**{queue.key: Count("pk", filter=queue.which) for queue in of}))


def requests(library: Library) -> RequestQuerySet:
    return Request.objects.open().at(library)


def supplies(library: Library) -> SupplyQuerySet:
    return Supply.objects.open().at(library)


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
