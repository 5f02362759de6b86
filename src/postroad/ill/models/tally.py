"""What stays countable when requests are forgotten."""

from django.db import models

from postroad.directory.models import Library


class Tally(models.Model):
    """What a library lent and borrowed in a month: the counts that stay, and the fair share, of
    which copies are no part."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="+")
    month = models.DateField()  # its first day
    lent = models.PositiveIntegerField(default=0)
    borrowed = models.PositiveIntegerField(default=0)
    copies_sent = models.PositiveIntegerField(default=0)
    copies_had = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(fields=["library", "month"], name="one_tally_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.library_id} in {self.month}: {self.lent} lent, {self.borrowed} borrowed"
