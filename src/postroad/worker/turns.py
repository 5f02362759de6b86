"""Jobs that need not wait for their turn, since what they look after has just changed.

A job finds by itself what there is to do, by how things stand; here it is only let begin at once.
"""

from collections.abc import Collection
from datetime import datetime

from postroad.directory.models import Happening
from postroad.worker.models import Turn

looked: dict[str, datetime] = {}  # when this process next asks the database whose turn it is

# What goes by the calendars: due days and holds, requests at a closed lender, days of parcels.
BY_CALENDAR = ("closed days", "closed lenders", "days of parcels")


def follow_closures(happening: Happening, now: datetime) -> None:
    """Listener: let begin at once what moves when a library closes, opens, or closes after all."""
    begin(BY_CALENDAR, now)


def begin(jobs: Collection[str], now: datetime) -> None:
    """Make it the turn of these jobs. Who has begun one already does it once more."""
    Turn.objects.filter(name__in=jobs, next_at__gt=now).update(next_at=now)
    for job in jobs:
        looked.pop(job, None)
