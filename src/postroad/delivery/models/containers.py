"""Bins and bags: property that is counted, and what moves all that is in it with one scan."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from postroad.delivery.containment import ContainerStands, Turn
from postroad.directory.models import Library


class ContainerState(models.TextChoices):
    OPEN = ContainerStands.OPEN.value, _("open")
    CLOSED = ContainerStands.CLOSED.value, _("closed")
    AT_HUB = ContainerStands.AT_HUB.value, _("at the hub")
    INSIDE = ContainerStands.INSIDE.value, _("inside another")
    LOADED = ContainerStands.LOADED.value, _("on the van")
    DROPPED = ContainerStands.DROPPED.value, _("left at a library")


class ContainerStep(models.TextChoices):
    """What happened to a container, as a line of its history."""

    OPENED = Turn.OPENED.value, _("emptied")
    ARRIVED = Turn.ARRIVED.value, _("arrived at the hub")
    PUT_IN = Turn.PUT_IN.value, _("put into another")
    TAKEN_OUT = Turn.TAKEN_OUT.value, _("taken out")
    CLOSED = Turn.CLOSED.value, _("closed")
    LOADED = Turn.LOADED.value, _("loaded on a route")
    DROPPED = Turn.DROPPED.value, _("left at a library")


class Container(models.Model):
    """A bin or a bag. Where it stands is what its history says last, kept at hand."""

    class Kind(models.TextChoices):
        BIN = "bin", _("bin")
        BAG = "bag", _("bag")

    number = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=3, choices=Kind, default=Kind.BIN)
    made_at = models.DateTimeField()
    state = models.CharField(
        max_length=8, choices=ContainerState, default=ContainerState.OPEN, db_index=True
    )
    library = models.ForeignKey(
        Library, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    holder = models.CharField(max_length=20, blank=True)  # a hub's or a route's code
    inside = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    last_at = models.DateTimeField()
    retired_on = models.DateField(null=True, blank=True)
    invented = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return self.number

    @property
    def stands_at(self) -> Library | None:
        """The library; of what is on the van, that is only where it was loaded."""
        return None if self.state == ContainerState.LOADED and self.holder else self.library


class ContainerLine(models.Model):
    """One thing that happened to a container. Never deleted; what was undone says so."""

    container = models.ForeignKey(Container, on_delete=models.PROTECT, related_name="lines")
    key = models.CharField(max_length=80, unique=True)  # the same event told twice is one line
    step = models.CharField(max_length=9, choices=ContainerStep)
    at = models.DateTimeField()  # when it happened
    noted_at = models.DateTimeField()  # when we heard of it
    library = models.ForeignKey(
        Library, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    holder = models.CharField(max_length=20, blank=True)
    into = models.ForeignKey(
        Container, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.container_id} {self.step} at {self.at}"


class EmptiesAsked(models.Model):
    """A library asks for empty bins; those that are left there empty confirm it."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="+")
    wanted = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    over_at = models.DateTimeField(null=True, blank=True)  # taken back, or asked anew

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["library"], condition=Q(over_at=None), name="one_open_asking_for_empties"
            )
        ]

    def __str__(self) -> str:
        return f"{self.wanted} for {self.library_id}"
