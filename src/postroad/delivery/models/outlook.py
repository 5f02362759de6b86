"""From which days of the van the parcels' days were reckoned last."""

from django.db import models


class Outlook(models.Model):
    """The days of the van from which the parcels' days were reckoned last; one row."""

    days = models.JSONField(default=dict)  # a digest of each library's calendar, by its key
    changed = models.JSONField(default=list)  # libraries whose parcels are being reckoned anew
    reached = models.PositiveBigIntegerField(default=0)  # the last parcel that was looked at

    def __str__(self) -> str:
        return f"{len(self.changed)} libraries changed, reached {self.reached}"
