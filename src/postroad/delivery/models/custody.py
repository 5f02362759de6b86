"""The ledger of custody, which only grows."""

from django.conf import settings
from django.db import models

from postroad.delivery import ledger
from postroad.delivery.models.containers import Container
from postroad.delivery.models.parcels import Parcel
from postroad.delivery.models.steps import SCANS, TOLD_LATER, CustodyStep, How
from postroad.directory.models import Library


class Custody(models.Model):
    """A line of the ledger: who had it, where, when, and how we know. Never changed or deleted."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="custody")
    key = models.CharField(max_length=80, unique=True)  # the same event told twice is one line
    step = models.CharField(max_length=10, choices=CustodyStep)
    at = models.DateTimeField()  # when it happened
    noted_at = models.DateTimeField()  # when we heard of it
    how = models.CharField(max_length=9, choices=How)
    holder = models.CharField(max_length=80, blank=True)  # a route or a carrier
    library = models.ForeignKey(
        Library, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    container = models.ForeignKey(  # into which it was put, or with which it was moved
        Container, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )

    class Meta:
        verbose_name_plural = "custody"
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.parcel_id} {self.step} at {self.at}"

    @property
    def entry(self) -> ledger.Entry:
        return ledger.Entry(
            key=self.key,
            step=ledger.Move(self.step),
            at=self.at,
            how=ledger.How(self.how),
            library=self.library_id,
            undoes=self.undoes.key if self.undoes else "",
            container=self.container_id,
        )

    @property
    def was_told_later(self) -> bool:
        """Whether we heard of it only a good while after it happened."""
        return self.noted_at - self.at > TOLD_LATER

    @property
    def was_undone(self) -> bool:
        return hasattr(self, "undone_by")

    @property
    def may_be_undone(self) -> bool:
        """By the delivery office: a scan of the van. What a desk said is undone at that desk, and
        what followed from a container's scan with that scan."""
        return self.step in SCANS and self.how != How.CONTAINED and not self.was_undone
