"""The request, its supplies and its events. `Request.move` alone assigns a state.

Where a verb moves several rows, each takes them in the same order, so that two at once never wait
for one another: the copy that is shipped, the request, its supply, the copy that is back, the
counts, and the parcel last.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from postroad import reference_numbers
from postroad.accounts.models import User
from postroad.catalogue.models import Format, Item, Record
from postroad.delivery.models import Parcel
from postroad.directory.models import Library, Membership
from postroad.errors import Refusal
from postroad.ill import clocks, lifecycle
from postroad.ill.lifecycle import BORROWING, LENDING, OPEN, OPEN_SUPPLY, Owner, State, SupplyState
from postroad.telling import Told

# In which of its parcels the thing travels, by the state of either side.
TRAVELS = {SupplyState.SHIPPED.value: "parcel_out", SupplyState.HOMEWARD.value: "parcel_home"}


class MovedMeanwhile(Refusal):
    """Somebody else moved this record between our look and our step. Nothing was changed."""

    code = "moved-meanwhile"


class RequestQuerySet(models.QuerySet["Request"]):
    def open(self) -> "RequestQuerySet":
        return self.exclude(state=State.CLOSED)

    def outstanding(self) -> "RequestQuerySet":
        """What a patron waits for or has at home: what counts against her. Not what she brought
        back, though it may still be on its way home."""
        return self.filter(state__in=lifecycle.OUTSTANDING)

    def at(self, library: Library) -> "RequestQuerySet":
        """Those that this library borrows."""
        return self.filter(library=library)

    def of(self, patron: User) -> "RequestQuerySet":
        return self.filter(patron=patron)

    def due_before(self, moment: datetime) -> "RequestQuerySet":
        return self.filter(due_at__lte=moment)

    def shown(self) -> "RequestQuerySet":
        """With what every list and page of requests shows, in one query."""
        return self.select_related(
            "patron", "library", "current__lender", "current__parcel_out"
        ).defer("current__rota")

    def heard_of(self) -> "RequestQuerySet":
        """With what the listeners of an event ask for, in one query."""
        return self.select_related("patron", "library__policy", "record", "current__lender").defer(
            "current__rota"
        )


class Request(models.Model):
    """What a reader wants, for the library that fetches it and lends it to her."""

    ref = models.CharField(max_length=8, unique=True, default=reference_numbers.new, editable=False)
    # Who was deleted before her request is forgotten would leave her words in it for ever.
    patron = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(
        Record, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    title = models.CharField(max_length=1000)
    author = models.CharField(max_length=300, blank=True)
    year = models.SmallIntegerField(null=True, blank=True)
    format = models.CharField(max_length=12, choices=Format, default=Format.BOOK)
    need_by = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    insists = models.BooleanField(default=False)  # knows that it is here, or asked already
    key = models.UUIDField(null=True, unique=True)  # of the form: a second press asks once

    state = models.CharField(max_length=10, choices=[(s, s) for s in State], default=State.ASKED)
    outcome = models.CharField(
        max_length=10, choices=[(o, o) for o in lifecycle.Outcome], blank=True
    )
    reason = models.CharField(max_length=300, blank=True)  # of an unfilled end, for the reader
    concerns = models.JSONField(default=list, blank=True)  # why intake left it to staff
    owner = models.CharField(max_length=10, choices=[(o, o) for o in lifecycle.Owner])
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # when the clock of the state rings
    reminders = models.PositiveSmallIntegerField(default=0)  # how often it rang in this state
    closed_at = models.DateTimeField(null=True)
    lent_at = models.DateTimeField(null=True)
    due_back = models.DateField(null=True)  # at the borrowing library
    renewals = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    current = models.ForeignKey("Supply", null=True, on_delete=models.SET_NULL, related_name="+")

    objects = RequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["library", "state", "due_at"], name="request_queue"),
            models.Index(fields=["patron", "state"], name="request_patron"),
            models.Index(fields=["record", "state"], name="request_record"),
            models.Index(fields=["state", "due_at"], name="request_centre"),
            models.Index(
                fields=["due_at"], name="request_clock", condition=Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["need_by"],
                name="request_need_by",
                condition=Q(need_by__isnull=False) & ~Q(state="closed"),
            ),
            models.Index(
                fields=["closed_at"],
                name="request_closed",
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(
                fields=["closed_at"],
                name="request_to_forget",
                condition=Q(patron__isnull=False, closed_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", due_at=None, closed_at__isnull=False)
                | (~Q(state="closed") & Q(due_at__isnull=False, closed_at=None)),
                name="an_open_request_has_a_clock",
            ),
            models.CheckConstraint(
                condition=Q(state="closed") ^ Q(outcome=""), name="a_closed_request_has_an_outcome"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def role_of(self, by: User | None) -> Owner:
        """What somebody who acts is here: kept on the event when the name has gone."""
        if by is None:
            return Owner.MACHINE
        return Owner.PATRON if by.pk == self.patron_id else Owner.BORROWING

    def move(
        self,
        verb: str,
        *,
        by: User | None,
        at: datetime,
        supply: "Supply | None" = None,
        change: Mapping[str, Any] | None = None,
        supply_change: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        note: str = "",
        role: str = "",
    ) -> "Event":
        """Apply `verb` to the request, and to the supply if it is a verb of both sides.

        Guarded: raises OutOfTurn if the tables do not allow it, MovedMeanwhile if somebody was
        faster. Sets the clock of the new state and writes the Event, which is both the history
        and the work that follows. To be called in a transaction.
        """
        before, supply_before = State(self.state), _state_of(supply)
        if verb in BORROWING:
            self._step(verb, at, supply, change or {}, supply_change or {})
        if supply is not None and verb in LENDING:
            supply.step(verb, at, supply_change or {}, self)
        return self.events.create(
            supply=supply,
            verb=verb,
            before=before,
            after=self.state,
            supply_before=supply_before,
            supply_after=_state_of(supply),
            by=by,
            role=role,
            at=at,
            due_at=at,
            facts=dict(facts or {}),
            note=note,
        )

    def _step(
        self,
        verb: str,
        at: datetime,
        supply: "Supply | None",
        change: Mapping[str, Any],
        supply_change: Mapping[str, Any],
    ) -> None:
        before = State(self.state)
        after = lifecycle.step(before, verb, ref=self.ref)
        unrung = _unrung(before, after, self.due_at)
        for name, value in change.items():
            setattr(self, name, value)
        clock = clocks.of_request(
            after,
            at,
            borrower=self.library,
            due_back=self.due_back,
            late_at=supply.late_at(after, supply_change) if supply is not None else None,
            outside=supply is not None and supply.is_outside,
            rung=verb == "nudge",
        )
        changes = {"due_at": clock.due_at, **change, "state": after, "owner": clock.owner}
        changes["reminders"] = lifecycle.reminders(self.reminders, verb, stays=before == after)
        if after == State.CLOSED:
            changes["closed_at"] = at
        if not Request.objects.filter(pk=self.pk, state=before, **unrung).update(**changes):
            raise MovedMeanwhile(ref=self.ref, verb=verb)
        for name, value in changes.items():
            setattr(self, name, value)


def _unrung(before: str, after: str, due_at: datetime | None) -> dict[str, Any]:
    """What else guards a verb that leaves the state as it is: the clock, which every verb sets."""
    return {"due_at": due_at} if before == after else {}


def _state_of(supply: "Supply | None") -> str:
    return supply.state if supply is not None else ""


class SupplyQuerySet(models.QuerySet["Supply"]):
    def open(self) -> "SupplyQuerySet":
        """Those that have a clock, as a constraint holds; so an index knows them."""
        return self.filter(due_at__isnull=False)

    def waiting(self) -> "SupplyQuerySet":
        """Asked or promised: what the lender has to do."""
        return self.open().filter(state__in=lifecycle.WAITING)

    def of_members(self) -> "SupplyQuerySet":
        """Those whose lender answers for itself; for one outside the centre does."""
        return self.filter(lender__membership=Membership.MEMBER)

    def at(self, library: Library) -> "SupplyQuerySet":
        """Those that this library lends."""
        return self.filter(lender=library)

    def due_before(self, moment: datetime) -> "SupplyQuerySet":
        return self.filter(due_at__lte=moment)

    def shown(self) -> "SupplyQuerySet":
        """With what every list of supplies shows, in one query. No patron: a lender sees none."""
        return self.select_related(
            "request__library", "request__record", "item", "parcel_out"
        ).defer("rota")


class Supply(models.Model):
    """One attempt by one lender, a member or an outside one. Never overwritten."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="supplies")
    attempt = models.PositiveSmallIntegerField()
    lender = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    outside_system = models.CharField(max_length=40, blank=True)  # OCLC, Docline, by letter
    rota = models.JSONField(default=dict, blank=True)  # the ranking that led here

    state = models.CharField(
        max_length=10, choices=[(s, s) for s in SupplyState], default=SupplyState.ASKED
    )
    ending = models.CharField(max_length=14, choices=[(e, e) for e in lifecycle.Ending], blank=True)
    reason = models.CharField(max_length=32, blank=True)
    reason_note = models.CharField(max_length=300, blank=True)
    owner = models.CharField(max_length=10, choices=[(o, o) for o in lifecycle.Owner])
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(
        default=0
    )  # how often its clock rang in this state

    item = models.ForeignKey(
        Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    item_barcode = models.CharField(max_length=40, blank=True, db_index=True)
    call_number = models.CharField(max_length=120, blank=True)
    loan_days = models.PositiveSmallIntegerField(default=28)  # the terms of its own date (R14)
    lender_due_on = models.DateField(null=True, blank=True)  # by its own word; then no days count
    renewals_allowed = models.PositiveSmallIntegerField(default=0)
    renewal_days = models.PositiveSmallIntegerField(default=14)
    expected_on = models.DateField(null=True, blank=True)  # at the borrowing library
    parcel_out = models.ForeignKey(Parcel, null=True, on_delete=models.PROTECT, related_name="+")
    parcel_home = models.ForeignKey(Parcel, null=True, on_delete=models.PROTECT, related_name="+")

    objects = SupplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "supplies"
        ordering = ["attempt"]
        indexes = [
            models.Index(fields=["lender", "state", "due_at"], name="supply_queue"),
            models.Index(fields=["due_at"], name="supply_clock", condition=Q(due_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["request", "attempt"], name="one_attempt_a_number"),
            models.UniqueConstraint(
                fields=["request"], condition=~Q(state="closed"), name="one_open_supply_a_request"
            ),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(state__in=["shipped", "received", "homeward"]),
                name="one_loan_an_item",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", due_at=None, closed_at__isnull=False)
                | (~Q(state="closed") & Q(due_at__isnull=False, closed_at=None)),
                name="an_open_supply_has_a_clock",
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.attempt} of {self.request_id}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_SUPPLY

    @property
    def is_outside(self) -> bool:
        return self.lender.is_outside

    @property
    def arrives_on(self) -> date | None:
        """At the borrowing library: as its parcel is expected now, once there is one."""
        return self.parcel_out.expected_on if self.parcel_out is not None else self.expected_on

    @property
    def lender_name(self) -> str:
        return self.lender.name

    def late_at(self, state: State | SupplyState, change: Mapping[str, Any]) -> datetime | None:
        """The last moment at which the parcel that travels in this state is not late."""
        name = TRAVELS.get(state)
        parcel: Parcel | None = change.get(name, getattr(self, name)) if name else None
        return parcel.late_at if parcel is not None else None

    def step(self, verb: str, at: datetime, change: Mapping[str, Any], ill: Request) -> None:
        """The lender's half of `Request.move`, which alone calls it."""
        before = SupplyState(self.state)
        after = lifecycle.step_supply(before, verb, ref=ill.ref)
        unrung = _unrung(before, after, self.due_at)
        road = {name: getattr(self, f"{name}_id") for name in TRAVELS.values()}
        for name, value in change.items():
            setattr(self, name, value)
        clock = clocks.of_supply(
            after,
            at,
            lender=self.lender,
            borrower=ill.library,
            due_back=ill.due_back,
            late_at=self.late_at(after, {}),
        )
        changes = {**change, "state": after, "due_at": clock.due_at, "owner": clock.owner}
        changes["reminders"] = lifecycle.reminders(self.reminders, verb, stays=before == after)
        if after == SupplyState.CLOSED:
            changes["closed_at"] = at
        still = Supply.objects.filter(pk=self.pk, state=before, **unrung, **road)
        if not still.update(**changes):  # it may have come back and gone again in another parcel
            raise MovedMeanwhile(ref=ill.ref, verb=verb)
        for name, value in changes.items():
            setattr(self, name, value)


class System(models.TextChoices):
    """Who gave a number: a system in which the same wish or attempt stands, too."""

    CLIO = "clio", _("Clio ID")
    OTHER = "other", _("other number")
    OCLC = "oclc", _("OCLC ILL number")
    DOCLINE = "docline", _("DOCLINE number")
    RAPID = "rapidill", _("RapidILL number")
    LENDER = "lender", _("lender's number")


OF_THE_REQUEST = frozenset({System.CLIO, System.OTHER})  # the others are of one attempt


class NumberQuerySet(models.QuerySet["Number"]):
    def standing(self) -> "NumberQuerySet":
        """Without those that were taken off."""
        return self.filter(off_at=None)


class Number(models.Model):
    """What another system calls it. A Clio ID is of the request and outlives its attempts; an ILL
    number is of one attempt. Written by `numbering` alone; taken off, it stays, and can come back.
    """

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="numbers")
    supply = models.ForeignKey(
        Supply, null=True, blank=True, on_delete=models.CASCADE, related_name="numbers"
    )
    system = models.CharField(max_length=10, choices=System)
    value = models.CharField(max_length=40, db_index=True)  # by `spelling`, to be compared
    typed = models.CharField(max_length=80)  # as somebody wrote it, to be shown
    entered_by = models.CharField(max_length=150, blank=True)  # a name: it stays when they left
    at = models.DateTimeField()
    off_at = models.DateTimeField(null=True)

    objects = NumberQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["value"],
                condition=Q(system="clio", off_at=None),
                name="one_request_a_clio_id",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(system="clio", off_at=None),
                name="one_clio_id_a_request",
            ),
            models.UniqueConstraint(
                fields=["supply", "system"],
                condition=Q(off_at=None),
                name="one_number_a_system_and_supply",
            ),
            models.CheckConstraint(
                condition=Q(system__in=["clio", "other"]) ^ Q(supply__isnull=False),
                name="a_number_is_of_a_request_or_a_supply",
            ),
            models.CheckConstraint(condition=~Q(value=""), name="a_number_has_a_value"),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.value}"


class Event(Told):
    """What happened to a request."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="events")
    supply = models.ForeignKey(Supply, null=True, on_delete=models.CASCADE, related_name="+")
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    supply_before = models.CharField(max_length=10, blank=True)
    supply_after = models.CharField(max_length=10, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    role = models.CharField(max_length=10, blank=True)  # stays when the name has gone
    note = models.CharField(max_length=500, blank=True)

    class Meta(Told.Meta):
        indexes = [models.Index(fields=["request", "at"], name="event_history"), *Told.Meta.indexes]
        verbose_name = _("event")

    def of_what(self) -> str:
        brought = Event.request.is_cached(self)
        return f"request {self.request.ref}" if brought else f"request with key {self.request_id}"


class Tally(models.Model):
    """What a library lent and borrowed in a month: the counts that stay, and the fair share."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="+")
    month = models.DateField()  # its first day
    lent = models.PositiveIntegerField(default=0)
    borrowed = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(fields=["library", "month"], name="one_tally_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.library_id} in {self.month}: {self.lent} lent, {self.borrowed} borrowed"
