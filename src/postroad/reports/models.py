"""What is usual: reckoned at night from what happened, so that no page has to look through it."""

from django.db import models

from postroad.reports.steps import Kind, Level


class Pace(models.Model):
    """The middle of the days that a step took on a lane lately. Without a row: too few to say."""

    WHOLE = "whole"  # from asking to the hold shelf

    kind = models.CharField(
        max_length=8, choices=[*((kind.value, kind.value) for kind in Kind), (WHOLE, WHOLE)]
    )
    level = models.CharField(max_length=8, choices=[(level.value, level.value) for level in Level])
    via = models.CharField(max_length=8, blank=True)
    origin = models.CharField(max_length=60, blank=True)
    destination = models.CharField(max_length=60, blank=True)
    days = models.FloatField()
    times = models.PositiveIntegerField()
    reckoned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "level", "via", "origin", "destination"], name="one_pace_a_lane"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.via} {self.origin} {self.destination}: {self.days} days"
