"""What a scan at the lending desk means, without a page."""

from decimal import Decimal

import pytest

from postroad.catalogue.models import Item, ItemStatus
from postroad.ill import asking, charging, copies, finding, lending, loans, losing, undo
from postroad.ill.acts import Act
from postroad.ill.lifecycle import (
    Ending,
    LoanEnding,
    LoanState,
    OutOfTurn,
    Reason,
    State,
    SupplyState,
    Verb,
)
from postroad.ill.models import ChargeKind, Event, Loan, Request
from postroad.ill.scans import lending as scans
from tests.ill.story import Story, begin, copy

BARCODE = "30001000000017"


@pytest.fixture
def story(cast):
    return begin(cast)


@pytest.fixture
def asked(story):
    return story.at(State.REFERRED)


def act(story: Story) -> Act:
    return Act(story.cast.lender, story.now)


def item() -> Item:
    return Item.objects.get(barcode=BARCODE)


def test_a_copy_goes_to_who_waits_for_it(asked):
    got = scans.ship(asked.cast.lenox, BARCODE, act(asked))
    assert isinstance(got, scans.Shipped)
    assert (got.loan.state, got.was, got.undone) == (LoanState.SHIPPED, ItemStatus.IN, None)


def test_what_the_catalogue_had_said_of_it_is_told(asked):
    Item.objects.update(status=ItemStatus.OUT)
    got = scans.ship(asked.cast.lenox, BARCODE, act(asked))
    assert isinstance(got, scans.Shipped)
    assert got.was == ItemStatus.OUT


def test_the_requests_number_ships_its_only_copy(asked):
    Item.objects.update(barcode="")
    got = scans.ship(asked.cast.lenox, asked.ill.ref, act(asked))
    assert isinstance(got, scans.Shipped)


def test_the_requests_number_does_not_tell_which_of_two_copies(asked):
    copy(asked.record, asked.cast.lenox, "30001000000025")
    got = scans.ship(asked.cast.lenox, asked.ill.ref, act(asked))
    assert got == scans.ScanItsItem(asked.supply)


def test_of_several_volumes_somebody_says_which(asked):
    Item.objects.update(volume="v. 1")
    copy(asked.record, asked.cast.lenox, "30001000000025", volume="v. 2")
    got = scans.ship(asked.cast.lenox, BARCODE, act(asked))
    assert got == scans.WhichVolume(asked.supply, item(), ["v. 1", "v. 2"])
    assert asked.supply.state == SupplyState.ASKED
    assert isinstance(scans.ship(asked.cast.lenox, BARCODE, act(asked), sure=True), scans.Shipped)


def test_a_copy_that_was_missed_undoes_the_no_and_goes(asked):
    lending.refuse(asked.supply, act(asked), reason=Reason.NOT_ON_SHELF, item=item())
    got = scans.ship(asked.cast.lenox, BARCODE, act(asked))
    assert isinstance(got, scans.Shipped)
    assert got.undone == Ending.REFUSED


def test_a_missing_copy_that_nobody_waits_for_is_found_again(story):
    Item.objects.update(status=ItemStatus.MISSING)
    assert scans.ship(story.cast.lenox, BARCODE, act(story)) == scans.FoundAgain(item(), None)
    assert item().status == ItemStatus.IN


def test_a_copy_on_its_shelf_that_nobody_asked_for_is_not_wanted(story):
    with pytest.raises(finding.NotWanted):
        scans.ship(story.cast.lenox, BARCODE, act(story))


@pytest.mark.parametrize(("past", "unclaimed"), [(State.LENT, False), (State.ARRIVED, True)])
def test_what_comes_home_tells_whether_anybody_had_it(story, past, unclaimed):
    story.at(past)
    home(story)
    got = scans.check_in(story.cast.lenox, BARCODE, act(story))
    assert got == scans.CheckedIn(story.loan, unclaimed)
    assert item().status == ItemStatus.IN


def home(story: Story) -> None:
    if story.loan.state == LoanState.LENT:
        loans.return_item(story.loan, act(story))
    loans.ship_return(story.loan, act(story))


def test_what_is_home_already_is_told_as_such(story):
    story.at(State.CLOSED)
    got = scans.check_in(story.cast.lenox, BARCODE, act(story))
    assert got == scans.HomeAlready(story.loan)


def test_what_never_got_there_has_come_back(story):
    story.at(State.SHIPPED)
    got = scans.check_in(story.cast.lenox, BARCODE, act(story))
    assert isinstance(got, scans.CameBack)
    story.look()
    assert story.ill.state == State.REFERRED
    event = undo.newest(got.loan, Verb.UNDO_SHIP, Verb.COME_BACK)
    assert event == Event.objects.latest("pk")


def test_what_has_not_left_is_not_checked_in(asked):
    with pytest.raises(OutOfTurn):
        scans.check_in(asked.cast.lenox, asked.ill.ref, act(asked))


def test_a_missing_copy_is_found_again_where_copies_are_checked_in(story):
    Item.objects.update(status=ItemStatus.MISSING)
    got = scans.check_in(story.cast.lenox, BARCODE, act(story))
    assert got == scans.FoundAgain(item(), None)


def test_what_was_not_out_but_is_waited_for_says_by_whom(asked):
    got = scans.check_in(asked.cast.lenox, BARCODE, act(asked))
    assert got == scans.NotOut(item(), asked.supply)


def test_the_copy_to_look_for_is_the_likeliest_on_its_shelf(asked):
    Item.objects.update(status=ItemStatus.OUT)
    other = copy(asked.record, asked.cast.lenox, "30001000000025")
    assert copies.looked_for(asked.supply) == other


@pytest.fixture
def lost(story):
    story.at(State.LENT)
    losing.write_off(story.loan, act(story))
    return story


@pytest.mark.parametrize("by", ["barcode", "request", "slip"])
def test_what_was_closed_as_lost_is_found_where_it_is_checked_in_by_any_number_on_it(lost, by):
    parcel = lost.loan.parcel_out
    assert parcel is not None
    number = {"barcode": BARCODE, "request": lost.ill.ref, "slip": parcel.number}[by]
    got = scans.check_in(lost.cast.lenox, number, act(lost))
    assert got == scans.Recovered(lost.loan, charged=False)
    assert (got.loan.state, got.loan.ending) == (LoanState.CLOSED, LoanEnding.FOUND)
    assert item().status == ItemStatus.IN
    assert scans.check_in(lost.cast.lenox, number, act(lost)) == scans.HomeAlready(lost.loan)


def test_a_charge_for_what_is_found_is_told_of_and_left_to_a_person(lost):
    charging.charge(lost.loan, act(lost), kind=ChargeKind.REPLACEMENT, amount=Decimal(24))
    got = scans.check_in(lost.cast.lenox, BARCODE, act(lost))
    assert got == scans.Recovered(lost.loan, charged=True)


def test_what_was_closed_as_lost_is_found_where_copies_are_shipped_too(lost):
    assert isinstance(scans.ship(lost.cast.lenox, BARCODE, act(lost)), scans.Recovered)


def test_what_was_closed_as_lost_and_is_waited_for_is_found_and_goes(lost):
    again = begin_again(lost)
    got = scans.ship(lost.cast.lenox, BARCODE, act(lost))
    assert isinstance(got, scans.Shipped)
    assert (got.loan.request, got.was) == (again, ItemStatus.MISSING)
    assert Loan.objects.get(request=lost.ill).ending == LoanEnding.FOUND
    assert item().status == ItemStatus.AWAY


def begin_again(lost: Story) -> Request:
    """Ada asks anew, before the catalog says that it is missing."""
    Item.objects.update(status=ItemStatus.IN)
    reader = lost.cast.ada
    ill = asking.ask(lost.record, Act(reader, lost.now), patron=reader, library=lost.cast.lee)
    Story(lost.cast, lost.record, ill).at(State.REFERRED)
    Item.objects.update(status=ItemStatus.MISSING)
    return ill


def test_a_copy_that_a_file_has_put_right_is_found_on_its_loan_all_the_same(lost):
    Item.objects.update(status=ItemStatus.IN)
    got = scans.check_in(lost.cast.lenox, BARCODE, act(lost))
    assert isinstance(got, scans.Recovered)
    assert item().status == ItemStatus.IN
