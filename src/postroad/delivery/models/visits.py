"""That the van was at a stop, how much it left and took, and what the library counted."""

from django.conf import settings
from django.db import models

from postroad.directory.models import Library


class Visit(models.Model):
    """A stop as its driver confirmed it. The library's own count stands beside it."""

    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    route = models.CharField(max_length=20)
    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    key = models.CharField(max_length=80, unique=True)  # confirmed twice, it is one
    at = models.DateTimeField()  # by the phone that had no network: when it was
    noted_at = models.DateTimeField()
    left = models.PositiveIntegerField()
    taken = models.PositiveIntegerField()
    counted_left = models.PositiveIntegerField(null=True, blank=True)
    counted_taken = models.PositiveIntegerField(null=True, blank=True)
    counted_by = models.CharField(max_length=150, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # the driver pressed too early

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["library", "-at"], name="visits_of_a_library")]

    def __str__(self) -> str:
        return f"{self.route} at {self.library_id}, {self.at}"

    @property
    def disagrees(self) -> bool:
        counted = (self.counted_left, self.counted_taken)
        return self.counted_at is not None and counted != (self.left, self.taken)
