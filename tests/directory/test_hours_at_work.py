"""Hours at work: each working day has 24, a closed one none."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from postroad.directory.opening import Calendar, Shut, weekdays


def hour_by_hour(calendar, moment, hours):
    """Plainly: walk on by the clock on the wall, and count the hours of open days. What ends at
    midnight ends with its day."""
    wall = moment.astimezone(ZoneInfo(calendar.zone)).replace(tzinfo=None)
    while not calendar.is_open(wall.date()):
        wall = datetime.combine(wall.date() + timedelta(days=1), time())
    for hour in range(hours):
        wall += timedelta(hours=1)
        if hour == hours - 1 and wall.time() == time():
            return wall - timedelta(seconds=1)
        while not calendar.is_open(wall.date()):
            wall += timedelta(days=1)
    return wall


@given(
    st.sampled_from(["MTWTF--", "M-W-F--", "MTWTFSS", "-----SS"]),
    st.integers(0, 730 * 24 * 60),
    st.integers(1, 200),
    st.lists(st.dates(date(2026, 1, 1), date(2028, 1, 31)), max_size=5),
)
def test_hours_at_work_are_those_of_open_days(days, minutes, hours, shut):
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    calendar = Calendar(weekdays(days), shut=tuple(Shut(day, day) for day in shut))
    found = calendar.hours_after(moment, hours)
    assert found is not None
    wall = found.astimezone(ZoneInfo(calendar.zone)).replace(tzinfo=None)
    expected = hour_by_hour(calendar, moment, hours)
    skipped = expected.date() in {date(2026, 3, 8), date(2027, 3, 14)} and expected.hour == 2
    assert wall == expected + timedelta(hours=skipped)  # an hour that no clock shows


def test_what_is_asked_for_on_a_closed_day_is_due_with_the_next_day_of_work():
    """Thanksgiving, and a rush: by Friday evening, not "on Saturday"."""
    calendar = Calendar(weekdays("MTWTFS-"), shut=(Shut(date(2026, 11, 26), date(2026, 11, 26)),))
    due = calendar.hours_after(datetime(2026, 11, 26, 19, 30, tzinfo=UTC), 24)
    assert due is not None
    assert calendar.day_of(due) == date(2026, 11, 27)


def test_hours_at_work_never_end_where_nobody_ever_works():
    assert Calendar(frozenset()).hours_after(datetime(2026, 11, 23, 15, tzinfo=UTC), 48) is None
