"""Confirmed stops: the driver says when and how many, the library's desk may count for itself.

Two counts that differ are both kept and both shown; nobody's is made to fit.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from postroad.accounts.models import User
from postroad.delivery import rounds
from postroad.delivery.models import Custody, CustodyStep, Stop, Visit
from postroad.directory.models import Library
from postroad.errors import Refusal

MOST = 99_999  # pieces; no van holds more
WHILE = timedelta(days=3)  # in which a desk counts what the van left


class NotThatMany(Refusal):
    """No count of pieces."""

    code = "not-that-many"


class NoSuchVisit(Refusal):
    """The stop was withdrawn, or is of another library."""

    code = "no-such-visit"


@dataclass(frozen=True, slots=True)
class Pieces:
    """How many the van left at a stop, and how many it took along."""

    left: int
    taken: int

    def checked(self) -> "Pieces":
        if not (0 <= self.left <= MOST and 0 <= self.taken <= MOST):
            raise NotThatMany
        return self


def scanned(driver: User, library: Library, day: date) -> Pieces:
    """What this driver scanned or took along there on that day and was not undone."""
    dawn = rounds.start_of(day)
    lines = Custody.objects.filter(
        library=library, user=driver, at__gte=dawn, at__lt=dawn + timedelta(days=1), undone_by=None
    ).order_by()
    steps = [step for step, _parcel in lines.values_list("step", "parcel").distinct()]
    return Pieces(steps.count(CustodyStep.DROPPED), steps.count(CustodyStep.PICKED_UP))


def confirm(
    driver: User, stop: Stop, pieces: Pieces, *, key: str, at: datetime, now: datetime
) -> Visit:
    """The van is done at this stop. The same confirmation sent twice is one."""
    pieces.checked()
    facts = {
        "library": stop.library,
        "route": stop.route.code,
        "driver": driver,
        "at": at,
        "noted_at": now,
        "left": pieces.left,
        "taken": pieces.taken,
    }
    return Visit.objects.get_or_create(key=f"{driver.pk}-{key}"[:80], defaults=facts)[0]


def withdraw(driver: User, pk: int, now: datetime) -> None:
    """The driver goes on working there; the confirmation stays in the history."""
    Visit.objects.filter(pk=pk, driver=driver, withdrawn_at=None).update(withdrawn_at=now)


def count(library: Library, pk: int, pieces: Pieces, *, by: User, now: datetime) -> Visit:
    """What the library's own desk counted; counted again, the last one stands."""
    pieces.checked()
    found = lately(library, now).filter(pk=pk).first()
    if found is None:
        raise NoSuchVisit
    found.counted_left, found.counted_taken = pieces.left, pieces.taken
    found.counted_by, found.counted_at = str(by)[:150], now
    found.save(update_fields=["counted_left", "counted_taken", "counted_by", "counted_at"])
    return found


def lately(library: Library, now: datetime) -> QuerySet[Visit]:
    since = now - WHILE
    return Visit.objects.filter(library=library, at__gte=since, withdrawn_at=None)


def of_day(day: date) -> QuerySet[Visit]:
    """Every confirmed stop of a day, the last first."""
    dawn = rounds.start_of(day)
    found = Visit.objects.filter(at__gte=dawn, at__lt=dawn + timedelta(days=1), withdrawn_at=None)
    return found.select_related("library", "driver")


def in_doubt(now: datetime) -> QuerySet[Visit]:
    """Counted by both and not alike, in the last two weeks."""
    since = now - timedelta(days=14)
    unlike = ~Q(counted_left=F("left")) | ~Q(counted_taken=F("taken"))
    counted = Visit.objects.filter(unlike, at__gte=since, withdrawn_at=None)
    return counted.exclude(counted_at=None).select_related("library", "driver")


def last_here(driver: User, library: Library, now: datetime) -> Visit | None:
    """This driver's confirmation of today at this library."""
    dawn = rounds.start_of(timezone.localdate(now))
    mine = Visit.objects.filter(driver=driver, library=library, withdrawn_at=None)
    return mine.filter(at__gte=dawn).first()
