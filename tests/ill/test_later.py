"""What waits for a lender's day, and for a borrower's word on conditions: days, closures, zones."""

from datetime import UTC, date, datetime, timedelta

import pytest

from postroad.directory.models import Closure, Library
from postroad.ill import asking, lending, referral, sweeps
from postroad.ill.acts import Act
from postroad.ill.lending import Offer
from postroad.ill.lifecycle import Condition, Ending, Later, State, SupplyState, Verb
from postroad.ill.models import Event
from postroad.ill.scans import lending as scans
from tests.ill.story import MONDAY, assert_whole, begin, copy

DAY = date(2026, 12, 7)
MIDNIGHT = datetime(2026, 12, 7, 5, tzinfo=UTC)  # of that day in Lee
NEARER = "30002000000016"


def later(story, on=DAY, reason=Later.BINDERY):
    lending.retry(story.supply, Act(story.cast.lender, story.now), reason=reason, on=on)
    story.listen()


def waits(cast, **more):
    story = begin(cast, **more)
    story.at(State.REFERRED)
    later(story)
    return story


def ring(story, at):
    sweeps.ring(at)
    story.now = at
    story.listen()
    return assert_whole(story.ill)


def shut(library, first, last=None):
    Closure.objects.create(library=library, first_day=first, last_day=last or first, reason="storm")


def test_it_waits_until_the_first_moment_of_the_day_at_the_borrower(cast):
    story = waits(cast)
    assert (story.ill.state, story.ill.retry_on, story.ill.due_at) == (State.WAITING, DAY, MIDNIGHT)
    assert story.ill.supply.lender == cast.lenox  # which it waits for
    ring(story, MIDNIGHT - timedelta(seconds=1))
    assert story.ill.state == State.WAITING


def test_on_its_day_the_lender_that_named_it_is_asked_first(cast):
    story = waits(cast)
    copy(story.record, cast.pittsfield, NEARER)  # on the van's next round, and never asked
    ring(story, MIDNIGHT)
    assert story.ill.state == State.REFERRED
    assert story.supply.lender == cast.lenox
    assert story.supply.attempt == 2


def test_whoever_said_no_is_not_asked_again_on_that_day(cast):
    story = begin(cast)
    copy(story.record, cast.pittsfield, NEARER)
    story.at(State.REFERRED)
    first = story.supply.lender
    lending.lapse(story.supply, Act(at=MONDAY))
    story.listen()
    later(story)
    ring(story, MIDNIGHT)
    assert story.supply.lender != first
    lending.lapse(story.supply, Act(at=MIDNIGHT))
    story.listen()
    assert story.ill.state == State.CENTRE


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland", "America/New_York"])
def test_a_lender_in_another_zone_is_asked_on_the_day_that_it_named(cast, zone):
    Library.objects.filter(pk=cast.lenox.pk).update(time_zone=zone)
    story = waits(cast)
    ring(story, MIDNIGHT)
    assert story.ill.state == State.REFERRED
    assert story.supply.lender == cast.lenox


def test_a_few_closed_days_after_it_named_the_day_do_not_matter(cast):
    story = waits(cast)
    shut(cast.lenox, DAY)
    ring(story, MIDNIGHT)
    assert story.ill.state == State.REFERRED
    assert story.supply.due_at.date() > date(2026, 12, 9)  # the closed day does not count


def test_a_lender_that_is_closed_for_weeks_then_is_not_asked(cast):
    story = waits(cast)
    shut(cast.lenox, DAY, DAY + timedelta(days=20))
    ring(story, MIDNIGHT)
    assert story.ill.state == State.CENTRE
    assert story.ill.events.filter(verb=Verb.REFER_AGAIN).count() == 1


def test_of_two_days_the_first_counts_and_then_the_second(cast):
    story = begin(cast)
    copy(story.record, cast.pittsfield, NEARER)
    story.at(State.REFERRED)
    first = story.supply.lender
    later(story, on=date(2026, 12, 14))
    later(story, on=DAY)
    assert story.ill.retry_on == DAY
    ring(story, MIDNIGHT)
    assert story.supply.lender != first
    lending.lapse(story.supply, Act(at=MIDNIGHT))
    story.listen()
    assert (story.ill.state, story.ill.retry_on) == (State.WAITING, date(2026, 12, 14))
    ring(story, MIDNIGHT + timedelta(days=7))
    assert story.supply.lender == first


@pytest.mark.parametrize("need_by", [DAY - timedelta(days=2), DAY])
def test_what_is_needed_before_the_day_goes_to_the_center_at_once(cast, need_by):
    story = waits(cast, need_by=need_by)
    assert story.ill.state == State.CENTRE


def test_what_is_needed_sooner_after_all_does_not_go_on_waiting(cast):
    story = waits(cast, need_by=DAY + timedelta(days=20))
    assert story.ill.state == State.WAITING
    asking.amend(
        story.ill,
        Act(cast.ada, MONDAY),
        need_by=DAY - timedelta(days=1),
        library=cast.lee,
        note="",
        insists=True,
    )
    story.listen()
    assert story.ill.state == State.CENTRE


def test_her_library_need_not_wait(cast):
    story = waits(cast)
    referral.ask_centre(story.ill, Act(cast.borrower, MONDAY))
    assert assert_whole(story.ill).state == State.CENTRE
    event = Event.objects.get(verb=Verb.ESCALATE)
    assert (event.by, event.role) == (cast.borrower, "borrowing")
    ring(story, MIDNIGHT)
    assert story.ill.state == State.CENTRE  # the day wakes nothing any more


def test_a_no_that_was_a_later_is_found_by_its_scan(cast):
    story = waits(cast)
    story.now = MONDAY + timedelta(hours=2)
    got = scans.ship(cast.lenox, "30001000000017", Act(cast.lender, story.now))
    assert got.undone == Ending.LATER
    story.look()
    assert assert_whole(story.ill).state == State.SHIPPED


# Conditions

FRIDAY_NIGHT = datetime(2026, 11, 28, 4, 59, 59, tzinfo=UTC)  # four working days after Monday


def on_offer(cast):
    story = begin(cast)
    story.at(State.REFERRED)
    lending.offer(story.supply, Act(cast.lender, MONDAY), Offer([Condition.LIBRARY_USE]))
    story.look()
    return story


def test_silence_declines_after_four_working_days(cast):
    story = on_offer(cast)
    assert story.supply.due_at == FRIDAY_NIGHT
    ring(story, FRIDAY_NIGHT - timedelta(seconds=1))
    assert story.supply.state == SupplyState.OFFERED
    ring(story, FRIDAY_NIGHT)
    assert story.ill.supplies.get(attempt=1).ending == Ending.CONDITIONS_DECLINED
    assert story.ill.state == State.CENTRE


def test_a_holiday_in_between_gives_the_borrower_a_day_more(cast):
    Closure.objects.create(
        first_day=date(2026, 11, 26), last_day=date(2026, 11, 26), reason="Thanksgiving"
    )
    story = on_offer(cast)
    saturday_is_open = story.cast.lee.open_days[5] != "-"
    last = date(2026, 11, 28) if saturday_is_open else date(2026, 11, 30)
    assert cast.lee.day_of(story.supply.due_at) == last


def test_a_closure_that_was_heard_of_later_gives_more_time_too(cast):
    story = on_offer(cast)
    shut(cast.lee, date(2026, 11, 25), date(2026, 11, 27))
    ring(story, FRIDAY_NIGHT)
    assert story.supply.state == SupplyState.OFFERED
    assert story.supply.due_at > FRIDAY_NIGHT + timedelta(hours=12)
    ring(story, story.supply.due_at)
    assert story.ill.state == State.CENTRE


def test_changed_conditions_have_a_clock_of_their_own(cast):
    story = on_offer(cast)
    thursday = MONDAY + timedelta(days=3)
    lending.offer(story.supply, Act(cast.lender, thursday), Offer([Condition.SIGNATURE]))
    assert story.supply.due_at > FRIDAY_NIGHT
    ring(story, FRIDAY_NIGHT)
    assert story.supply.state == SupplyState.OFFERED
