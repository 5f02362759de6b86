"""What was agreed with a date: agreements and thresholds."""

from functools import reduce
from operator import or_
from typing import Any

from django.core.cache import caches
from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.directory.models.libraries import Library


def _is_a_side(field: str) -> models.Q:
    named = (
        models.Q((f"{field}__startswith", kind)) for kind in ("network:", "state:", "library:")
    )
    return reduce(or_, named, models.Q((field, "all")))


class Agreement(models.Model):
    """What holds between those who lend and those who borrow, from a date on.

    A side is "all", or one network, state or library by its code: "network:sails", "state:RI",
    "library:lee".
    """

    class DueMeans(models.TextChoices):
        AT_BORROWER = "at-borrower", _("back at the borrowing library")
        BACK_HOME = "back-home", _("back at the lending library")

    class Silence(models.TextChoices):
        ASK = "ask", _("the center asks")
        GRANT = "grant", _("it is granted")

    name = models.CharField(max_length=100)
    lender_side = models.CharField(max_length=40, default="all")
    borrower_side = models.CharField(max_length=40, default="all")
    due_means = models.CharField(max_length=12, choices=DueMeans, default=DueMeans.AT_BORROWER)
    silence_on_renewal = models.CharField(max_length=8, choices=Silence, default=Silence.ASK)
    effective = models.DateField()

    class Meta:
        ordering = ["effective", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=_is_a_side("lender_side") & _is_a_side("borrower_side"),
                name="agreement_sides_are_known",
            ),
            models.UniqueConstraint(
                fields=["lender_side", "borrower_side", "effective"],
                name="one_agreement_a_day_and_sides",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        caches["process"].delete("agreements")

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        caches["process"].delete("agreements")
        return gone


class Meanwhile(models.Model):
    """A number of days that holds only while something lasts, and returns by itself (R14)."""

    name = models.SlugField(max_length=40)
    days = models.PositiveSmallIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()  # far away: until further notice
    library = models.ForeignKey(Library, null=True, blank=True, on_delete=models.CASCADE)
    source = models.CharField(max_length=40, db_index=True)  # "situation:17"

    def __str__(self) -> str:
        return f"{self.name}: {self.days} days from {self.first_day} to {self.last_day}"


class Threshold(models.Model):
    """Days that were agreed on, from a date on, for all, for one library, or for the loans under
    one agreement (R14)."""

    name = models.SlugField(max_length=40)
    days = models.PositiveSmallIntegerField()
    effective = models.DateField()
    library = models.ForeignKey(Library, null=True, blank=True, on_delete=models.CASCADE)
    agreement = models.ForeignKey(Agreement, null=True, blank=True, on_delete=models.CASCADE)
    entered_by = models.CharField(max_length=150, blank=True)  # a name: it stays
    entered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["name", "effective"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(library=None) | models.Q(agreement=None),
                name="threshold_has_one_scope",
            ),
            models.UniqueConstraint(
                fields=["name", "effective", "library"], name="one_threshold_a_day_and_library"
            ),
            models.UniqueConstraint(
                fields=["name", "effective", "agreement"], name="one_threshold_a_day_and_agreement"
            ),
            models.UniqueConstraint(
                fields=["name", "effective"],
                condition=models.Q(library=None, agreement=None),
                name="one_threshold_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.days} days from {self.effective}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        caches["process"].delete("thresholds")

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        caches["process"].delete("thresholds")
        return gone
