"""A file of records on its way into the catalogue, and what came of it."""

import json
import zlib
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.accounts.models import User
from postroad.directory.models import Library


class LoadState(models.TextChoices):
    SHOWN = "shown", _("being looked at")  # what is in it is shown, and nothing is loaded yet
    WAITING = "waiting", _("waiting")
    READING = "reading", _("loading")
    PAUSED = "paused", _("paused")
    ASKS = "asks", _("has a question")  # all is loaded; what of the copies that are not in it?
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped")  # what was loaded by then stays
    FAILED = "failed", _("failed")


UNFINISHED = (LoadState.SHOWN, LoadState.WAITING, LoadState.READING, LoadState.PAUSED)
IN_LINE = (LoadState.WAITING, LoadState.READING, LoadState.PAUSED)


class LoadQuerySet(models.QuerySet["Load"]):
    def in_line(self) -> "LoadQuerySet":
        """What the worker has before it, in the order in which it was sent."""
        here = ~models.Q(file="") | ~models.Q(task="read")  # a command reads its own file
        return self.filter(here, state__in=IN_LINE).order_by("queued_at", "pk")

    def of(self, library: Library) -> "LoadQuerySet":
        return self.filter(library=library).order_by("-sent_at", "-pk")


class Load(models.Model):
    """One file of a library. `position` and `counts` are written with the records that they count,
    in one transaction: whoever goes on after a crash goes on just there."""

    class Kind(models.TextChoices):
        CHANGES = "changes", _("what is new or changed")
        FULL = "full", _("everything the library has")
        DELETIONS = "deletions", _("what the library no longer has")

    class Source(models.TextChoices):
        PAGE = "page", _("sent by a page")
        COMMAND = "command", _("loaded by the operator")
        HARVEST = "harvest", _("fetched from the library's system")

    class Task(models.TextChoices):
        READ = "read", _("loading")
        WITHDRAW = "withdraw", _("withdrawing copies")  # that are not in the file
        PUT_BACK = "put-back", _("putting copies back")

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.CHANGES)
    source = models.CharField(max_length=7, choices=Source, default=Source.PAGE)
    state = models.CharField(max_length=7, choices=LoadState, default=LoadState.SHOWN)
    task = models.CharField(max_length=8, choices=Task, default=Task.READ)
    name = models.CharField(max_length=120, blank=True)  # as its sender calls it
    file = models.CharField(max_length=40, blank=True)  # in the home; empty: not kept there
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)  # bytes
    rows = models.PositiveIntegerField(null=True)  # of a spreadsheet; None: it is MARC
    columns = models.JSONField(default=dict, blank=True)  # of a spreadsheet: what stands where
    position = models.PositiveIntegerField(default=0)  # records that were dealt with
    read_bytes = models.BigIntegerField(default=0)  # of the file
    step = models.PositiveIntegerField(default=0)  # transactions so far: each is done once
    counts = models.JSONField(default=dict, blank=True)  # loading.Report
    reason = models.CharField(max_length=300, blank=True)  # why it failed
    absent = models.PositiveIntegerField(default=0)  # copies that the question is about
    answer = models.CharField(max_length=8, blank=True)  # to it: "withdraw", "keep", "lapsed"
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    answered_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = LoadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["queued_at"],
                name="loads_in_line",
                condition=models.Q(state__in=("waiting", "reading", "paused")),
            ),
            models.Index(fields=["library", "-sent_at"], name="loads_of_library"),
            models.Index(fields=["sha256"], name="loads_by_content"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "sha256", "kind"],
                condition=models.Q(state__in=("shown", "waiting", "reading", "paused"))
                & ~models.Q(sha256=""),
                name="one_load_of_a_file_at_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.library_id}: {self.state}"

    @property
    def is_list(self) -> bool:
        return self.rows is not None

    @property
    def is_over(self) -> bool:
        return self.state in (LoadState.DONE, LoadState.STOPPED, LoadState.FAILED)

    @property
    def was_discarded(self) -> bool:
        """It was looked at and never taken, so nothing of it was loaded."""
        return self.state == LoadState.STOPPED and self.queued_at is None


class LoadTrouble(models.Model):
    """A record, or a row of a spreadsheet, that was left out or mended, and what shows it."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="troubles")
    position = models.PositiveIntegerField()
    control_number = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300)
    column = models.CharField(max_length=3, blank=True)  # its letters, of a spreadsheet
    mended = models.BooleanField(default=False)
    breaks_off = models.BooleanField(default=False)
    seen = models.CharField(max_length=200, blank=True)  # the bytes or words that show it

    def __str__(self) -> str:
        return f"{self.position}: {self.reason}"


def packed(said: object) -> bytes:
    return zlib.compress(json.dumps(said, separators=(",", ":")).encode(), 1)


def unpacked(kept: bytes | memoryview) -> Any:
    return json.loads(zlib.decompress(bytes(kept)))


class LoadPart(models.Model):
    """What one transaction of a load listed: only at the end is it known what is not listed. Gone
    when the load is over."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="parts")
    listed = models.BinaryField()  # packed

    def __str__(self) -> str:
        return f"part of {self.load_id}"


class LoadAbsence(models.Model):
    """Copies that a file should list and does not, by the status that they had."""

    load = models.OneToOneField(
        Load, on_delete=models.CASCADE, primary_key=True, related_name="absence"
    )
    items = models.BinaryField()  # packed

    def __str__(self) -> str:
        return f"absent from {self.load_id}"
