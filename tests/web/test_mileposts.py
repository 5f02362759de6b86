"""What the patron reads of where her book is, on days that are not like others."""

from datetime import timedelta

from postroad.delivery import parcels
from postroad.ill import borrowing, sweeps
from postroad.ill.lifecycle import State
from postroad.web.shared import mileposts
from postroad.web.shared.pieces import Place
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
    out = story.supply.parcel_out
    assert out is not None
    parcels.pick_up(out, by=cast.driver, at=MONDAY + timedelta(days=2))
    story.look()
    wednesday = mileposts.status(story.ill, MONDAY + timedelta(days=2))
    assert wednesday.sentence == "On its way from Lenox; should be here on Thursday 26 November."


def test_what_the_van_has_left_at_her_library_is_no_longer_on_its_way(cast: Cast):
    story = begin(cast).at(State.SHIPPED)
    out = story.supply.parcel_out
    assert out is not None
    parcels.drop(out, library=cast.otis_school, by=cast.driver, at=MONDAY)
    story.look()
    assert mileposts.status(story.ill, MONDAY).sentence.startswith("On its way from Lenox;")
    parcels.drop(out, library=cast.lee, by=cast.driver, at=MONDAY + timedelta(hours=1))
    story.look()
    arrived = mileposts.status(story.ill, MONDAY + timedelta(days=5))
    assert arrived.sentence == "It has come to Lee Library, where staff unpack it."
    ahead = mileposts.stones(story.ill, MONDAY + timedelta(days=5))
    assert not any(stone.late for stone in ahead)


def test_a_book_that_was_not_fetched_in_time_waits_until_no_new_day(cast: Cast):
    story = begin(cast).at(State.ARRIVED)
    assert "Thursday 3 December" in detail(story)
    story.now = story.rings_at
    assert sweeps.requests(story.now) == 1
    story.look()
    assert "until" not in detail(story)
    assert "not for much longer" in mileposts.status(story.ill, story.now).sentence


def test_what_was_sent_home_by_mistake_is_ready_for_her_again(cast: Cast):
    story = begin(cast).at(State.ARRIVED)
    borrowing.send_home(story.ill, by=cast.borrower, at=MONDAY)
    borrowing.unsend(story.ill, by=cast.borrower, at=MONDAY)
    story.look()
    assert mileposts.status(story.ill, MONDAY).sentence == "Ready for you at Lee Library."
    borrowing.lend(story.ill, by=cast.borrower, at=MONDAY)


def test_on_its_day_what_still_stands_on_the_lenders_shelf_promises_none(cast: Cast):
    story = begin(cast).at(State.REFERRED)
    assert "Tuesday 24 November" in detail(story)
    story.now = MONDAY + timedelta(days=1)
    assert detail(story) == ""
    ahead = mileposts.stones(story.ill, story.now)[3]
    assert (ahead.day, ahead.late) == (None, False)


def test_what_is_due_today_or_tomorrow_says_so(cast: Cast):
    story = begin(cast).at(State.LENT)
    assert story.ill.due_back is not None
    days = story.ill.due_back - story.ill.library.day_of(MONDAY)
    for before, says in ((2, ""), (1, "That is tomorrow."), (0, "That is today.")):
        status = mileposts.status(story.ill, MONDAY + days - timedelta(days=before))
        assert (status.detail, status.tone == "warn") == (says, bool(says))


def test_the_ring_says_who_has_it(cast: Cast):
    story = begin(cast).at(State.REFERRED)
    here = [stone for stone in mileposts.stones(story.ill, MONDAY) if stone.place == Place.HERE]
    assert [stone.detail for stone in here] == ["Lenox Library"]
