"""What a member lends though no catalog lists a copy of it there."""

import pytest

from postroad.catalogue.models import Item, ItemStatus
from postroad.ill import in_hand, undo, unscanned
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Event, Tally
from postroad.ill.scans import borrowing, lending
from tests.ill.story import assert_whole, begin, out

LABEL = "LX-77"


@pytest.fixture
def story(cast):
    """Lenox was asked, and its copy was taken out of the catalog since."""
    story = begin(cast).at(State.REFERRED)
    Item.objects.update(status=ItemStatus.WITHDRAWN)
    return story


def act(story):
    return Act(story.cast.lender, story.now)


def test_it_goes_and_comes_by_the_label_that_was_typed(story):
    loan = unscanned.ship(story.supply, act(story), barcode=LABEL)
    assert (loan.item, loan.barcode, loan.parcel_out.item_barcode) == (None, LABEL, LABEL)
    assert Tally.objects.get(library=story.cast.lenox).lent == 1
    desk = Act(story.cast.borrower, story.now)
    for scan in (borrowing.receive, borrowing.check_out, borrowing.take_back, borrowing.send_home):
        scan(story.cast.lee, LABEL, desk)
    got = lending.check_in(story.cast.lenox, LABEL, act(story))
    assert isinstance(got, lending.CheckedIn)
    assert assert_whole(story.ill).state == State.CLOSED


def test_without_a_label_the_number_on_its_slip_finds_it(story):
    loan = unscanned.ship(story.supply, act(story))
    borrowing.receive(story.cast.lee, loan.parcel_out.number, Act(story.cast.borrower, story.now))
    assert assert_whole(story.ill).state == State.ARRIVED


def test_it_is_taken_back_and_sent_after_all(story):
    loan = unscanned.ship(story.supply, act(story), barcode=LABEL)
    undo.undo(Event.objects.get(loan=loan, verb="ship"), act(story))
    assert assert_whole(story.ill).state == State.REFERRED
    assert Tally.objects.get(library=story.cast.lenox).lent == 0
    undo.undo(Event.objects.get(loan=loan, verb="undo_ship"), act(story))
    again = out(assert_whole(story.ill))
    assert (again.state, again.barcode) == ("shipped", LABEL)
    assert Tally.objects.get(library=story.cast.lenox).lent == 1


def test_a_label_that_is_out_already_is_refused(cast, story):
    unscanned.ship(story.supply, act(story), barcode=LABEL)
    with pytest.raises(in_hand.ItemOut):
        unscanned.by_barcode(cast.lenox, LABEL)
