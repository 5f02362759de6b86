"""Door sheets: that day's driver of that route reads them, and each reading is written down."""

from datetime import timedelta

import pytest
from django.utils import timezone

from postroad.accounts.models import Post, Role, User
from postroad.delivery import doors
from postroad.delivery.doors import NoDoorSheet, NotYourRound
from postroad.delivery.models import DoorReading, DoorSheet, Duty, Route, Stop


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def stop(cast, now):
    doors.write(cast.lenox, by="Dan", at=now, keys="under the mat", alarm="4711")
    return Stop.objects.select_related("library", "route").get(library=cast.lenox)


@pytest.fixture
def put_on(cast, now):
    def put(driver=cast.driver, route="WEST 2", day=0, days=1):
        first = timezone.localdate(now) + timedelta(days=day)
        where = Route.objects.get_or_create(code=route, defaults={"name": route})[0]
        last = first + timedelta(days=days - 1)
        return doors.put_on(where, driver, first_day=first, last_day=last, by="Dan", at=now)

    return put


def test_that_day_s_driver_reads_it_and_that_is_written_down(stop, put_on, cast, now):
    put_on()
    assert doors.read(cast.driver, stop, now).alarm == "4711"
    reading = DoorReading.objects.get()
    assert (reading.reader, reading.library, reading.route, reading.at) == (
        cast.driver,
        cast.lenox,
        "WEST 2",
        now,
    )


@pytest.mark.parametrize("more", [{"day": 1}, {"route": "CAPE 1"}], ids=["tomorrow", "elsewhere"])
def test_on_another_day_or_route_nothing_is_shown(stop, put_on, cast, now, more):
    put_on(**more)
    with pytest.raises(NotYourRound):
        doors.read(cast.driver, stop, now)
    assert not DoorReading.objects.exists()


def test_yesterday_s_driver_reads_nothing_today(stop, put_on, cast, now):
    put_on()
    doors.read(cast.driver, stop, now)
    with pytest.raises(NotYourRound):
        doors.read(cast.driver, stop, now + timedelta(days=1))


def test_another_driver_reads_nothing(stop, put_on, cast, now):
    sam = User.objects.create_user("sam")
    Post.objects.create(user=sam, role=Role.DRIVER)
    put_on()
    with pytest.raises(NotYourRound):
        doors.read(sam, stop, now)
    put_on(sam)  # a trainee, on the same day
    assert doors.read(sam, stop, now).keys == "under the mat"


def test_whoever_is_taken_off_reads_nothing(stop, put_on, cast, now):
    (duty,) = put_on()
    doors.take_off(Duty.objects.get(day=duty.day).pk)
    assert doors.take_off(0) is None
    with pytest.raises(NotYourRound):
        doors.read(cast.driver, stop, now)


def test_several_days_at_once_and_the_same_twice(put_on, cast, now):
    put_on(days=5)
    put_on(days=5)
    assert Duty.objects.count() == 5
    assert [route.code for route in doors.of_driver(cast.driver, timezone.localdate(now))] == [
        "WEST 2"
    ]


def test_without_a_sheet_nothing_is_shown_nor_written_down(put_on, cast, now):
    put_on()
    stop = Stop.objects.select_related("library", "route").get(library=cast.lee)
    with pytest.raises(NoDoorSheet):
        doors.read(cast.driver, stop, now)
    assert not DoorReading.objects.exists()


def test_a_sheet_without_a_word_is_none(stop, cast, now):
    doors.write(cast.lenox, by="Dan", at=now)
    assert not doors.has_sheet(cast.lenox)


def test_what_the_office_lists_does_not_ask_for_what_is_in_a_sheet(
    stop, cast, now, django_assert_num_queries
):
    with django_assert_num_queries(2) as asked:
        (kept,) = doors.kept()
    assert (kept.library, kept.read_at) == (cast.lenox, None)
    assert "alarm" not in asked[0]["sql"]


def test_the_reading_stays_when_the_account_goes(stop, put_on, now):
    sam = User.objects.create_user("sam", first_name="Sam", last_name="Hale")
    put_on(sam)
    doors.read(sam, stop, now)
    sam.delete()
    assert DoorReading.objects.get().name == "Sam Hale"
    assert DoorSheet.objects.count() == 1
