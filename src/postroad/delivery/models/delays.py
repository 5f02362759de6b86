"""What is not as usual with the van, as the delivery office says it; and what follows from it."""

from datetime import date
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from postroad.delivery.models.network import Region, Route
from postroad.delivery.models.parcels import Parcel
from postroad.delivery.stopping import Meanwhile
from postroad.directory.models import Closure, Library
from postroad.telling import Told


class DelayQuerySet(models.QuerySet["Delay"]):
    def standing(self, today: date) -> "DelayQuerySet":
        """Those that somebody still has to know of, the next first."""
        found = self.filter(ended_at=None).filter(Q(last_day__gte=today) | Q(new_day__gte=today))
        return found.select_related("library", "route", "region").order_by("first_day", "pk")

    def at(self, library: Library) -> "DelayQuerySet":
        """Those that are this library's business: its own, its route's, its region's, all."""
        routes = Route.objects.filter(stops__library=library, stops__active=True)
        whole = Q(library=None, route=None, region=None)
        regions = routes.values("region")
        return self.filter(whole | Q(library=library) | Q(route__in=routes) | Q(region__in=regions))


class Delay(models.Model):
    """A notice of the delivery office. Its days without the van are closures, found by `entry`; the
    day that comes in their stead is a `ScheduleChange` of each stop, found by its source."""

    class Kind(models.TextChoices):
        LATE = "late", _("The van is late")
        NONE = "none", _("No van")
        MOVED = "moved", _("No van, but on another day")
        HELD = "held", _("Bins are held")
        SUSPENDED = "suspended", _("The whole service is suspended")
        WOUND_DOWN = "wound-down", _("The whole service is wound down")

    class Instead(models.TextChoices):
        MAIL = Meanwhile.MAIL.value, _("what is lent goes by mail")
        COPIES = Meanwhile.COPIES.value, _("nothing is lent, only copies are sent")

    key = models.UUIDField(unique=True, default=uuid4)  # of the form that was sent
    kind = models.CharField(max_length=10, choices=Kind)
    library = models.ForeignKey(
        Library, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    route = models.ForeignKey(
        Route, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    first_day = models.DateField()
    last_day = models.DateField()
    new_day = models.DateField(null=True, blank=True)
    hours = models.PositiveSmallIntegerField(null=True, blank=True)  # late, as far as it is known
    reason = models.CharField(max_length=120)
    last_pick_up = models.DateField(null=True, blank=True)  # of a service that is wound down
    instead = models.CharField(max_length=6, choices=Instead, blank=True)  # of one that stops
    entry = models.UUIDField(null=True, blank=True)
    said_by = models.CharField(max_length=150)
    said_at = models.DateTimeField()
    ended_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DelayQuerySet.as_manager()

    class Meta:
        ordering = ["first_day", "pk"]
        indexes = [models.Index(fields=["last_day"], name="delay_by_last_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="delay_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.first_day}"

    @property
    def scope(self) -> Library | Route | Region | None:
        """Where it holds; None is everywhere."""
        return self.library or self.route or self.region

    @property
    def open_ended(self) -> bool:
        return self.last_day == Closure.FURTHER_NOTICE

    @property
    def source(self) -> str:
        """What its closures and changes bear."""
        held = (Delay.Kind.HELD, Delay.Kind.SUSPENDED)
        return f"{HELD if self.kind in held else 'delay'}:{self.pk}"

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole service that stops."""
        return self.kind in WHOLE


WHOLE = (Delay.Kind.SUSPENDED, Delay.Kind.WOUND_DOWN)
HELD = "held"  # what the source of closures begins with for which bins are held (R6)


class Happening(Told):
    """What happened on the road: a delay was said or ended, a parcel comes on another day."""

    delay = models.ForeignKey(Delay, null=True, on_delete=models.CASCADE, related_name="+")
    parcel = models.ForeignKey(Parcel, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta(Told.Meta):
        verbose_name = _("event of delivery")

    def of_what(self) -> str:
        return f"delay {self.delay_id}" if self.delay_id else f"parcel {self.parcel_id}"
