"""The network of the van as data: couriers, hubs and the nights between them, regions, routes,
stops, and what changes a stop for a while."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from postroad.directory.models import Closure, Library, State

seven_places = RegexValidator(r"\A[M-][T-][W-][T-][F-][S-][S-]\Z")


class Courier(models.Model):
    """Who drives: a contractor, or a state's own service. Its state is whose holidays it keeps."""

    class Slip(models.TextChoices):
        MLS = "mls", _("Massachusetts: region letter and town")
        LORI = "lori", _("Rhode Island: three letters")

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    slip = models.CharField(max_length=4, choices=Slip, default=Slip.MLS)
    state = models.CharField(max_length=2, choices=State)
    invented = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Hub(models.Model):
    """Where a courier sorts, or where two couriers hand over to each other (a gateway)."""

    class Kind(models.TextChoices):
        SORT = "sort", _("sorting hub")
        GATEWAY = "gateway", _("gateway between couriers")

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    courier = models.ForeignKey(Courier, on_delete=models.PROTECT, related_name="hubs")
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.SORT)
    town = models.CharField(max_length=80, blank=True)
    invented = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Transfer(models.Model):
    """How many nights more it takes from one hub to another, from a day on (R14)."""

    from_hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="transfers")
    to_hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    nights = models.PositiveSmallIntegerField(null=True, blank=True)  # None: no longer this way
    first_day = models.DateField()

    class Meta:
        ordering = ["from_hub", "to_hub", "first_day"]
        constraints = [
            models.UniqueConstraint(
                fields=["from_hub", "to_hub", "first_day"], name="one_transfer_from_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(from_hub=F("to_hub")), name="a_transfer_goes_elsewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_hub_id} to {self.to_hub_id} from {self.first_day}"


class Region(models.Model):
    """The rounds that one hub sends out together; its letter stands on Massachusetts slips (R7)."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    letter = models.CharField(max_length=2, blank=True)
    hub = models.ForeignKey(
        Hub, null=True, blank=True, on_delete=models.PROTECT, related_name="regions"
    )
    invented = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Route(models.Model):
    """A round of the van."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="routes"
    )
    invented = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    @property
    def letter(self) -> str:
        """What stands on its slips (R7)."""
        return self.region.letter if self.region else ""

    @property
    def region_name(self) -> str:
        """Under which its round stands with others."""
        return self.region.name if self.region else self.name.rstrip("0123456789 ") or self.name


class DaysApart(models.Model):
    """The days on which the van brings, and those on which it takes."""

    drop_days = models.CharField(max_length=7, validators=[seven_places], default="MTWTF--")
    pick_up_days = models.CharField(max_length=7, validators=[seven_places], default="MTWTF--")

    class Meta:
        abstract = True

    @property
    def days_apart(self) -> bool:
        """Whether it brings on other days than it takes."""
        return self.drop_days != self.pick_up_days


class Stop(DaysApart):
    """Where and on which days the van calls at a library. The days on which it brings and those on
    which it takes may be apart."""

    library = models.OneToOneField(Library, on_delete=models.CASCADE, related_name="+")
    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="stops")
    place = models.PositiveSmallIntegerField(default=0)  # in the order of the round
    opens = models.TimeField(null=True, blank=True)  # the window in which the van may come
    closes = models.TimeField(null=True, blank=True)
    on_demand = models.BooleanField(default=False)  # it comes when it is asked to
    notice_hours = models.PositiveSmallIntegerField(default=0)  # and wants to be asked so early
    # A satellite: its things are brought to its hub town's stop and taken from there.
    behind = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="satellites"
    )
    active = models.BooleanField(default=True)
    invented = models.BooleanField(default=False)

    class Meta:
        ordering = ["route__code", "place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(behind=None) | ~Q(behind=F("id")), name="a_satellite_is_behind_another"
            )
        ]

    def __str__(self) -> str:
        return f"{self.library_id} on {self.route_id}"


class ScheduleChange(DaysApart):
    """Other days than usual from one day to another, or on: a reduced schedule, a busy December, a
    school's summer, a new timetable that is announced."""

    stop = models.ForeignKey(Stop, on_delete=models.CASCADE, related_name="changes")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=40, blank=True)  # what wrote it, if not a hand

    class Meta:
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="change_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.drop_days} from {self.first_day} to {self.last_day}"

    @property
    def open_ended(self) -> bool:
        return self.last_day == Closure.FURTHER_NOTICE
