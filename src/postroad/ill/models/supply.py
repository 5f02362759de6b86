"""One attempt by one lender."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models
from django.db.models import Q

from postroad.catalogue.models import Item
from postroad.directory.models import Agreement, Library, Membership
from postroad.ill import clocks, lifecycle
from postroad.ill.lifecycle import OPEN_SUPPLY, SupplyState, Verb
from postroad.ill.models.request import MovedMeanwhile, Request


class SupplyQuerySet(models.QuerySet["Supply"]):
    def open(self) -> "SupplyQuerySet":
        return self.exclude(state=SupplyState.CLOSED)

    def waiting(self) -> "SupplyQuerySet":
        """Asked or promised, or with more to send: what the lender has to do. They have a clock,
        as a constraint holds; so an index knows them."""
        return self.filter(due_at__isnull=False)

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
        return self.select_related("request__library", "request__record", "lender", "item")


class Supply(models.Model):
    """One attempt by one lender, a member or an outside one. Never overwritten.

    What it sends are its loans, each on the terms that stand here.
    """

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="supplies")
    attempt = models.PositiveSmallIntegerField()
    lender = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    outside_system = models.CharField(max_length=40, blank=True)  # OCLC, Docline, by letter

    state = models.CharField(max_length=10, default=SupplyState.ASKED)
    ending = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=32, blank=True)
    reason_note = models.CharField(max_length=300, blank=True)
    owner = models.CharField(
        max_length=10,
    )
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)  # the first of its things
    closed_at = models.DateTimeField(null=True)
    # Until all that it will send is out: then its loans ring.
    due_at = models.DateTimeField(null=True)
    to_send = models.PositiveSmallIntegerField(default=0)  # things to follow what is out
    reminders = models.PositiveSmallIntegerField(
        default=0
    )  # how often its clock rang in this state

    item = models.ForeignKey(  # the copy to be fetched; what left stands on its loan
        Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    loan_days = models.PositiveSmallIntegerField(default=28)  # the terms of its own date (R14)
    lender_due_on = models.DateField(null=True, blank=True)  # by its own word; then no days count
    renewals_allowed = models.PositiveSmallIntegerField(default=0)
    renewal_days = models.PositiveSmallIntegerField(default=14)
    expected_on = models.DateField(null=True, blank=True)  # at the borrowing library
    conditions = models.JSONField(default=list, blank=True)  # of its offer: of `Condition`
    offer_note = models.CharField(max_length=300, blank=True)
    cost = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    return_to = models.CharField(  # lines as on a label, if not to its lender's own address
        max_length=300, blank=True
    )
    retry_on = models.DateField(null=True, blank=True)  # "later": from this day on
    follows = models.ForeignKey(  # the attempt that had ended, and went on after all
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Of a copy alone: how soon (`lifecycle.Level`), where it can be read if no file was sent, and
    # the key of the row by which the law counts it.
    level = models.CharField(max_length=24, blank=True)
    link = models.URLField(max_length=500, blank=True)
    use = models.BigIntegerField(null=True, blank=True)
    due_means = models.CharField(  # what the due day is a day of, by the agreement of its date
        max_length=12, choices=Agreement.DueMeans, default=Agreement.DueMeans.AT_BORROWER
    )

    objects = SupplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "supplies"
        ordering = ["attempt", "pk"]
        indexes = [
            models.Index(fields=["lender", "state", "due_at"], name="supply_queue"),
            models.Index(fields=["due_at"], name="supply_clock", condition=Q(due_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["request", "attempt"], name="one_attempt_a_number"),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(state__in=sorted(lifecycle.WAITING)),
                name="one_waiting_supply_a_request",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(lifecycle.WAITING), due_at__isnull=False)
                | Q(state="supplying", to_send__gt=0, due_at__isnull=False)
                | Q(state="supplying", to_send=0, due_at=None)
                | Q(state="closed", due_at=None),
                name="a_waiting_supply_has_a_clock",
            ),
            models.CheckConstraint(
                condition=Q(state="closed") ^ Q(closed_at=None), name="a_closed_supply_has_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.attempt} of {self.request_id}"

    @property
    def is_new(self) -> bool:
        """Not saved yet: the verb that asks its lender does that."""
        return self._state.adding

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_SUPPLY

    @property
    def is_outside(self) -> bool:
        return self.lender.is_outside

    @property
    def lender_name(self) -> str:
        return self.lender.name

    def stepped(
        self, verb: Verb, at: datetime, after: SupplyState, change: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What `Request.move`, which alone calls it, writes here; nothing where nothing changes."""
        stays = not self.is_new and after == self.state
        rings = verb in lifecycle.REMINDERS
        if stays and after not in lifecycle.WAITING and not change and not rings:
            return {}
        clock = clocks.of_supply(
            after,
            at,
            lender=self.lender,
            borrower=self.request.library,
            to_send=change.get("to_send", self.to_send),
            level=self.level,
        )
        changes = {"due_at": clock.due_at, "owner": clock.owner, **change, "state": after}
        changes["reminders"] = lifecycle.reminders(self.reminders, verb, stays=stays)
        if not stays and after == SupplyState.CLOSED:
            changes["closed_at"] = at
        return changes

    def write(self, verb: Verb, changes: Mapping[str, Any]) -> None:
        """Make it, or go on from where it was read; part of `Request.move`."""
        if not self.is_new and changes:
            still = Supply.objects.filter(pk=self.pk, state=self.state)
            if not still.update(**changes):
                raise MovedMeanwhile(ref=self.request.ref, verb=verb)
        for name, value in changes.items():
            setattr(self, name, value)
        if self.is_new:
            try:
                self.save(force_insert=True)
            except IntegrityError as taken:  # one waiting supply a request
                raise MovedMeanwhile(ref=self.request.ref, verb=verb) from taken
