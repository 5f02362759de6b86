"""Claims against the carrier for what was lost or damaged on the road (R12)."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from postroad.delivery import claim_rules
from postroad.delivery.models.parcels import Parcel
from postroad.directory.models import Library


class ClaimKind(models.TextChoices):
    LOST = claim_rules.Kind.LOST.value, _("lost")
    DAMAGED = claim_rules.Kind.DAMAGED.value, _("damaged")


class ClaimState(models.TextChoices):
    OPEN = claim_rules.State.OPEN.value, _("open")
    READY = claim_rules.State.READY.value, _("ready for the next file")
    SENT = claim_rules.State.SENT.value, _("sent to the carrier")
    PAID = claim_rules.State.PAID.value, _("paid")
    REFUSED = claim_rules.State.REFUSED.value, _("refused")
    CANCELLED = claim_rules.State.CANCELLED.value, _("canceled")


class ClaimStep(models.TextChoices):
    OPEN = "open", _("opened")
    COMPLETE = claim_rules.Step.COMPLETE.value, _("complete")
    SEND = claim_rules.Step.SEND.value, _("sent")
    PAY = claim_rules.Step.PAY.value, _("paid")
    REFUSE = claim_rules.Step.REFUSE.value, _("refused")
    CANCEL = claim_rules.Step.CANCEL.value, _("canceled")
    FIND = claim_rules.Step.FIND.value, _("found")
    UNDO = claim_rules.Step.UNDO.value, _("undone")


LIVE = sorted(state.value for state in claim_rules.LIVE)


class ClaimBatch(models.Model):
    """What the carrier gets at the start of a month, once: its lines as they were then."""

    month = models.DateField(unique=True)  # its first day
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    lines = models.JSONField(default=list)

    class Meta:
        ordering = ["-month"]
        verbose_name_plural = "claim batches"

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ClaimQuerySet(models.QuerySet["Claim"]):
    def of(self, library: Library) -> "ClaimQuerySet":
        return self.filter(library=library)

    def live(self) -> "ClaimQuerySet":
        return self.filter(state__in=LIVE)

    def to_be_told(self) -> "ClaimQuerySet":
        """Withdrawn after the carrier had them, which has not been told so."""
        return self.filter(state=ClaimState.CANCELLED, batch__isnull=False, withdrawn=None)

    def shown(self) -> "ClaimQuerySet":
        return self.select_related("library", "parcel__from_library", "parcel__to_library", "batch")


class Claim(models.Model):
    """What the library that owns a thing asks the carrier to pay; who owes whom between the two
    libraries is another matter, a `Charge` of its loan."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="claims")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")  # the owner
    kind = models.CharField(max_length=8, choices=ClaimKind)
    state = models.CharField(max_length=10, choices=ClaimState, default=ClaimState.OPEN)
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    sent_on = models.DateField()  # when the thing left; the window counts from then
    earliest = models.DateField()
    latest = models.DateField()
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    cap = models.DecimalField(max_digits=8, decimal_places=2)
    evidence = models.CharField(max_length=1000, blank=True)
    initials = models.CharField(max_length=10, blank=True)  # of who has seen it
    seen_on = models.DateField(null=True)
    sender_said = models.CharField(
        max_length=300, blank=True
    )  # that it left, where no scan says so
    batch = models.ForeignKey(
        ClaimBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="claims"
    )
    withdrawn = models.ForeignKey(  # the file in which the carrier is told that it is withdrawn
        ClaimBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="withdrawals"
    )
    paid = models.DecimalField(max_digits=8, decimal_places=2, null=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at", "pk"]
        indexes = [
            models.Index(fields=["library", "state"]),
            models.Index(fields=["state", "batch"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["parcel"], condition=Q(state__in=LIVE), name="one_live_claim_a_parcel"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=F("cap")), name="a_claim_is_within_its_cap"
            ),
            models.CheckConstraint(
                condition=Q(earliest__lte=F("latest")), name="a_claim_has_a_window"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "paid", "refused"]) | Q(batch__isnull=False),
                name="what_was_sent_has_its_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.parcel_id}"

    @property
    def stands(self) -> claim_rules.State:
        return claim_rules.State(self.state)

    @property
    def window(self) -> claim_rules.Window:
        return claim_rules.Window(self.earliest, self.latest)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    def may(self, step: claim_rules.Step) -> bool:
        return claim_rules.after(self.stands, step) is not None

    def is_late(self, day: date) -> bool:
        return self.window.on(day) is claim_rules.Time.LATE


class ClaimLine(models.Model):
    """What happened to a claim. Never changed or deleted."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="history")
    step = models.CharField(max_length=10, choices=ClaimStep)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    note = models.CharField(max_length=300, blank=True)
    search = models.ForeignKey(  # by which it was found
        "delivery.Search", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.step} of {self.claim_id}"
