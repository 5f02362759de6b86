"""Where and when the van calls: routes, stops, and what changes them."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from postroad.directory.models import Library
from postroad.directory.opening import Spell, weekdays

seven_places = RegexValidator(r"\A[M-][T-][W-][T-][F-][S-][S-]\Z")


class Route(models.Model):
    """A round of the van. `letter` is the region's letter on a Massachusetts slip (R7)."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    letter = models.CharField(max_length=2, blank=True)
    invented = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    @property
    def region(self) -> str:
        """Its name without the number: the rounds of one region stand together."""
        return self.name.rstrip("0123456789 ") or self.name


class Stop(models.Model):
    """Where and on which days the van calls at a library."""

    library = models.OneToOneField(Library, on_delete=models.CASCADE, related_name="+")
    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="stops")
    place = models.PositiveSmallIntegerField(default=0)  # in the order of the round
    days = models.CharField(max_length=7, default="MTWTF--", validators=[seven_places])
    active = models.BooleanField(default=True)
    invented = models.BooleanField(default=False)

    class Meta:
        ordering = ["route__code", "place", "pk"]

    def __str__(self) -> str:
        return f"{self.library_id} on {self.route_id}"


class ScheduleChange(models.Model):
    """Other days than usual for a while: a reduced schedule, a busy December."""

    stop = models.ForeignKey(Stop, on_delete=models.CASCADE, related_name="changes")
    days = models.CharField(max_length=7, validators=[seven_places])
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="change_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.days} from {self.first_day} to {self.last_day}"

    def spell(self) -> Spell:
        return Spell(self.first_day, self.last_day, weekdays(self.days))
