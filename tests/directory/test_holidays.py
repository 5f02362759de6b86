"""The holidays of both states, as the calendar has them."""

from datetime import date

import pytest

from postroad.directory import holidays


def named(year):
    return {each.name: each for each in holidays.of_years(year, year)}


@pytest.mark.parametrize(
    ("name", "day", "state"),
    [
        ("Patriots' Day", date(2027, 4, 19), "MA"),
        ("Victory Day", date(2027, 8, 9), "RI"),
        ("Memorial Day", date(2027, 5, 31), ""),
        ("Thanksgiving Day", date(2027, 11, 25), ""),
        ("Independence Day", date(2027, 7, 5), ""),  # a Sunday: kept on the Monday
    ],
)
def test_a_holiday_has_its_day_and_its_state(name, day, state):
    found = named(2027)[name]
    assert (found.day, found.state) == (day, state)


def test_a_year_has_thirteen_in_order():
    days = [each.day for each in holidays.of_years(2026, 2028)]
    assert days == sorted(days)
    assert len(days) == 3 * 13


def test_each_state_keeps_its_own_holidays_of_2026():
    both, massachusetts, rhode_island = (
        {each.day for each in holidays.of_years(2026, 2026) if each.state == state}
        for state in ("", "MA", "RI")
    )
    assert both == {
        date(2026, 1, 1),
        date(2026, 1, 19),
        date(2026, 2, 16),
        date(2026, 5, 25),
        date(2026, 6, 19),
        date(2026, 7, 4),
        date(2026, 9, 7),
        date(2026, 10, 12),
        date(2026, 11, 11),
        date(2026, 11, 26),
        date(2026, 12, 25),
    }
    assert massachusetts == {date(2026, 4, 20)}  # Patriots' Day
    assert rhode_island == {date(2026, 8, 10)}  # Victory Day
