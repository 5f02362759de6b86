"""What libraries tell us of holds in their own systems, for the van's sorters."""

from django.db import models

from postroad.directory.models import Library


class ToldHold(models.Model):
    """That an item is for pick-up at a library or, without one, is not any more. Of an item what
    was said last counts. Whose hold it is nobody tells us."""

    told_by = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="+")
    barcode = models.CharField(max_length=40, db_index=True)  # as barcodes.plain has it
    pick_up = models.ForeignKey(
        Library, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    until = models.DateField()  # the last day on which it holds
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=150)
    taken_back_at = models.DateTimeField(null=True, blank=True)  # then what was said before counts
    taken_back_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-said_at", "-pk"]
        indexes = [models.Index(fields=["told_by", "-said_at"], name="holds_told_by")]

    def __str__(self) -> str:
        return f"{self.barcode} of {self.owner_id} for {self.pick_up_id}"
