"""Libraries, their networks and policies, closures, and thresholds with a date."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.core.cache import caches
from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.directory.opening import Shut


class Network(models.Model):
    """Libraries that share one catalogue and lend among themselves first."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    invented = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Kind(models.TextChoices):
    PUBLIC = "public", _("public library")
    ACADEMIC = "academic", _("college or university library")
    SCHOOL = "school", _("school library")
    SPECIAL = "special", _("special library")
    CENTRE = "centre", _("resource sharing center")


class State(models.TextChoices):
    MASSACHUSETTS = "MA", _("Massachusetts")
    RHODE_ISLAND = "RI", _("Rhode Island")


class Library(models.Model):
    """A place that borrows, lends, or both. `code` is ours and never changes."""

    code = models.SlugField(max_length=16, unique=True)
    name = models.CharField(max_length=160)
    town = models.CharField(max_length=60)
    state = models.CharField(max_length=2, choices=State)
    kind = models.CharField(max_length=10, choices=Kind)
    network = models.ForeignKey(Network, null=True, blank=True, on_delete=models.PROTECT)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    time_zone = models.CharField(max_length=40, default="America/New_York")
    open_days = models.CharField(max_length=7, default="MTWTFS-")  # no day: not known
    email = models.EmailField(blank=True)
    yearly_loans = models.PositiveIntegerField(default=0)
    delivery_code = models.CharField(max_length=3, blank=True)  # Rhode Island's 3 letters (R7)
    invented = models.BooleanField(default=False)  # the library itself, not only its code
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "libraries"
        ordering = ["town", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def rules(self) -> "Policy":
        """Its policy; the usual one where nobody wrote any. Not saved by this."""
        try:
            return self.policy
        except Policy.DoesNotExist:
            return Policy(library=self)

    def day_of(self, moment: datetime) -> date:
        """The library's own date at an aware moment."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()


class Policy(models.Model):
    """What a library decides for itself. One row a library; its staff edit it."""

    library = models.OneToOneField(Library, on_delete=models.CASCADE, related_name="policy")
    lends = models.BooleanField(default=True)
    formats_not_lent = models.JSONField(default=list, blank=True)
    answer_days = models.PositiveSmallIntegerField(default=2)  # its working days to say yes or no
    ship_days = models.PositiveSmallIntegerField(default=2)  # its working days from yes to shipped
    loan_days = models.PositiveSmallIntegerField(default=28)
    renewals = models.PositiveSmallIntegerField(default=1)
    renewal_days = models.PositiveSmallIntegerField(default=14)
    hold_shelf_days = models.PositiveSmallIntegerField(default=10)
    open_requests = models.PositiveSmallIntegerField(default=10)  # that one patron may have
    approves_by_itself = models.BooleanField(default=True)
    daily_mail = models.BooleanField(default=True)  # what waits at its desks, in the morning

    class Meta:
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return f"policy of {self.library_id}"


class Effect(models.TextChoices):
    CLOSED = "closed", _("closed")
    NO_LENDING = "no-lending", _("open, but not lending")
    NO_DELIVERY = "no-delivery", _("no delivery")
    NO_RETURNS = "no-returns", _("open, but not accepting returns")


def holds_at(library: object, state: object) -> models.Q:
    """A filter for the closures that hold at a library of a state: its own, the state's and
    everybody's. Either may be a reference to another table."""
    wide = models.Q(library=None, state="") | models.Q(library=None, state=state)
    return models.Q(library=library) | wide


class ClosureQuerySet(models.QuerySet["Closure"]):
    def touching(self, first: date, last: date) -> "ClosureQuerySet":
        """Those with a day in common with the stretch from `first` to `last`."""
        return self.held().filter(first_day__lte=last, last_day__gte=first)

    def held(self) -> "ClosureQuerySet":
        """Without those that were withdrawn before their first day was over."""
        return self.filter(last_day__gte=models.F("first_day"))

    def current(self, today: date) -> "ClosureQuerySet":
        """Those that hold today or are still to come."""
        return self.held().filter(last_day__gte=today)

    def at(self, library: Library) -> "ClosureQuerySet":
        """Those that hold at a library: its own, its state's and everybody's."""
        return self.filter(holds_at(library, library.state))

    def worth_telling(self) -> "ClosureQuerySet":
        """Without the days on which no van calls because nobody is there anyway."""
        of_state = models.Q(library=None, state=models.OuterRef("state"))
        shut = Closure.objects.held().filter(
            holds_at(models.OuterRef("library"), models.OuterRef("library__state")) | of_state,
            effect=Effect.CLOSED,
            first_day__lte=models.OuterRef("first_day"),
            last_day__gte=models.OuterRef("last_day"),
        )
        return self.exclude(models.Exists(shut), effect=Effect.NO_DELIVERY)


class Closure(models.Model):
    """Days on which a library, a state or the whole consortium does not do something.

    Written by `closures` alone. One that has held a day is never deleted: it ends.
    """

    FURTHER_NOTICE = date(9999, 12, 31)  # the last day of what has no end yet

    library = models.ForeignKey(Library, null=True, blank=True, on_delete=models.CASCADE)
    state = models.CharField(max_length=2, choices=State, blank=True)  # all libraries of a state
    effect = models.CharField(max_length=12, choices=Effect, default=Effect.CLOSED)
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=120, blank=True)

    entry = models.UUIDField(default=uuid4, db_index=True)  # what was entered at once
    source = models.CharField(max_length=40, blank=True)  # "library", "office", "statement:17"
    said_by = models.CharField(max_length=150, blank=True)  # a name: it stays when they have left
    said_at = models.DateTimeField(null=True)
    was_until = models.DateField(null=True)  # the last day that it had before it was ended
    ended_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects = ClosureQuerySet.as_manager()

    class Meta:
        ordering = ["first_day", "pk"]
        indexes = [
            # All that a ranking asks of two hundred libraries' closures stands in the index.
            models.Index(fields=["library", "last_day", "first_day", "effect"], name="closure_days")
        ]
        constraints = [
            models.CheckConstraint(  # one that was withdrawn holds no day
                condition=models.Q(last_day__gte=models.F("first_day"))
                | models.Q(ended_at__isnull=False),
                name="closure_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(library=None) | models.Q(state=""), name="closure_has_one_scope"
            ),
            models.UniqueConstraint(fields=["entry", "library"], name="closure_entered_once"),
            models.UniqueConstraint(
                fields=["entry"],
                condition=models.Q(library=None),
                name="closure_for_many_entered_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}: {self.reason}"

    @property
    def open_ended(self) -> bool:
        """Until further notice."""
        return self.last_day == self.FURTHER_NOTICE

    def shut(self) -> Shut:
        return Shut(self.first_day, self.last_day, self.reason)


class Threshold(models.Model):
    """Days that the trade agreed on, from a date on, for all or for one library (R14)."""

    name = models.SlugField(max_length=40)
    days = models.PositiveSmallIntegerField()
    effective = models.DateField()
    library = models.ForeignKey(Library, null=True, blank=True, on_delete=models.CASCADE)

    class Meta:
        indexes = [models.Index(fields=["name", "effective"])]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "effective", "library"], name="one_threshold_a_day_and_library"
            ),
            models.UniqueConstraint(
                fields=["name", "effective"],
                condition=models.Q(library=None),
                name="one_threshold_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.days} days from {self.effective}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        caches["process"].delete("thresholds")

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        caches["process"].delete("thresholds")
        return gone
