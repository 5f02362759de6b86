"""What is usual, and what the van left and took: reckoned at night from what happened, so that no
page has to look through it."""

from django.db import models
from django.db.models import F, Q

from postroad.directory.models import Library
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


class StopDay(models.Model):
    """A day of the van at a library, as far as somebody told of it.

    What is known in different ways stands in columns of its own; what nobody said is empty.
    """

    day = models.DateField()
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    route = models.CharField(max_length=20, blank=True)  # on that day
    due = models.BooleanField(default=False)  # by the timetable the van was to come
    left_scanned = models.PositiveIntegerField(default=0)
    left_in_bins = models.PositiveIntegerField(default=0)
    left_declared = models.PositiveIntegerField(default=0)
    left_at_desk = models.PositiveIntegerField(default=0)  # nobody scanned it before the desk did
    taken_scanned = models.PositiveIntegerField(default=0)
    taken_in_bins = models.PositiveIntegerField(default=0)
    taken_declared = models.PositiveIntegerField(default=0)
    bins_left = models.PositiveIntegerField(default=0)
    bins_taken = models.PositiveIntegerField(default=0)
    typed_left = models.PositiveIntegerField(null=True, blank=True)  # by the driver
    typed_taken = models.PositiveIntegerField(null=True, blank=True)
    own_left = models.PositiveIntegerField(null=True, blank=True)  # by the library's desk
    own_taken = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["library", "day"], name="stop_days_of_a_library")]
        constraints = [
            models.UniqueConstraint(fields=["day", "library"], name="one_count_a_day_and_stop")
        ]

    def __str__(self) -> str:
        return f"{self.library_id} on {self.day}"


class LaneDay(models.Model):
    """How many items were put in on a day, from route to route. Without a name: on no route."""

    day = models.DateField()
    origin = models.CharField(max_length=20, blank=True)
    destination = models.CharField(max_length=20, blank=True)
    items = models.PositiveIntegerField()

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "origin", "destination"], name="one_count_a_day_and_lane"
            )
        ]

    def __str__(self) -> str:
        return f"{self.origin} to {self.destination} on {self.day}: {self.items}"


class CountRun(models.Model):
    """How far the counting has come. One row."""

    at = models.DateTimeField(null=True, blank=True)
    lines = models.BigIntegerField(default=0)  # of the ledger; what has a higher key is new
    bin_lines = models.BigIntegerField(default=0)
    through = models.DateField(null=True, blank=True)  # every day until then was taken up
    days = models.JSONField(default=list, blank=True)  # of which something was heard since

    def __str__(self) -> str:
        return f"counted through {self.through}"


class CountWeek(models.Model):
    """The week of a year in which every library says what it sent and received by the van."""

    first_day = models.DateField()
    last_day = models.DateField()
    said_by = models.CharField(max_length=150)  # a name: it stays when they have left
    said_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # the office changed its mind

    class Meta:
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["first_day"],
                condition=Q(withdrawn_at=None),
                name="one_count_week_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="a_count_week_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"


class WeekAnswer(models.Model):
    """What a library says of a count week: what the ledger saw, confirmed, or corrected.

    A number that it does not know is empty. `seen` keeps what it was shown when it answered.
    """

    week = models.ForeignKey(CountWeek, on_delete=models.PROTECT, related_name="answers")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    items_sent = models.PositiveIntegerField(null=True, blank=True)
    items_received = models.PositiveIntegerField(null=True, blank=True)
    bins_sent = models.PositiveIntegerField(null=True, blank=True)
    bins_received = models.PositiveIntegerField(null=True, blank=True)
    seen = models.JSONField(default=dict, blank=True)
    said_by = models.CharField(max_length=150)
    said_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["said_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["week", "library"],
                condition=Q(withdrawn_at=None),
                name="one_answer_of_a_library_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.library_id} of {self.week_id}"
