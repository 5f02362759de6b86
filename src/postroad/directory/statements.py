"""The tables of what was said of libraries: statements, the lists that they come in, evidence.

They are part of `models`, which brings them in; `saying` writes them.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from postroad.directory.standing import ALL, Said, Service

if TYPE_CHECKING:
    from postroad.directory.models import Library


class Source(models.TextChoices):
    """Where a statement comes from. All but anybody's are trusted as soon as they are heard."""

    OWN = "own", _("the library")
    LINK = "link", _("the library, by the link in a mail")
    TEAM = "team", _("the center, for the library")
    LIST = "list", _("a list")
    ANYONE = "anyone", _("somebody else")


class Verdict(models.TextChoices):
    """What became of a statement: only one that is taken counts."""

    TAKEN = "taken", _("taken")
    WAITS = "waits", _("waits for the center")
    REFUSED = "refused", _("set aside")


class StatusList(models.Model):
    """A list that somebody else keeps, with the status of many libraries."""

    name = models.CharField(max_length=100, unique=True)
    credit = models.CharField(max_length=200)  # shown wherever its entries are
    homepage = models.URLField(max_length=300, blank=True)  # for people
    address = models.URLField(max_length=500, blank=True)  # of the file; none: read by hand
    every_hours = models.PositiveSmallIntegerField(null=True, blank=True)  # none: not by itself
    time_zone = models.CharField(max_length=40, default="America/New_York")  # of its stamps
    fetch_at = models.DateTimeField(null=True, blank=True)  # the next time
    read_at = models.DateTimeField(null=True, blank=True)  # that it was read without trouble
    tried_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=40, blank=True)  # of the last try: the code of a refusal
    trouble_facts = models.JSONField(default=dict, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    added_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class StatementImport(models.Model):
    """One file of a list. Its rows wait in it until they are read, so that nothing is lost."""

    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="imports")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=150, blank=True)
    columns = models.JSONField(default=list)  # what each column of `waiting` means
    waiting = models.JSONField(default=list)  # the file's rows, until all are read
    rows = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)  # known already
    ahead = models.PositiveIntegerField(default=0)  # their stamps lie in the future
    skipped = models.JSONField(default=list)  # [line, why] of rows that cannot be read
    begun_at = models.DateTimeField(null=True)  # none: nobody has said yet that it be read
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["status_list", "sha256"], name="status_file_read_once")
        ]

    def __str__(self) -> str:
        return self.name


class ListedName(models.Model):
    """A library as lists name it, and which of ours that is. What was chosen is remembered."""

    class How(models.TextChoices):
        SYMBOL = "symbol", _("by its symbol")
        NAME = "name", _("by its name")
        PERSON = "person", _("chosen")
        NOBODY = "nobody", _("not found")
        DOUBTFUL = "doubtful", _("doubtful")

    symbol = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200)  # as it was written
    town = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=40, blank=True)
    key = models.CharField(max_length=64, unique=True)  # of the three, normalized
    library = models.ForeignKey(
        "directory.Library", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    how = models.CharField(max_length=10, choices=How, default=How.NOBODY)
    candidates = models.JSONField(default=list)  # codes of libraries that it may be
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["how", "name"], name="listed_names_in_doubt")]

    def __str__(self) -> str:
        return self.name

    @property
    def decided(self) -> bool:
        """Whether it is known: by a person, or surely. One not found is looked for again."""
        return self.decided_at is not None or self.how in (self.How.SYMBOL, self.How.NAME)


def new_key() -> str:
    return uuid4().hex


class StatementQuerySet(models.QuerySet["Statement"]):
    def taken(self) -> "StatementQuerySet":
        return self.filter(verdict=Verdict.TAKEN)

    def waiting(self) -> "StatementQuerySet":
        return self.filter(verdict=Verdict.WAITS)

    def newest_first(self) -> "StatementQuerySet":
        dated = models.Q(said_at__isnull=False)
        return self.annotate(dated=models.ExpressionWrapper(dated, models.BooleanField())).order_by(
            "-dated",
            Coalesce("said_at", "heard_at").desc(),
            "-heard_at",
            "-row",
            "-pk",
        )


class Statement(models.Model):
    """What somebody said of a library, as it was said. The table only grows (R1).

    An answer is yes, no, or blank; a service that stands in `not_asked` was not asked for.
    """

    library = models.ForeignKey(
        "directory.Library", null=True, blank=True, on_delete=models.CASCADE
    )
    listed = models.ForeignKey(ListedName, null=True, blank=True, on_delete=models.PROTECT)
    entered = models.ForeignKey(
        StatementImport, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    row = models.PositiveIntegerField(default=0)  # in the file
    said_at = models.DateTimeField(null=True, blank=True)  # none: the entry bears no date
    heard_at = models.DateTimeField()
    is_open = models.BooleanField(null=True, blank=True)
    lends = models.BooleanField(null=True, blank=True)
    accepts_returns = models.BooleanField(null=True, blank=True)
    on_delivery = models.BooleanField(null=True, blank=True)
    not_asked = models.JSONField(default=list, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=10, choices=Source)
    said_by = models.CharField(max_length=150, blank=True)  # a name: it stays when they have left
    contact = models.CharField(max_length=120, blank=True)  # of anybody: for the center alone
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.TAKEN)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    current = models.BooleanField(default=False)  # it rules today or later: `saying` keeps this
    key = models.CharField(max_length=64, unique=True, default=new_key)  # the same word is one row

    objects = StatementQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["library", "-said_at"], name="statements_of_library"),
            models.Index(
                fields=["library"],
                condition=models.Q(current=True),
                name="current_statements",
            ),
            models.Index(
                fields=["heard_at"],
                condition=models.Q(verdict="waits"),
                name="waiting_statements",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(since=None)
                | models.Q(until=None)
                | models.Q(until__gte=models.F("since")),
                name="statement_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.said_at}: {self.note}"

    @property
    def answers(self) -> dict[Service, bool | None]:
        return {
            each: getattr(self, FIELDS[each]) for each in ALL if each.value not in self.not_asked
        }

    def said(self, said_on: date) -> Said:
        """The facts for the rules; `said_on` is the library's day of it."""
        return Said(
            key=self.pk,
            said_at=self.said_at,
            heard_at=self.heard_at,
            said_on=said_on,
            row=self.row,
            answers=self.answers,
            since=self.since,
            until=self.until,
        )

    def first_day(self, library: "Library") -> date:
        """The day from which it counts."""
        return self.since or library.day_of(self.moment)

    @property
    def moment(self) -> datetime:
        """When it was said; of an undated one, when we heard of it."""
        return self.said_at or self.heard_at


FIELDS = {
    Service.OPEN: "is_open",
    Service.LENDING: "lends",
    Service.RETURNS: "accepts_returns",
    Service.DELIVERY: "on_delivery",
}


class Evidence(models.Model):
    """What somebody saw on a library's own website (R3, step 1). It runs out by a threshold."""

    library = models.ForeignKey("directory.Library", on_delete=models.CASCADE)
    address = models.URLField(max_length=500)
    seen = models.CharField(max_length=300)
    staff_on_site = models.BooleanField()  # whether a return by mail would be taken in
    seen_on = models.DateField()
    initials = models.CharField(max_length=10)
    noted_by = models.CharField(max_length=150)
    noted_at = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ["-seen_on", "-pk"]
        indexes = [models.Index(fields=["library", "-seen_on"], name="evidence_of_library")]

    def __str__(self) -> str:
        return self.seen


class UsedLink(models.Model):
    """A signed link that has done what it was for, so that it does nothing more."""

    nonce = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.nonce


class StatusAsk(models.Model):
    """A library was silent, and its desk was asked by mail how it stands. The mail has a link."""

    library = models.ForeignKey("directory.Library", on_delete=models.CASCADE)
    address = models.EmailField()
    nonce = models.CharField(max_length=64, unique=True, default=new_key)
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["library", "-asked_at"], name="status_asked")]

    def __str__(self) -> str:
        return f"{self.library_id}: {self.asked_at}"


class PauseSuggestion(models.Model):
    """A library left requests unanswered one after the other: should it be asked for a while?"""

    library = models.ForeignKey("directory.Library", on_delete=models.CASCADE)
    unanswered = models.PositiveIntegerField()
    since = models.DateTimeField()  # of the first of them
    made_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    statement = models.ForeignKey(  # by which it was paused; none: it was dismissed
        Statement, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["library"],
                condition=models.Q(decided_at__isnull=True),
                name="one_suggestion_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.library_id}: {self.unanswered}"
