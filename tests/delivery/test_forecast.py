"""The expected day (R11) and the moment from which a parcel is late (R6, R10)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from postroad.delivery import forecast as forecasts
from postroad.delivery.forecast import Leg, Skipped, late_after
from postroad.delivery.lanes import Van
from postroad.directory.opening import NEVER, Calendar, Shut, Spell, weekdays


def expect(ready, sender, receiver):
    """Between two stops at which the van brings and takes on the same days."""
    return forecasts.expect(ready, Van(sender, sender), Van(receiver, receiver))


def day_of(ready, sender, receiver):
    forecast = expect(ready, sender, receiver)
    assert forecast
    return forecast.day


MONDAY = date(2026, 11, 30)
DAILY = Calendar(weekdays("MTWTF--"))
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
zones = st.sampled_from(["America/New_York", "Pacific/Auckland", "UTC", "America/St_Johns"])
some_weekdays = st.frozensets(st.integers(0, 6), min_size=1)


@st.composite
def stretches(draw, of):
    first = draw(days)
    return of(first, first + timedelta(days=draw(st.integers(0, 40))))


@st.composite
def calendars(draw):
    spells = draw(
        st.lists(
            stretches(lambda first, last: Spell(first, last, frozenset({first.weekday()}))),
            max_size=2,
        )
    )
    shut = draw(st.lists(stretches(lambda first, last: Shut(first, last, "snow")), max_size=3))
    return Calendar(draw(some_weekdays), draw(zones), tuple(shut), tuple(spells))


def test_ready_on_monday_it_comes_on_tuesday_after_a_night_at_the_hub():
    forecast = expect(MONDAY, DAILY, DAILY)
    assert forecast
    assert forecast.day == date(2026, 12, 1)
    assert [(step.leg, step.day) for step in forecast.steps] == [
        (Leg.READY, MONDAY),
        (Leg.COLLECTED, MONDAY),
        (Leg.SORTED, date(2026, 12, 1)),
        (Leg.DELIVERED, date(2026, 12, 1)),
    ]


def test_both_libraries_wait_for_their_van():
    thursdays, tuesdays = Calendar(weekdays("---T---")), Calendar(weekdays("-T-----"))
    forecast = expect(MONDAY, thursdays, tuesdays)
    assert forecast
    assert [step.day for step in forecast.steps] == [
        MONDAY,
        date(2026, 12, 3),
        date(2026, 12, 4),
        date(2026, 12, 8),
    ]


def test_the_day_of_the_night_itself_is_too_early():
    assert day_of(MONDAY, DAILY, Calendar(weekdays("M------"))) == MONDAY + timedelta(days=7)


def test_a_forecast_names_the_delivery_days_that_fall_out_and_why():
    christmas = Shut(date(2026, 12, 24), date(2026, 12, 26), "Christmas")
    forecast = expect(date(2026, 12, 23), DAILY, replace(DAILY, shut=(christmas,)))
    assert forecast
    assert forecast.day == date(2026, 12, 28)
    assert forecast.steps[-1].skipped == (
        Skipped(date(2026, 12, 24), "Christmas"),
        Skipped(date(2026, 12, 25), "Christmas"),
    )
    assert forecast.steps[-1].as_json() == {
        "leg": "delivered",
        "day": "2026-12-28",
        "skipped": [
            {"day": "2026-12-24", "reason": "Christmas"},
            {"day": "2026-12-25", "reason": "Christmas"},
        ],
    }


def test_a_reduced_schedule_holds_instead_of_the_usual_days_and_then_ends():
    summer = Spell(date(2026, 7, 1), date(2026, 8, 31), weekdays("--W----"))
    receiver = replace(DAILY, spells=(summer,))
    assert day_of(date(2026, 7, 2), DAILY, receiver) == date(2026, 7, 8)
    assert day_of(date(2026, 8, 31), DAILY, receiver) == date(2026, 9, 1)


def test_no_day_is_promised_where_no_van_ever_calls():
    nowhere = Calendar(weekdays(NEVER))
    assert expect(MONDAY, DAILY, nowhere) is None
    assert expect(MONDAY, nowhere, DAILY) is None


def test_the_night_on_which_the_clocks_change_is_one_night():
    saturday = date(2026, 10, 31)
    always = Calendar(weekdays("MTWTFSS"))
    assert day_of(saturday, always, always) == date(2026, 11, 1)


@given(days, calendars(), calendars())
def test_a_parcel_never_comes_on_a_day_without_the_van_nor_before_its_night(
    ready, sender, receiver
):
    forecast = expect(ready, sender, receiver)
    assert forecast
    ready_on, collected, at_hub, delivered = (step.day for step in forecast.steps)
    assert sender.is_open(collected)
    assert receiver.is_open(delivered)
    assert ready == ready_on <= collected < at_hub <= delivered == forecast.day
    for day in range((delivered - at_hub).days):
        assert not receiver.is_open(at_hub + timedelta(days=day))


@given(days, st.integers(0, 30), calendars(), calendars())
def test_who_is_ready_later_never_arrives_earlier(ready, wait, sender, receiver):
    sooner = expect(ready, sender, receiver)
    later = expect(ready + timedelta(days=wait), sender, receiver)
    assert sooner
    assert later
    assert sooner.day <= later.day


@given(days, calendars(), calendars(), some_weekdays, stretches(Shut))
def test_fewer_delivery_days_never_bring_it_earlier(ready, sender, receiver, lost, shut):
    full = expect(ready, sender, receiver)
    fewer = replace(receiver, days=receiver.days - lost, shut=(*receiver.shut, shut))
    thinner = replace(sender, days=sender.days - lost)
    assert full
    for forecast in (expect(ready, sender, fewer), expect(ready, thinner, receiver)):
        assert forecast is None or forecast.day >= full.day


def test_fourteen_days_are_not_late_and_the_fifteenth_is():
    last = late_after(date(2026, 12, 1), 14, DAILY)
    new_york = DAILY.day_of(last)
    assert new_york == date(2026, 12, 15)
    assert DAILY.day_of(last + timedelta(seconds=1)) == date(2026, 12, 16)


def test_late_is_reckoned_in_the_receivers_own_days_also_when_the_clocks_change():
    assert late_after(date(2026, 10, 25), 14, DAILY) == datetime(2026, 11, 9, 4, 59, 59, tzinfo=UTC)
    auckland = replace(DAILY, zone="Pacific/Auckland")
    assert late_after(date(2026, 12, 1), 14, auckland) == datetime(
        2026, 12, 15, 10, 59, 59, tzinfo=UTC
    )


def test_a_thin_timetable_or_a_holiday_does_not_put_off_the_alert():
    weekly = replace(DAILY, days=weekdays("M------"), shut=(Shut(MONDAY, MONDAY, "holiday"),))
    assert late_after(MONDAY, 14, weekly) == late_after(MONDAY, 14, DAILY)


def test_the_clock_stands_still_while_the_receivers_deliveries_are_suspended():
    suspended = Shut(MONDAY + timedelta(days=3), MONDAY + timedelta(days=32), "flood")
    late = late_after(MONDAY, 14, replace(DAILY, shut=(suspended,)))
    assert DAILY.day_of(late) == MONDAY + timedelta(days=14 + 30)


def test_it_leaves_on_a_day_that_takes_and_comes_on_a_day_that_brings():
    takes, brings = Calendar(weekdays("-T-----")), Calendar(weekdays("---T---"))
    stop = Van(pick_up=takes, drop=brings)
    forecast = forecasts.expect(MONDAY, stop, stop)
    assert forecast
    assert [step.day for step in forecast.steps] == [
        MONDAY,
        date(2026, 12, 1),
        date(2026, 12, 2),
        date(2026, 12, 3),
    ]


def test_a_stop_that_wants_to_be_asked_is_asked_some_days_before():
    asked = Van(DAILY, DAILY, notice_hours=25)  # more than a day: two
    forecast = forecasts.expect(MONDAY, asked, Van(DAILY, DAILY))
    assert forecast
    assert forecast.steps[1].day == date(2026, 12, 2)


def test_where_no_way_leads_no_day_is_promised():
    assert forecasts.expect(MONDAY, Van(DAILY, DAILY), Van(DAILY, DAILY), None) is None


MONDAYS_THURSDAYS, TUESDAYS_FRIDAYS = (Calendar(weekdays(days)) for days in ("M--T---", "-T--F--"))
SATELLITE = Van(
    TUESDAYS_FRIDAYS, TUESDAYS_FRIDAYS, behind=Van(MONDAYS_THURSDAYS, MONDAYS_THURSDAYS)
)


def told(sender, receiver):
    forecast = forecasts.expect(MONDAY, sender, receiver)
    assert forecast
    return [(step.leg, (step.day - MONDAY).days) for step in forecast.steps]


def test_what_goes_to_a_satellite_comes_by_way_of_its_hub_town():
    assert told(Van(DAILY, DAILY), SATELLITE) == [
        (Leg.READY, 0),
        (Leg.COLLECTED, 0),
        (Leg.SORTED, 1),
        (Leg.TO_TOWN, 3),
        (Leg.DELIVERED, 4),
    ]


def test_what_comes_from_a_satellite_waits_for_the_van_of_its_hub_town():
    assert told(SATELLITE, Van(DAILY, DAILY)) == [
        (Leg.READY, 0),
        (Leg.COLLECTED, 1),
        (Leg.FROM_TOWN, 3),
        (Leg.SORTED, 4),
        (Leg.DELIVERED, 4),
    ]


def test_where_no_van_comes_to_the_hub_town_none_comes_to_its_satellite():
    nowhere = Calendar(weekdays(NEVER))
    cut_off = replace(SATELLITE, behind=Van(nowhere, nowhere))
    assert forecasts.expect(MONDAY, Van(DAILY, DAILY), cut_off) is None
    assert forecasts.expect(MONDAY, cut_off, Van(DAILY, DAILY)) is None
