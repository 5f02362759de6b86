"""Who confirmed and who changed what of a library, and how it came in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.directory.models.libraries import Library


class Confirmation(models.Model):
    """Who last said of one field of a library's record that it is right, and when."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="confirmations")
    field = models.CharField(max_length=20)
    confirmed_on = models.DateField()
    confirmed_by = models.CharField(max_length=150, blank=True)  # a name: it stays

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "field"], name="one_confirmation_a_field")
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.library_id}: {self.confirmed_on}"


class LibraryChange(models.Model):
    """What became of a library's record. Written by `records` alone; it only grows."""

    class Verb(models.TextChoices):
        ADD = "add", _("added")
        CHANGE = "change", _("changed")
        RETIRE = "retire", _("retired")
        BRING_BACK = "bring-back", _("brought back")
        SUPPLY = "supply", _("asked for copies that no other member is known to have")
        SUPPLY_NO_MORE = "supply-end", _("asked only for copies of what it has")

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="changes")
    verb = models.CharField(max_length=10, choices=Verb)
    at = models.DateTimeField()
    by = models.CharField(max_length=150, blank=True)  # a name: it stays
    facts = models.JSONField(default=dict)  # by field: as it was, as it is

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["library", "-at"], name="changes_of_library")]

    def __str__(self) -> str:
        return f"{self.verb} {self.library_id}"


class Joining(models.Model):
    """A library that comes in, step by step: what was put off, and what it wishes of delivery.

    Which steps are done is told by what is there; see `web/office/joining.py`.
    """

    library = models.OneToOneField(Library, on_delete=models.CASCADE, related_name="joining")
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=150, blank=True)
    later = models.JSONField(default=list)  # steps that were put off
    wished_days = models.CharField(max_length=7, blank=True)  # of the van, as "MTWTF--"
    wish = models.CharField(max_length=300, blank=True)  # what the driver should know
    test_ref = models.CharField(max_length=8, blank=True)  # of the test request
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.library_id} since {self.begun_at}"
