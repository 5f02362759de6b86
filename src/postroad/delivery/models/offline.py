"""Scans of a round without a network that the ledger could not take."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.delivery.models.network import Stop


class Why(models.TextChoices):
    """Why a scan that came from a phone waits for a person."""

    UNKNOWN = "unknown", _("no parcel has this number")
    SEVERAL = "several", _("more than one parcel has this number")
    CLOSED = "closed", _("a library had received it or kept it back before")
    TOO_OLD = "too-old", _("it was scanned more than 7 days before it came")
    AHEAD = "ahead", _("the phone's clock was changed: the time lies ahead")
    NO_TIME = "no-time", _("it bears no time")
    NO_STOP = "no-stop", _("it names no stop of the van")
    UNREADABLE = "unreadable", _("it is no number: empty or too long")
    HANDED_IN = "handed-in", _("another driver found it on the phone")


class SetAside(models.Model):
    """A scan as it came from a driver's phone, kept until the delivery office has looked at it."""

    driver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)  # of the scan: sent again, it is the same row
    text = models.CharField(max_length=200, blank=True)
    hand = models.CharField(max_length=8)
    stop = models.ForeignKey(
        Stop, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(null=True, blank=True)  # as the phone told
    came_at = models.DateTimeField()
    why = models.CharField(max_length=10, choices=Why)
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    recorded = models.BooleanField(default=False)  # settled by writing it into the ledger

    class Meta:
        constraints = [models.UniqueConstraint(fields=["driver", "key"], name="one_scan_set_aside")]
        indexes = [models.Index(fields=["settled_at", "-came_at"], name="set_aside_list")]

    def __str__(self) -> str:
        return f"{self.text} set aside: {self.why}"
