"""From hub to hub, by date (R11, R14)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad.delivery.lanes import Lane, Van, nights
from postroad.directory.opening import Calendar, weekdays

DAILY = Calendar(weekdays("MTWTF--"))
DAY = date(2026, 11, 30)
PLYMOUTH, WARWICK, GATEWAY = 1, 2, 3


def at(hub: int | None, state: str = "MA") -> Van:
    return Van(DAILY, DAILY, state, hub)


def lane(start: int, end: int, count: int | None, first_day: date = date(2016, 4, 1)) -> Lane:
    return Lane(start, end, first_day, count)


def test_one_hub_is_one_night_and_a_lane_adds_its_own():
    lanes = [lane(PLYMOUTH, WARWICK, 1)]
    assert nights(at(PLYMOUTH), at(PLYMOUTH), lanes, DAY) == 1
    assert nights(at(PLYMOUTH), at(WARWICK), lanes, DAY) == 2


def test_through_a_gateway_if_that_is_sooner_or_the_only_way():
    lanes = [lane(PLYMOUTH, GATEWAY, 1), lane(GATEWAY, WARWICK, 0)]
    assert nights(at(PLYMOUTH), at(WARWICK), lanes, DAY) == 2
    assert nights(at(PLYMOUTH), at(WARWICK), [*lanes, lane(PLYMOUTH, WARWICK, 3)], DAY) == 2


def test_no_way_is_none_and_not_a_guess():
    assert nights(at(PLYMOUTH), at(WARWICK), [], DAY) is None
    assert nights(at(WARWICK), at(PLYMOUTH), [lane(PLYMOUTH, WARWICK, 1)], DAY) is None


@pytest.mark.parametrize(("day", "wanted"), [(DAY, 2), (DAY + timedelta(days=1), 3)])
def test_r14_of_two_rows_the_one_that_began_last_holds(day: date, wanted: int):
    tomorrow = lane(PLYMOUTH, WARWICK, 2, DAY + timedelta(days=1))
    for lanes in ([lane(PLYMOUTH, WARWICK, 1), tomorrow], [tomorrow, lane(PLYMOUTH, WARWICK, 1)]):
        assert nights(at(PLYMOUTH), at(WARWICK), lanes, day) == wanted


def test_a_lane_that_ended_is_gone_whatever_held_before():
    lanes = [lane(PLYMOUTH, WARWICK, 1), lane(PLYMOUTH, WARWICK, None, DAY)]
    assert nights(at(PLYMOUTH), at(WARWICK), lanes, DAY - timedelta(days=1)) == 2
    assert nights(at(PLYMOUTH), at(WARWICK), lanes, DAY) is None


def test_where_nobody_has_named_a_hub_the_border_costs_a_night():
    assert nights(at(None), at(None), [], DAY) == 1
    assert nights(at(None), at(None, "RI"), [], DAY) == 2
    assert nights(at(PLYMOUTH), at(None, "RI"), [], DAY) == 2


hubs = st.integers(1, 5)
lanes_of = st.lists(st.builds(Lane, hubs, hubs, st.just(DAY), st.integers(0, 4)), max_size=12)


@given(hubs, hubs, hubs, lanes_of)
def test_no_way_round_is_shorter_than_the_way_that_is_told(start, via, end, lanes):
    direct = nights(at(start), at(end), lanes, DAY)
    first, second = nights(at(start), at(via), lanes, DAY), nights(at(via), at(end), lanes, DAY)
    if first is not None and second is not None:
        assert direct is not None
        assert direct <= first + second - 1  # it is sorted once
