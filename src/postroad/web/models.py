"""What was scanned at a desk today: a row a line, which all scanners of one sign-in share."""

from django.db import models


class ScanLine(models.Model):
    """One answer of a scan page. It names no patron; its thing's own history is what stays."""

    sitting = models.CharField(max_length=100)  # of whom, and at which page: see scanning.Sitting
    key = models.CharField(max_length=64)  # of the scan: the same one sent again is the same line
    at = models.DateTimeField(db_index=True)
    line = models.JSONField()
    listed = models.BooleanField(default=False)  # or an answer that is said once and not kept
    undone = models.BooleanField(default=False)
    told = models.BooleanField(default=False)  # its answer was shown

    objects: models.Manager["ScanLine"] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "key"], name="one_line_a_scan")]
        indexes = [models.Index(fields=["sitting", "-at"], name="scan_line_list")]

    def __str__(self) -> str:
        return f"{self.key} at {self.at}"
