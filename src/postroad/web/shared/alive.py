"""Whether what follows from people's work is followed up, seen by what waits."""

from datetime import datetime, timedelta

from django.core.cache import caches
from django.db.models import Min
from django.utils import timezone

from postroad.ill.models import Event

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
    """The time of the oldest event that waits too long; one look-up in a small index."""
    due = Event.objects.filter(due_at__lt=timezone.now() - PATIENCE)
    oldest: datetime | None = due.aggregate(oldest=Min("due_at"))["oldest"]
    return oldest or NOTHING
