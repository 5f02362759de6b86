"""When a library is not as usual: closures, and other hours."""

from datetime import date
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.directory.hours import Season, unpack
from postroad.directory.models.libraries import Library, State
from postroad.directory.opening import Scope, Shut
from postroad.telling import Told


class SpecialHours(models.Model):
    """Other hours on a library's opening days for a while: in summer, say. A weekday without hours
    is as usual; days on which it is closed are closures."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="special_hours")
    name = models.CharField(max_length=80)
    first_day = models.DateField()
    last_day = models.DateField()
    hours = models.CharField(max_length=255)  # as a library's own
    confirmed_on = models.DateField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=150, blank=True)  # a name: it stays

    class Meta:
        verbose_name_plural = "special hours"
        ordering = ["first_day", "pk"]
        indexes = [models.Index(fields=["library", "last_day"], name="special_hours_of_library")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")) & ~models.Q(hours=""),
                name="special_hours_hold_a_while",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.first_day:%m/%d/%Y} to {self.last_day:%m/%d/%Y})"

    def season(self) -> Season:
        return Season(self.first_day, self.last_day, unpack(self.hours), self.name)


class Effect(models.TextChoices):
    CLOSED = "closed", _("closed")
    NO_LENDING = "no-lending", _("open, but not lending")
    NO_DELIVERY = "no-delivery", _("no delivery")
    NO_RETURNS = "no-returns", _("open, but not accepting returns")


def holds_at(library: object, state: object) -> models.Q:
    """A filter for the closures that hold at a member in a state: its own, the state's and
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
        """Those that hold at a library: its own, its state's and everybody's. What is said of many
        is said of members."""
        if library.is_outside:
            return self.filter(library=library)
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
    ended_source = models.CharField(max_length=40, blank=True)  # "statement:18"; none: by hand

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

    @property
    def scope(self) -> Scope:
        """Of whom it is said."""
        return self.library_id or self.state

    def shut(self) -> Shut:
        return Shut(self.first_day, self.last_day, self.reason)


class Happening(Told):
    """What happened to a library, or to many: so far, what became of a closure.

    It says that something changed, and what; whoever hears looks at how things stand now.
    """

    library = models.ForeignKey(Library, null=True, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=60)  # "closure:" and its entry

    class Meta(Told.Meta):
        verbose_name = _("event of libraries")

    def of_what(self) -> str:
        return self.subject
