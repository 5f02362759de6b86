"""Whether what follows from people's work is followed up, seen by what waits."""

from datetime import datetime, timedelta

from django.core.cache import caches
from django.utils import timezone

from postroad import telling

PATIENCE = timedelta(minutes=2)
LOOK = 20  # seconds for which one look counts
NOTHING = "nothing"


def worker_silent_since() -> datetime | None:
    """Since when something waits that the worker should have taken up; None if all goes well.

    Seen by the work and not by the worker: a page needs to warn only when somebody waits.
    """
    seen = caches["process"].get_or_set("worker-silent-since", look, LOOK)
    return seen if isinstance(seen, datetime) else None


def look() -> datetime | str:
    """The time of the oldest event of any room that waits too long; a look-up in small indexes."""
    end = timezone.now() - PATIENCE
    late = telling.of_all(
        lambda room: room.objects.filter(due_at__lt=end).values_list("due_at", flat=True)
    )
    oldest: datetime | None = late.order_by("due_at").first()
    return oldest or NOTHING
