"""The driver's days and confirmed stops, two door sheets, a scan that waits; all of it invented."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from postroad.accounts.models import Role, User
from postroad.delivery import doors, offline, rounds, stops, visits
from postroad.delivery.models import Stop
from postroad.delivery.offline import KeptScan
from postroad.delivery.scans import Hand
from postroad.delivery.visits import Pieces
from postroad.demo.people import HOME, LENDER

AHEAD = timedelta(days=30)
SHEETS = {
    HOME: {
        "entrance": "Staff door behind the parking lot (invented)",
        "keys": "Key box beside the door (invented)",
        "alarm": "Panel on the left: 0000 (invented)",
    },
    LENDER: {"entrance": "Loading dock, ring twice (invented)", "keys": "", "alarm": ""},
}


def enter(now: datetime) -> None:
    """The driver is on the route of the home library for a month."""
    today, by = timezone.localdate(now), "Delivery office"
    places = Stop.objects.filter(library__code__in=SHEETS).select_related("library", "route")
    for stop in places.order_by("pk"):
        doors.write(stop.library, by=by, at=now, **SHEETS[stop.library.code])
        if stop.library.code != HOME:
            continue
        stop.route.stops.update(opens=time(9), closes=time(16))
        for driver in User.objects.filter(posts__role=Role.DRIVER).order_by("pk"):
            last_day = today + AHEAD
            kept = KeptScan("invented", "99999999", Hand.DROP, stop.pk, timedelta(hours=3))
            offline.take(driver, [kept], now)
            doors.put_on(stop.route, driver, first_day=today, last_day=last_day, by=by, at=now)
            confirm(driver, stop, now)


def confirm(driver: User, home: Stop, now: datetime) -> None:
    """On its route this morning at two stops; at the home library when the van was there last."""
    done = [call.stop for call in rounds.calls(home.route, timezone.localdate(now)) if call.called]
    for number, stop in enumerate([each for each in done if each != home][:2]):
        at = now - timedelta(hours=2 - number)
        pieces = Pieces(left=9 - number, taken=4)
        visits.confirm(driver, stop, pieces, key=f"invented-{number}", at=at, now=at)
    last = timezone.localdate(now) - timedelta(days=1)
    known = stops.calendars([home.library_id], last - visits.WHILE)
    van = known.get(home.library_id)
    if van is not None and van.drop.is_open(day := van.drop.last_open(last)):
        at = rounds.start_of(day) + timedelta(hours=14)
        visits.confirm(driver, home, Pieces(left=6, taken=3), key="invented-home", at=at, now=at)
