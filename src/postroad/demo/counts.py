"""The counts of the van: what its scans say, a week of stops that its drivers confirmed, and the
count week of this month, which some libraries have answered.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from postroad.accounts.models import Role, User
from postroad.delivery import visits
from postroad.delivery.models import Stop, Visit
from postroad.delivery.visits import Pieces
from postroad.demo.people import HOME, LENDER
from postroad.demo.road import noon
from postroad.directory.models import Library
from postroad.reports import count_week, van

COUNTED = timedelta(weeks=3)
CONFIRMED = 8  # days on which the driver of the demo's routes confirmed the stops
ANSWERS = 12  # libraries that said something of the count week


def tell(now: datetime) -> None:
    """Of more than these weeks nobody in the demonstration asks."""
    confirm(now)
    van.follow(now, COUNTED)
    answer(now)


def confirm(now: datetime) -> None:
    """On the round of the demo's own libraries; one desk counted otherwise."""
    driver, clerk = (User.objects.get(username=role) for role in (Role.DRIVER, Role.LENDING))
    mine = Stop.objects.filter(library__code__in=(HOME, LENDER), active=True)
    routes = list(mine.order_by().values_list("route", flat=True))
    stops = Stop.objects.filter(route__in=routes, active=True).select_related("library", "route")
    today = timezone.localdate(now)
    timetable = van.Timetable.since(today - timedelta(days=CONFIRMED))
    known = {(each.library_id, timezone.localdate(each.at)) for each in Visit.objects.all()}
    for back in range(CONFIRMED, 0, -1):
        day = today - timedelta(days=back)
        due = timetable.due(day)
        for place, stop in enumerate(stops):
            told = (stop.library_id, day) in known
            if stop.library_id in due and not told and (place + back) % 4:
                pieces = visits.scanned(driver, stop.library, day)
                at = noon(day) + timedelta(minutes=12 * place)
                key = f"{day}-{place}"
                visits.confirm(driver, stop, pieces, key=key, at=at, now=at)
    lender = Library.objects.get(code=LENDER)
    last = visits.lately(lender, now).first()
    if last is not None:
        said = Pieces(last.left, last.taken + 1)
        visits.count(lender, last.pk, said, by=clerk, now=now - timedelta(hours=1))


def answer(now: datetime) -> None:
    """The week before the last was the count week."""
    today = timezone.localdate(now)
    monday = today - timedelta(days=today.weekday() + 14)
    office = User.objects.get(username=Role.DELIVERY)
    begun = now - timedelta(days=21)
    week = count_week.plan(monday, monday + timedelta(days=4), by=str(office), at=begun)
    open_ones = [
        each for each in count_week.standings(week) if each.library.code not in (HOME, LENDER)
    ]
    for place, each in enumerate(open_ones[:: max(len(open_ones) // ANSWERS, 1)]):
        numbers = {name: getattr(each.seen, name) for name in count_week.NUMBERS}
        if place % 3 == 0:
            numbers["items_sent"] += 17
        at = now - timedelta(days=3, minutes=7 * place)
        count_week.answer(week, each.library, numbers, by=office, at=at)
