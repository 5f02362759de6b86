"""The files that title lists come in, and their bad lines."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.accounts.models import User
from postroad.econtent.models.titles import TitleList


class FileState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    READING = "reading", _("being read")
    SHOWN = "shown", _("waiting for you")  # what it would change is shown
    DONE = "done", _("took effect")
    DISCARDED = "discarded", _("discarded")
    FAILED = "failed", _("could not be read")
    UNDONE = "undone", _("undone")


OPEN = (FileState.WAITING, FileState.READING, FileState.SHOWN)
NEVER = (FileState.DISCARDED, FileState.FAILED)  # nothing of it takes effect any more


class ListFile(models.Model):
    """One file of a title list, and what came of it. How far it is, is written together with what
    was read by then, so that whoever goes on after a crash goes on just there."""

    class Phase(models.TextChoices):
        TIDY = "tidy", _("putting away earlier files")
        READ = "read", _("reading")
        COMPARE = "compare", _("looking for what is no longer there")

    title_list = models.ForeignKey(TitleList, on_delete=models.CASCADE, related_name="files")
    state = models.CharField(max_length=9, choices=FileState, default=FileState.WAITING)
    phase = models.CharField(max_length=7, choices=Phase, default=Phase.TIDY)
    name = models.CharField(max_length=120)  # as its sender calls it
    file = models.CharField(max_length=40, blank=True)  # in the home, until it is decided
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)  # bytes
    text = models.JSONField(default=dict)  # kbart.Text
    head = models.JSONField(default=dict)  # kbart.Head
    line = models.PositiveIntegerField(default=0)  # the last that was read
    read_bytes = models.BigIntegerField(default=0)
    step = models.PositiveIntegerField(default=0)  # transactions so far: each is done once
    added = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)  # lines that were, when the file was read
    reason = models.CharField(max_length=300, blank=True)  # why it could not be read
    before = models.BigIntegerField(null=True)  # the file that was in effect then
    size_before = models.PositiveIntegerField(default=0)  # titles
    is_clean = models.BooleanField(default=False)  # its titles that never took effect are gone
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-sent_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["title_list"],
                condition=models.Q(state__in=("waiting", "reading", "shown")),
                name="one_open_file_a_list",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"

    @property
    def titles(self) -> int:
        return self.added + self.kept


class BadLine(models.Model):
    """A line that cannot take effect as it is, and what is wrong in it."""

    class State(models.TextChoices):
        OPEN = "open", _("to be corrected")
        CORRECTED = "corrected", _("corrected")
        LEFT_OUT = "left-out", _("left out")

    list_file = models.ForeignKey(ListFile, on_delete=models.CASCADE, related_name="bad_lines")
    line = models.PositiveIntegerField()
    cells = models.JSONField()
    wrong = models.JSONField()  # a column and a sentence each
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("line",)
        constraints = (
            models.UniqueConstraint(fields=["list_file", "line"], name="one_row_a_bad_line"),
        )

    def __str__(self) -> str:
        return f"line {self.line} of {self.list_file_id}"
