"""The count week: seen beforehand, confirmed or corrected, taken back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from postroad.delivery.visits import NotThatMany
from postroad.reports import count_week
from postroad.reports.count_week import NoCountWeek, Seen, WeekTaken
from postroad.reports.models import StopDay, WeekAnswer

MONDAY = date(2026, 10, 5)
FRIDAY = MONDAY + timedelta(days=4)
AFTER = datetime(2026, 10, 12, 14, tzinfo=UTC)
NUMBERS = {"items_sent": 7, "items_received": 9, "bins_sent": 1, "bins_received": 2}


@pytest.fixture
def week(cast):
    return count_week.plan(MONDAY, FRIDAY, by="Dan", at=AFTER)


@pytest.fixture
def scanned(cast):
    """At Lee on three of five days; on one there are typed numbers only; one is silent."""
    facts = [
        {"left_scanned": 3, "taken_in_bins": 2, "bins_left": 1},
        {"left_at_desk": 1, "typed_left": 5, "typed_taken": 4},
        {"taken_declared": 5},
        {"typed_left": 6, "typed_taken": 0},
        {},
    ]
    StopDay.objects.bulk_create(
        StopDay(day=MONDAY + timedelta(days=place), library=cast.lee, due=True, **each)
        for place, each in enumerate(facts)
    )


def test_what_was_seen_says_on_how_many_days(week, scanned, cast):
    found = count_week.seen_at(week, cast.lee)
    assert found == Seen(
        items_sent=7,
        items_received=4,
        bins_sent=0,
        bins_received=1,
        typed_sent=4,
        typed_received=11,
        due=5,
        scanned=3,
        typed=1,
    )
    assert (found.silent, found.whole) == (1, False)
    assert count_week.seen_at(week, cast.lenox) == Seen()


def test_a_week_said_twice_is_one_and_two_share_no_day(week, cast):
    assert count_week.plan(MONDAY, FRIDAY, by="Dan", at=AFTER) == week
    with pytest.raises(WeekTaken):
        count_week.plan(FRIDAY, FRIDAY + timedelta(days=3), by="Dan", at=AFTER)


def test_a_week_is_withdrawn_and_put_back_unless_another_has_its_days(week, cast):
    count_week.withdraw(week, at=AFTER)
    assert count_week.to_answer(FRIDAY) is None
    with pytest.raises(NoCountWeek):
        count_week.answer(week, cast.lee, NUMBERS, by=cast.borrower, at=AFTER)
    count_week.put_back(week)
    assert count_week.to_answer(FRIDAY) == week
    count_week.withdraw(week, at=AFTER)
    count_week.plan(MONDAY, MONDAY, by="Dan", at=AFTER)
    with pytest.raises(WeekTaken):
        count_week.put_back(week)


@pytest.mark.parametrize(
    ("day", "asked"),
    [
        (MONDAY - timedelta(days=1), False),
        (MONDAY, True),
        (FRIDAY + count_week.OPEN_FOR, True),
        (FRIDAY + count_week.OPEN_FOR + timedelta(days=1), False),
    ],
)
def test_it_is_answered_from_its_first_day_on_and_a_while(week, day, asked):
    assert (count_week.to_answer(day) == week) is asked


def test_nobody_answers_before_it_begins(week, cast):
    with pytest.raises(NoCountWeek):
        count_week.answer(week, cast.lee, NUMBERS, by=cast.borrower, at=AFTER - timedelta(days=9))


def test_the_last_answer_counts_and_each_keeps_what_was_seen(week, scanned, cast):
    first = count_week.answer(week, cast.lee, NUMBERS, by=cast.borrower, at=AFTER)
    assert first.seen["items_sent"] == 7
    count_week.answer(week, cast.lee, {"items_sent": None}, by=cast.director, at=AFTER)
    (now,) = WeekAnswer.objects.filter(withdrawn_at=None)
    assert (now.items_sent, now.said_by) == (None, str(cast.director))
    assert WeekAnswer.objects.count() == 2


def test_taken_back_it_is_asked_for_again(week, cast):
    count_week.answer(week, cast.lee, NUMBERS, by=cast.borrower, at=AFTER)
    count_week.take_back(week, cast.lee, at=AFTER)
    assert count_week.answer_of(week, cast.lee) is None
    assert WeekAnswer.objects.count() == 1


@pytest.mark.parametrize("number", [-1, 100_000])
def test_what_is_no_count_is_refused_and_the_answer_before_stays(week, cast, number):
    count_week.answer(week, cast.lee, NUMBERS, by=cast.borrower, at=AFTER)
    with pytest.raises(NotThatMany):
        count_week.answer(week, cast.lee, {"items_sent": number}, by=cast.borrower, at=AFTER)
    said = count_week.answer_of(week, cast.lee)
    assert said is not None
    assert said.items_sent == 7


def test_the_office_sees_who_confirmed_who_corrected_and_who_is_silent(
    week, scanned, cast, django_assert_num_queries
):
    known = {"items_sent": 7, "items_received": 4, "bins_sent": 0, "bins_received": 1}
    count_week.answer(week, cast.lee, known, by=cast.borrower, at=AFTER)
    count_week.answer(week, cast.otis_school, NUMBERS, by=cast.borrower, at=AFTER)
    with django_assert_num_queries(3):
        found = count_week.standings(week)
    assert [(each.library.code, each.answer is not None, each.corrected) for each in found] == [
        ("lee", True, False),
        ("lenox", False, False),
        ("pittsfield", False, False),
        ("providence", False, False),
        ("otis-school", True, True),
    ]


def test_the_desk_is_asked_until_it_has_answered_the_newest_week(
    week, cast, django_assert_num_queries
):
    with django_assert_num_queries(1):
        assert count_week.unanswered(cast.lee, FRIDAY)
    count_week.answer(week, cast.lee, NUMBERS, by=cast.borrower, at=AFTER)
    assert not count_week.unanswered(cast.lee, FRIDAY)
    assert count_week.unanswered(cast.lenox, FRIDAY)
    assert not count_week.unanswered(cast.lenox, MONDAY - timedelta(days=1))


def test_of_weeks_that_offices_name_at_once_no_two_share_a_day(transactional_db, cast):
    for turn in range(3):
        first, gate = MONDAY + timedelta(days=30 * turn), Barrier(4)

        def name(ahead, first=first, gate=gate):
            gate.wait()
            day = first + timedelta(days=ahead)
            try:
                return count_week.plan(day, day + timedelta(days=4), by="Dan", at=AFTER)
            except WeekTaken:
                return None
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as offices:
            named = {week for week in offices.map(name, (0, 0, 1, 2)) if week}
        assert len(named) == 1
