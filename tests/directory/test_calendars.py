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


def test_what_is_over_canceled_or_endless_is_left_out():
    assert days("DTSTART;VALUE=DATE:20261122") == []
    assert days("DTSTART;VALUE=DATE:20261225\r\nSTATUS:CANCELLED") == []
    assert days("DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20301225") == []
    assert days("SUMMARY:No day") == []


@pytest.mark.parametrize(
    "sent",
    [b"", b"hello", b"\xff\xfe\x00", b"x" * 500_001, b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"],
)
def test_what_is_no_calendar_is_refused_or_empty(sent):
    with contextlib.suppress(NoCalendar):
        assert calendars.parse(sent, today=TODAY, zone=ZONE).events == []


def test_what_repeats_since_long_ago_is_there_on_its_days_of_the_next_two_years():
    thanksgiving = "DTSTART;VALUE=DATE:20111124\r\nRRULE:FREQ=YEARLY;BYDAY=4TH;BYMONTH=11"
    found = read(f"{thanksgiving}\r\nSUMMARY:Thanksgiving")
    days = ["2026-11-26", "2027-11-25", "2028-11-23"]
    assert [str(each.first) for each in found.events] == days
    assert (found.refused, found.more) == ([], 0)
    assert all(each.repeats for each in found.events)


FRIDAYS = "DTSTART;VALUE=DATE:20261204\r\nSUMMARY:Staff day\r\nUID:a"


@pytest.mark.parametrize(
    ("more", "days"),
    [
        ("RRULE:FREQ=WEEKLY;COUNT=3", [4, 11, 18]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20261211", [4, 11]),
        ("RRULE:FREQ=WEEKLY;COUNT=3\r\nEXDATE;VALUE=DATE:20261211", [4, 18]),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2", [4, 18]),
        ("RDATE;VALUE=DATE:20261207,20261209", [4, 7, 9]),
        ("RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;UNTIL=20261231", [4, 31]),
    ],
)
def test_what_repeats_is_there_on_each_of_its_days(more, days):
    assert [each.first.day for each in parse(f"{FRIDAYS}\r\n{more}")] == days


def test_an_event_of_several_days_repeats_as_long_as_it_is_and_one_that_runs_is_not_over():
    week = "DTSTART;VALUE=DATE:20251122\r\nDTEND;VALUE=DATE:20251127\r\nRRULE:FREQ=YEARLY;COUNT=2"
    assert days(week) == [(date(2026, 11, 22), date(2026, 11, 26), "")]


def test_an_end_in_the_middle_of_a_day_counts_by_the_librarys_clock():
    late = "DTSTART;TZID=America/New_York:20261204T180000\r\nRRULE:FREQ=WEEKLY;UNTIL="
    assert len(days(f"{late}20261211T230000Z")) == 2
    assert len(days(f"{late}20261211T220000Z")) == 1


def test_a_day_that_was_moved_or_called_off_in_the_calendar_is_not_there_twice():
    moved = "UID:a\r\nRECURRENCE-ID;VALUE=DATE:20261211\r\nDTSTART;VALUE=DATE:20261210"
    off = "UID:a\r\nRECURRENCE-ID;VALUE=DATE:20261218\r\nDTSTART;VALUE=DATE:20261218"
    found = parse(f"{FRIDAYS}\r\nRRULE:FREQ=WEEKLY;COUNT=3", moved, f"{off}\r\nSTATUS:CANCELLED")
    assert [each.first.day for each in found] == [4, 10]


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("FREQ=SECONDLY", "too-often"),
        ("FREQ=MINUTELY;INTERVAL=1440", "too-often"),
        ("FREQ=HOURLY;COUNT=99999999", "too-often"),
        ("FREQ=WEEKLY;BYHOUR=9", "not-known"),
        ("FREQ=YEARLY;BYWEEKNO=20", "not-known"),
        ("FREQ=WEEKLY;BYDAY=2MO", "not-known"),
        ("FREQ=WEEKLY;INTERVAL=0", "not-known"),
        ("FREQ=FORTNIGHTLY", "not-known"),
        ("COUNT=3", "not-known"),
        ("FREQ=WEEKLY\r\nRRULE:FREQ=DAILY", "not-known"),
        ("FREQ=WEEKLY;UNTIL=soon", "not-known"),
    ],
)
def test_a_rule_that_is_not_worked_out_says_why_and_the_rest_of_the_file_is_taken(rule, why):
    found = read(f"{FRIDAYS}\r\nRRULE:{rule}", "DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas")
    assert [each.summary for each in found.events] == ["Christmas"]
    assert [(each.summary, each.refused) for each in found.refused] == [("Staff day", why)]


def test_rules_that_never_come_true_or_would_be_counted_for_ever_end():
    """Each is looked at for two years; who must count from long ago has a budget."""
    never = "DTSTART;VALUE=DATE:20200101\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    long = "DTSTART;VALUE=DATE:00020101\r\nRRULE:FREQ=DAILY;COUNT=99999999"
    far = "DTSTART;VALUE=DATE:20261201\r\nRRULE:FREQ=YEARLY;INTERVAL=999999999"
    found = read(never, far, long)
    assert [each.first for each in found.events] == [date(2026, 12, 1)]
    assert [each.refused for each in found.refused] == ["too-far"]


def test_more_days_than_fit_are_counted():
    found = read("DTSTART;VALUE=DATE:20261201\r\nRRULE:FREQ=DAILY")
    assert len(found.events) == calendars.EVENTS
    days = (TODAY + calendars.REPEATED - date(2026, 12, 1)).days + 1
    assert found.more == days - calendars.EVENTS


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
