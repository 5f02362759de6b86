"""What one library owes another for a thing: never a patron, whose fees are her own library's."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from postroad.accounts.models import User
from postroad.directory.models import Library
from postroad.ill.models.loan import Loan


class ChargeKind(models.TextChoices):
    REPLACEMENT = "replacement", _("replacement")
    PROCESSING = "processing", _("processing")
    REPAIR = "repair", _("repair")
    LENDING = "lending", _("lending fee")


class ChargeState(models.TextChoices):
    OWED = "owed", _("owed")
    PAID = "paid", _("paid")
    WAIVED = "waived", _("waived")
    REFUNDED = "refunded", _("refunded")


class ChargeQuerySet(models.QuerySet["Charge"]):
    def owed(self) -> "ChargeQuerySet":
        return self.filter(state=ChargeState.OWED)


class Charge(models.Model):
    """An amount between two libraries, as a record: no money moves here."""

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="charges")
    kind = models.CharField(max_length=12, choices=ChargeKind)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    currency = models.CharField(max_length=3, default="USD")
    owed_by = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    owed_to = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ChargeState, default=ChargeState.OWED)
    note = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    settled_at = models.DateTimeField(null=True)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_charge_is_an_amount"),
            models.CheckConstraint(
                condition=Q(state="owed", settled_at=None)
                | (~Q(state="owed") & Q(settled_at__isnull=False)),
                name="a_settled_charge_has_a_day",
            ),
            models.UniqueConstraint(
                fields=["loan", "kind"],
                condition=Q(state="owed"),
                name="one_charge_of_a_kind_a_loan",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} of {self.loan_id}"
