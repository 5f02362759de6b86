"""Bins, a hub's desk, a file of scans: on the day on which the van last came to the demo's home."""

from datetime import datetime, timedelta

from django.utils import timezone

from postroad.accounts.models import Role, User
from postroad.delivery import containers, parcels, rounds, scan_files, stops
from postroad.delivery.containers import At
from postroad.delivery.models import Claim, Container, Hub, Parcel, ParcelState, Stop
from postroad.demo.people import HOME
from postroad.directory.models import Library

HUB = "PLYMOUTH"
LOOSE = 12  # parcels that lie at the hub in no bin
BEHIND = timedelta(hours=15)  # of that day: by then all that is told here has happened
LATELY = timedelta(days=14)
FULL = 6  # parcels in the bin that stands at the demo's library


def tell(now: datetime) -> None:
    """One bin was left at the demo's library, one is being filled; a driver's file had two bad
    lines."""
    hub = Hub.objects.filter(code=HUB).first()
    home = Library.objects.get(code=HOME)
    stop = Stop.objects.filter(library=home).select_related("route").first()
    if hub is None or stop is None:
        return
    then = after_the_last_visit(home, now)
    if then is None:
        return
    hours = timedelta(hours=1)
    desk = User.objects.filter(username=Role.DELIVERY).first()
    lost = Claim.objects.values("parcel")  # nobody has seen those
    by_van = Parcel.objects.filter(state=ParcelState.MOVING, via="delivery").exclude(pk__in=lost)
    moving = list(by_van.filter(last_at__lt=then - 3 * hours).order_by("pk")[:60])
    mine = [each for each in moving if each.to_library_id == home.pk][:FULL]
    others = [each for each in moving if each.to_library_id != home.pk][:FULL]
    left, filling, *empty = containers.put_to_use(
        4, Container.Kind.BIN, holder=HUB, at=then - timedelta(hours=4), invented=True
    )
    for each in mine:
        parcels.sort(each, holder=HUB, by=desk, at=then - 3 * hours, into=left)
    for each in others[2:]:
        parcels.sort(each, holder=HUB, by=desk, at=then - 3 * hours, into=filling)
    for each in moving[-LOOSE:]:
        if each not in (*mine, *others):
            parcels.sort(each, holder=HUB, by=desk, at=then - 3 * hours)
    for each, verb in zip(others, (parcels.hold, parcels.damaged), strict=False):
        verb(each, holder=HUB, by=desk, at=then - 2 * hours)
    containers.load(left, At(desk, then - 2 * hours, holder=stop.route.code))
    containers.drop(left, At(desk, then - hours, library=home))
    for spare in empty:
        containers.drop(spare, At(desk, then - hours, library=home))
    containers.ask_for_empties(home, 3, by=None, at=then - 4 * hours)
    send_a_file(others, then, now)


def after_the_last_visit(home: Library, now: datetime) -> datetime | None:
    """An hour behind the last visit of the van; None if it has not been there for long."""
    of_its_days = timezone.localdate(now - BEHIND)
    known = stops.calendars([home.pk], of_its_days - LATELY)
    van = known.get(home.pk)
    if van is None or not van.drop.is_open(day := van.drop.last_open(of_its_days)):
        return None
    return rounds.start_of(day) + BEHIND


def send_a_file(scanned: list[Parcel], then: datetime, now: datetime) -> None:
    """A hand scanner's memory; its clock went a year ahead once, and one number is torn."""
    at = then - timedelta(hours=2)
    rows = ["time,place,step,number"]
    rows += [f"{at.isoformat()},{HUB},arrived,{each.number}" for each in scanned[2:]]
    rows += (
        [
            f"{(now + timedelta(days=365)).isoformat()},{HUB},arrived,{scanned[0].number}",
            f"{at.isoformat()},{HUB},arrived,B00000000018",
        ]
        if scanned
        else []
    )
    driver = User.objects.filter(username=Role.DRIVER).first()
    scan_files.keep("scanner-7.csv", "\n".join(rows).encode(), by=driver, at=now)
    scan_files.work_off(now)
