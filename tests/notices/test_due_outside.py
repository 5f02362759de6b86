"""A thing of an outside lender whose day has passed: the center hears, wherever the thing is."""

from datetime import date, timedelta

import pytest

from postroad.catalogue.models import Item
from postroad.ill import due, loans, mediation, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.notices import living, tell
from postroad.notices.models import Kind, Notice
from tests.cast import Cast, outside
from tests.ill.story import MONDAY, Story, begin

DUE = date(2026, 12, 7)
STEPS = {
    State.ARRIVED: loans.receive,
    State.LENT: loans.check_out,
    State.BACK: loans.return_item,
    State.HOMEWARD: loans.ship_return,
}


def at(cast: Cast, state: State) -> Story:
    """Yale wants it back on the seventh of December; nobody has it home yet."""
    story = begin(cast)
    Item.objects.all().delete()
    story.listen()
    act = Act(cast.centre, MONDAY)
    mediation.refer_outside(story.ill, act, lender=outside(), system="OCLC", number="1")
    story.look()
    mediation.outside_shipped(story.supply, act, lender_due_on=DUE)
    for reached, go in STEPS.items():
        go(story.loan, Act(cast.borrower, MONDAY))
        if reached == state:
            break
    story.look()
    return story


def told(story: Story, days: int) -> list[Notice]:
    """What the center has heard of the day, so many days after Monday."""
    for day in (*range(0, days, 6), days):
        sweeps.ring(MONDAY + timedelta(days=day))
    for event in story.ill.events.all():
        tell.people(event, event.at)
    return list(Notice.objects.filter(kind=Kind.OVERDUE_CENTRE, office="centre"))


@pytest.mark.parametrize("state", [State.ARRIVED, State.LENT, State.BACK])
def test_the_center_hears_once_that_the_day_of_an_outside_lender_has_passed(
    cast: Cast, state: State
):
    story = at(cast, state)
    assert told(story, 14) == []  # the day itself
    (notice,) = told(story, 35)
    assert notice.subject.startswith("Due back at Yale University: request")
    assert "was due on Monday 7 December and is not back." in notice.text
    assert living.living(Notice.objects.filter(pk=notice.pk)).exists()
    assert living.mailable(notice).exists()


def test_nothing_is_said_of_what_is_under_way_home(cast: Cast):
    assert told(at(cast, State.HOMEWARD), 20) == []


def test_a_renewal_counts_from_its_new_day(cast: Cast):
    story = at(cast, State.LENT)
    assert len(told(story, 16)) == 1
    later = MONDAY + timedelta(days=16)
    due.grant(story.loan, Act(cast.centre, later), day=DUE + timedelta(days=14))
    assert len(told(story, 27)) == 1
    assert len(told(story, 35)) == 2
