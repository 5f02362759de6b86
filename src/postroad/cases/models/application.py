"""A library that asks to join a network, and what was decided."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from postroad.cases.models.case import Case
from postroad.directory.models import Kind, Library, Network, State


class Decision(models.TextChoices):
    TAKEN_IN = "taken-in", _("taken in")
    REFUSED = "refused", _("refused")


class Application(models.Model):
    """What a library said of itself when it asked. Who asked, and the words, are in its case.

    Whose turn it is and until when, the case says. Written by `applying` alone.
    """

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="application")
    name = models.CharField(max_length=160)
    town = models.CharField(max_length=60)
    state = models.CharField(max_length=2, choices=State)
    kind = models.CharField(max_length=10, choices=Kind)
    phone = models.CharField(max_length=40, blank=True)  # of the library
    system = models.CharField(max_length=100, blank=True)  # which one it has, as it calls it
    titles = models.PositiveIntegerField(null=True, blank=True)  # about so many
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True)  # a name: it stays
    library = models.ForeignKey(
        Library, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    was_member = models.BooleanField(default=False)  # its library was here before

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None)
                | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="a_decision_has_its_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.town}"
