"""Parcels follow the van's days: after any change their days are reckoned anew, in batches.

Nobody has to tell of a change, and no visit waits for it: what each library's calendar says now is
held against what it said when the parcels were reckoned last.
"""

import hashlib
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from postroad.delivery import delays, promises, stops
from postroad.delivery.models import Outlook, Parcel, ParcelQuerySet, ParcelState, Stop, Via

BATCH = 100  # parcels in one transaction: nobody waits long for the rows behind it
KEPT = timedelta(days=62)  # longer than what is over can still move the clock of a parcel
BATCHES = 40  # of one turn; the next goes on where this one stopped


def follow(now: datetime, *, batch: int = BATCH, batches: int = BATCHES) -> int:
    """Reckon anew what goes from or to libraries whose days have changed; how many moved."""
    outlook = Outlook.objects.get_or_create(pk=1)[0]
    look(outlook, now)
    moved = 0
    for _turn in range(batches if outlook.changed else 0):
        more, count = reckon_batch(outlook, now, batch)
        moved += count
        if not more:
            outlook.changed, outlook.reached = [], 0
            break
    outlook.save()
    return moved


def look(outlook: Outlook, now: datetime) -> None:
    """Add the libraries whose days are others than before; then all begins again."""
    since = (now.date().replace(day=1) - KEPT).replace(day=1)  # not another day each day
    served = list(Stop.objects.filter(active=True).values_list("library", flat=True))
    known = stops.calendars(served, since)
    open_ = known.left_open(now.date())  # that it is over is a change too
    days = {
        str(library): hashlib.blake2b(repr((calendar, *open_)).encode(), digest_size=6).hexdigest()
        for library, calendar in known.items()
    }
    before = outlook.days
    changed = {int(key) for key in {*days, *before} if days.get(key) != before.get(key)}
    if changed:
        outlook.days = days
        outlook.changed = sorted(changed.union(outlook.changed))
        outlook.reached = 0


@transaction.atomic
def reckon_batch(outlook: Outlook, now: datetime, most: int) -> tuple[bool, int]:
    """Whether there may be more, and how many of this batch moved."""
    concerned = under_way(outlook.changed).filter(pk__gt=outlook.reached).order_by("pk")
    # The lock keeps a scan of this moment from being overwritten with the clock of before.
    locked = concerned.select_for_update(of=("self",)).select_related("from_library", "to_library")
    batch = list(locked[:most])
    if batch:
        outlook.reached = batch[-1].pk
    were = {parcel.pk: parcel.expected_on for parcel in batch}
    moved = promises.expect_anew(batch, at=now)
    delays.come_later(moved, were, now)
    return len(batch) == most, len(moved)


def under_way(libraries: Collection[int] | None = None) -> ParcelQuerySet:
    """Open parcels of the van, from or to these libraries, or all."""
    found = Parcel.objects.open().filter(via=Via.DELIVERY)
    if libraries is None:
        return found
    return found.filter(Q(from_library__in=libraries) | Q(to_library__in=libraries))


def held(libraries: Collection[int]) -> ParcelQuerySet:
    """What waits at the hub for these libraries, in the order in which it came there."""
    waiting = under_way().filter(to_library__in=libraries, state=ParcelState.MOVING)
    return waiting.order_by("last_at", "pk")


def expected(first_day: date, last_day: date, libraries: Collection[int] | None = None) -> int:
    """How many parcels are to come on one of these days: what a stretch without the van touches."""
    coming = under_way(libraries).filter(expected_on__range=(first_day, last_day))
    return coming.exclude(state=ParcelState.DROPPED).count()
