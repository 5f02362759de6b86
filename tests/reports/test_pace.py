"""What is usual, reckoned at night; and how one loan compares."""

from datetime import timedelta

import pytest

from postroad.delivery.models import Via
from postroad.ill.lifecycle import State
from postroad.ill.models import Event, Loan, Request, Supply
from postroad.reports import pace
from postroad.reports.counts import FEWEST_TIMES, SEASON
from postroad.reports.models import Pace
from postroad.reports.steps import Kind, Level
from tests.ill.story import MONDAY, Story, begin

DAY = timedelta(days=1)


@pytest.fixture
def story(cast) -> Story:
    """Shipped on Monday, received four days later."""
    story = begin(cast).at(State.SHIPPED)
    story.now = MONDAY + 4 * DAY
    story.ill = Request.objects.shown().get(pk=story.ill.pk)
    return story


def loans(story: Story, times: int, days: int = 2, ended=MONDAY - 3 * DAY) -> None:
    """So many finished loans on the same way, each so many days on the road."""
    supply, ill = story.supply, story.ill
    for number in range(times):
        other = Request.objects.create(
            library=ill.library,
            title="Another",
            owner="machine",
            asked_at=ended,
            state=State.CLOSED,
            outcome="filled",
            closed_at=ended,
        )
        parcel = story.loan.parcel_out
        parcel.pk, parcel.number = None, f"{ended:%m%d}X{days}X{number}"
        parcel.save()
        attempt = Supply.objects.create(
            request=other,
            attempt=1,
            lender=supply.lender,
            owner="lending",
            state=State.CLOSED,
            ending="supplied",
            asked_at=ended,
            closed_at=ended,
        )
        Loan.objects.create(
            request=other,
            supply=attempt,
            lender=supply.lender,
            borrower=ill.library,
            state=State.CLOSED,
            ending="returned",
            owner="machine",
            shipped_at=ended - days * DAY,
            closed_at=ended,
            parcel_out=parcel,
        )
        at = ended - days * DAY
        for verb, after, when in (
            ("ask", State.ASKED, at - 2 * DAY),
            ("approve", State.APPROVED, at - 2 * DAY),
            ("refer", State.REFERRED, at - 2 * DAY),
            ("ship", State.SHIPPED, at),
            ("receive", State.ARRIVED, ended),
        ):
            Event.objects.create(request=other, supply=attempt, verb=verb, after=after, at=when)


def answer(story: Story, now=None) -> dict[Kind, pace.Paced]:
    found = pace.of_loan(
        story.ill, story.ill.events.all(), list(story.ill.supplies.all()), now or story.now
    )
    return {each.step.kind: each for each in found}


def test_fewer_than_twenty_are_too_few_to_say(story):
    loans(story, FEWEST_TIMES - 2)  # her own is one more of what Lenox packed
    pace.reckon(MONDAY)
    assert not Pace.objects.exists()
    road = answer(story)[Kind.ROAD]
    assert (road.days, road.usual, road.is_slow) == (4, None, False)


def test_a_step_is_compared_with_the_middle_of_its_own_way(story):
    loans(story, FEWEST_TIMES - 1, days=2)
    loans(story, 1, days=40)  # the middle is not the mean
    pace.reckon(MONDAY)
    road = answer(story)[Kind.ROAD]
    assert road.usual is not None
    assert (road.usual.days, road.usual.times, road.usual.level) == (2, 20, Level.LIBRARY)
    assert road.is_slow
    assert pace.general()[Pace.WHOLE].days == 4


def test_the_van_is_not_compared_with_the_mail(story):
    loans(story, FEWEST_TIMES)
    pace.reckon(MONDAY)
    parcel = story.loan.parcel_out
    parcel.via = Via.MAIL
    parcel.save()
    assert answer(story)[Kind.ROAD].usual is None


def test_without_enough_between_two_libraries_their_regions_are_asked_and_it_is_said(story):
    loans(story, FEWEST_TIMES)
    neighbour = Supply.objects.exclude(request=story.ill).first()
    for rows in (Supply.objects.filter(pk=neighbour.pk), neighbour.loans):
        rows.update(lender=story.cast.pittsfield)
    pace.reckon(MONDAY)
    road = answer(story)[Kind.ROAD]
    assert road.usual is not None
    assert road.usual.level in (Level.REGION, Level.STATE)


def test_what_is_older_than_a_season_is_forgotten(story):
    loans(story, FEWEST_TIMES)
    pace.reckon(MONDAY)
    assert Pace.objects.exists()
    pace.reckon(MONDAY + SEASON + DAY)
    assert not Pace.objects.filter(kind=Kind.ROAD).exists()


def test_reckoned_twice_it_is_the_same(story):
    loans(story, FEWEST_TIMES)
    assert pace.reckon(MONDAY) == pace.reckon(MONDAY) == Pace.objects.count() > 0


def test_the_answer_for_one_loan_takes_few_statements(story, django_assert_num_queries):
    loans(story, FEWEST_TIMES)
    pace.reckon(MONDAY)
    events, supplies = list(story.ill.events.all()), list(story.ill.supplies.all())
    with django_assert_num_queries(4):
        pace.of_loan(story.ill, events, supplies, story.now)
