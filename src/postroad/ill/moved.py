"""Requests follow their record to the one that it turned out to be."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from postroad.catalogue.models import Record
from postroad.ill.models import Request

AT_ONCE = 500


def follow(now: datetime) -> int:
    """Job: let requests stand on the record that has the copies; how many did not."""
    asked_for = Exists(Request.objects.filter(record=OuterRef("pk")))
    left = Record.objects.filter(asked_for, moved_to__isnull=False)
    pairs = left.values_list("pk", "moved_to")[:AT_ONCE]
    return sum([Request.objects.filter(record=old).update(record=new) for old, new in pairs])
