"""Where a request stood before its record turned out to be another."""

from django.db import models

from postroad.catalogue.models import Record
from postroad.ill.models.request import Request


class Followed(models.Model):
    """A request that was led to another record (`moved`): if the two were joined by mistake, it
    goes back when they are split."""

    request = models.OneToOneField(
        Request, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")  # asked for
    led_to = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
