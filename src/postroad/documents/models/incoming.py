"""A scan that was uploaded and not yet sent: nobody could tell for which request it is."""

from django.db import models

from postroad.directory.models import Library


class Incoming(models.Model):
    """One file that waits at a library until somebody says for what it is, or throws it away."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200, blank=True)  # as it was uploaded
    kind = models.CharField(max_length=4)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveIntegerField()
    stored_as = models.CharField(max_length=40, unique=True)  # made ready, its cover taken off
    ref = models.CharField(max_length=16, blank=True)  # what its cover sheet said
    why = models.CharField(max_length=40)  # the code of why it was not sent
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["library", "sha256"], name="a_scan_waits_once"),
        )

    def __str__(self) -> str:
        return self.name
