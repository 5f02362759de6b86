"""What the cells of a region's timetable mean, as people write them."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad.delivery import timetable_rows
from postroad.delivery.timetable_rows import Bad, Unread, Wrong


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("MTWTF", "MTWTF--"),
        ("M-W-F", "M-W-F--"),
        ("m-w-f--", "M-W-F--"),
        ("Mon, Wed & Fri", "M-W-F--"),
        ("MWF", "M-W-F--"),
        ("Tu Th", "-T-T---"),
        ("TTh", "-T-T---"),
        ("Tues./Thurs.", "-T-T---"),
        ("Mondays and Thursdays", "M--T---"),
        ("Mon-Fri", "MTWTF--"),
        ("Monday to Friday", "MTWTF--"),
        ("daily", "MTWTF--"),
        ("R", "---T---"),
        ("Tues. & Weds.", "-TW----"),
        ("none", "-------"),
    ],
)
def test_days_are_read_as_people_write_them(typed: str, days: str):
    assert timetable_rows.days(typed) == days


@pytest.mark.parametrize("typed", ["x", "Mon Mon", "Fri-Mon", "soon", "MQ", "12"])
def test_days_that_may_mean_several_things_are_not_guessed(typed: str):
    with pytest.raises(Unread):
        timetable_rows.days(typed)


@given(st.frozensets(st.integers(0, 6)))
def test_what_is_written_out_is_read_back(chosen: frozenset[int]):
    kept = "".join(letter if at in chosen else "-" for at, letter in enumerate("MTWTFSS"))
    assert timetable_rows.days(kept) == kept


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("9", time(9)),
        ("9:30 a.m.", time(9, 30)),
        ("1pm", time(13)),
        ("13.15", time(13, 15)),
        ("09:00:00", time(9)),
        ("1:30:00 PM", time(13, 30)),
    ],
)
def test_clocks(typed: str, at: time):
    assert timetable_rows.clock(typed) == at


@pytest.mark.parametrize("typed", ["3", "25", "9:75", "noonish", "13 pm", "03:00:00"])
def test_of_a_clock_that_nobody_can_be_sure_of_nothing_is_read(typed: str):
    with pytest.raises(Unread):
        timetable_rows.clock(typed)


def test_each_wrong_cell_is_named_and_the_others_are_read():
    cells = {"library": "LEE", "drop_days": "soon", "place": "first", "closes": "9", "opens": "10"}
    asked, bad = timetable_rows.read(7, cells)
    assert [(each.line, each.column, each.why) for each in bad] == [
        (7, "place", Wrong.PLACE),
        (7, "drop_days", Wrong.DAYS),
        (7, "closes", Wrong.WINDOW),
    ]
    assert (asked.library, asked.drop_days) == ("LEE", None)


def test_where_no_pick_up_days_are_named_it_takes_as_it_brings():
    assert timetable_rows.read(1, {"drop_days": "MWF"})[0].pick_up_days == "M-W-F--"
    assert timetable_rows.read(1, {})[0].pick_up_days is None


@given(st.dictionaries(st.sampled_from([each[0] for each in timetable_rows.READ]), st.text()))
def test_whatever_stands_there_it_is_read_or_named(cells: dict[str, str]):
    _asked, bad = timetable_rows.read(1, cells)
    assert all(isinstance(each, Bad) for each in bad)
