"""Hours as people type them, as they are kept, and what they say of a moment."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad.directory import hours
from postroad.directory.hours import Season, Span, State, Timetable, Turn, Unreadable, Word
from postroad.directory.opening import Calendar, Shut, weekdays

THANKSGIVING = date(2026, 11, 26)
DAY = timedelta(days=1)
HERE = ZoneInfo("America/New_York")


def at(clock: str, day: date = THANKSGIVING - DAY) -> datetime:
    """A moment of the wall clock, the Wednesday before Thanksgiving if nothing else is said."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=HERE).astimezone(UTC)


def week(*days: str) -> hours.Week:
    read = [hours.read(each) if each else () for each in (*days, *[""] * 7)[:7]]
    return tuple(() if isinstance(each, Word) else each for each in read)


def timetable(*days: str, shut: tuple[Shut, ...] = (), seasons: tuple[Season, ...] = ()):
    letters = "".join("-" if each == "closed" else "X" for each in days)
    return Timetable(Calendar(weekdays(letters), shut=shut), week(*days), seasons)


USUAL = ("9-5", "9-5", "9-12, 1-5", "9-5", "9-5", "closed", "closed")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("9-5", "09:00-17:00"),
        ("9 am – 5:30 pm", "09:00-17:30"),
        ("noon-8", "12:00-20:00"),
        ("12-8", "12:00-20:00"),
        ("9-12, 1-5", "09:00-12:00,13:00-17:00"),
        ("9-12 and 1-5", "09:00-12:00,13:00-17:00"),
        ("1-5; 9-noon", "09:00-12:00,13:00-17:00"),
        ("9-noon, noon-5", "09:00-17:00"),
        ("from 9 a.m. until 5 p.m.", "09:00-17:00"),
        ("9to5", "09:00-17:00"),
        ("9:30A-5P", "09:30-17:00"),
        ("0900-1730", "09:00-17:30"),
        ("9.30 - 17.00", "09:30-17:00"),
        ("9-9", "09:00-21:00"),
        ("1-5", "13:00-17:00"),
        ("6am-2", "06:00-14:00"),
        ("5-9am", "05:00-09:00"),
        ("10 - midnight", "10:00-24:00"),
        ("8am–2am", "08:00-26:00"),
        ("24 hours", "00:00-24:00"),
        ("0:00-24:00", "00:00-24:00"),
    ],
)
def test_what_people_type_is_understood(typed, kept):
    spans = hours.read(typed)
    assert not isinstance(spans, Word)
    assert hours.pack((spans, *[()] * 6)).split("|")[0] == kept


@pytest.mark.parametrize(("typed", "word"), [("Closed", Word.CLOSED), (" OPEN ", Word.OPEN)])
def test_a_day_may_be_closed_or_open_at_hours_that_nobody_knows(typed, word):
    assert hours.read(typed) is word


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("9", "not-hours"),
        ("9-", "not-hours"),
        ("by appointment", "not-hours"),
        ("9-25", "not-hours"),
        ("9-5:75", "not-hours"),
        ("13pm-5", "not-hours"),
        ("9-5, closed", "not-hours"),
        ("1" * 90, "not-hours"),
        ("9-5," * 5_000, "not-hours"),
        ("\u0669-\u0665x", "not-hours"),
        ("5pm-4pm", "backwards"),
        ("9am-9am", "backwards"),
        ("9-12, 11-3", "overlap"),
        ("8-9, 10-11, 12-1, 2-3", "too-many"),
    ],
)
def test_what_cannot_be_understood_says_why(typed, why):
    with pytest.raises(Unreadable) as no:
        hours.read(typed)
    assert no.value.why == why


@given(st.text("0123456789:.apm -,to noonclosed", max_size=30) | st.text(max_size=30))
def test_whatever_is_typed_is_hours_a_word_or_refused(typed):
    try:
        read = hours.read(typed)
    except Unreadable:
        return
    if not isinstance(read, Word):
        assert all(each.opens < each.closes for each in read)
        assert hours.unpack(hours.pack((read, *[()] * 6)))[0] == read


@st.composite
def spans(draw) -> hours.Spans:
    turns = sorted(draw(st.sets(st.integers(0, 24 * 60 - 1), min_size=2, max_size=6)))
    pairs = zip(turns[::2], turns[1::2], strict=False)
    last = draw(st.booleans())
    found = [Span(*pair) for pair in pairs]
    if last and found[-1].opens > 12 * 60:
        found[-1] = Span(found[-1].opens, draw(st.integers(24 * 60, hours.LATEST)))
    return tuple(found)


@given(spans())
def test_what_a_form_shows_is_understood_as_what_is_kept(day):
    assert hours.read(hours.as_typed(day)) == day


def test_a_week_as_long_as_it_may_be_has_room():
    day = "9-12, 1-5, 6-11pm"
    assert len(hours.pack(week(*[day] * 7))) <= hours.KEPT


def test_hours_make_an_opening_day_and_closed_makes_none():
    said = {day: hours.read(typed) for day, typed in enumerate(USUAL)}
    days, kept = hours.tell("", "", said)
    assert (days, kept.split("|")[2]) == ("MTWTF--", "09:00-12:00,13:00-17:00")
    days, kept = hours.tell(days, kept, {0: Word.CLOSED, 1: Word.OPEN, 5: hours.read("9-1")})
    assert days == "-TWTFS-"
    assert kept.split("|")[:2] == ["", ""]


def test_where_no_day_is_known_something_said_of_one_day_says_nothing_of_the_others():
    with pytest.raises(hours.Unsaid) as no:
        hours.tell("", "", {0: hours.read("9-5")})
    assert no.value.days == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("clock", "state", "turn"),
    [
        ("08:59", State.CLOSED, Turn(THANKSGIVING - DAY, 9 * 60)),
        ("09:00", State.OPEN, Turn(THANKSGIVING - DAY, 12 * 60)),
        ("12:00", State.CLOSED, Turn(THANKSGIVING - DAY, 13 * 60)),
        ("16:59", State.OPEN, Turn(THANKSGIVING - DAY, 17 * 60)),
        ("17:00", State.CLOSED, Turn(THANKSGIVING + DAY, 9 * 60)),  # not on the holiday
    ],
)
def test_a_moment_is_asked_of_the_librarys_own_clock(clock, state, turn):
    open_ = timetable(*USUAL, shut=(Shut(THANKSGIVING, THANKSGIVING, "Thanksgiving Day"),))
    now = open_.now(at(clock))
    assert (now.state, now.turn) == (state, turn)


def test_a_closure_goes_before_the_hours():
    open_ = timetable(*USUAL, shut=(Shut(THANKSGIVING, THANKSGIVING),))
    assert open_.now(at("10:00", THANKSGIVING)).state is State.CLOSED
    assert open_.spans_on(THANKSGIVING) == ()


def test_hours_of_a_day_that_is_no_opening_day_are_none():
    kept = hours.pack(week("9-5", "9-5"))
    assert hours.fit("M------", kept) == "09:00-17:00||||||"
    assert (
        Timetable(Calendar(weekdays("M------")), week("9-5", "9-5")).spans_on(date(2026, 11, 24))
        == ()
    )


def test_a_night_belongs_to_the_day_on_which_it_began():
    late = timetable("8am-2am", "closed", "closed", "closed", "closed", "closed", "closed")
    monday = date(2026, 11, 23)
    assert late.now(at("01:30", monday + DAY)).state is State.OPEN
    assert late.now(at("01:30", monday)).state is State.CLOSED
    shut = timetable("8am-2am", *["closed"] * 6, shut=(Shut(monday, monday),))
    assert shut.now(at("01:30", monday + DAY)).state is State.CLOSED


def test_who_never_closes_has_no_closing_time_within_a_week():
    always = timetable(*["24 hours"] * 7)
    end = always.now(at("10:00")).turn
    assert end is not None
    assert end.day >= THANKSGIVING + 5 * DAY


def test_other_hours_hold_for_a_while_and_a_day_without_is_as_usual():
    winter = Season(THANKSGIVING, THANKSGIVING + 30 * DAY, week("", "", "", "", "10-3"), "Winter")
    open_ = timetable(*USUAL, seasons=(winter,))
    friday, monday = THANKSGIVING + DAY, THANKSGIVING + 4 * DAY
    assert open_.now(at("09:30", friday)).turn == Turn(friday, 10 * 60)
    assert open_.now(at("09:30", monday)).state is State.OPEN
    assert open_.now(at("09:30", friday - 7 * DAY)).state is State.OPEN
    row = next(each for each in open_.days(THANKSGIVING) if each.day == friday)
    assert (row.special, row.usual) == (winter, hours.read("9-5"))


def test_what_is_not_known_is_never_open_and_never_closed():
    assert Timetable(Calendar(weekdays(""))).now(at("10:00")).state is State.UNKNOWN
    days_only = Timetable(Calendar(weekdays("MTWTF--")))
    assert days_only.now(at("03:00")).state is State.OPEN_TODAY
    assert days_only.now(at("10:00", THANKSGIVING + 2 * DAY)).turn == Turn(THANKSGIVING + 4 * DAY)


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1)])
def test_the_days_on_which_the_clocks_change_keep_their_hours(day):
    sunday = timetable(*["closed"] * 6, "1-5")
    assert sunday.now(at("12:59", day)).turn == Turn(day, 13 * 60)
    assert sunday.now(at("13:00", day)).state is State.OPEN
    assert sunday.now(at("17:00", day)).state is State.CLOSED
