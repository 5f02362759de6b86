"""Several things out under one request: each scan and each button means one of them, or says so."""

import pytest

from postroad import words
from postroad.catalogue.models import Item, ItemStatus
from postroad.ill import asking, borrowing, finding, lending, loans, referral, shipping
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanState, Outcome, OutOfTurn, Reason, State, Verb
from postroad.ill.models import Loan, MovedMeanwhile, Request
from postroad.ill.scans import borrowing as here
from postroad.ill.scans import lending as there
from tests.ill.story import Story, assert_whole, begin, copy

FIRST, SECOND, THIRD = "30001000000017", "30001000000025", "30001000000033"


@pytest.fixture
def story(cast):
    """Two volumes are on their way."""
    story = begin(cast).at(State.SHIPPED)
    also(story, SECOND)
    return story


def also(story: Story, barcode: str) -> None:
    item = copy(story.record, story.cast.lenox, barcode)
    shipping.ship(story.supply, act(story), item=item)
    story.look()


def act(story: Story) -> Act:
    return Act(at=story.now)


def thing(story: Story, barcode: str) -> Loan:
    loans_ = Loan.objects.filter(request=story.ill, barcode=barcode)
    return loans_.select_related("request__library", "supply__lender", "item").latest("pk")


def go_home(story: Story, barcode: str) -> None:
    for verb in (loans.receive, loans.check_out, loans.return_item, loans.ship_return):
        verb(thing(story, barcode), act(story))
    shipping.check_in(thing(story, barcode), act(story))


def states(story: Story) -> dict[str, str]:
    assert_whole(story.ill)
    return dict(Loan.objects.filter(request=story.ill).values_list("barcode", "state"))


@pytest.mark.parametrize("third", [False, True])
def test_the_barcode_of_what_is_home_never_moves_what_is_out(story, third):
    go_home(story, FIRST)
    if third:
        also(story, THIRD)
    before = states(story)
    lee, lenox = story.cast.lee, story.cast.lenox
    for scan in (here.receive, here.check_out, here.take_back, here.send_home):
        with pytest.raises(OutOfTurn) as no:
            scan(lee, FIRST, act(story))
        assert no.value.facts["state"] == LoanState.CLOSED
    got = there.check_in(lenox, FIRST, act(story))
    assert isinstance(got, there.HomeAlready)
    assert got.loan.barcode == FIRST
    assert states(story) == before


def test_the_slip_of_what_is_home_never_moves_what_is_out(story):
    slip = thing(story, FIRST).parcel_out
    assert slip is not None
    go_home(story, FIRST)
    with pytest.raises(OutOfTurn):
        here.receive(story.cast.lee, slip.number, act(story))
    assert states(story)[SECOND] == LoanState.SHIPPED


def test_the_barcode_of_what_came_back_never_checks_in_what_is_out(story):
    shipping.come_back(thing(story, FIRST), act(story))
    loans.receive(thing(story, SECOND), act(story))
    with pytest.raises(finding.OtherCopy):
        there.check_in(story.cast.lenox, FIRST, act(story))
    assert states(story)[SECOND] == LoanState.ARRIVED


def test_the_requests_number_names_both_things(story):
    with pytest.raises(finding.SeveralThings) as no:
        here.receive(story.cast.lee, story.ill.ref, act(story))
    said = words.refusal(no.value)
    assert "3000 1000 0000 17" in said
    assert "3000 1000 0000 25" in said
    with pytest.raises(finding.SeveralThings):
        there.check_in(story.cast.lenox, story.ill.ref, act(story))


def test_a_button_moves_the_only_thing_that_it_can(story):
    loans.receive(thing(story, FIRST), act(story))
    story.look()
    assert loans.of(story.ill, Verb.RECEIVE).barcode == SECOND
    assert loans.of(story.ill, Verb.CHECK_OUT).barcode == FIRST


def test_a_button_that_could_mean_both_moves_none(story):
    with pytest.raises(finding.SeveralThings):
        loans.of(story.ill, Verb.RECEIVE)


def test_the_lenders_button_checks_in_what_can_come_home(story, client):
    loans.receive(thing(story, FIRST), act(story))
    client.force_login(story.cast.lender)
    client.post(f"/staff/supplies/{story.ill.ref}/1/check-in/")
    assert states(story) == {FIRST: LoanState.CLOSED, SECOND: LoanState.SHIPPED}


def test_the_lenders_button_that_could_mean_both_moves_none(story, client):
    for barcode in (FIRST, SECOND):
        loans.receive(thing(story, barcode), act(story))
    client.force_login(story.cast.lender)
    client.post(f"/staff/supplies/{story.ill.ref}/1/check-in/")
    assert set(states(story).values()) == {LoanState.ARRIVED}


def test_an_attempt_that_sent_something_before_still_says_when(story):
    go_home(story, FIRST)
    sent = story.supply.shipped_at
    shipping.come_back(thing(story, SECOND), act(story))
    assert assert_whole(story.ill).state == State.REFERRED
    assert story.supply.shipped_at == sent


def test_a_copy_that_is_out_is_refused_whatever_the_catalogue_says(story):
    Item.objects.update(status=ItemStatus.IN)
    bea = story.cast.bea
    other = asking.ask(story.record, act(story), patron=bea, library=story.cast.pittsfield)
    second = Story(story.cast, story.record, other).at(State.REFERRED)
    item = Item.objects.get(barcode=FIRST)
    with pytest.raises(MovedMeanwhile):
        shipping.ship(second.supply, act(story), item=item)


def one_was_lent(story: Story, *, lent: bool = True) -> None:
    """The first volume went home, from its patron or unclaimed; the second never left."""
    loans.receive(thing(story, FIRST), act(story))
    if lent:
        loans.check_out(thing(story, FIRST), act(story))
        loans.return_item(thing(story, FIRST), act(story))
    loans.ship_return(thing(story, FIRST), act(story))
    shipping.check_in(thing(story, FIRST), act(story))
    shipping.undo_ship(thing(story, SECOND), act(story))
    story.look()
    assert story.ill.state == State.REFERRED


def decline(ill: Request, at: Act) -> None:
    """No library has the second, and the center gives up."""
    supply = ill.supply
    assert supply is not None
    lending.refuse(supply, at, reason=Reason.ON_LOAN)
    referral.refer_by_rota(ill, at.at)
    borrowing.decline(ill, at, reason="The second volume is nowhere to be had.")


@pytest.mark.parametrize("end", [borrowing.cancel, borrowing.expire, decline])
def test_what_was_lent_in_part_was_filled_however_the_rest_ends(story, end, client):
    one_was_lent(story)
    end(story.ill, act(story))
    ill = assert_whole(story.ill)
    assert (ill.state, ill.outcome) == (State.CLOSED, Outcome.FILLED)
    for who, page in (("borrower", "staff/requests"), ("lender", "staff/requests")):
        client.force_login(getattr(story.cast, who))
        assert client.get(f"/{page}/{ill.ref}/").status_code == 200


def test_what_nobody_fetched_and_is_canceled_then_was_not_filled(story):
    one_was_lent(story, lent=False)
    borrowing.cancel(story.ill, act(story))
    assert assert_whole(story.ill).outcome == Outcome.CANCELLED


def test_whoever_read_a_request_before_all_of_it_came_home_is_told(story):
    old = Request.objects.get(pk=story.ill.pk)
    for barcode in (FIRST, SECOND):
        go_home(story, barcode)
    for verb in (borrowing.cancel, borrowing.expire):
        with pytest.raises(MovedMeanwhile):
            verb(old, act(story))
    assert not old.may(Verb.CANCEL)
    assert assert_whole(story.ill).outcome == Outcome.FILLED
