"""A need-by day that nobody can keep is said before, and a request may be changed until shipped."""

from datetime import UTC, date, datetime, timedelta

import pytest

from postroad.ill import asking, lending, prospects, sweeps
from postroad.ill.acts import Act
from postroad.ill.asking import NeedByFarAway, NeedByPassed, NeedByTooSoon, PickUpIsLender
from postroad.ill.lifecycle import Outcome, OutOfTurn, Reason, State
from postroad.ill.models import MovedMeanwhile, Request
from postroad.ill.rota import WhyNot
from tests.ill.story import MONDAY, Story, begin, copy, title

FIRST = date(2026, 11, 24)  # the van calls at Lenox on Monday, and at Lee the day after
DAY = timedelta(days=1)


def amend(story, **changed):
    ill = story.ill
    kept = {"need_by": ill.need_by, "library": ill.library, "note": ill.note}
    facts = {**kept, **changed}
    return asking.amend(ill, Act(story.cast.ada, facts.pop("at", MONDAY)), **facts)


def test_a_day_that_nobody_can_keep_is_refused_with_the_first_one_that_can_be(cast):
    with pytest.raises(NeedByTooSoon) as no:
        begin(cast, need_by=FIRST - DAY)
    assert type(no.value) is NeedByTooSoon
    assert no.value.facts["first_day"] == FIRST
    assert not Request.objects.exists()


def test_the_first_possible_day_itself_can_be_kept(cast):
    assert begin(cast, need_by=FIRST).at(State.REFERRED).supply.expected_on == FIRST


def test_who_insists_may_ask_for_it_all_the_same_and_the_centre_reads_why(cast):
    story = begin(cast, need_by=FIRST - DAY, insists=True)
    story.listen()
    assert story.ill.state == State.CENTRE
    led = story.ill.events.get(verb="escalate")
    assert list(led.facts["rota"]["passed_over"]) == [WhyNot.TOO_LATE]


def test_what_no_member_can_lend_takes_as_long_as_the_mail(cast):
    record = title("A week on the Concord")
    facts = {"patron": cast.ada, "library": cast.lee}
    three_weeks = MONDAY.date() + timedelta(days=21)
    with pytest.raises(NeedByFarAway) as no:
        asking.ask(record, Act(cast.ada, MONDAY), need_by=three_weeks - DAY, **facts)
    assert no.value.facts["first_day"] == three_weeks
    assert (
        asking.ask(record, Act(cast.ada, MONDAY), need_by=three_weeks, **facts).need_by
        == three_weeks
    )


def test_a_later_day_brings_it_back_from_the_centre(cast):
    story = begin(cast, need_by=FIRST - DAY, insists=True)
    story.listen()
    amend(story, need_by=FIRST)
    story.listen()
    assert story.ill.state == State.REFERRED
    assert story.supply.lender == cast.lenox


def test_a_lender_that_said_no_is_not_asked_again_because_she_can_wait_longer(cast):
    story = begin(cast).at(State.REFERRED)

    lending.refuse(story.supply, Act(cast.lender, MONDAY), reason=Reason.POLICY)
    story.listen()
    assert story.ill.state == State.CENTRE
    amend(story, note="any edition")
    story.listen()
    assert (story.ill.state, story.ill.attempts) == (State.CENTRE, 1)


def test_the_clock_follows_the_new_day(cast):
    story = begin(cast, need_by=FIRST).at(State.REFERRED)
    amend(story, need_by=FIRST + 5 * DAY)
    assert sweeps.expire(datetime(2026, 11, 28, 12, tzinfo=UTC)) == 0
    assert sweeps.expire(datetime(2026, 12, 3, 12, tzinfo=UTC)) == 1
    story.look()
    assert story.ill.outcome == Outcome.EXPIRED


def test_to_change_it_gives_nobody_more_time(cast):
    story = begin(cast).at(State.REFERRED)
    due = story.ill.due_at
    amend(story, note="any edition", at=MONDAY + DAY)
    story.look()
    assert (story.ill.due_at, story.ill.note) == (due, "any edition")


def test_another_pick_up_library_is_expected_by_its_own_van(cast):
    story = begin(cast).at(State.REFERRED)
    amend(story, library=cast.providence)
    story.look()
    found = prospects.gather(story.record, cast.providence, MONDAY)
    (lenox,) = [each for each in found if each.code == "lenox"]
    assert story.ill.library == cast.providence
    assert story.supply.expected_on == lenox.arrives
    story.ship()
    story.look()
    assert story.loan.parcel_out.to_library == cast.providence


def test_it_cannot_be_fetched_where_it_comes_from(cast):
    story = begin(cast).at(State.REFERRED)
    with pytest.raises(PickUpIsLender):
        amend(story, library=cast.lenox)


def test_a_day_that_has_passed_or_that_nobody_can_keep_is_refused_afterwards_too(cast):
    story = begin(cast).at(State.REFERRED)
    for day, no in ((MONDAY.date() - DAY, NeedByPassed), (FIRST - DAY, NeedByTooSoon)):
        with pytest.raises(no):
            amend(story, need_by=day)
    amend(story, need_by=FIRST - DAY, insists=True)
    assert story.ill.need_by == FIRST - DAY


def test_nothing_is_written_where_nothing_changes(cast):
    story = begin(cast, need_by=FIRST, note="any edition")
    assert amend(story) is None
    assert not story.ill.events.filter(verb="amend").exists()


def test_what_was_shipped_is_not_changed_any_more(cast):
    story = begin(cast).at(State.SHIPPED)
    with pytest.raises(OutOfTurn):
        amend(story, need_by=FIRST + 5 * DAY)


def test_a_copy_that_came_in_meanwhile_counts(cast):
    record = title("Cape Cod")
    item = copy(record, cast.lenox, "30001000000099", status="out")
    facts = {"patron": cast.ada, "library": cast.lee}
    ill = asking.ask(record, Act(cast.ada, MONDAY), **facts)
    story = Story(cast, record, ill)
    story.listen()
    item.status = "in"
    item.save()
    amend(story, need_by=FIRST)
    story.listen()
    assert story.ill.state == State.REFERRED


def test_of_two_who_change_it_at_once_one_counts_and_the_other_is_told(cast):
    story = begin(cast)
    seen, also = Request.objects.get(pk=story.ill.pk), Request.objects.get(pk=story.ill.pk)

    def amend(ill, note):
        return asking.amend(
            ill, Act(cast.borrower, MONDAY), need_by=None, library=cast.lee, note=note
        )

    assert amend(story.ill, "Large print.")
    assert amend(seen, "Large print.") is None  # the same, pressed twice
    with pytest.raises(MovedMeanwhile):
        amend(also, "Any edition.")
    assert story.ill.events.filter(verb="amend").count() == 1
