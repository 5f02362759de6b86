"""Licensed resources, and who may use them."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.directory.models import Library, Network
from postroad.econtent import terms


class Allowed(models.TextChoices):
    """Whether a licence allows a thing; what nobody looked up is not known."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "", _("Not known")


class Resource(models.Model):
    """A database or a collection that is licensed, or open to all."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    provider = models.CharField(max_length=160, blank=True)
    address = models.URLField(max_length=500, blank=True)
    payer = models.CharField(max_length=160, blank=True)
    acknowledgement = models.TextField(blank=True)
    trial_until = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)  # the last day
    lending = models.CharField(max_length=3, choices=Allowed, blank=True)
    copying = models.CharField(max_length=3, choices=Allowed, blank=True)

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    def is_over(self, today: date) -> bool:
        return any(day is not None and day < today for day in (self.trial_until, self.ends_on))


class Right(models.Model):
    """One group that may use a resource, and how it gets in."""

    class Who(models.TextChoices):
        KIND = "kind", _("Libraries of a kind")
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

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.resource}: {self.get_who_display()}"

    def terms(self) -> terms.Right:
        """As the rules read it."""
        whose = {self.Who.LIBRARY: self.library_id, self.Who.NETWORK: self.network_id}
        named = whose.get(self.Who(self.who), self.value)
        who: terms.Who = self.who  # type: ignore[assignment]
        return terms.Right(who, "" if named is None else str(named))
