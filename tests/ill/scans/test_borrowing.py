"""What a scan at the borrowing desk means, without a page."""

from datetime import timedelta

import pytest

from postroad.delivery import parcels
from postroad.delivery.models import Stop
from postroad.directory import closures
from postroad.directory.models import Effect
from postroad.ill import finding, loans, sweeps
from postroad.ill.acts import Act
from postroad.ill.homeward import Way
from postroad.ill.lifecycle import LoanState, OutOfTurn, State, Verb
from postroad.ill.models import Event
from postroad.ill.scans import borrowing as scans
from tests.ill.story import Story, begin

BARCODE = "30001000000017"


@pytest.fixture
def story(cast):
    return begin(cast)


def act(story: Story) -> Act:
    return Act(story.cast.borrower, story.now)


def test_what_was_shipped_is_received(story):
    story.at(State.SHIPPED)
    got = scans.receive(story.cast.lee, BARCODE, act(story))
    assert isinstance(got, scans.Received)
    assert (got.loan, got.unscanned) == (story.loan, False)
    assert story.loan.state == LoanState.ARRIVED


def test_what_its_lender_forgot_to_scan_is_received_and_told_as_such(story):
    story.at(State.REFERRED)
    got = scans.receive(story.cast.lee, BARCODE, act(story))
    assert isinstance(got, scans.Received)
    assert got.unscanned
    assert story.loan.state == LoanState.ARRIVED


def test_a_librarys_own_item_on_its_way_home_is_the_lending_desks(story):
    story.at(State.HOMEWARD)
    parcel = story.loan.parcel_home
    assert parcel is not None
    parcels.pick_up(parcel, by=story.cast.driver, at=story.now)
    got = scans.receive(story.cast.lenox, parcel.number, act(story))
    assert got == scans.OwnReturned()


def test_a_number_that_nobody_knows_is_unknown(story):
    with pytest.raises(finding.UnknownNumber):
        scans.receive(story.cast.lee, "39999000000017", act(story))


def test_a_card_is_no_item_and_names_its_reader(story):
    card = story.cast.ada.card
    got = scans.check_out(story.cast.lee, card.barcode, act(story))
    assert got == scans.ReadersCard([card])


def test_a_loan_that_begins_later_is_due_otherwise_than_was_told(story):
    story.at(State.ARRIVED)
    same_day = scans.CheckedOut(story.loan, story.loan.due_back)
    assert not same_day.due_otherwise
    story.now += timedelta(days=2)
    got = scans.check_out(story.cast.lee, BARCODE, act(story))
    assert isinstance(got, scans.CheckedOut)
    assert got.due_otherwise


@pytest.mark.parametrize(("days", "overdue"), [(0, False), (60, True)])
def test_what_comes_back_is_told_as_overdue_after_its_day(story, days, overdue):
    story.at(State.LENT)
    story.now += timedelta(days=days)
    got = scans.take_back(story.cast.lee, BARCODE, act(story))
    assert (got.loan.state, got.overdue) == (LoanState.BACK, overdue)


def test_what_its_patron_hands_over_is_taken_back_and_goes_home_at_once(story):
    story.at(State.LENT)
    got = scans.send_home(story.cast.lee, BARCODE, act(story))
    assert isinstance(got, scans.SentHome)
    assert got.home.way.way == Way.VAN
    verbs = Event.objects.order_by("-pk").values_list("verb", flat=True)[:2]
    assert list(verbs) == [Verb.SHIP_RETURN, Verb.RETURN]


def test_what_is_still_held_for_its_patron_stays(story):
    story.at(State.ARRIVED)
    assert scans.send_home(story.cast.lee, BARCODE, act(story)) == scans.StillHeld(story.loan)
    assert story.loan.state == LoanState.ARRIVED


def test_what_nobody_picked_up_goes_home(story):
    story.at(State.ARRIVED)
    assert story.loan.due_at is not None
    story.now = story.loan.due_at
    assert isinstance(scans.send_home(story.cast.lee, BARCODE, act(story)), scans.SentHome)


def test_what_was_sent_home_unclaimed_by_mistake_may_be_sent_again(story):
    story.at(State.ARRIVED)
    assert story.loan.due_at is not None
    story.now = story.loan.due_at + timedelta(minutes=1)
    sweeps.things(story.now)
    scans.send_home(story.cast.lee, BARCODE, act(story))
    loans.undo_ship_return(story.loan, act(story))
    assert isinstance(scans.send_home(story.cast.lee, BARCODE, act(story)), scans.SentHome)


@pytest.mark.parametrize("state", [State.LENT, State.BACK])
def test_what_its_library_takes_no_returns_of_is_kept(story, state):
    story.at(state)
    Stop.objects.filter(library=story.cast.lenox).delete()
    today = story.cast.lenox.day_of(story.now)
    closures.close(
        first_day=today, effect=Effect.NO_RETURNS, libraries=[story.cast.lenox], source="test"
    )
    got = scans.send_home(story.cast.lee, BARCODE, act(story))
    assert isinstance(got, scans.Kept)
    assert got.taken_back == (state == State.LENT)
    assert story.loan.state == LoanState.BACK


def test_what_is_on_its_way_here_is_not_sent_home(story):
    story.at(State.SHIPPED)
    with pytest.raises(OutOfTurn):
        scans.send_home(story.cast.lee, BARCODE, act(story))
