"""The driver's coming days, two door sheets, a scan from a phone that waits; all of it invented."""

from datetime import datetime, timedelta

from django.utils import timezone

from postroad.accounts.models import Role, User
from postroad.delivery import doors, offline
from postroad.delivery.models import Stop
from postroad.delivery.offline import KeptScan
from postroad.delivery.scans import Hand
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
        for driver in User.objects.filter(posts__role=Role.DRIVER).order_by("pk"):
            last_day = today + AHEAD
            kept = KeptScan("invented", "99999999", Hand.DROP, stop.pk, timedelta(hours=3))
            offline.take(driver, [kept], now)
            doors.put_on(stop.route, driver, first_day=today, last_day=last_day, by=by, at=now)
