"""Closures as iCalendar, out and in."""

import contextlib
from datetime import UTC, date, datetime, timedelta

import pytest

from postroad.directory import calendars
from postroad.directory.calendars import Day, NoCalendar

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
ZONE = "America/New_York"


def parse(*events, **more):
    body = "".join(f"BEGIN:VEVENT\r\n{each}\r\nEND:VEVENT\r\n" for each in events)
    sent = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n"
    return calendars.parse(sent.encode(), today=TODAY, zone=ZONE, **more)


def days(*events):
    return [(each.first, each.last, each.summary) for each in parse(*events)]


def test_what_goes_out_comes_in_again():
    told = [
        Day(
            "a@x", TODAY, TODAY + 2 * DAY, "Lee; closed, (pipe)", datetime(2026, 11, 1, tzinfo=UTC)
        ),
        Day("b@x", TODAY + 9 * DAY, None, "No lending", datetime(2026, 11, 1, tzinfo=UTC)),
    ]
    sent = calendars.render(told, name="Lee", today=TODAY)
    first, endless = calendars.parse(sent, today=TODAY, zone=ZONE)
    assert (first.first, first.last, first.summary) == (
        TODAY,
        TODAY + 2 * DAY,
        "Lee; closed, (pipe)",
    )
    assert endless.last == TODAY + 9 * DAY + timedelta(days=365)


def test_days_hours_and_durations_are_read_as_the_librarys_days():
    assert days("DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas") == [
        (date(2026, 12, 25), date(2026, 12, 25), "Christmas")
    ]
    assert days("DTSTART:20261226T030000Z\r\nDTEND:20261226T050000Z\r\nSUMMARY:Late") == [
        (date(2026, 12, 25), date(2026, 12, 25), "Late")
    ]
    assert days("DTSTART;VALUE=DATE:20261225\r\nDURATION:P3D") == [
        (date(2026, 12, 25), date(2026, 12, 27), "")
    ]


def test_what_is_over_canceled_or_endless_is_left_out_and_what_repeats_says_so():
    assert days("DTSTART;VALUE=DATE:20261122") == []
    assert days("DTSTART;VALUE=DATE:20261225\r\nSTATUS:CANCELLED") == []
    assert days("DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20301225") == []
    assert days("SUMMARY:No day") == []
    (weekly,) = parse("DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=WEEKLY")
    assert weekly.repeats


@pytest.mark.parametrize(
    "sent",
    [b"", b"hello", b"\xff\xfe\x00", b"x" * 500_001, b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"],
)
def test_what_is_no_calendar_is_refused_or_empty(sent):
    with contextlib.suppress(NoCalendar):
        assert calendars.parse(sent, today=TODAY, zone=ZONE) == []


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART:00010101T000000Z",
        "DTSTART;VALUE=DATE:20261201\r\nDTEND;VALUE=DATE:00010101",
        "DTSTART;VALUE=DATE:20261201\r\nDURATION:P99999999D",
        "DTSTART;VALUE=DATE:20261201\r\nDURATION:P9999999999999D",
        "DTSTART;VALUE=PERIOD:20261201T000000Z/20261202T000000Z",
        "DTSTART;VALUE=TIME:120000",
    ],
)
def test_days_that_no_calendar_has_are_refused(event):
    with pytest.raises(NoCalendar):
        parse(event)


def test_of_two_summaries_the_first_is_shown_without_what_nobody_sees():
    two = "DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christ\x07mas\r\nSUMMARY:Yule"
    assert days(two) == [(date(2026, 12, 25), date(2026, 12, 25), "Christmas")]
