"""Files of scans, from a hand scanner's memory or a contractor's system, and their bad lines."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ScanFile(models.Model):
    """A file is known by what is in it: the same one from two drivers is one."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")

    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()  # as it was sent; nothing is left of it when all is taken
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=7, choices=State, default=State.WAITING, db_index=True)
    rows = models.PositiveIntegerField()  # lines with a scan
    worked = models.PositiveIntegerField(default=0)  # of these, so many are taken in
    taken = models.PositiveIntegerField(default=0)
    again = models.PositiveIntegerField(default=0)  # known before
    refused = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.name


class BadRow(models.Model):
    """A line that was not taken: which, for which column, and why."""

    file = models.ForeignKey(ScanFile, on_delete=models.CASCADE, related_name="bad_rows")
    line = models.PositiveIntegerField()  # as an editor counts them
    column = models.CharField(max_length=10)
    why = models.CharField(max_length=30)  # a code; `words` has the sentence
    text = models.CharField(max_length=300)  # the line as it was sent

    class Meta:
        ordering = ["line", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["file", "line"], name="one_reason_a_bad_line")
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.why}"
