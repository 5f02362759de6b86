"""When each regular job is next due. A row a job, claimed by whoever is first."""

from django.db import models


class Turn(models.Model):
    """The turn of one line of the timetable. `ran_at` is also its lane's sign of life."""

    name = models.CharField(max_length=60, unique=True)
    next_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)  # later than `ran_at`: it is being run
    ran_at = models.DateTimeField(null=True)  # how long ago it ended
    failed_at = models.DateTimeField(null=True)  # the last time
    failures = models.PositiveIntegerField(default=0)  # in a row
    trouble = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.next_at}"
