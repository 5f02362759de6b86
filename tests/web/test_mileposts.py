"""What the patron reads of where her book is, on days that are not like others."""

from datetime import timedelta

import pytest

from postroad.delivery import parcels
from postroad.ill import borrowing, lending, loans, sweeps
from postroad.ill.access import Sight
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Reason, State
from postroad.ill.milestones import Place
from postroad.web.shared import history, mileposts
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin

TUESDAY_EVENING = MONDAY.replace(day=25, hour=2)  # nine in the evening of the 24th in Lee


def detail(story: Story) -> str:
    return str(mileposts.status(story.ill, story.now).detail)


def test_on_the_evening_of_the_expected_day_it_is_not_late(cast: Cast):
    story = begin(cast).at(State.SHIPPED)
    assert "Tuesday 24 November" in mileposts.status(story.ill, MONDAY).sentence
    assert "later than planned" not in mileposts.status(story.ill, TUESDAY_EVENING).sentence
    after_midnight = TUESDAY_EVENING + timedelta(hours=4)
    assert "later than planned" in mileposts.status(story.ill, after_midnight).sentence


def test_a_parcel_that_left_late_has_its_new_day_on_her_page(cast: Cast):
    story = begin(cast).at(State.SHIPPED)
    out = story.loan.parcel_out
    assert out is not None
    parcels.pick_up(out, by=cast.driver, at=MONDAY + timedelta(days=2))
    story.look()
    wednesday = mileposts.status(story.ill, MONDAY + timedelta(days=2))
    assert wednesday.sentence == "On its way from Lenox; should be here on Thursday 26 November."


def test_what_the_van_has_left_at_her_library_is_no_longer_on_its_way(cast: Cast):
    story = begin(cast).at(State.SHIPPED)
    out = story.loan.parcel_out
    assert out is not None
    parcels.drop(out, library=cast.otis_school, by=cast.driver, at=MONDAY)
    story.look()
    assert mileposts.status(story.ill, MONDAY).sentence.startswith("On its way from Lenox;")
    parcels.drop(out, library=cast.lee, by=cast.driver, at=MONDAY + timedelta(hours=1))
    story.look()
    arrived = mileposts.status(story.ill, MONDAY + timedelta(days=5))
    assert arrived.sentence == "It has reached Lee Library, where staff are unpacking it."
    ahead = mileposts.stones(story.ill, MONDAY + timedelta(days=5))
    assert not any(stone.late for stone in ahead)


def test_a_book_that_was_not_fetched_in_time_waits_until_no_new_day(cast: Cast):
    story = begin(cast).at(State.ARRIVED)
    assert "Thursday 3 December" in detail(story)
    story.now = story.rings_at
    assert sweeps.ring(story.now) == 1
    story.look()
    assert "until" not in detail(story)
    assert "not for much longer" in mileposts.status(story.ill, story.now).sentence


def test_what_was_sent_home_by_mistake_is_ready_for_her_again(cast: Cast):
    story = begin(cast).at(State.ARRIVED)
    loans.ship_return(story.loan, Act(cast.borrower, MONDAY))
    loans.undo_ship_return(story.loan, Act(cast.borrower, MONDAY))
    story.look()
    assert mileposts.status(story.ill, MONDAY).sentence == "Ready for you at Lee Library."
    loans.check_out(story.loan, Act(cast.borrower, MONDAY))


def test_on_its_day_what_still_stands_on_the_lenders_shelf_promises_none(cast: Cast):
    story = begin(cast).at(State.REFERRED)
    assert "Tuesday 24 November" in detail(story)
    story.now = MONDAY + timedelta(days=1)
    assert detail(story) == ""
    ahead = mileposts.stones(story.ill, story.now)[3]
    assert (ahead.day, ahead.late) == (None, False)


def test_what_is_due_today_or_tomorrow_says_so(cast: Cast):
    story = begin(cast).at(State.LENT)
    due_back = story.loan.due_back
    assert due_back is not None
    days = due_back - story.ill.library.day_of(MONDAY)
    for before, says in ((2, ""), (1, "That is tomorrow."), (0, "That is today.")):
        status = mileposts.status(story.ill, MONDAY + days - timedelta(days=before))
        assert (status.detail, status.tone == "warn") == (says, bool(says))


def test_the_ring_says_who_has_it(cast: Cast):
    story = begin(cast).at(State.REFERRED)
    here = [stone for stone in mileposts.stones(story.ill, MONDAY) if stone.place == Place.HERE]
    assert [stone.detail for stone in here] == ["Lenox Library"]


def told(story: Story, sight: Sight) -> list[str]:
    story.look()
    return [line.sentence for line in history.history(story.ill, sight)]


def names(story: Story) -> list[tuple[str, Place]]:
    events = list(story.ill.events.all())
    return [(stone.label, stone.place) for stone in mileposts.stones(story.ill, MONDAY, events)]


def test_before_a_lender_answers_nobody_has_it_in_hand(cast: Cast):
    story = begin(cast).at(State.REFERRED)
    assert mileposts.status(story.ill, MONDAY).sentence == "Lenox Library was asked to send it."
    assert ("A library was asked", Place.HERE) in names(story)
    lending.promise(story.supply, Act(cast.lender, MONDAY))
    story.look()
    assert "has promised it" in mileposts.status(story.ill, MONDAY).sentence
    assert ("A lender has the request", Place.HERE) in names(story)


def test_after_the_only_owners_no_nobody_else_was_asked(cast: Cast):
    story = begin(cast).at(State.REFERRED)
    lending.refuse(story.supply, Act(cast.lender, MONDAY), reason=Reason.CONDITION)
    story.listen()
    for sight in (Sight.PATRON, Sight.BORROWING, Sight.CENTRE):
        assert not any("next library" in sentence for sentence in told(story, sight))
    borrowing.decline(story.ill, Act(cast.centre, MONDAY), reason="Nobody lends it.")
    story.look()
    assert [label for label, _place in names(story)] == ["Asked", "Could not be supplied"]


@pytest.mark.parametrize("said_yes", [True, False])
def test_after_a_cancel_a_lender_had_it_in_hand_only_if_it_said_yes(cast: Cast, said_yes: bool):
    story = begin(cast).at(State.REFERRED)
    if said_yes:
        lending.promise(story.supply, Act(cast.lender, MONDAY))
        story.look()
    borrowing.cancel(story.ill, Act(cast.ada, MONDAY))
    story.look()
    passed = "A lender has the request" if said_yes else "A library was asked"
    assert [label for label, _place in names(story)] == ["Asked", passed, "Canceled"]


def test_a_step_taken_back_takes_its_day_with_it(cast: Cast):
    story = begin(cast).at(State.ARRIVED)
    loans.undo_receive(story.loan, Act(cast.borrower, MONDAY))
    story.look()
    stones = mileposts.stones(story.ill, MONDAY, list(story.ill.events.all()))
    days = {stone.label: stone.day for stone in stones if stone.place != Place.AHEAD}
    assert set(days) == {"Asked", "A lender has the request", "On its way"}
    assert all(days.values())


def test_history_is_told_newest_first_to_everybody(cast: Cast):
    story = begin(cast).at(State.LENT)
    for sight in Sight:
        lines = history.history(story.ill, sight)
        assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)
        assert lines[0].sentence.startswith(("You took it home", "Lent to the patron"))
        assert lines[-1].sentence.startswith(("You asked", "Asked for"))
