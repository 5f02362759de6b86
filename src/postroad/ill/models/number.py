"""The numbers by which other systems know a request or one of its attempts."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from postroad.ill.models.request import Request
from postroad.ill.models.supply import Supply


class System(models.TextChoices):
    """Who gave a number: a system in which the same wish or attempt stands, too."""

    CLIO = "clio", _("Clio ID")
    OTHER = "other", _("other number")
    OCLC = "oclc", _("OCLC ILL number")
    DOCLINE = "docline", _("DOCLINE number")
    RAPID = "rapidill", _("RapidILL number")
    LENDER = "lender", _("lender's number")


OF_THE_REQUEST = frozenset({System.CLIO, System.OTHER})  # the others are of one attempt


class NumberQuerySet(models.QuerySet["Number"]):
    def standing(self) -> "NumberQuerySet":
        """Without those that were taken off."""
        return self.filter(off_at=None)


class Number(models.Model):
    """What another system calls it. A Clio ID is of the request and outlives its attempts; an ILL
    number is of one attempt. Written by `numbering` alone; taken off, it stays, and can come back.
    """

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="numbers")
    supply = models.ForeignKey(
        Supply, null=True, blank=True, on_delete=models.CASCADE, related_name="numbers"
    )
    system = models.CharField(max_length=10, choices=System)
    value = models.CharField(max_length=40, db_index=True)  # by `spelling`, to be compared
    typed = models.CharField(max_length=80)  # as somebody wrote it, to be shown
    entered_by = models.CharField(max_length=150, blank=True)  # a name: it stays when they left
    at = models.DateTimeField()
    off_at = models.DateTimeField(null=True)

    objects = NumberQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["value"],
                condition=Q(system="clio", off_at=None),
                name="one_request_a_clio_id",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(system="clio", off_at=None),
                name="one_clio_id_a_request",
            ),
            models.UniqueConstraint(
                fields=["supply", "system"],
                condition=Q(off_at=None),
                name="one_number_a_system_and_supply",
            ),
            models.CheckConstraint(
                condition=Q(system__in=["clio", "other"]) ^ Q(supply__isnull=False),
                name="a_number_is_of_a_request_or_a_supply",
            ),
            models.CheckConstraint(condition=~Q(value=""), name="a_number_has_a_value"),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.value}"
