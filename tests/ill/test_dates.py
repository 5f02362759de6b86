"""Due days and days on the hold shelf are days on which the library is open, and move with it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from postroad.directory import closures
from postroad.directory.models import Library, Policy
from postroad.ill import clocks, dates, loans, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Event, Loan
from postroad.notices import tell
from postroad.notices.models import Notice
from tests.ill.story import MONDAY, begin

DUE = date(2026, 12, 21)  # of what is lent for 28 days on that Monday
AFTER = date(2027, 1, 4)  # the first open day after the recess
DAY = timedelta(days=1)


def shut(first, last, at=MONDAY, **more):
    scope = more or {"state": "MA"}
    return closures.close(
        first_day=first, last_day=last, reason="Recess", source="office", at=at, **scope
    )


def told(story, kind):
    for event in Event.objects.filter(request=story.ill).order_by("pk"):
        tell.people(event, event.at)
    return Notice.objects.filter(kind=kind)


@pytest.mark.parametrize("scope", ["library", "state", "all"])
def test_a_due_day_moves_with_a_closure_that_is_told_later_and_she_is_told_once(cast, scope):
    story = begin(cast).at(State.LENT)
    where: dict[str, dict[str, Any]] = {
        "library": {"libraries": [cast.lee]},
        "state": {"state": "MA"},
        "all": {"state": ""},
    }
    shut(date(2026, 12, 19), date(2027, 1, 3), **where[scope])
    assert [sweeps.closed_days(MONDAY) for _twice in range(2)] == [1, 0]
    story.look()
    assert story.loan.due_back == AFTER
    (notice,) = told(story, "new-due-day")
    assert "Monday 4 January" in notice.text
    assert "Recess" in notice.text


def test_a_closure_of_another_state_moves_nothing(cast):
    begin(cast).at(State.LENT)
    shut(date(2026, 12, 19), date(2027, 1, 3), state="RI")
    assert sweeps.closed_days(MONDAY) == 0


def test_nobody_is_overdue_before_the_library_has_opened_again(cast):
    """The closure came too late for any sweep: the clock itself looks."""
    story = begin(cast).at(State.LENT)
    shut(date(2026, 12, 19), date(2027, 1, 3))
    for day in range(28, 43):
        sweeps.ring(MONDAY + timedelta(days=day))
    story.look()
    assert not told(story, "overdue").exists()
    assert not dates.is_overdue(story.loan, datetime(2027, 1, 4, 15, tzinfo=UTC))
    sweeps.ring(datetime(2027, 1, 5, 15, tzinfo=UTC))
    assert told(story, "overdue").exists()


def test_what_is_due_before_a_closed_weekday_is_overdue_when_it_opens_again(cast):
    Policy.objects.filter(library=cast.lenox).update(loan_days=5)  # until Saturday
    story = begin(cast).at(State.LENT)
    sunday, monday = (datetime(2026, 11, day, 15, tzinfo=UTC) for day in (29, 30))
    sweeps.ring(sunday)
    assert not told(story, "overdue").exists()
    assert not dates.is_overdue(story.loan, sunday)
    sweeps.ring(monday)
    assert told(story, "overdue").exists()
    assert dates.is_overdue(story.loan, monday)


def test_no_reminder_comes_on_a_closed_day(cast):
    story = begin(cast).at(State.LENT)
    shut(date(2027, 1, 4), date(2027, 1, 6))
    for hours in range(0, 60 * 24, 6):
        sweeps.ring(datetime(2026, 12, 20, tzinfo=UTC) + timedelta(hours=hours))
    desk = clocks.at_work(cast.lee, MONDAY)
    reminded = [desk.day_of(event.at) for event in story.ill.events.filter(verb="remind_loan")]
    assert len(reminded) > 5
    assert all(desk.is_open(day) for day in reminded), reminded


def test_an_early_end_takes_no_promised_day_back(cast):
    story = begin(cast).at(State.LENT)
    (closure,) = shut(date(2026, 12, 19), date(2027, 1, 3))
    sweeps.closed_days(MONDAY)
    closures.reopen(closure.entry, by="Dora", at=MONDAY + DAY)
    assert sweeps.closed_days(MONDAY + DAY) == 0
    story.look()
    assert story.loan.due_back == AFTER


def test_until_further_notice_nothing_is_overdue_and_afterwards_it_is_due_when_it_opens(cast):
    story = begin(cast).at(State.LENT)
    (closure,) = shut(date(2026, 12, 19), None)
    assert sweeps.closed_days(MONDAY) == 0  # no day is known
    for day in range(28, 60, 3):
        sweeps.ring(MONDAY + timedelta(days=day))
    assert not told(story, "overdue").exists()
    opens = datetime(2027, 2, 1, 15, tzinfo=UTC)
    closures.reopen(closure.entry, by="Dora", at=opens)
    assert sweeps.closed_days(opens) == 1
    story.look()
    assert story.loan.due_back == date(2027, 2, 1)


def test_days_of_a_closure_do_not_count_on_the_hold_shelf(cast):
    shut(date(2026, 11, 26), date(2026, 12, 6))
    story = begin(cast).at(State.ARRIVED)
    assert cast.lee.day_of(story.rings_at) == date(2026, 12, 14)


def test_a_hold_is_kept_longer_over_a_closure_that_is_told_later_and_she_is_told_once(cast):
    story = begin(cast).at(State.ARRIVED)
    assert cast.lee.day_of(story.rings_at) == date(2026, 12, 3)
    shut(date(2026, 11, 26), date(2026, 12, 6))
    assert [sweeps.closed_days(MONDAY + DAY) for _twice in range(2)] == [1, 0]
    story.look()
    assert cast.lee.day_of(story.rings_at) == date(2026, 12, 14)
    (notice,) = told(story, "held-longer")
    assert "Monday 14 December" in notice.text


def test_a_hold_whose_clock_rings_before_any_sweep_is_kept_longer_too(cast):
    story = begin(cast).at(State.ARRIVED)
    shut(date(2026, 11, 26), date(2026, 12, 6))
    sweeps.ring(datetime(2026, 12, 4, 15, tzinfo=UTC))
    story.look()
    assert not story.ill.events.filter(verb="remind_loan").exists()
    assert cast.lee.day_of(story.rings_at) == date(2026, 12, 14)


@pytest.mark.parametrize("days", range(1, 15))
def test_the_last_day_on_the_shelf_is_an_open_day(cast, days):
    Policy.objects.filter(library=cast.lee).update(hold_shelf_days=days)
    shut(date(2026, 11, 26), date(2026, 11, 27))
    story = begin(cast).at(State.ARRIVED)
    desk = clocks.at_work(cast.lee, MONDAY)
    assert desk.is_open(desk.day_of(story.rings_at))


def test_a_short_loan_that_is_fetched_late_counts_from_when_she_takes_it(cast):
    Policy.objects.filter(library=cast.lenox).update(loan_days=7, renewals=1, renewal_days=7)
    story = begin(cast).at(State.ARRIVED)
    proposed = story.loan.due_back
    late = MONDAY + timedelta(days=9)
    loans.check_out(story.loan, Act(cast.borrower, late))
    story.look()
    assert story.loan.due_back == date(2026, 12, 9)
    assert cast.lee.day_of(story.rings_at) == date(2026, 12, 9)
    loans.undo_check_out(story.loan, Act(cast.borrower, late))
    story.look()
    assert story.loan.due_back == proposed
    loans.check_out(story.loan, Act(cast.borrower, late))
    assert loans.renew(story.loan, Act(cast.ada, late)).verb == "renew"
    assert story.loan.due_back == date(2026, 12, 16)


def test_a_renewal_ends_on_an_open_day_and_is_not_refused_behind_a_locked_door(cast):
    Policy.objects.filter(library=cast.lenox).update(loan_days=5, renewals=2, renewal_days=8)
    story = begin(cast).at(State.LENT)
    sunday = datetime(2026, 11, 29, 15, tzinfo=UTC)
    assert loans.renew(story.loan, Act(cast.ada, sunday)).verb == "renew"
    assert story.loan.due_back == date(2026, 12, 7)  # eight days on it is a Sunday


def test_where_no_opening_days_are_known_the_calendar_has_to_do(cast):
    Library.objects.filter(pk=cast.lee.pk).update(open_days="-------")
    cast.lee.refresh_from_db()
    story = begin(cast).at(State.LENT)
    assert story.loan.due_back == DUE
    assert cast.lee.day_of(story.rings_at) == DUE
    assert dates.is_overdue(story.loan, MONDAY + timedelta(days=29))


def test_a_lender_counts_as_overdue_only_what_its_borrower_could_have_brought_back(cast):
    begin(cast).at(State.LENT)
    shut(date(2026, 12, 22), date(2026, 12, 29))
    for day, late in ((28, 0), (29, 0), (36, 0), (37, 1)):
        now = MONDAY + timedelta(days=day)
        found = Loan.objects.filter(dates.overdue_of(cast.lenox, now))
        assert found.count() == late, day


def test_the_days_of_thousands_are_looked_up_at_once(cast, django_assert_num_queries):
    begin(cast).at(State.ARRIVED)
    with django_assert_num_queries(1):
        dates.hit_holds(MONDAY)
    shut(date(2026, 12, 2), date(2026, 12, 2))
    with django_assert_num_queries(2):
        (held,) = dates.hit_holds(MONDAY)
    assert held == Loan.objects.get()


def test_what_got_a_later_due_day_after_it_was_called_overdue_is_not_late_any_more(cast):
    story = begin(cast).at(State.LENT)
    late = MONDAY + timedelta(days=29)
    sweeps.ring(late)
    assert story.loan.reminders == 1
    shut(DUE, DUE + 3 * DAY, at=late)
    sweeps.closed_days(late)
    assert story.loan.due_back == DUE + 4 * DAY
    assert story.loan.reminders == 0
