"""The week of a stop: days of arrival there and here, and what falls out."""

from datetime import date, timedelta

import pytest

from postroad.delivery import stops, weekly
from postroad.delivery.lanes import Lane, Van, Vans
from postroad.delivery.stopping import Meanwhile, Stopped
from postroad.directory.opening import Calendar, Shut, weekdays

MONDAY = date(2026, 11, 30)
WEEK = weekly.week_of(MONDAY + timedelta(days=3))
HOLIDAY = Shut(MONDAY + timedelta(days=3), MONDAY + timedelta(days=3), "Holiday")


def van(days: str, *shut: Shut, **more: object) -> Van:
    calendar = Calendar(weekdays(days), shut=shut)
    return Van(calendar, calendar, **more)  # type: ignore[arg-type]  # facts of a van


def named(days: tuple[date, ...]) -> str:
    return " ".join(f"{day:%a}" for day in days)


def test_a_week_begins_on_monday():
    assert WEEK[0] == MONDAY
    assert len(WEEK) == 7


def test_what_the_van_takes_arrives_on_the_next_day_on_which_it_brings():
    """Lee on all weekdays, Lenox on three: what Lee gives on Friday comes on Monday."""
    vans = Vans({1: van("MTWTF--"), 2: van("M-W-F--")})
    found = weekly.overview(vans, 1, WEEK, MONDAY)[2]
    assert named(found.there) == "Wed Fri Mon"
    assert named(found.here) == "Tue Thu Mon"
    assert found.fall_out == ()


def test_a_holiday_falls_out_and_is_told():
    vans = Vans({1: van("MTWTF--"), 2: van("--TT---".replace("TT", "WT"), HOLIDAY)})
    found = weekly.overview(vans, 1, WEEK, MONDAY)[2]
    assert [(each.day, each.reason) for each in found.fall_out] == [(HOLIDAY.first, "Holiday")]
    assert found.there == (MONDAY + timedelta(days=2), MONDAY + timedelta(days=9))


def test_between_hubs_it_takes_their_nights_and_without_a_way_nothing_arrives():
    lane = Lane(1, 2, MONDAY - timedelta(days=1), 1)
    vans = Vans(
        {1: van("M------", hub=1), 2: van("MTWTFSS", hub=2), 3: van("MTWTFSS", hub=3)}, (lane,)
    )
    found = weekly.overview(vans, 1, WEEK, MONDAY)
    assert named(found[2].there) == "Wed"
    assert found[3].there == ()


def test_each_way_is_told_with_its_steps_and_what_it_waits_for():
    vans = Vans({1: van("M-W----"), 2: van("---T---", HOLIDAY)})
    ways = weekly.ways(vans, vans[1], vans[2], WEEK, MONDAY)
    assert [each.steps[1].day for each in ways] == [MONDAY, MONDAY + timedelta(days=2)]
    assert {each.day for each in ways} == {MONDAY + timedelta(days=10)}
    assert [each.reason for each in ways[0].steps[-1].skipped] == ["Holiday"]


def test_while_the_whole_service_is_suspended_no_day_behind_its_beginning_is_told():
    wednesday = MONDAY + timedelta(days=2)
    strike = Stopped(wednesday, wednesday + timedelta(days=1), "Strike", Meanwhile.MAIL)
    vans = Vans({1: van("MTWTF--"), 2: van("MTWTF--")}, stopped=(strike,))
    found = weekly.overview(vans, 1, WEEK, MONDAY)[2]
    assert named(found.there) == "Tue"
    assert [each.day for each in weekly.ways(vans, vans[1], vans[2], WEEK, MONDAY)] == [
        MONDAY + timedelta(days=1)
    ]
    assert weekly.overview(vans, 1, WEEK, MONDAY + timedelta(days=9))[2].there


@pytest.mark.rule
def test_the_days_are_those_of_the_timetable(cast):
    known = stops.calendars([each.pk for each in cast.libraries], MONDAY)
    found = weekly.overview(known, cast.lee.pk, WEEK, MONDAY)
    assert set(found) == {cast.lenox.pk, cast.pittsfield.pk, cast.providence.pk}
    assert named(found[cast.lenox.pk].there) == "Wed Fri Mon"
    assert named(found[cast.providence.pk].there) == "Thu Tue"  # two nights between the states
