"""What was changed of a resource, by whom, and which money ends."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.econtent.models.resource import Resource


class FundingEnd(models.Model):
    """A payer's money ends on a day. Written by `funding` alone; libraries are told of it once, and
    once that it was taken back."""

    payer = models.CharField(max_length=160)
    ends_on = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=150, blank=True)  # a name: it stays
    told_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=150, blank=True)
    undone_told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.payer}: {self.ends_on}"


class ResourceChange(models.Model):
    """What became of a resource or of one of its rights. It only grows."""

    class Verb(models.TextChoices):
        ADD = "add", _("added")
        CHANGE = "change", _("changed")
        CHECK = "check", _("checked")
        RETIRE = "retire", _("retired")
        BRING_BACK = "bring-back", _("brought back")
        RIGHT = "right", _("rights changed")

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="changes")
    verb = models.CharField(max_length=10, choices=Verb)
    at = models.DateTimeField()
    by = models.CharField(max_length=150, blank=True)  # a name: it stays
    facts = models.JSONField(default=dict)  # by field: as it was, as it is
    right = models.BigIntegerField(null=True)  # the key of the right, which may be gone
    ending = models.ForeignKey(
        FundingEnd, null=True, on_delete=models.PROTECT, related_name="changes"
    )
    undoes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="undone_by"
    )

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=["resource", "-at"], name="changes_of_resource"),)

    def __str__(self) -> str:
        return f"{self.verb} {self.resource_id}"
