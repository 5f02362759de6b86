"""Several volumes of one title: which is wanted, which copy is it, and what is still to be sent."""

import pytest

from postroad.ill import asking, undo, volumes
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanState, State, SupplyState, Verb
from postroad.ill.models import Loan, Request
from postroad.ill.scans import borrowing as here
from postroad.ill.scans import lending as there
from postroad.ill.volumes import ALL, ANY
from tests.ill.story import MONDAY, Story, assert_whole, copy, title

COPIES = {"v.1": "3001", "v.2": "3002", "v.3": "3003"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("v.2", "Vol. 2"),
        ("v.2", "Bd. II"),
        ("2", "v.02"),
        ("v.2", "v. 2 (1998)"),
        ("ser.2:v.3", "Series 2, vol. 3"),
        ("Disc 1", "disc I"),
    ],
)
def test_two_libraries_may_write_the_same_volume_their_own_way(one, other):
    assert volumes.same(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("v.1", "v.2"), ("v.1", "v.10"), ("ser.2:v.3", "ser.2:v.4"), ("", "v.1")]
)
def test_other_volumes_are_not_the_same(one, other):
    assert not volumes.same(one, other)


def test_the_volumes_of_a_title_are_in_the_order_that_they_count():
    assert volumes.distinct(["v.10", "v.2", "Vol. 2", "index"]) == ["v.2", "v.10", "index"]


def work(cast, volume: str, lenders: tuple[str, ...] = ("lenox",)) -> Story:
    """Ada asks for a volume of a work in three."""
    record = title("War and peace")
    for lender in lenders:
        for name, barcode in COPIES.items():
            copy(record, getattr(cast, lender), barcode, volume=name)
    ill = asking.ask(
        record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee, volume=volume
    )
    return Story(cast, record, ill).at(State.REFERRED)


def act(story: Story) -> Act:
    return Act(story.cast.lender, story.now)


def ship(story: Story, barcode: str, *, sure: bool = False):
    return there.ship(story.cast.lenox, barcode, act(story), sure=sure)


def test_another_volume_than_the_one_wanted_is_stopped_and_goes_if_it_is_meant(cast):
    story = work(cast, "Vol. 2")
    assert story.supply.item is not None
    assert story.supply.item.volume == "v.2"
    got = ship(story, "3003")
    assert isinstance(got, there.WrongVolume)
    assert story.supply.state == SupplyState.ASKED
    assert isinstance(ship(story, "3003", sure=True), there.Shipped)


def test_the_volume_that_is_wanted_goes_at_once(cast):
    story = work(cast, "v.2")
    assert isinstance(ship(story, "3002"), there.Shipped)
    assert Loan.objects.get().label == "v.2"


def test_each_volume_goes_to_whoever_waits_for_it(cast):
    first = work(cast, "v.1")
    bea = asking.ask(
        first.record, Act(cast.bea, MONDAY), patron=cast.bea, library=cast.pittsfield, volume="v.2"
    )
    second = Story(cast, first.record, bea).at(State.REFERRED)
    got = ship(first, "3002")
    assert isinstance(got, there.Shipped)
    assert got.loan.request == second.ill


def test_a_library_without_the_volume_is_passed_over(cast):
    record = title("War and peace")
    copy(record, cast.lenox, "3001", volume="v.1")
    copy(record, cast.pittsfield, "3002", volume="v.2")
    ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee, volume="v.2")
    story = Story(cast, record, ill).at(State.REFERRED)
    assert story.supply.lender == cast.pittsfield


def test_another_volume_may_be_asked_for_and_the_same_one_may_not(cast):
    story = work(cast, "v.1")
    asked = {"patron": cast.ada, "library": cast.lee}
    asking.ask(story.record, Act(cast.ada, MONDAY), volume="v.2", **asked)
    for volume in ("vol. 1", ALL, ANY, ""):
        with pytest.raises(asking.AlreadyAsked):
            asking.ask(story.record, Act(cast.ada, MONDAY), volume=volume, **asked)


def test_of_all_volumes_each_is_sent_and_the_page_ship_stays_open_until_the_last(cast):
    story = work(cast, ALL)
    for barcode, left in (("3001", 2), ("3002", 1), ("3003", 0)):
        assert isinstance(ship(story, barcode), there.Shipped)
        assert story.supply.to_send == left
        assert_whole(story.ill)
    assert Request.objects.get().things_out == 3


def test_a_volume_is_not_sent_twice_by_mistake(cast):
    story = work(cast, ALL)
    copy(story.record, cast.lenox, "3011", volume="Volume 1")
    ship(story, "3001")
    assert isinstance(ship(story, "3011"), there.SentBefore)


def test_undoing_one_of_several_leaves_it_to_be_sent_again(cast):
    story = work(cast, ALL)
    for barcode in ("3001", "3002"):
        ship(story, barcode)
    loan = Loan.objects.get(barcode="3002")
    event = undo.newest(loan, Verb.SHIP)
    assert event is not None
    undo.undo(event, act(story))
    assert story.supply.to_send == 2
    assert_whole(story.ill)
    assert isinstance(ship(story, "3002"), there.Shipped)


def test_what_is_home_first_leaves_the_rest_to_be_sent(cast):
    story = work(cast, ALL)
    ship(story, "3001")
    for scan in (here.receive, here.check_out, here.take_back, here.send_home):
        scan(cast.lee, "3001", Act(cast.borrower, story.now))
    got = there.check_in(cast.lenox, "3001", act(story))
    assert isinstance(got, there.CheckedIn)
    assert got.owes
    ill = assert_whole(story.ill)
    assert (ill.state, story.supply.to_send) == (State.REFERRED, 1)
    event = undo.newest(got.loan, Verb.CHECK_IN_OPEN)
    assert event is not None
    undo.undo(event, act(story))
    assert assert_whole(story.ill).state == State.HOMEWARD
    assert story.supply.to_send == 2
    assert Loan.objects.get().state == LoanState.HOMEWARD
