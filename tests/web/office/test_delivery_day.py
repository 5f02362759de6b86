"""The delivery office's first page: how far the routes of today are, and what else is due."""

from datetime import time
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from postroad.delivery import delays, doors, parcels, stops, visits
from postroad.delivery.models import Delay, Stop
from postroad.delivery.visits import Pieces
from tests.markup import tight

HOME = "/office/delivery/"


@pytest.fixture
def office(client, cast, time_machine):
    time_machine.move_to("2026-11-30 17:00:00+00:00", tick=False)  # Monday, noon
    client.force_login(cast.delivery)
    return client


def test_a_route_tells_how_many_stops_are_confirmed_and_who_drives(office, cast):
    stop, now = Stop.objects.select_related("route").get(library=cast.lee), timezone.now()
    visits.confirm(cast.driver, stop, Pieces(3, 2), key="k", at=now, now=now)
    today = timezone.localdate()
    doors.put_on(stop.route, cast.driver, first_day=today, last_day=today, by="D", at=now)
    page = tight(office.get(HOME))
    assert "1 of 3 stops are confirmed.</a>" in page
    assert "1 of 3</td>" in page
    assert "Driver</td>" in page
    assert "Routes that run as usual" in page


def test_a_stop_that_was_not_confirmed_in_time_and_a_delay_come_first(office, cast):
    Stop.objects.filter(library=cast.lenox).update(opens=time(9), closes=time(10))
    facts: dict[str, Any] = {"reason": "Ice", "by": "Dora", "now": timezone.now()}
    today = timezone.localdate()
    delays.announce(Delay.Kind.LATE, at=cast.lee, first_day=today, key=uuid4(), **facts)
    page = office.get(HOME)
    assert "Lenox: not confirmed, and it was to be before 10 a.m." in tight(page).replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert "the van is late" in tight(page)
    assert (len(page.context["unusual"]), page.context["usual"]) == (1, [])


def test_on_a_holiday_nothing_runs_and_the_page_says_what_waits(office, cast):
    facts: dict[str, Any] = {"item_barcode": "", "title": "Walden", "ref": "", "by": cast.lender}
    parcels.make(from_library=cast.lee, to_library=cast.lenox, at=timezone.now(), **facts)
    today = timezone.localdate()
    stops.pause(first_day=today, last_day=today, reason="Holiday")
    page = tight(office.get(HOME))
    assert "Nothing runs today: Holiday. 1 parcel waits for the next day." in page
    assert "stops are confirmed" not in page


def test_what_falls_out_at_some_stops_is_told_with_its_reason(office, cast):
    today = timezone.localdate()
    stops.pause(first_day=today, last_day=today, reason="Flood", at=cast.lenox)
    page = office.get(HOME)
    assert "The van skips 1 stop:<span>Flood (1)</span>" in tight(page)
    assert "Lenox: no van today (Flood)" in tight(page)
    assert (len(page.context["unusual"]), page.context["usual"]) == (1, [])
