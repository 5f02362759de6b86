"""The tables of harvests. They are part of `models`, which brings them in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.directory.models import Connection


class Harvest(models.Model):
    """How a library's system is harvested: what is due, and up to which datestamp all was seen."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField(null=True)  # the next step; none: it is off
    held_until = models.DateTimeField(null=True)  # by a process that is at it
    newest = models.DateTimeField(null=True)  # datestamp up to which all was seen, by their clock
    by_day = models.BooleanField(default=False)  # their datestamps are days
    seconds_refused = models.BooleanField(default=False)  # whatever it says of its granularity
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    trouble = models.CharField(max_length=40, blank=True)  # of the last step: the code of a refusal
    trouble_facts = models.JSONField(default=dict, blank=True)
    moved_at = models.DateTimeField(null=True)  # that anything came
    told_at = models.DateTimeField(null=True)  # that its library and the center were told
    asks_at = models.DateTimeField(null=True)  # that it waits for a person: see `leaving`
    asks_copies = models.PositiveIntegerField(default=0)  # that would be taken away
    asks_of = models.PositiveIntegerField(default=0)  # that the library has
    asks_told_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(default=False)  # somebody said that they may go
    try_at = models.DateTimeField(null=True)  # the doctor was asked to look
    checkup = models.JSONField(default=dict, blank=True)  # what he found
    checked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="harvests_due", condition=models.Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["try_at"], name="harvests_to_try", condition=models.Q(try_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"harvest of {self.connection_id}"


class HarvestRun(models.Model):
    """One walk through the list of a source, with where it stands, so that whoever is killed is
    followed by another who goes on there."""

    class State(models.TextChoices):
        READING = "reading", _("reading")
        DONE = "done", _("done")
        FAILED = "failed", _("given up")
        STOPPED = "stopped", _("stopped")

    harvest = models.ForeignKey(Harvest, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=8, choices=State, default=State.READING)
    whole = models.BooleanField(default=False)  # from the beginning, not only what changed
    since = models.DateTimeField(null=True)  # from which datestamp the list was asked
    token = models.TextField(blank=True)  # where it goes on
    newest = models.DateTimeField(null=True)  # datestamp seen so far
    rises = models.BooleanField(default=False)  # one was newer than one before
    in_order = models.BooleanField(default=True)  # no datestamp was older than one before
    answered_at = models.DateTimeField(null=True)  # by their clock, at its first page
    pages = models.PositiveIntegerField(default=0)
    stale = models.IntegerField(default=0)  # pages in a row that brought nothing new
    watched = models.CharField(max_length=32, blank=True)  # mark of an earlier token: see `running`
    restarts = models.PositiveSmallIntegerField(default=0)  # since its token was refused
    size = models.PositiveBigIntegerField(null=True)  # records, as the server thinks
    read = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict, blank=True)  # how many of what; see `taking`
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=150, blank=True)  # a name; nobody: it was time
    trouble = models.CharField(max_length=40, blank=True)
    trouble_facts = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-begun_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["harvest"], condition=models.Q(state="reading"), name="one_run_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.harvest_id} {self.begun_at}: {self.state}"


class Harvested(models.Model):
    """Which of a library's records bears this identifier. A deletion names nothing else."""

    class Leaving(models.TextChoices):
        NO = "no", _("stays")
        DELETED = "deleted", _("its system deleted it")
        BARE = "bare", _("its system lists no copy of it any more")
        KEPT = "kept", _("stays, somebody said, whatever its system says")

    harvest = models.ForeignKey(Harvest, on_delete=models.CASCADE, related_name="+", db_index=False)
    identifier = models.CharField(max_length=255)
    control_number = models.CharField(max_length=80)
    stamp = models.DateTimeField(null=True)
    run = models.BigIntegerField()  # that saw it last
    leaving = models.CharField(max_length=7, choices=Leaving, default=Leaving.NO)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["harvest", "identifier"], name="one_row_an_identifier")
        ]
        indexes = [
            models.Index(fields=["harvest", "control_number"], name="harvested_by_number"),
            models.Index(
                fields=["harvest"], name="harvested_leaving", condition=~models.Q(leaving="no")
            ),
        ]

    def __str__(self) -> str:
        return self.identifier
