"""What is known of a parcel that goes by mail, from its library or from its carrier's list."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.delivery.models.parcels import Parcel


class MailStep(models.TextChoices):
    POSTED = "posted", _("posted")
    RETURNED = "returned", _("returned to its sender")
    DELIVERED = "delivered", _("delivered, as the carrier says")


class MailEvent(models.Model):
    """What somebody said, or a list of the carrier. It moves no parcel: a desk has it in hand only
    when that desk says so."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="mail_events")
    step = models.CharField(max_length=10, choices=MailStep)
    day = models.DateField()
    imported = models.BooleanField(default=False)  # from a list; else somebody said so
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["parcel", "step", "day"], name="said_twice_it_is_one_mail_event"
            )
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.parcel_id} on {self.day}"
