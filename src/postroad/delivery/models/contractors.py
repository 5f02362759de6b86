"""Another contractor from a day on, and the codes that each courier's slips bear."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from postroad.delivery.models.network import Courier
from postroad.directory.models import Library


class StopCode(models.Model):
    """What one courier's sorter reads for a library: a sign in the box, and a word. Two couriers'
    stand side by side."""

    courier = models.ForeignKey(Courier, on_delete=models.CASCADE, related_name="+")
    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="+")
    sign = models.CharField(max_length=4, blank=True)  # its route's or region's
    word = models.CharField(max_length=40)  # the town's, or the stop's
    invented = models.BooleanField(default=False)

    class Meta:
        ordering = ["courier", "library"]
        constraints = [
            models.UniqueConstraint(fields=["courier", "library"], name="one_code_of_a_courier")
        ]

    def __str__(self) -> str:
        return f"{self.sign} {self.word}".strip()


class Changeover(models.Model):
    """From a day on one courier drives instead of another. Who goes back ends it; the row stays."""

    key = models.UUIDField(unique=True, default=uuid4)  # of the form that was sent
    old = models.ForeignKey(Courier, on_delete=models.CASCADE, related_name="+")
    new = models.ForeignKey(Courier, on_delete=models.CASCADE, related_name="+")
    first_day = models.DateField()
    said_by = models.CharField(max_length=150)  # a name: it stays
    said_at = models.DateTimeField()
    ended_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["first_day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["old"], condition=Q(ended_at=None), name="one_changeover_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(old=F("new")), name="a_changeover_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.old_id} to {self.new_id} on {self.first_day}"
