"""Closures as iCalendar, out and in."""

import contextlib
from datetime import UTC, date, datetime, timedelta

import pytest

from postroad.directory import calendars
from postroad.directory.calendars import Day, NoCalendar

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
ZONE = "America/New_York"


def read(*events):
    body = "".join(f"BEGIN:VEVENT\r\n{each}\r\nEND:VEVENT\r\n" for each in events)
    sent = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n"
    return calendars.parse(sent.encode(), today=TODAY, zone=ZONE)


def parse(*events):
    return read(*events).events


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
    first, endless = calendars.parse(sent, today=TODAY, zone=ZONE).events
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
        assert calendars.parse(sent, today=TODAY, zone=ZONE).events == []


def test_what_repeats_since_long_ago_is_named_since_its_coming_days_are_not_in_the_list():
    thanksgiving = "DTSTART;VALUE=DATE:20111124\r\nRRULE:FREQ=YEARLY;BYDAY=4TH;BYMONTH=11"
    found = read(f"{thanksgiving}\r\nSUMMARY:Thanksgiving")
    assert found.events == []
    assert [each.summary for each in found.began] == ["Thanksgiving"]


@pytest.mark.parametrize(
    "event",
    [
        "SUMMARY:No day",
        "DTSTART;VALUE=DATE:20261201\r\nDTEND;VALUE=DATE:00010101",
        "DTSTART;VALUE=DATE:20261201\r\nDURATION:P99999999D",
        "DTSTART;VALUE=PERIOD:20261201T000000Z/20261202T000000Z",
        "DTSTART;VALUE=TIME:120000",
        "DTSTART:soon",
        "DTSTART:00010101T000000Z",
        "DTSTART;VALUE=DATE:00010101\r\nDTEND;VALUE=DATE:00010101",
        "DTSTART;VALUE=DATE:20261225\r\nDTSTART;VALUE=DATE:20261226",
    ],
)
def test_an_event_without_a_day_that_can_be_read_is_counted_and_the_others_are_shown(event):
    found = read(event, "DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas")
    assert ([each.summary for each in found.events], found.unread) == (["Christmas"], 1)


def test_a_title_is_one_line_of_signs_that_can_be_seen_and_of_two_the_first():
    (event,) = parse("DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Winter\x00 break\x0b\r\nSUMMARY:No")
    assert event.summary == "Winter break"
    (day,) = calendars.parse(
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nSUMMARY:No\xebl\n"
        b"END:VEVENT\nEND:VCALENDAR\n",
        today=TODAY,
        zone=ZONE,
    ).events
    assert day.summary == "Noël"


def test_what_goes_out_has_no_sign_that_a_calendar_program_stumbles_over():
    told = [Day("a@x", TODAY, TODAY, "Burst\x0bpipe\x00\r\nEND:VEVENT", datetime.now(UTC))]
    sent = calendars.render(told, name="Lee\x0b", today=TODAY)
    assert b"SUMMARY:Burst pipe END:VEVENT" in sent
    assert not {0, 0x0B} & {*sent}


def test_a_file_with_a_time_that_no_computer_counts_is_refused():
    with pytest.raises(NoCalendar):
        parse("DTSTART;VALUE=DATE:20261201\r\nDURATION:P9999999999999D")


def test_of_two_summaries_the_first_is_shown_without_what_nobody_sees():
    two = "DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christ\x07mas\r\nSUMMARY:Yule"
    assert days(two) == [(date(2026, 12, 25), date(2026, 12, 25), "Christmas")]
