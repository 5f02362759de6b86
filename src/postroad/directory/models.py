"""Libraries, ours and others, with symbols, contacts and addresses; networks, policies, closures;
agreements and thresholds with a date."""

from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.core.cache import caches
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from postroad.directory import statements  # noqa: F401  # tables of this app
from postroad.directory.hours import Season, unpack
from postroad.directory.opening import Shut
from postroad.directory.places import OTHER_STATES, PROVINCES
from postroad.directory.symbols import LONGEST, normalize
from postroad.telling import Told


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
    """Where the members are, so where the van goes."""

    MASSACHUSETTS = "MA", _("Massachusetts")
    RHODE_ISLAND = "RI", _("Rhode Island")


STATES_AND_PROVINCES = [*State.choices, *OTHER_STATES, *PROVINCES]  # where any library may be


class Membership(models.TextChoices):
    MEMBER = "member", _("member")
    OUTSIDE = "outside", _("outside the consortium")


class LibraryQuerySet(models.QuerySet["Library"]):
    def members(self) -> "LibraryQuerySet":
        """The consortium's own that take part today."""
        return self.filter(membership=Membership.MEMBER, active=True)

    def outside(self) -> "LibraryQuerySet":
        """Those elsewhere that we deal with."""
        return self.filter(membership=Membership.OUTSIDE, active=True)


class Library(models.Model):
    """A place that borrows, lends, or both. `code` is ours and never changes.

    One outside the consortium has no posts, no stop and no desk here: the center deals with it.
    """

    code = models.SlugField(max_length=16, unique=True)
    membership = models.CharField(
        max_length=8, choices=Membership, default=Membership.MEMBER, db_index=True
    )
    name = models.CharField(max_length=160)
    town = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=2, choices=STATES_AND_PROVINCES, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, blank=True)
    network = models.ForeignKey(Network, null=True, blank=True, on_delete=models.PROTECT)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    time_zone = models.CharField(max_length=40, default="America/New_York")
    open_days = models.CharField(max_length=7, default="MTWTFS-")  # no day: not known
    hours = models.CharField(max_length=255, blank=True)  # of its opening days; see `hours`
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    website = models.URLField(blank=True)
    yearly_loans = models.PositiveIntegerField(default=0)
    delivery_code = models.CharField(max_length=3, blank=True)  # Rhode Island's 3 letters (R7)
    invented = models.BooleanField(default=False)  # the library itself, not only its code
    active = models.BooleanField(default=True)

    objects = LibraryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "libraries"
        ordering = ["town", "name"]
        constraints = [
            models.CheckConstraint(  # slips, closures and the van go by it
                condition=models.Q(membership=Membership.OUTSIDE)
                | models.Q(state__in=State.values),
                name="member_has_a_state",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_outside(self) -> bool:
        return self.membership == Membership.OUTSIDE

    def address_for(self, *purposes: str) -> "Address | None":
        """Where to write to it: for the first of these purposes for which it has an address."""
        known = {each.purpose: each for each in self.addresses.all()}
        return next((known[each] for each in purposes if each in known), None)

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


class Authority(models.TextChoices):
    OCLC = "OCLC", _("OCLC symbol")
    ISIL = "ISIL", _("ISIL")
    DOCLINE = "DOCLINE", _("DOCLINE code")
    CLIO = "CLIO", _("Clio code")
    LORI = "LORI", _("LORI code")
    LOCAL = "LOCAL", _("other symbol")


class SymbolQuerySet(models.QuerySet["Symbol"]):
    def named(self, text: str) -> "SymbolQuerySet":
        """Those that are written so, however it was typed."""
        return self.filter(value=normalize(text))


class Symbol(models.Model):
    """What another system calls a library. An umbrella's symbol is shared by all under it."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="symbols")
    authority = models.CharField(max_length=8, choices=Authority)
    value = models.CharField(max_length=LONGEST)
    umbrella = models.BooleanField(default=False)
    confirmed_on = models.DateField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=150, blank=True)  # a name: it stays
    invented = models.BooleanField(default=False)

    objects = SymbolQuerySet.as_manager()

    class Meta:
        ordering = ["authority", "value"]
        indexes = [models.Index(fields=["value"], name="symbol_value")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(value=Upper("value"))
                & ~models.Q(value="")
                & ~models.Q(value__contains=" "),
                name="symbol_is_normalized",
            ),
            models.CheckConstraint(
                condition=models.Q(authority__in=Authority.values), name="symbol_authority_known"
            ),
            models.UniqueConstraint(
                fields=["authority", "value"],
                condition=models.Q(umbrella=False),
                name="one_library_a_symbol",
            ),
            models.UniqueConstraint(
                fields=["library", "authority", "value"], name="symbol_entered_once"
            ),
        ]

    def __str__(self) -> str:
        return self.value

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.value = normalize(self.value)
        super().save(*args, **kwargs)

    def clean_fields(self, exclude: Any = None) -> None:
        self.value = normalize(self.value)
        super().clean_fields(exclude)


class Contact(models.Model):
    """Whom to call or write to about what (R16). Without a library: the consortium's own team."""

    class Purpose(models.TextChoices):
        ILL = "ill", _("interlibrary loan")
        DELIVERY = "delivery", _("delivery")
        DIRECTOR = "director", _("director")
        TEAM = "team", _("team")

    library = models.ForeignKey(
        Library, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts"
    )
    purpose = models.CharField(max_length=8, choices=Purpose)
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    menu_option = models.CharField(max_length=10, blank=True)
    extension = models.CharField(max_length=10, blank=True)
    place = models.CharField(max_length=160, blank=True)
    hours = models.CharField(max_length=160, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=150, blank=True)  # a name: it stays

    class Meta:
        ordering = ["purpose", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name="", email="", phone=""), name="contact_says_whom"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone


class Address(models.Model):
    """Where a library takes its mail, what is returned to it, or its bills."""

    class Purpose(models.TextChoices):
        MAIL = "mail", _("mail")
        RETURN = "return", _("returns")
        BILLING = "billing", _("bills")

    TO_RETURN = (Purpose.RETURN.value, Purpose.MAIL.value)  # what was lent, in this order
    TO_SEND = (Purpose.MAIL.value, Purpose.RETURN.value)  # anything else

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="addresses")
    purpose = models.CharField(max_length=8, choices=Purpose)
    lines = models.TextField()  # as on a label, without the line of town, state and ZIP
    town = models.CharField(max_length=60)
    state = models.CharField(max_length=2, blank=True)  # or province; none elsewhere
    zip = models.CharField(max_length=12, blank=True)
    country = models.CharField(max_length=2, default="US")
    confirmed_on = models.DateField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=150, blank=True)  # a name: it stays

    class Meta:
        verbose_name_plural = "addresses"
        ordering = ["purpose"]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "purpose"], name="one_address_a_library_and_purpose"
            ),
            models.CheckConstraint(
                condition=~models.Q(lines="") & ~models.Q(town=""), name="address_can_be_written_to"
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(self.written)

    @property
    def written(self) -> list[str]:
        """Its lines as they stand on a label."""
        lines = [line.strip() for line in self.lines.splitlines() if line.strip()]
        last = f"{self.town}, {self.state} {self.zip}" if self.state else f"{self.town} {self.zip}"
        return [*lines, last.strip(), *([self.country] if self.country != "US" else [])]


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


class Confirmation(models.Model):
    """Who last said of one field of a library's record that it is right, and when."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="confirmations")
    field = models.CharField(max_length=20)
    confirmed_on = models.DateField()
    confirmed_by = models.CharField(max_length=150, blank=True)  # a name: it stays

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "field"], name="one_confirmation_a_field")
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.library_id}: {self.confirmed_on}"


class LibraryChange(models.Model):
    """What became of a library's record. Written by `records` alone; it only grows."""

    class Verb(models.TextChoices):
        ADD = "add", _("added")
        CHANGE = "change", _("changed")
        RETIRE = "retire", _("retired")
        BRING_BACK = "bring-back", _("brought back")

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="changes")
    verb = models.CharField(max_length=10, choices=Verb)
    at = models.DateTimeField()
    by = models.CharField(max_length=150, blank=True)  # a name: it stays
    facts = models.JSONField(default=dict)  # by field: as it was, as it is

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["library", "-at"], name="changes_of_library")]

    def __str__(self) -> str:
        return f"{self.verb} {self.library_id}"


class Joining(models.Model):
    """A library that comes in, step by step: what was put off, and what it wishes of delivery.

    Which steps are done is told by what is there; see `web/office/joining.py`.
    """

    library = models.OneToOneField(Library, on_delete=models.CASCADE, related_name="joining")
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=150, blank=True)
    later = models.JSONField(default=list)  # steps that were put off
    wished_days = models.CharField(max_length=7, blank=True)  # of the van, as "MTWTF--"
    wish = models.CharField(max_length=300, blank=True)  # what the driver should know
    test_ref = models.CharField(max_length=8, blank=True)  # of the test request
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.library_id} since {self.begun_at}"


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


def _is_a_side(field: str) -> models.Q:
    named = (
        models.Q((f"{field}__startswith", kind)) for kind in ("network:", "state:", "library:")
    )
    return reduce(or_, named, models.Q((field, "all")))


class Agreement(models.Model):
    """What holds between those who lend and those who borrow, from a date on.

    A side is "all", or one network, state or library by its code: "network:sails", "state:RI",
    "library:lee".
    """

    class DueMeans(models.TextChoices):
        AT_BORROWER = "at-borrower", _("back at the borrowing library")
        BACK_HOME = "back-home", _("back at the lending library")

    class Silence(models.TextChoices):
        ASK = "ask", _("the center asks")
        GRANT = "grant", _("it is granted")

    name = models.CharField(max_length=100)
    lender_side = models.CharField(max_length=40, default="all")
    borrower_side = models.CharField(max_length=40, default="all")
    due_means = models.CharField(max_length=12, choices=DueMeans, default=DueMeans.AT_BORROWER)
    silence_on_renewal = models.CharField(max_length=8, choices=Silence, default=Silence.ASK)
    effective = models.DateField()

    class Meta:
        ordering = ["effective", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=_is_a_side("lender_side") & _is_a_side("borrower_side"),
                name="agreement_sides_are_known",
            ),
            models.UniqueConstraint(
                fields=["lender_side", "borrower_side", "effective"],
                name="one_agreement_a_day_and_sides",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Meanwhile(models.Model):
    """A number of days that holds only while something lasts, and returns by itself (R14)."""

    name = models.SlugField(max_length=40)
    days = models.PositiveSmallIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()  # far away: until further notice
    library = models.ForeignKey(Library, null=True, blank=True, on_delete=models.CASCADE)
    source = models.CharField(max_length=40, db_index=True)  # "situation:17"

    def __str__(self) -> str:
        return f"{self.name}: {self.days} days from {self.first_day} to {self.last_day}"


class Threshold(models.Model):
    """Days that were agreed on, from a date on, for all, for one library, or for the loans under
    one agreement (R14)."""

    name = models.SlugField(max_length=40)
    days = models.PositiveSmallIntegerField()
    effective = models.DateField()
    library = models.ForeignKey(Library, null=True, blank=True, on_delete=models.CASCADE)
    agreement = models.ForeignKey(Agreement, null=True, blank=True, on_delete=models.CASCADE)
    entered_by = models.CharField(max_length=150, blank=True)  # a name: it stays
    entered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["name", "effective"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(library=None) | models.Q(agreement=None),
                name="threshold_has_one_scope",
            ),
            models.UniqueConstraint(
                fields=["name", "effective", "library"], name="one_threshold_a_day_and_library"
            ),
            models.UniqueConstraint(
                fields=["name", "effective", "agreement"], name="one_threshold_a_day_and_agreement"
            ),
            models.UniqueConstraint(
                fields=["name", "effective"],
                condition=models.Q(library=None, agreement=None),
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
