"""Licensed resources, and who may use them."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.directory.models import Library, Membership, Network
from postroad.econtent import terms


class Allowed(models.TextChoices):
    """Whether a licence allows a thing; what nobody looked up is not known."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "", _("Not known")


class ResourceQuerySet(models.QuerySet["Resource"]):
    def usable(self, today: date) -> "ResourceQuerySet":
        """What is not over and not retired, as `Resource.is_over` says of one."""
        return self.filter(
            models.Q(trial_until=None) | models.Q(trial_until__gte=today),
            models.Q(ends_on=None) | models.Q(ends_on__gte=today),
            active=True,
        )


class Resource(models.Model):
    """A database or a collection that is licensed, or open to all. Written by `editing` alone."""

    class Kind(models.TextChoices):
        DATABASE = "database", _("Database")
        JOURNALS = "journals", _("Journals and magazines")
        NEWS = "news", _("Newspapers")
        BOOKS = "books", _("E-book collection")
        MEDIA = "media", _("Audio, video or pictures")
        LEARNING = "learning", _("Courses and practice tests")
        OPEN = "open", _("Open collection")

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.DATABASE)
    subjects = models.JSONField(default=list)  # their names
    description = models.TextField(blank=True)
    provider = models.CharField(max_length=160, blank=True)
    address = models.URLField(max_length=500, blank=True)
    payer = models.CharField(max_length=160, blank=True, db_index=True)
    acknowledgement = models.TextField(blank=True)
    trial_until = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)  # the last day
    lending = models.CharField(max_length=3, choices=Allowed, blank=True)
    copying = models.CharField(max_length=3, choices=Allowed, blank=True)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    training_guide = models.URLField(max_length=500, blank=True)
    vendor_guide = models.URLField(max_length=500, blank=True)
    added_on = models.DateField(null=True, blank=True)
    checked_on = models.DateField(null=True, blank=True)  # when all this was last found right
    active = models.BooleanField(default=True)
    warned_of = models.DateField(null=True)  # the last day of which libraries were warned
    warned_days = models.PositiveSmallIntegerField(null=True)  # and how many days before

    objects = ResourceQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> date | None:
        """The last day on which it may be used, as far as is known."""
        return min((day for day in (self.trial_until, self.ends_on) if day), default=None)

    @property
    def is_trial(self) -> bool:
        """Whether its last day is that of a trial."""
        return self.trial_until is not None and self.trial_until == self.last_day

    def is_over(self, today: date) -> bool:
        last = self.last_day
        return not self.active or (last is not None and last < today)


class Right(models.Model):
    """One group that may use a resource, and how it gets in. Written by `editing` alone."""

    class Who(models.TextChoices):
        KIND = "kind", _("Libraries of a kind")
        MEMBERSHIP = "membership", _("All members of the consortium")
        LIBRARY = "library", _("One library")
        NETWORK = "network", _("A network’s libraries")
        TOWN = "town", _("Residents of a town")
        ZIP = "zip", _("Residents of a ZIP code")
        ON_SITE = "on-site", _("Anyone in the building")
        EVERYBODY = "everybody", _("Everybody")

    class How(models.TextChoices):
        IP = "ip", _("From the library’s network")
        CARD = "card", _("Library card")
        SINGLE_SIGN_ON = "sso", _("Single sign-on")
        PROXY = "proxy", _("Through the library’s proxy")
        OPEN = "open", _("Open")

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="rights")
    who = models.CharField(max_length=10, choices=Who)
    library = models.ForeignKey(
        Library, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    network = models.ForeignKey(
        Network, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    value = models.CharField(max_length=60, blank=True)  # the kind, the town or the ZIP code
    how = models.CharField(max_length=5, choices=How)
    prefix = models.URLField(max_length=500, blank=True)  # of the proxy; the address goes behind
    ranges = models.TextField(blank=True)  # IP ranges, one a line; shown to staff alone
    card_pattern = models.CharField(max_length=120, blank=True)  # shown to staff alone

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.resource}: {self.get_who_display()}"

    def terms(self) -> terms.Right:
        """As the rules read it."""
        whose = {
            self.Who.LIBRARY: self.library_id,
            self.Who.ON_SITE: self.library_id,
            self.Who.NETWORK: self.network_id,
            self.Who.MEMBERSHIP: Membership.MEMBER,
        }
        named = whose.get(self.Who(self.who), self.value)
        who: terms.Who = self.who  # type: ignore[assignment]
        return terms.Right(who, "" if named is None else str(named))
