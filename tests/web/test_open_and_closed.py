"""No page contradicts the calendar: a year's holidays, a Sunday, a closed week, and a usual day."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from postroad.delivery import rounds, stops
from postroad.delivery.models import Route
from postroad.directory import closures, holidays
from postroad.directory.models import Closure, Library, State
from postroad.ill import clocks
from postroad.ill.lifecycle import State as Stands
from tests import lots
from tests.cast import Cast
from tests.ill.story import begin, copy, title

DAY = timedelta(days=1)
HOLIDAYS = list(holidays.of_years(2027, 2027))
WEEK = date(2027, 2, 22)  # a Monday; Lee is closed until Sunday
SUNDAY, USUAL = date(2027, 1, 10), date(2027, 3, 10)
TRIED = {
    **{each.name: each.day for each in HOLIDAYS},
    "a Sunday": SUNDAY,
    "the first day of a closed week": WEEK,
    "the middle of it": WEEK + 2 * DAY,
    "the day after it": WEEK + 7 * DAY,
    "a usual day": USUAL,
}


@pytest.fixture
def year(cast: Cast) -> Cast:
    """With its holidays, and a week in which Lee is closed."""
    entered: dict[str, Any] = {"source": "office", "said_by": "Carl", "at": noon(SUNDAY)}
    for each in HOLIDAYS:
        closures.close(
            state=each.state, first_day=each.day, last_day=each.day, reason=each.name, **entered
        )
    closures.close(
        libraries=[cast.lee], first_day=WEEK, last_day=WEEK + 6 * DAY, reason="New roof", **entered
    )
    return cast


def noon(day: date) -> datetime:
    return datetime.combine(day, time(16), UTC)


def read(client: Client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200, address
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


# By day one in three, as the lot falls, and that which is most apart from what is usual.
DRAWN = {name: day for name, day in TRIED.items() if day == WEEK or lots.drawn(name, 3)}


@pytest.fixture(params=DRAWN.values(), ids=list(DRAWN))
def day(request: pytest.FixtureRequest) -> Iterator[date]:
    with time_machine.travel(noon(request.param), tick=False):
        yield request.param


def test_every_page_says_what_the_calendar_says(year: Cast, day: date, client: Client):
    known = closures.calendars(year.libraries, day - DAY)
    is_open = {each.code: known[each.pk].is_open(day) for each in year.libraries}
    listed = client.get("/libraries").context["listed"]
    assert {row.library.code: row.is_open for row, _ in listed} == is_open
    for code, opens in is_open.items():
        page = read(client, f"/libraries/{code}")
        assert ("Open today." in page) == opens, code
        assert ("Closed today" in page) == (not opens), code
    walden, emma = title("Walden"), title("Emma")
    copy(walden, year.lenox, "30001000000017")
    copy(emma, year.lee, "30001000000025")
    client.force_login(year.ada)
    assert ("could lend it today" in read(client, f"/record/{walden.pk}")) == is_open["lenox"]
    for address in (f"/record/{emma.pk}", f"/patron/ask/{emma.pk}/"):
        assert ("closed today" in read(client, address)) == (not is_open["lee"]), address
    assert ("Pick it up there today" in read(client, f"/patron/ask/{emma.pk}/")) == is_open["lee"]
    client.force_login(year.borrower)
    assert ("closed today" in read(client, "/staff/")) == (not is_open["lee"])
    client.force_login(year.centre)
    office = read(client, "/office/closures/")
    for closure in Closure.objects.filter(library=None, first_day=day):
        assert closure.reason in office
    van = stops.calendars([each.pk for each in year.libraries], day)
    calls = {call.stop.library.code: call.called for call in rounds.calls(Route.objects.get(), day)}
    for each in year.libraries:
        if each.pk in van and known[each.pk].shut_on(day):
            assert not calls[each.code], each.code  # no van comes where nobody is there


def test_no_day_that_anybody_is_promised_is_a_closed_day(year: Cast, day: date, client: Client):
    """What is asked on that day, shipped when its lender is open, and fetched as late as may be."""
    Library.objects.filter(state=State.MASSACHUSETTS).update(open_days="MTWTF--")
    story = begin(year)
    story.now = clocks.at_work(year.lenox, noon(day)).eve(day) + timedelta(hours=12)
    story.at(Stands.SHIPPED)
    lee, van = clocks.at_work(year.lee, story.now), stops.calendars([year.lee.pk], day)
    parcel = story.loan.parcel_out
    assert parcel is not None
    assert parcel.expected_on is not None
    assert van[year.lee.pk].drop.is_open(parcel.expected_on)
    story.now = noon(parcel.expected_on)
    with time_machine.travel(story.now, tick=False):
        client.force_login(year.borrower)
        received = scan(client, "receive", story.ill.ref)
        story.look()
        until = lee.day_of(story.rings_at)
        assert lee.is_open(until)
        assert f"until {named(until)}" in received
        for address in ("/staff/borrowing/?show=shelf", "/staff/borrowing/lend/"):
            assert named(until) in read(client, address), address
        client.force_login(year.ada)
        assert f"It is held until {named(until)}" in read(client, "/patron/requests/")
    with time_machine.travel(noon(until), tick=False):
        client.force_login(year.borrower)
        lent = scan(client, "lend", story.ill.ref)
        story.look()
        due = story.loan.due_back
        assert due is not None
        assert lee.is_open(due)
        assert f"until {named(due)}" in lent
        assert named(due) in read(client, "/staff/borrowing/?show=lent")
        client.force_login(year.ada)
        assert named(due) in read(client, f"/patron/requests/{story.ill.ref}/")
        client.force_login(year.lender)
        assert named(due) in read(client, "/staff/lending/out/")


def named(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def scan(client: Client, page: str, number: str) -> str:
    """The answer of a scan page."""
    client.post(f"/staff/borrowing/{page}/", {"scan": number})
    return read(client, f"/staff/borrowing/{page}/")
