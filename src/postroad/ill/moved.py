"""Requests follow their record to the one that it turned out to be."""

from datetime import datetime

from postroad.ill.models import Request

AT_ONCE = 500


def follow(now: datetime) -> int:
    """Job: let requests stand on the record that has the copies; how many did not."""
    left = Request.objects.filter(record__moved_to__isnull=False)
    pairs = left.values_list("record", "record__moved_to").distinct()[:AT_ONCE]
    return sum([Request.objects.filter(record=old).update(record=new) for old, new in pairs])
