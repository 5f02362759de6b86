"""One thing that left its lender: a volume, a copy."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, models
from django.db.models import Q

from postroad.catalogue.models import Item
from postroad.delivery.models import Parcel
from postroad.directory.models import Library
from postroad.directory.opening import Calendar
from postroad.ill import clocks, lifecycle
from postroad.ill.lifecycle import ENDED, OUT, LoanState, Verb
from postroad.ill.models.request import MovedMeanwhile, Request
from postroad.ill.models.supply import Supply

# In which of its parcels a thing travels.
TRAVELS: Mapping[LoanState, str] = {
    LoanState.SHIPPED: "parcel_out",
    LoanState.HOMEWARD: "parcel_home",
}
# By which of its marks no patron fetches it.
FOR_NOBODY = ("wrong_item", "not_wanted")
# What is put right, and may leave it on the hold shelf where it lay before.
BACK_ON_SHELF = frozenset({Verb.UNDO_CHECK_OUT, Verb.UNDO_SHIP_RETURN, Verb.UNDO_CHECK_IN})


class LoanQuerySet(models.QuerySet["Loan"]):
    def open(self) -> "LoanQuerySet":
        """Those that have a clock, as a constraint holds; so an index knows them."""
        return self.filter(due_at__isnull=False)

    def borrowed_by(self, library: Library) -> "LoanQuerySet":
        return self.filter(borrower=library)

    def lent_by(self, library: Library) -> "LoanQuerySet":
        return self.filter(lender=library)

    def due_before(self, moment: datetime) -> "LoanQuerySet":
        return self.filter(due_at__lte=moment)

    def shown(self) -> "LoanQuerySet":
        """With what every list of loans shows, in one query."""
        return self.select_related(
            "request__library",
            "request__record",
            "request__patron",
            "supply__lender",
            "item",
            "parcel_out",
        )


class Loan(models.Model):
    """One thing out, from when it is shipped until its lender has it back."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="loans")
    supply = models.ForeignKey(Supply, on_delete=models.CASCADE, related_name="loans")
    # Both stand on the request and the supply too; here they sort the queues of two desks.
    lender = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    borrower = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")

    item = models.ForeignKey(
        Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    barcode = models.CharField(max_length=40, blank=True, db_index=True)
    call_number = models.CharField(max_length=120, blank=True)
    label = models.CharField(max_length=120, blank=True)  # of several: "v. 2", "disc 3"
    pieces = models.PositiveSmallIntegerField(default=1)  # counted when it left
    pieces_back = models.PositiveSmallIntegerField(null=True)  # counted last, on its way
    wrong_item = models.BooleanField(default=False)  # it is not what was asked for
    not_wanted = models.BooleanField(default=False)  # its patron has said so since it left

    state = models.CharField(
        max_length=10,
    )
    ending = models.CharField(max_length=12, blank=True)
    owner = models.CharField(
        max_length=10,
    )
    due_at = models.DateTimeField(null=True)  # when its clock rings
    reminders = models.PositiveSmallIntegerField(default=0)  # how often it rang in this state
    # What the catalogue said of the copy when it left; nothing where that was that it is in.
    status_before = models.CharField(max_length=12, blank=True)
    shipped_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    lent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    due_back = models.DateField(null=True)  # at the borrowing library
    due_home = models.DateField(null=True)  # at its lender, where that is what "due" means
    renewals = models.PositiveSmallIntegerField(default=0)
    parcel_out = models.ForeignKey(Parcel, null=True, on_delete=models.PROTECT, related_name="+")
    parcel_home = models.ForeignKey(Parcel, null=True, on_delete=models.PROTECT, related_name="+")

    objects = LoanQuerySet.as_manager()

    class Meta:
        ordering = ["shipped_at", "pk"]
        indexes = [
            models.Index(fields=["borrower", "state", "due_at"], name="loan_borrowed"),
            models.Index(fields=["lender", "state", "due_at"], name="loan_lent"),
            models.Index(fields=["due_at"], name="loan_clock", condition=Q(due_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(due_at__isnull=False), name="one_loan_an_item"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(ENDED), due_at=None, closed_at__isnull=False)
                & ~Q(ending="")
                | ~Q(state__in=sorted(ENDED)) & Q(due_at__isnull=False, closed_at=None, ending=""),
                name="an_open_loan_has_a_clock",
            ),
        ]

    def __str__(self) -> str:
        return f"loan {self.pk} of {self.request_id}"

    @property
    def is_new(self) -> bool:
        """Not saved yet: the verb that ships it does that."""
        return self._state.adding

    @property
    def is_open(self) -> bool:
        return self.state in OUT

    @property
    def is_outside(self) -> bool:
        return self.supply.is_outside

    @property
    def arrives_on(self) -> date | None:
        """At the borrowing library: as its parcel is expected now, or as its lender said."""
        return self.parcel_out.expected_on if self.parcel_out else self.supply.expected_on

    def stepped(
        self,
        verb: Verb,
        at: datetime,
        after: LoanState,
        change: Mapping[str, Any],
        desk: Calendar | None = None,
    ) -> dict[str, Any]:
        """What `Request.move`, which alone calls it, writes here."""
        stays = not self.is_new and after == self.state
        clock = clocks.of_loan(
            after,
            at,
            borrower=self.request.library,
            due_back=change.get("due_back", self.due_back),
            late_at=self._late_at(after, change),
            outside=self.is_outside,
            for_nobody=any(change.get(each, getattr(self, each)) for each in FOR_NOBODY),
            rung=verb in lifecycle.REMINDERS or self._is_unclaimed_again(verb, after),
            desk=desk,
        )
        changes = {"due_at": clock.due_at, "owner": clock.owner, **change, "state": after}
        changes["reminders"] = lifecycle.reminders(self.reminders, verb, stays=stays)
        if not stays and after in ENDED and self.closed_at is None:  # or it was lost, and is found
            changes["closed_at"] = at
        return changes

    def _is_unclaimed_again(self, verb: Verb, after: LoanState) -> bool:
        """Whether a mistake put right leaves it on a hold shelf where its time was over: once that
        clock has rung it stays so, unless it came anew, or a closure gave its patron more time."""
        if after != LoanState.ARRIVED or verb not in BACK_ON_SHELF:
            return False
        rang = Q(verb=Verb.REMIND_LOAN, loan_before=LoanState.ARRIVED)
        told = rang | Q(verb__in=(Verb.RECEIVE, Verb.HOLD_LONGER))
        last = self.request.events.filter(told, loan=self).order_by("-pk")
        return last.values_list("verb", flat=True).first() == Verb.REMIND_LOAN

    def _late_at(self, state: LoanState, change: Mapping[str, Any]) -> datetime | None:
        """The last moment at which the parcel that travels in this state is not late."""
        name = TRAVELS.get(state)
        parcel: Parcel | None = change.get(name, getattr(self, name)) if name else None
        return parcel.late_at if parcel is not None else None

    def write(self, verb: Verb, changes: Mapping[str, Any]) -> None:
        """Make it, or go on from where it was read; part of `Request.move`."""
        try:
            self._write(verb, changes)
        except IntegrityError as taken:  # one loan an item: its copy is out on another
            raise MovedMeanwhile(ref=self.request.ref, verb=verb) from taken

    def _write(self, verb: Verb, changes: Mapping[str, Any]) -> None:
        if not self.is_new:
            still = Loan.objects.filter(pk=self.pk, state=self.state)
            if not still.update(**changes):
                raise MovedMeanwhile(ref=self.request.ref, verb=verb)
        for name, value in changes.items():
            setattr(self, name, value)
        if self.is_new:
            self.save(force_insert=True)
