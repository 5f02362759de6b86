"""A lender whose attempt had ended has the copy in hand: it is sent all the same."""

from datetime import timedelta

import pytest

from postroad.catalogue.models import Item
from postroad.ill import finding, lending, loans, mediation, shipping, undo
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Ending, Later, LoanState, Reason, State, SupplyState, Verb
from postroad.ill.models import Event, Loan, MovedMeanwhile, Supply, Tally
from postroad.ill.scans import borrowing as here
from postroad.ill.scans import lending as scans
from tests.cast import outside
from tests.ill.story import Story, assert_whole, begin, copy

BARCODE, OTHER = "30001000000017", "30001000000025"


def act(story: Story) -> Act:
    return Act(story.cast.lender, story.now)


def moved_on(cast, end, *, promised: bool = True) -> Story:
    """Lenox had let it go, and Pittsfield has it since."""
    story = begin(cast)
    item = copy(story.record, cast.pittsfield, OTHER)
    Item.objects.filter(pk=item.pk).update(status="out")  # Lenox is asked first
    story.at(State.REFERRED)
    assert story.supply.lender == cast.lenox
    end(story)
    Item.objects.filter(pk=item.pk).update(status="in")
    story.look()
    story.listen()
    assert story.supply.lender == cast.pittsfield
    if promised:
        lending.promise(story.supply, Act(cast.neighbour, story.now))
    story.look()
    return story


def refused(story: Story) -> None:
    lending.refuse(story.supply, act(story), reason=Reason.ON_LOAN)


def lapsed(story: Story) -> None:
    lending.lapse(story.supply, act(story))


def later(story: Story) -> None:
    day = story.now.date() + timedelta(days=3)
    lending.retry(story.supply, act(story), reason=Later.IN_USE, on=day)


def scan(story: Story, *, sure: bool = False):
    return scans.ship(story.cast.lenox, BARCODE, act(story), sure=sure)


@pytest.mark.parametrize("end", [refused, lapsed, later])
def test_the_request_has_moved_on_and_the_copy_goes_all_the_same_if_that_is_meant(cast, end):
    story = moved_on(cast, end)
    got = scan(story)
    assert isinstance(got, scans.MovedOn)
    assert assert_whole(story.ill).state == State.REFERRED
    got = scan(story, sure=True)
    assert isinstance(got, scans.Shipped)
    assert got.late
    ill = assert_whole(story.ill)
    assert (ill.state, ill.attempts) == (State.SHIPPED, 3)
    first, second, third = ill.supplies.order_by("attempt")
    assert (third.follows, third.lender) == (first, cast.lenox)
    assert second.ending == Ending.WITHDRAWN
    assert Tally.objects.get(library=cast.lenox).lent == 1


def test_one_that_nobody_has_promised_since_is_taken_up_without_a_question(cast):
    story = moved_on(cast, refused, promised=False)
    got = scan(story)
    assert isinstance(got, scans.Shipped)
    assert got.undone == Ending.REFUSED


def test_whoever_gave_way_is_asked_again_when_it_is_undone(cast):
    story = moved_on(cast, refused)
    scan(story, sure=True)
    event = Event.objects.get(verb=Verb.SHIP_LATE)
    undo.undo(event, act(story))
    ill = assert_whole(story.ill)
    assert ill.state == State.REFERRED
    held = ill.supply
    assert held is not None
    assert (held.lender, held.state) == (cast.pittsfield, SupplyState.PROMISED)
    assert Item.objects.get(barcode=BARCODE).status == "in"
    assert Tally.objects.get(library=cast.lenox).lent == 0


def test_another_lender_has_sent_it_already_and_this_is_a_second_thing(cast):
    story = moved_on(cast, refused)
    shipping.ship(
        story.supply, Act(cast.neighbour, story.now), item=Item.objects.get(barcode=OTHER)
    )
    assert isinstance(scan(story), scans.MovedOn)
    scan(story, sure=True)
    assert assert_whole(story.ill).things_out == 2
    undo.undo(Event.objects.get(verb=Verb.SHIP_LATE), act(story))
    ill = assert_whole(story.ill)
    assert (ill.state, ill.things_out) == (State.SHIPPED, 1)
    assert Event.objects.latest("pk").verb == Verb.STAY_HOME


def test_a_second_copy_is_not_announced_and_may_be_kept_or_sent_home(cast):
    story = moved_on(cast, refused)
    shipping.ship(
        story.supply, Act(cast.neighbour, story.now), item=Item.objects.get(barcode=OTHER)
    )
    scan(story, sure=True)
    desk = Act(cast.borrower, story.now)
    first = here.receive(cast.lee, OTHER, desk)
    second = here.receive(cast.lee, BARCODE, desk)
    assert isinstance(first, here.Received)
    assert isinstance(second, here.Received)
    assert (first.why, second.why) == (None, "second-copy")
    loan = Loan.objects.get(barcode=BARCODE)
    assert (loan.not_wanted, loan.owner) == (True, "borrowing")
    assert loan.questions.get().kind == "second-copy"
    assert isinstance(here.send_home(cast.lee, BARCODE, desk), here.SentHome)
    assert not loan.questions.open().exists()
    assert_whole(story.ill)


def test_what_was_asked_for_outside_stays_with_the_center(cast):
    story = begin(cast).at(State.REFERRED)
    refused(story)
    story.look()
    story.listen()
    assert story.ill.state == State.CENTRE

    mediation.refer_outside(
        story.ill, Act(cast.centre, story.now), lender=outside(), system="OCLC", number="1"
    )
    with pytest.raises(lending.Elsewhere):
        scan(story, sure=True)
    assert assert_whole(story.ill).state == State.REFERRED


def test_a_request_that_is_over_wants_nothing_any_more(cast):
    story = moved_on(cast, refused)
    shipping.ship(
        story.supply, Act(cast.neighbour, story.now), item=Item.objects.get(barcode=OTHER)
    )
    loan = Loan.objects.select_related("request__library", "supply__lender").get(barcode=OTHER)
    desk = Act(cast.borrower, story.now)
    loans.receive(loan, desk)
    loans.check_out(loan, desk)
    with pytest.raises(finding.NotWanted):
        scan(story)
    assert Loan.objects.get().state == LoanState.LENT


def test_a_promise_that_was_read_before_it_gave_way_is_told_so(cast):
    story = moved_on(cast, refused, promised=False)
    stale = story.supply
    ended = Supply.objects.get(request=story.ill, attempt=1)
    shipping.ship_late(ended, act(story), item=Item.objects.get(barcode=BARCODE))
    with pytest.raises(MovedMeanwhile):
        lending.promise(stale, Act(cast.neighbour, story.now))
    assert assert_whole(story.ill).state == State.SHIPPED
