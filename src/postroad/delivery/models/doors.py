"""Who drives which route on a day, and what only that driver may read: keys and alarms."""

from django.conf import settings
from django.db import models

from postroad.delivery.models.network import Route
from postroad.directory.models import Library


class Duty(models.Model):
    """A driver on a route on one day, as the delivery office says. A trainee is a second one."""

    day = models.DateField()
    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="duties")
    driver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    said_by = models.CharField(max_length=150)
    said_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "duties"
        ordering = ["day", "route__code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["day", "route", "driver"], name="one_duty_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.driver_id} on {self.route_id}, {self.day}"


class DoorSheet(models.Model):
    """How to get in where nobody opens. Read by `delivery.doors` alone."""

    library = models.OneToOneField(Library, on_delete=models.CASCADE, related_name="+")
    entrance = models.CharField(max_length=300, blank=True)
    keys = models.CharField(max_length=300, blank=True)
    alarm = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return f"door sheet of {self.library_id}"


class DoorReading(models.Model):
    """Somebody read a door sheet. Never changed or deleted; the sheet itself may be gone."""

    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=150)  # stays when the account goes
    route = models.CharField(max_length=20, blank=True)  # empty: in the delivery office
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.name} read the door sheet of {self.library_id} at {self.at}"
