"""Door sheets: seen by the driver of that route on that day, and by the office that writes them.

Each reading is written down before anything is shown. A sheet is in no file, in nothing that a
phone keeps, and in no page that is opened again by going back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from postroad.accounts.models import Role, User
from postroad.delivery.models import DoorReading, DoorSheet, Duty, Route, Stop
from postroad.directory.models import Library
from postroad.errors import Refusal

LONGEST_DUTY = timedelta(days=62)
EMPTY = {"entrance": "", "keys": "", "alarm": ""}


class NotYourRound(Refusal):
    """Somebody else drives this route today, or nobody was named."""

    code = "door-not-your-round"


class NoDoorSheet(Refusal):
    """The library has none: it opens the door itself."""

    code = "no-door-sheet"


@dataclass(frozen=True, slots=True)
class Kept:
    """That a library has a sheet, without what is in it."""

    library: Library
    changed_at: datetime
    changed_by: str
    read_at: datetime | None


def drivers() -> QuerySet[User]:
    return (
        User.objects.filter(posts__role=Role.DRIVER, is_active=True)
        .distinct()
        .order_by("last_name", "first_name", "pk")
    )


@transaction.atomic
def put_on(
    route: Route, driver: User, *, first_day: date, last_day: date, by: str, at: datetime
) -> list[Duty]:
    """This driver on this route on each of these days; what was said before is said once."""
    days = (last_day - first_day).days + 1
    made = [
        Duty(route=route, driver=driver, day=first_day + timedelta(days=n), said_by=by, said_at=at)
        for n in range(min(days, LONGEST_DUTY.days))
    ]
    return Duty.objects.bulk_create(made, ignore_conflicts=True)


def take_off(pk: int) -> Duty | None:
    """From now on this driver reads no door sheet on that route on that day."""
    found = Duty.objects.filter(pk=pk).select_related("route", "driver").first()
    if found is not None:
        Duty.objects.filter(pk=found.pk).delete()
    return found


def from_day(day: date) -> QuerySet[Duty]:
    return Duty.objects.filter(day__gte=day).select_related("route", "driver")


def of_driver(driver: User, day: date) -> list[Route]:
    """The routes on which the office has put this driver on this day."""
    return list(Route.objects.filter(duties__driver=driver, duties__day=day))


def on_route(route: Route, day: date) -> list[User]:
    """Whom the office has put on a route on a day."""
    duties = Duty.objects.filter(route=route, day=day).select_related("driver").order_by("pk")
    return [duty.driver for duty in duties]


def may_read(driver: User, stop: Stop, now: datetime) -> bool:
    day = timezone.localdate(now)
    return Duty.objects.filter(driver=driver, route=stop.route_id, day=day).exists()


def has_sheet(library: Library | int) -> bool:
    return DoorSheet.objects.filter(library=library).exists()


@transaction.atomic
def read(driver: User, stop: Stop, now: datetime) -> DoorSheet:
    """The sheet, for that day's driver of that route; the reading is written down with it."""
    if not may_read(driver, stop, now):
        raise NotYourRound(route=stop.route.code)
    return open_for(driver, stop.library, now, route=stop.route.code)


@transaction.atomic
def read_in_office(reader: User, library: Library, now: datetime) -> DoorSheet:
    return open_for(reader, library, now)


def open_for(reader: User, library: Library, now: datetime, route: str = "") -> DoorSheet:
    sheet = DoorSheet.objects.filter(library=library).first()
    if sheet is None:
        raise NoDoorSheet
    DoorReading.objects.create(
        library=library, reader=reader, name=str(reader)[:150], route=route, at=now
    )
    return sheet


def write(library: Library, *, by: str, at: datetime, **facts: str) -> None:
    """The whole sheet anew; without a word in it there is none any more."""
    said = {**EMPTY, **facts}
    if not any(said.values()):
        DoorSheet.objects.filter(library=library).delete()
        return
    known = {**said, "changed_at": at, "changed_by": by[:150]}
    DoorSheet.objects.update_or_create(library=library, defaults=known)


def kept() -> Iterable[Kept]:
    """The libraries that have a sheet, by town, and when each was read last."""
    rows = DoorSheet.objects.select_related("library").order_by("library__town", "pk")
    read = DoorReading.objects.values_list("library").annotate(at=Max("at"))
    last = dict(read.values_list("library", "at"))
    return [
        Kept(row.library, row.changed_at, row.changed_by, last.get(row.library_id))
        for row in rows.defer(*EMPTY)
    ]


def readings(library: Library | None = None) -> QuerySet[DoorReading]:
    """Who read which sheet, the last first."""
    found = DoorReading.objects.select_related("library").order_by("-at", "-pk")
    return found.filter(library=library) if library else found
