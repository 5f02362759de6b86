"""What the delivery office says of the van becomes days without it, and days in their stead."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from postroad.delivery import delays, outlook, parcels, stops
from postroad.delivery.models import (
    Delay,
    Happening,
    Parcel,
    Purpose,
    Region,
    Route,
    ScheduleChange,
)
from postroad.directory import closures
from postroad.directory.models import Closure
from tests.cast import Cast
from tests.delivery.conftest import later

MONDAY, WEDNESDAY, THURSDAY = (date(2026, 11, 30) + timedelta(days=ahead) for ahead in (0, 2, 3))
Kind = Delay.Kind


def say(kind: Kind, first_day: date = WEDNESDAY, **facts) -> Delay:
    usual = {"at": None, "reason": "Flat tire", "by": "Dora", "now": later(), "key": uuid4()}
    return delays.announce(kind, first_day=first_day, **(usual | facts))


def anew(parcel: Parcel) -> Parcel:
    return Parcel.objects.get(pk=parcel.pk)


@pytest.fixture(autouse=True)
def reckoned(cast: Cast):
    outlook.follow(later())


def test_no_van_on_wednesday_but_on_thursday(make_parcel, cast):
    """Lenox has the van on Mondays, Wednesdays and Fridays."""
    parcel = make_parcel(purpose=Purpose.LOAN)
    assert parcel.expected_on == WEDNESDAY
    say(Kind.MOVED, new_day=THURSDAY, at=Route.objects.get())
    outlook.follow(later(hours=1))
    assert anew(parcel).expected_on == THURSDAY


@pytest.mark.parametrize("place", [None, "region", "route", "lenox"])
def test_it_holds_where_it_was_said(place, make_parcel, cast):
    at = {"region": Region.objects.get, "route": Route.objects.get, "lenox": lambda: cast.lenox}
    say(Kind.NONE, at=at[place]() if place else None)
    known = stops.calendars([cast.lenox.pk, cast.lee.pk], MONDAY)
    assert not known[cast.lenox.pk].drop.is_open(WEDNESDAY)
    assert known[cast.lee.pk].drop.is_open(WEDNESDAY) == (place == "lenox")
    told = Delay.objects.standing(MONDAY)
    assert told.at(cast.lenox).count() == 1
    assert told.at(cast.lee).count() == (place != "lenox")


def test_a_late_van_moves_nothing(make_parcel):
    parcel = make_parcel()
    say(Kind.LATE, MONDAY, hours=2)
    assert outlook.follow(later(hours=1)) == 0
    assert not Closure.objects.exists()
    assert anew(parcel).expected_on == WEDNESDAY


def test_r6_what_is_held_is_not_late_however_short_and_goes_on_when_it_is_resumed(
    make_parcel, cast
):
    parcel = make_parcel()
    held = say(Kind.HELD, MONDAY, last_day=WEDNESDAY, at=cast.lenox)
    outlook.follow(later(hours=1))
    assert anew(parcel).late_at == parcel.late_at + timedelta(days=2)  # Tuesday and Wednesday
    delays.end(held, by="Dora", now=later(days=1))
    outlook.follow(later(days=1))
    assert anew(parcel).late_at == parcel.late_at
    delays.put_back(held, by="Dora", now=later(days=1))
    outlook.follow(later(days=1))
    assert anew(parcel).late_at == parcel.late_at + timedelta(days=2)


def test_until_further_notice_no_day_is_promised_and_what_waits_is_in_order(make_parcel, cast):
    first, second = make_parcel(purpose=Purpose.LOAN), make_parcel(item_barcode="2")
    for place, each in enumerate((second, first)):
        parcels.pick_up(each, by=cast.driver, at=later(hours=1 + place))
    say(Kind.HELD, at=cast.lenox)
    outlook.follow(later(hours=4))
    assert anew(first).expected_on is None
    assert [each.pk for each in outlook.held([cast.lenox.pk])] == [second.pk, first.pk]
    told = Happening.objects.get(verb="later").facts
    assert (told["day"], told["reason"]) == (
        "",
        "Flat tire",
    )  # who waits reads why no day is promised


def test_why_no_day_is_promised_is_kept_and_whether_the_clock_stands(make_parcel, cast):
    here, there = make_parcel(), make_parcel("lenox", "lee", item_barcode="2")
    held = say(Kind.HELD, MONDAY, at=cast.lenox)
    outlook.follow(later(hours=1))
    assert [anew(here).no_day_because, anew(here).clock_stands] == ["Flat tire", True]
    assert [anew(there).no_day_because, anew(there).clock_stands] == ["Flat tire", False]
    made_meanwhile = make_parcel(item_barcode="3")
    assert (made_meanwhile.expected_on, made_meanwhile.no_day_because) == (None, "Flat tire")
    delays.end(held, by="Dora", now=later(hours=2))
    outlook.follow(later(hours=2))
    for each in map(anew, (here, there, made_meanwhile)):
        assert each.expected_on is not None
        assert [each.no_day_because, each.clock_stands] == ["", False]


def test_what_the_hub_holds_has_no_new_day_before_it_is_released(make_parcel, cast):
    parcel = make_parcel()
    parcels.pick_up(parcel, by=cast.driver, at=later(hours=1))
    held = say(Kind.HELD, at=cast.lenox)
    parcels.hold(parcel, holder="PLYMOUTH", by=cast.delivery, at=later(hours=5))
    outlook.follow(later(hours=6))
    assert anew(parcel).no_day_because == "Flat tire"
    delays.end(held, by="Dora", now=later(days=1))
    outlook.follow(later(days=1))
    assert anew(parcel).expected_on is None
    parcels.release(anew(parcel), holder="PLYMOUTH", by=cast.delivery, at=later(days=1))
    assert anew(parcel).expected_on == WEDNESDAY


def test_its_end_takes_back_the_other_day_too(make_parcel):
    parcel = make_parcel(purpose=Purpose.LOAN)
    moved = say(Kind.MOVED, new_day=THURSDAY)
    delays.end(moved, by="Dora", now=later(hours=1))
    assert not ScheduleChange.objects.exists()
    outlook.follow(later(hours=2))
    assert anew(parcel).expected_on == WEDNESDAY
    with pytest.raises(delays.DelayOver):
        delays.end(moved, by="Dora", now=later(hours=1))


def test_what_somebody_ended_library_by_library_ends_all_the_same(cast):
    said = say(Kind.NONE, MONDAY, last_day=THURSDAY, at=cast.lenox)
    assert said.entry is not None
    closures.reopen(said.entry, by="Dora", at=later())
    assert delays.end(said, by="Dora", now=later()).ended_at == later()


def test_what_is_over_is_neither_ended_nor_put_back():
    said = say(Kind.NONE)
    for verb in (delays.end, delays.put_back):
        with pytest.raises(delays.DelayOver):
            verb(said, by="Dora", now=later(days=9))


@pytest.mark.parametrize("new_day", [None, WEDNESDAY, MONDAY])
def test_the_other_day_has_to_come_after(new_day):
    with pytest.raises(delays.NewDayWrong):
        say(Kind.MOVED, new_day=new_day)
    assert not Delay.objects.exists()


def test_where_no_van_stops_nothing_is_said(cast):
    nowhere = Region.objects.create(code="NORTH", name="North")
    with pytest.raises(delays.NowhereServed):
        say(Kind.NONE, at=nowhere)
    assert not Delay.objects.exists()


def test_only_who_was_told_an_earlier_day_hears_of_a_later_one(make_parcel):
    lent = make_parcel(purpose=Purpose.LOAN)
    make_parcel(item_barcode="2", purpose=Purpose.RETURN)
    say(Kind.NONE)
    outlook.follow(later(hours=1))
    (event,) = Happening.objects.filter(verb="later")
    assert event.parcel == lent
    assert event.facts == {"was": "2026-12-02", "day": "2026-12-04", "reason": "Flat tire"}
    outlook.follow(later(hours=2))
    assert Happening.objects.filter(verb="later").count() == 1


def test_one_form_pressed_twice_is_one_delay(cast):
    key = uuid4()
    for _press in range(2):
        say(Kind.MOVED, new_day=THURSDAY, at=cast.lenox, key=key)
    assert Delay.objects.count() == ScheduleChange.objects.count() == 1
    assert Closure.objects.filter(library=cast.lenox).count() == 1


def test_a_whole_route_costs_as_many_statements_as_one_stop(cast, django_assert_num_queries):
    with django_assert_num_queries(19):
        say(Kind.MOVED, new_day=THURSDAY, at=Route.objects.get())
    assert ScheduleChange.objects.count() == 4
