"""Requests follow their record to the one that it turned out to be; and back, if it did not."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from postroad.catalogue.models import Record
from postroad.ill.models import Followed, Request

AT_ONCE = 500


def follow(now: datetime) -> int:
    """Job: let requests stand on the record that has the copies; how many did not."""
    asked_for = Exists(Request.objects.filter(record=OuterRef("pk")))
    left = Record.objects.filter(asked_for, moved_to__isnull=False)
    pairs = left.values_list("pk", "moved_to_id")[:AT_ONCE]
    return sum(lead(old, new) for old, new in list(pairs) if new) + go_back()


@transaction.atomic
def lead(old: int, new: int) -> int:
    there = Request.objects.filter(record=old)
    for pk in there.values_list("pk", flat=True):
        before = Followed.objects.filter(request=pk, led_to=old)
        if not before.update(led_to=new):
            Followed.objects.update_or_create(
                request_id=pk, defaults={"record_id": old, "led_to_id": new}
            )
    return there.update(record=new)


def go_back() -> int:
    """What was joined by mistake and is split again has its requests again, but for those by which
    something was lent meanwhile, or that somebody put on another record since."""
    led = Followed.objects.filter(request__record=F("led_to"), request__current_loan=None)
    moved = 0
    for each in led.exclude(led_to=F("record__moved_to")).select_related("record"):
        stands = each.record.standing
        if stands.pk == each.led_to_id:
            continue  # by way of another
        with transaction.atomic():
            there = Request.objects.filter(pk=each.pk, record=each.led_to_id, current_loan=None)
            moved += there.update(record=stands)
            Followed.objects.filter(pk=each.pk).update(led_to=stands)
    return moved
