"""After the van's days have changed, the days of parcels follow by a job, in batches."""

from datetime import UTC, date, datetime, timedelta

import pytest

from postroad.delivery import outlook, parcels, promises, stops
from postroad.delivery.models import Parcel, ParcelState, Stop
from postroad.directory.models import Closure

MONDAY_NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)
WEDNESDAY = date(2026, 12, 2)


def later(**span: int) -> datetime:
    return MONDAY_NOON + timedelta(**span)


@pytest.fixture(autouse=True)
def reckoned(cast):
    """As it was before the change of the test."""
    outlook.follow(MONDAY_NOON)


def anew(parcel):
    return Parcel.objects.get(pk=parcel.pk)


def test_a_pause_moves_the_days_of_parcels_under_way_and_its_removal_moves_them_back(
    make_parcel, cast
):
    """Lenox has the van on Wednesday; on that Wednesday the road is closed."""
    waiting, moving, unconcerned = make_parcel(), make_parcel(), make_parcel("lenox", "lee")
    parcels.pick_up(moving, by=cast.driver, at=later(hours=2))
    made = stops.pause(first_day=WEDNESDAY, last_day=WEDNESDAY, reason="Road closed", at=cast.lenox)
    assert outlook.expected(WEDNESDAY, WEDNESDAY, [cast.lenox.pk]) == 2
    assert outlook.follow(later(hours=3)) == 2
    for parcel in (waiting, moving):
        assert anew(parcel).expected_on == date(2026, 12, 4)
        skipped = anew(parcel).forecast["steps"][-1]["skipped"]
        assert skipped == [{"day": "2026-12-02", "reason": "Road closed"}]
    for closure in made:
        closure.delete()
    outlook.follow(later(hours=4))
    assert anew(waiting).expected_on == WEDNESDAY
    assert anew(unconcerned).expected_on == date(2026, 12, 1)


def test_the_visit_waits_for_no_parcel_and_the_job_takes_them_in_batches(
    make_parcel, cast, django_assert_num_queries
):
    made = [make_parcel() for _each in range(5)]
    with django_assert_num_queries(4):  # the closure and its event, in a savepoint
        stops.pause(first_day=WEDNESDAY, last_day=WEDNESDAY, reason="Snow")
    few = {"batch": 2, "batches": 2}
    assert [outlook.follow(later(hours=1), **few) for _turn in range(3)] == [4, 1, 0]
    assert {anew(parcel).expected_on for parcel in made} == {date(2026, 12, 4)}


def test_another_change_in_the_middle_is_not_forgotten(make_parcel, cast):
    made = [make_parcel() for _each in range(3)]
    stops.pause(first_day=WEDNESDAY, last_day=WEDNESDAY, reason="Snow")
    outlook.follow(later(hours=1), batch=2, batches=1)
    friday = date(2026, 12, 4)
    stops.pause(first_day=friday, last_day=friday, reason="More snow", at=cast.lenox)
    for _turn in range(3):
        outlook.follow(later(hours=2), batch=2, batches=1)
    assert {anew(parcel).expected_on for parcel in made} == {date(2026, 12, 7)}


def test_while_nothing_changes_a_turn_looks_at_no_parcel(parcel, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):  # its row, the calendars, and its row again
        assert outlook.follow(later(days=1)) == 0


def test_a_suspension_entered_after_shipping_stops_the_clock_and_its_end_starts_it(parcel, cast):
    """R6: what cannot be delivered for ten days is late ten days later, and not a day sooner."""
    before = parcel.late_at
    first, last = date(2026, 12, 5), date(2026, 12, 14)
    [closure] = stops.pause(first_day=first, last_day=last, reason="Flood", at=cast.lenox)
    outlook.follow(later(days=3))
    held = anew(parcel)
    assert held.late_at == held.due_at == before + timedelta(days=10)
    Closure.objects.filter(pk=closure.pk).update(last_day=last - timedelta(days=2))
    outlook.follow(later(days=12))
    assert anew(parcel).late_at == anew(parcel).due_at == before + timedelta(days=8)


def test_a_threshold_that_changes_later_leaves_what_was_shipped_before(parcel, cast):
    """R14, also where the lateness is reckoned anew for another reason."""
    Parcel.objects.filter(pk=parcel.pk).update(late_days=10)
    stops.pause(first_day=WEDNESDAY, last_day=WEDNESDAY, reason="Snow")
    outlook.follow(later(hours=1))
    assert anew(parcel).late_at == parcel.late_at - timedelta(days=4)


def test_a_late_parcel_that_a_suspension_excuses_rings_when_it_is_late_at_last(parcel, cast):
    told = parcel.late_at + timedelta(days=1)
    promises.ring(told)
    assert anew(parcel).due_at > told
    stops.pause(
        first_day=date(2026, 12, 5), last_day=date(2026, 12, 31), reason="Flood", at=cast.lenox
    )
    outlook.follow(told)
    assert anew(parcel).due_at == anew(parcel).late_at
    assert not anew(parcel).is_late(told)


def test_a_clock_that_has_rung_goes_on_when_it_is_late_all_the_same(parcel, cast):
    late = parcel.late_at + timedelta(days=1)
    promises.ring(late)
    rings = anew(parcel).due_at
    stops.pause(first_day=date(2026, 12, 9), last_day=date(2026, 12, 9), reason="Snow")
    outlook.follow(late)
    assert anew(parcel).due_at == rings


def test_what_was_not_collected_yet_is_not_expected_in_the_past(parcel):
    Stop.objects.filter(library=parcel.from_library).update(
        drop_days="MTWTFSS", pick_up_days="MTWTFSS"
    )
    outlook.follow(later(days=3))
    assert anew(parcel).expected_on == date(2026, 12, 4)


def test_what_did_not_come_on_its_day_keeps_it(parcel, cast):
    parcels.pick_up(parcel, by=None, at=later(hours=2))
    Stop.objects.filter(library=parcel.from_library).update(
        drop_days="MTWTFSS", pick_up_days="MTWTFSS"
    )
    outlook.follow(later(days=9))
    assert anew(parcel).expected_on == WEDNESDAY


def test_where_the_van_comes_no_more_no_day_is_said_until_it_comes_again(parcel, cast):
    stop = Stop.objects.filter(library=cast.lenox)
    stop.update(active=False)
    outlook.follow(later(hours=1))
    assert anew(parcel).expected_on is None
    stop.update(active=True)
    outlook.follow(later(hours=2))
    assert anew(parcel).expected_on == WEDNESDAY


def test_what_has_arrived_is_left_alone(parcel, cast):
    parcels.receive(parcel, library=cast.lenox, by=None, at=later(hours=1))
    stops.pause(first_day=WEDNESDAY, last_day=WEDNESDAY, reason="Snow")
    assert outlook.follow(later(hours=2)) == 0
    assert (anew(parcel).state, anew(parcel).due_at) == (ParcelState.ARRIVED, None)
