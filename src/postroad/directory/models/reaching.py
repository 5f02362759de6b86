"""How a library is known elsewhere, and reached: symbols, contacts, addresses."""

from typing import Any

from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from postroad.directory.models.libraries import Library
from postroad.directory.symbols import LONGEST, normalize


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
        ordering = ["authority", "value", "pk"]
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
