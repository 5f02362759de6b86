"""What a due day means: back at the borrower, or back at the lender, by agreement."""

from datetime import date, timedelta

import pytest

from postroad.directory.models import Agreement
from postroad.directory.opening import Calendar, weekdays
from postroad.ill import dates, due, duedates, loans, turns, undo
from postroad.ill.acts import Act
from postroad.ill.duedates import Due, Ends
from postroad.ill.lifecycle import State, Verb
from postroad.ill.models import Event, Loan
from tests.ill.story import MONDAY, begin

HOME = Agreement.DueMeans.BACK_HOME
WEEKDAYS, SATURDAYS_TOO = Calendar(weekdays("MTWTF--")), Calendar(weekdays("MTWTFS-"))
TODAY = date(2026, 11, 23)  # a Monday


def ends(**more):
    return Ends(
        **{"borrower": WEEKDAYS, "lender": SATURDAYS_TOO, "today": TODAY, "way_home": 5, **more}
    )


@pytest.mark.parametrize(
    ("named", "back", "home"),
    [
        (date(2026, 12, 18), date(2026, 12, 11), date(2026, 12, 18)),  # 5 days before: a Sunday
        (date(2026, 12, 20), date(2026, 12, 16), date(2026, 12, 21)),  # the lender is closed
        (date(2026, 11, 24), TODAY, date(2026, 11, 24)),  # less than the way takes
    ],
)
def test_the_reader_has_less_by_the_way_home_and_both_days_are_open(named, back, home):
    assert duedates.at_home(named, ends()) == Due(back, home)


def agree(cast, **more):
    facts = {"lender_side": "library:lenox", "due_means": HOME, "effective": TODAY}
    return Agreement.objects.create(name="Lenox", **{**facts, **more})


def act(story, who="borrower"):
    return Act(getattr(story.cast, who), story.now)


@pytest.fixture
def story(cast):
    """Ada has Walden of Lenox, which is due at Lenox."""
    agree(cast)
    return begin(cast).at(State.LENT)


def days(loan: Loan) -> tuple[date | None, date | None]:
    return loan.due_back, loan.due_home


def test_both_days_stand_on_the_loan_and_count_from_when_it_is_taken_home(story):
    home = TODAY + timedelta(days=28)
    assert days(story.loan) == (date(2026, 12, 16), home)
    undo.undo(Event.objects.get(verb=Verb.CHECK_OUT), act(story))
    assert days(story.loan) == (date(2026, 12, 16), home)
    loans.undo_receive(story.loan, act(story))
    assert days(story.loan) == (None, None)


@pytest.mark.parametrize(
    "more", [{"effective": date(2026, 11, 24)}, {"lender_side": "library:pittsfield"}]
)
def test_without_an_agreement_of_its_day_it_is_due_at_its_borrower(cast, more):
    agree(cast, **more)
    loan = begin(cast).at(State.LENT).loan
    assert days(loan) == (date(2026, 12, 21), None)


def test_what_was_agreed_later_does_not_change_what_is_out(cast):
    story = begin(cast).at(State.SHIPPED)
    agree(cast)
    loans.receive(story.loan, act(story))
    assert story.loan.due_home is None


def test_a_renewal_moves_both(story):
    loans.renew(story.loan, act(story))
    assert days(story.loan) == (date(2026, 12, 30), date(2027, 1, 4))


def test_what_its_lender_grants_and_lengthens_is_a_day_at_its_lender(story):
    due.grant(story.loan, act(story, "lender"), day=date(2027, 1, 8))
    assert days(story.loan) == (date(2027, 1, 2), date(2027, 1, 8))
    due.lengthen(story.loan, act(story, "lender"), day=date(2027, 1, 15))
    assert days(story.loan) == (date(2027, 1, 9), date(2027, 1, 15))


def test_a_recall_names_the_day_at_its_lender_and_a_release_puts_both_back(story):
    before = days(story.loan)
    lends = act(story, "lender")
    due.recall(story.loan, lends, day=date(2026, 12, 11))
    assert days(story.loan) == (date(2026, 12, 5), date(2026, 12, 11))
    due.release(story.loan, lends, since=story.now)
    assert days(story.loan) == before


def test_its_lender_counts_it_as_overdue_from_its_own_day(story):
    lenox = story.cast.lenox
    there = MONDAY + timedelta(days=25)  # after the reader's day, before the lender's
    assert dates.is_overdue(story.loan, there)
    assert not Loan.objects.filter(dates.overdue_of(lenox, there)).exists()
    loans.return_item(story.loan, act(story))
    loans.ship_return(story.loan, act(story))
    late = MONDAY + timedelta(days=30)
    assert Loan.objects.filter(dates.overdue_of(lenox, late)).exists()
    assert dates.is_overdue_at_home(story.loan, late)


def test_it_is_settled_with_its_lender_by_the_lenders_day_and_talked_of_by_the_readers(story):
    back = date(2026, 12, 16)
    loan = story.loan
    assert turns.overdue_step(loan, back + timedelta(days=28)) == turns.Step.TALK
    assert turns.overdue_step(loan, loan.due_home + timedelta(days=28)) == turns.Step.SETTLE
