"""The van at a glance: today at each stop, and the day of the routes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from postroad.delivery import delays, doors, glance, parcels, stops, visits
from postroad.delivery.lanes import Van
from postroad.delivery.models import Delay, Region, Route, Stop
from postroad.delivery.visits import Pieces
from postroad.directory.opening import Calendar, Shut, weekdays

MONDAY = date(2026, 11, 30)
NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)  # 12:00 in Massachusetts


@pytest.fixture
def say(cast):
    def announce(at=None, kind=Delay.Kind.LATE, first_day=MONDAY):
        facts: dict[str, Any] = {"reason": "Ice", "by": "Dora", "now": NOON, "key": uuid4()}
        return delays.announce(kind, at=at, first_day=first_day, **facts)

    return announce


def of(library, day=MONDAY):
    (found,) = glance.at(Stop.objects.filter(library=library), day)
    return found


@pytest.fixture
def elsewhere(cast):
    """Providence on a route and in a region of its own."""
    region = Region.objects.create(code="RI", name="Rhode Island")
    route = Route.objects.create(code="RI 1", name="RI 1", region=region)
    Stop.objects.filter(library=cast.providence).update(route=route)
    return route


def test_a_delay_is_the_business_of_the_same_stops_in_a_list_and_in_the_database(
    say, cast, elsewhere
):
    for at in (None, cast.lee, elsewhere, Region.objects.get(code="WEST")):
        say(at)
    for stop in Stop.objects.select_related("library", "route"):
        asked = set(Delay.objects.at(stop.library))
        assert asked == {each for each in Delay.objects.all() if delays.concerns(each, stop)}
        assert 1 <= len(asked) <= 3


def test_a_stop_says_whether_the_van_comes_and_what_keeps_it(say, cast):
    assert (of(cast.lee).today.comes, of(cast.lee).disturbed) == (True, False)
    assert not of(cast.providence).today.comes  # not on a Monday
    stops.pause(first_day=MONDAY, last_day=MONDAY, reason="Holiday")
    assert (of(cast.lee).today.comes, of(cast.lee).today.reason) == (False, "Holiday")
    assert of(cast.lee).disturbed
    assert not of(cast.providence).disturbed  # none of its days falls out
    say(cast.providence)
    assert of(cast.providence).disturbed


def test_a_delay_to_come_is_known_and_disturbs_nothing_yet(say, cast):
    say(cast.lee, first_day=MONDAY + timedelta(days=7))
    assert len(of(cast.lee).delays) == 1
    assert not of(cast.lee).disturbed
    assert of(cast.lee, MONDAY + timedelta(days=7)).disturbed
    assert glance.today(NOON).routes[0].delays == ()


def test_where_it_only_brings_for_a_while_the_reason_is_told_and_it_still_comes():
    shut = Shut(MONDAY, MONDAY, "The contract ends")
    days = Calendar(weekdays("MTWTF--"))
    on = Van(replace(days, shut=(shut,)), days).on(MONDAY)
    assert (on.brings, on.takes, on.comes, on.kept_away) == (True, False, True, False)
    assert on.reason == "The contract ends"


def test_the_day_of_a_route_counts_stops_that_are_confirmed_and_names_those_that_are_not(cast):
    stop = Stop.objects.select_related("library", "route").get(library=cast.lee)
    visits.confirm(cast.driver, stop, Pieces(3, 2), key="k", at=NOON, now=NOON)
    Stop.objects.filter(library=cast.lenox).update(opens=time(9), closes=time(10))
    Stop.objects.filter(library=cast.pittsfield).update(opens=time(12), closes=time(15))
    doors.put_on(stop.route, cast.driver, first_day=MONDAY, last_day=MONDAY, by="D", at=NOON)
    (route,) = glance.today(NOON).routes
    assert [call.stop.library for call in route.due] == [cast.lee, cast.lenox, cast.pittsfield]
    assert route.confirmed == 1
    assert [call.stop.library for call in route.missed] == [cast.lenox]
    assert route.drivers == ("Driver",)


def test_on_a_holiday_nothing_runs_and_what_waits_is_told(cast):
    facts = {"item_barcode": "", "title": "Walden", "ref": "", "by": cast.lender}
    parcels.make(from_library=cast.lee, to_library=cast.lenox, at=NOON, **facts)
    stops.pause(first_day=MONDAY, last_day=MONDAY, reason="Holiday")
    day = glance.today(NOON)
    assert (day.running, day.resting, day.due) == ([], 1, 0)
    assert day.reasons == [("Holiday", 3)]
    assert day.waits == 1


def test_bins_that_are_held_are_counted_with_what_waits_for_them(say, cast):
    facts = {"item_barcode": "", "title": "Walden", "ref": "", "by": cast.lender}
    parcel = parcels.make(from_library=cast.lee, to_library=cast.lenox, at=NOON, **facts)
    parcels.pick_up(parcel, by=cast.driver, at=NOON)
    assert glance.today(NOON).held == 0
    say(cast.lenox, Delay.Kind.HELD)
    assert glance.today(NOON).held == 1


def test_the_day_costs_the_same_for_few_stops_and_for_many(
    say, cast, elsewhere, django_assert_num_queries
):
    with django_assert_num_queries(9):
        glance.today(NOON)
    say(cast.lee, first_day=MONDAY + timedelta(days=1))
    with django_assert_num_queries(9):
        glance.today(NOON)
    with django_assert_num_queries(3):
        glance.at(Stop.objects.all(), MONDAY)
