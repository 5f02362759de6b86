"""A copy that was delivered, and the one-time code by which it may be read.

The request is a text: what it is for, and whose, is not known here. Nothing says who read what; how
often it was opened is a count.
"""

from datetime import datetime

from django.db import models
from django.db.models import Q

from postroad.directory.models import Library


class CopyQuerySet(models.QuerySet["Copy"]):
    def here(self) -> "CopyQuerySet":
        """Those whose file is still in storage."""
        return self.filter(gone_at=None)

    def open(self, now: datetime) -> "CopyQuerySet":
        """Those that may be read now."""
        return self.here().filter(expires_at__gt=now, views_left__gt=0)

    def of_request(self, ref: str) -> "CopyQuerySet":
        return self.filter(ref=ref)


class Copy(models.Model):
    """One file for the reader of one request; sent again it is the same row with another file."""

    ref = models.CharField(max_length=8, db_index=True)
    supplier = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, blank=True)  # as the supplier called it
    kind = models.CharField(max_length=4)  # what came: pdf, tiff, jpeg, png. What is kept is PDF
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveIntegerField()  # without that of the notice
    notice_added = models.BooleanField(default=False)
    stored_as = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    views_left = models.PositiveSmallIntegerField()
    opened = models.PositiveIntegerField(default=0)
    gone_at = models.DateTimeField(null=True, blank=True)  # its file is no more

    objects = CopyQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")
        indexes = (
            models.Index(
                fields=["expires_at"], name="copies_that_end", condition=Q(gone_at__isnull=True)
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(gone_at__isnull=True, stored_as__gt="")
                | Q(gone_at__isnull=False, stored_as="", name="", sha256=""),
                name="a_copy_is_stored_or_gone",
            ),
            models.UniqueConstraint(
                fields=["stored_as"], condition=Q(stored_as__gt=""), name="a_file_is_of_one_copy"
            ),
            models.UniqueConstraint(
                fields=["ref", "supplier", "sha256"],
                condition=Q(gone_at__isnull=True),
                name="a_copy_is_sent_once",
            ),
        )

    def __str__(self) -> str:
        return self.ref

    def is_over(self, now: datetime) -> bool:
        """Whether its day has come, or its file is gone already."""
        return self.gone_at is not None or self.expires_at <= now


class Key(models.Model):
    """A one-time code for one copy; the code itself stands nowhere."""

    copy = models.ForeignKey(Copy, on_delete=models.CASCADE, related_name="keys")
    hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
