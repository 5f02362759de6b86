"""A storm, a strike, an epidemic, the end of a contract: what it changes, where, and how long."""

from collections.abc import Iterable
from datetime import date

from django.core.cache import caches
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from postroad.accounts.models import Role

SOURCE = "situation"
BANNERS = "situations"  # what a process keeps of them


class Area(models.TextChoices):
    """Where it holds."""

    ALL = "all", _("all libraries")
    STATE = "state", _("one state")
    REGION = "region", _("one delivery region")
    ROUTE = "route", _("one delivery route")
    NETWORK = "network", _("one network")
    LIBRARIES = "libraries", _("these libraries")


class Stands(models.TextChoices):
    DRAFT = "draft", _("not switched on")
    AHEAD = "ahead", _("switched on, begins later")
    ON = "on", _("on")
    OVER = "over", _("over")


class SituationQuerySet(models.QuerySet["Situation"]):
    def running(self) -> "SituationQuerySet":
        """Switched on, be it for later, and not ended."""
        return self.filter(ready_at__isnull=False, off_at=None)

    def behind(self, sources: Iterable[str]) -> "dict[str, Situation]":
        """Those by which these rows of other rooms were written, by what stands there."""
        keys = {each.partition(":")[2] for each in sources if each.startswith(f"{SOURCE}:")}
        return {each.source: each for each in self.filter(pk__in=keys)}


class Situation(models.Model):
    """One event. What it did bears its number as source, so that it alone is put back."""

    name = models.CharField(max_length=100)
    area = models.CharField(max_length=10, choices=Area, default=Area.ALL)
    places = models.JSONField(default=list)  # codes, of what `area` says
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)  # None: until further notice
    effects = models.JSONField(default=list)  # of closures: "closed", "no-delivery"
    thresholds = models.JSONField(default=dict)  # days by name, while it lasts
    banner = models.CharField(max_length=300, blank=True)
    notice = models.TextField(blank=True)  # to the staff of the libraries concerned, once
    pages = models.JSONField(default=list)  # keys of drafts that are published while it lasts

    entered_by = models.CharField(max_length=150)  # a name: it stays
    office = models.CharField(max_length=10, choices=Role)
    entered_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)  # somebody switched it on
    ready_by = models.CharField(max_length=150, blank=True)
    on_at = models.DateTimeField(null=True)  # it began
    off_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)  # empty: its last day passed
    published = models.JSONField(default=list)  # keys of pages that were drafts before it
    report = models.JSONField(default=dict)  # counted when it ended
    version = models.PositiveIntegerField(default=1)  # who edits an older one is told so

    objects = SituationQuerySet.as_manager()

    class Meta:
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="situation_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        return f"{SOURCE}:{self.pk}"

    def names(self) -> list[str]:
        """What it is called, and was called since it was switched on."""
        was = [each.was["name"] for each in self.changes.filter(while_on=True, was__has_key="name")]
        return list(dict.fromkeys([self.name, *was]))

    @property
    def last(self) -> date:
        """The last day, far away if nobody knows it."""
        return self.last_day or date.max

    @property
    def stands(self) -> Stands:
        if self.off_at is not None:
            return Stands.OVER
        if self.on_at is not None:
            return Stands.ON
        return Stands.AHEAD if self.ready_at is not None else Stands.DRAFT


class Change(models.Model):
    """What somebody changed of a situation: it stays, and stands in its report."""

    situation = models.ForeignKey(Situation, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    by = models.CharField(max_length=150)  # a name: it stays
    was = models.JSONField(default=dict)  # what was changed, by field, as it had been
    now = models.JSONField(default=dict)
    while_on = models.BooleanField(default=False)  # or for later, or while it was a draft
    notices = models.JSONField(default=list)  # keys of the notices by which staff were told

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.situation_id}: {', '.join(self.now)}"


def banners() -> list[tuple[str, str]]:
    """The names and words of what holds now, for the top of every page; kept for half a minute."""
    found: list[tuple[str, str]] | None = caches["process"].get(BANNERS)
    if found is None:
        on = Situation.objects.running().filter(on_at__isnull=False).exclude(banner="")
        found = list(on.values_list("name", "banner"))
        caches["process"].set(BANNERS, found, 30)
    return found
