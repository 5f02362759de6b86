"""A region's timetable as somebody sent it: read, shown as a difference, applied, undone."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from postroad.delivery.models.network import Region


class TimetableFile(models.Model):
    """What a file asks for, as it was read; what stood before, once it was applied."""

    key = models.UUIDField(unique=True, default=uuid4)
    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    asked = models.JSONField(default=list)  # a stop each, by its library's key
    bad = models.JSONField(default=list)  # cells that could not be read
    sent_by = models.CharField(max_length=150)
    sent_at = models.DateTimeField()
    applied_by = models.CharField(max_length=150, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    # Applied ahead of this day, it is planned: until then its days stand beside the usual ones.
    first_day = models.DateField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)  # since when such a one is in effect
    before = models.JSONField(default=list)  # the stops that it changed, as they were
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-sent_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def planned(self) -> bool:
        """Whether it was applied, and its day has not come."""
        begins_later = self.first_day is not None and self.held_at is None
        return self.applied_at is not None and self.undone_at is None and begins_later

    @property
    def source(self) -> str:
        """What the days bear that it has announced."""
        return f"timetable:{self.pk}"
