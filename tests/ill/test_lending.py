"""The lending side, the rota's turn and the ILL centre."""

from datetime import date, timedelta
from typing import Any

import pytest

from postroad.catalogue.models import Item, ItemStatus
from postroad.directory.models import Closure, Effect, Policy
from postroad.ill import (
    asking,
    borrowing,
    finding,
    in_hand,
    lending,
    loans,
    lookup,
    mediation,
    numbering,
    shipping,
    sweeps,
)
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Ending, Outcome, OutOfTurn, Reason, State, SupplyState, Verb
from postroad.ill.models import MovedMeanwhile, Number, Request
from tests.cast import outside
from tests.ill.story import MONDAY, Story, begin, copy, out, title


def two_lenders(cast) -> Story:
    story = begin(cast)
    copy(story.record, cast.pittsfield, "30002000000016")
    return story.at(State.REFERRED)


def test_a_no_with_a_reason_moves_the_request_to_the_next_lender(cast):
    story = two_lenders(cast)
    first = story.supply
    lending.refuse(first, Act(cast.lender, MONDAY), reason=Reason.ON_LOAN)
    story.listen()
    assert story.ill.state == State.REFERRED
    assert story.supply.attempt == 2
    assert story.supply.lender != first.lender
    kept = story.ill.supplies.get(attempt=1)
    assert (kept.ending, kept.reason) == (Ending.REFUSED, Reason.ON_LOAN)


def test_not_on_the_shelf_is_remembered_so_that_nobody_is_sent_there_again(cast):
    story = begin(cast).at(State.REFERRED)
    item = story.record.items.get()
    lending.refuse(story.supply, Act(cast.lender, MONDAY), reason=Reason.NOT_ON_SHELF, item=item)
    item.refresh_from_db()
    assert item.status == ItemStatus.MISSING
    story.listen()
    assert story.ill.state == State.CENTRE


def test_what_was_missing_and_is_in_hand_is_found(cast):
    story = begin(cast).at(State.REFERRED)
    Item.objects.update(status=ItemStatus.MISSING)
    story.ship()
    assert story.record.items.get().status == ItemStatus.AWAY


def test_silence_past_the_lenders_own_limit_moves_it_on(cast):
    Policy.objects.filter(library__in=[cast.lenox, cast.pittsfield]).update(answer_days=1)
    story = two_lenders(cast)
    sweeps.ring(MONDAY + timedelta(hours=20))  # Tuesday noon in Lenox: its working day runs on
    story.look()
    assert story.supply.attempt == 1
    story.now = MONDAY + timedelta(days=1, hours=15)
    sweeps.ring(story.now)
    story.listen()
    assert story.supply.attempt == 2
    assert story.ill.supplies.get(attempt=1).ending == Ending.LAPSED


def test_the_limit_counts_the_lenders_own_working_days(cast):
    Closure.objects.create(
        library=cast.lenox, first_day=date(2026, 11, 24), last_day=date(2026, 11, 26)
    )
    story = begin(cast).at(State.REFERRED)
    # Closed Tuesday to Thursday: two working days are Friday and Saturday.
    assert story.supply.due_at.date() == date(2026, 11, 29)


def test_a_lender_that_closes_for_long_is_left_and_for_short_is_waited_for(cast):
    story = two_lenders(cast)
    shut = Closure.objects.create(
        library=story.supply.lender, first_day=date(2026, 11, 23), last_day=date(2026, 11, 24)
    )
    assert sweeps.closed_lenders(MONDAY) == 0
    shut.last_day = date(2026, 12, 31)
    shut.save()
    assert sweeps.closed_lenders(MONDAY) == 1
    story.listen()
    assert story.supply.attempt == 2
    assert story.ill.supplies.get(attempt=1).ending == Ending.CLOSED


def test_a_pause_of_lending_moves_waiting_requests_on_too(cast):
    story = two_lenders(cast)
    Closure.objects.create(
        library=story.supply.lender,
        effect=Effect.NO_LENDING,
        first_day=date(2026, 11, 23),
        last_day=date(2026, 12, 31),
    )
    assert sweeps.closed_lenders(MONDAY) == 1


def test_of_two_processes_that_refer_at_once_one_asks_a_lender(cast):
    from postroad.ill import referral

    story = begin(cast)
    borrowing.approve(story.ill, Act(at=MONDAY))
    referral.refer_by_rota(story.ill, MONDAY)
    referral.refer_by_rota(story.ill, MONDAY)
    assert story.ill.supplies.count() == 1


def test_a_request_that_nobody_can_supply_comes_to_the_centre_with_every_why_not(cast):
    Policy.objects.filter(library=cast.lenox).update(lends=False)
    story = begin(cast)
    story.listen()
    assert story.ill.state == State.CENTRE
    kept = story.ill.events.get(verb="escalate").facts["rota"]
    assert list(kept["passed_over"]) == ["not-lending"]


def test_a_borrower_off_every_route_is_the_centres_case(cast):
    record = title()
    copy(record, cast.lenox, "30001000000017")
    ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.otis_school)
    story = Story(cast, record, ill)
    story.listen()
    kept = story.ill.events.get(verb="escalate").facts["rota"]
    assert list(kept["passed_over"]) == ["no-delivery-there"]


def at_the_centre(cast) -> Story:
    Item.objects.all().delete()
    story = begin(cast)
    Item.objects.all().delete()
    story.listen()
    assert story.ill.state == State.CENTRE
    return story


def test_the_centre_borrows_outside_and_the_loan_runs_as_any_other(cast):
    story = at_the_centre(cast)
    supply = mediation.refer_outside(
        story.ill,
        Act(cast.centre, MONDAY),
        lender=outside("Library of Congress"),
        system="OCLC",
        number="223344556",
    )
    sunday = date(2026, 12, 20)
    mediation.outside_shipped(supply, Act(cast.centre, MONDAY), lender_due_on=sunday)
    story.look()
    assert cast.lee.day_of(story.rings_at) == date(2026, 12, 14)  # R9
    loans.receive(story.loan, Act(cast.borrower, MONDAY))
    saturday = date(2026, 12, 19)  # the last open day that keeps the lender's own
    assert story.loan.due_back == saturday
    loans.check_out(story.loan, Act(cast.borrower, MONDAY + timedelta(days=9)))
    assert story.loan.due_back == saturday
    loans.return_item(story.loan, Act(cast.borrower, MONDAY))
    loans.ship_return(story.loan, Act(cast.borrower, MONDAY))
    shipping.check_in(story.loan, Act(cast.centre, MONDAY))
    story.look()
    assert story.ill.outcome == Outcome.FILLED


def test_an_outside_loan_that_comes_after_its_own_day_is_due_on_the_first_day_it_can_be(cast):
    story = at_the_centre(cast)
    supply = mediation.refer_outside(
        story.ill,
        Act(cast.centre, MONDAY),
        lender=outside("Yale University"),
        system="letter",
        number="",
    )
    due = date(2026, 12, 1)
    mediation.outside_shipped(supply, Act(cast.centre, MONDAY), lender_due_on=due)
    story.look()
    saturday = MONDAY + timedelta(days=12)
    loans.receive(story.loan, Act(cast.borrower, saturday))
    assert story.loan.due_back == saturday.date()


def test_an_outside_no_brings_it_back_to_the_centre(cast):
    story = at_the_centre(cast)
    supply = mediation.refer_outside(
        story.ill, Act(cast.centre, MONDAY), lender=outside("Yale"), system="OCLC", number="1"
    )
    lending.refuse(supply, Act(cast.centre, MONDAY), reason=Reason.ON_LOAN)
    story.listen()
    assert story.ill.state == State.CENTRE


def test_silence_of_an_outside_lender_is_asked_after_and_never_lapses(cast):
    story = at_the_centre(cast)
    supply = mediation.refer_outside(
        story.ill, Act(cast.centre, MONDAY), lender=outside("Yale"), system="OCLC", number="1"
    )
    assert supply.due_at is not None
    sweeps.ring(supply.due_at)
    story.look()
    assert story.supply.state == SupplyState.ASKED
    assert story.supply.due_at > supply.due_at
    assert story.ill.events.filter(verb="remind_lender").exists()


def test_one_ill_number_may_stand_on_two_open_requests_and_each_is_told_of_the_other(cast):
    story = at_the_centre(cast)
    given: dict[str, Any] = {
        "lender": outside("Yale"),
        "system": "OCLC",
        "number": "77",
    }
    centre = Act(cast.centre, MONDAY)
    mediation.refer_outside(story.ill, centre, **given)
    other = asking.ask(
        story.record, Act(cast.bea, MONDAY), patron=cast.bea, library=cast.pittsfield
    )
    Request.objects.filter(pk=other.pk).update(state=State.CENTRE)
    again = mediation.refer_outside(Request.objects.get(pk=other.pk), centre, **given)
    assert numbering.also_on(again.numbers.all()) == [story.ill]
    assert numbering.also_on(Number.objects.filter(request=story.ill)) == [other]
    Request.objects.filter(pk=story.ill.pk).update(
        state=State.CLOSED,
        outcome=Outcome.UNFILLED,
        due_at=None,
        turn_until=None,
        closed_at=MONDAY,
    )
    assert numbering.also_on(again.numbers.all()) == []


def test_the_centre_closes_with_a_reason(cast):
    story = at_the_centre(cast)
    borrowing.decline(story.ill, Act(cast.centre, MONDAY), reason="Nobody lends it.")
    assert (story.ill.outcome, story.ill.reason) == (Outcome.UNFILLED, "Nobody lends it.")


def test_a_parcel_that_went_astray_comes_back_and_can_be_sent_again(cast):
    story = begin(cast).at(State.SHIPPED)
    shipping.come_back(story.loan, Act(cast.lender, MONDAY))
    story.look()
    assert (story.ill.state, story.supply.state) == (State.REFERRED, SupplyState.PROMISED)
    story.ship()
    story.look()
    assert story.ill.state == State.SHIPPED


def test_who_looks_at_the_parcel_before_the_last_receives_nothing(cast):
    """The state is the same again, the parcel is not: the new one must not stay open for ever."""
    story = begin(cast).at(State.SHIPPED)
    old_screen = Request.objects.shown().get(pk=story.ill.pk)
    shipping.come_back(story.loan, Act(cast.lender, MONDAY))
    story.look()
    story.ship()
    with pytest.raises(MovedMeanwhile):
        loans.receive(out(old_screen), Act(cast.borrower, MONDAY))
    story.look()
    assert (story.ill.state, story.loan.parcel_out.state) == (State.SHIPPED, "ready")


def test_an_item_that_is_home_closes_a_loan_that_the_borrower_forgot_to_scan(cast):
    story = begin(cast).at(State.LENT)
    shipping.check_in(story.loan, Act(cast.lender, MONDAY))
    story.look()
    assert (story.ill.state, story.supply.state) == (State.CLOSED, SupplyState.CLOSED)


def test_one_copy_cannot_be_shipped_for_two_requests(cast):
    story = begin(cast).at(State.REFERRED)
    other = asking.ask(
        story.record, Act(cast.bea, MONDAY), patron=cast.bea, library=cast.pittsfield
    )
    second = Story(cast, story.record, other).at(State.REFERRED)
    item = story.record.items.get()
    stale = Item.objects.get(pk=item.pk)
    shipping.ship(story.supply, Act(cast.lender, MONDAY), item=item)
    with pytest.raises(in_hand.ItemOut):
        shipping.ship(second.supply, Act(cast.lender, MONDAY), item=stale)


def test_a_scan_finds_the_oldest_request_that_waits_for_the_title(cast):
    story = begin(cast).at(State.REFERRED)
    supply, item = finding.to_ship(cast.lenox, " 30001000000017 ")
    assert (supply, item) == (story.supply, story.record.items.get())


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("nonsense", finding.UnknownNumber),
        ("", finding.UnknownNumber),
        ("9" * 5000, finding.UnknownNumber),
        ("30002000000016", shipping.ForeignItem),
        ("30001000000099", finding.NotWanted),
        ("30001000000017", OutOfTurn),
    ],
)
def test_a_scan_that_cannot_be_shipped_is_refused_for_the_right_reason(cast, code, refusal):
    story = begin(cast).at(State.SHIPPED)
    copy(story.record, cast.pittsfield, "30002000000016")
    copy(title("Unwanted"), cast.lenox, "30001000000099")
    with pytest.raises(refusal):
        finding.to_ship(cast.lenox, code)


@pytest.mark.parametrize("verb", ["receive", "check_out", "return", "ship_return"])
def test_a_barcode_that_went_home_long_ago_is_told_so(cast, verb):
    begin(cast).at(State.CLOSED)
    with pytest.raises(OutOfTurn):
        finding.to_borrow(cast.lee, "30001000000017", verb)
    with pytest.raises(shipping.ForeignItem):
        finding.to_borrow(cast.pittsfield, "30001000000017", verb)


def test_any_number_finds_the_request(cast):
    story = begin(cast).at(State.HOMEWARD)
    for number in (
        story.ill.ref,
        story.ill.ref.lower(),
        f"{story.ill.ref[:4]} {story.ill.ref[4:]}",
        "30001000000017",
        story.loan.parcel_out.number,
        story.loan.parcel_home.number,
    ):
        assert list(lookup.by_number(number)) == [story.ill], number


def test_a_second_answer_to_the_same_supply_is_refused(cast):
    story = two_lenders(cast)
    other_screen = story.supply
    lending.refuse(story.supply, Act(cast.lender, MONDAY), reason=Reason.POLICY)
    with pytest.raises(MovedMeanwhile):
        lending.promise(other_screen, Act(cast.lender, MONDAY))


def test_what_never_left_after_all_is_found_by_its_barcode_as_its_owners_alone(cast):
    """The book lies at the borrowing library by mistake: the clerk reads whose it is."""
    story = begin(cast).at(State.SHIPPED)
    shipping.undo_ship(story.loan, Act(cast.lender, MONDAY))
    with pytest.raises(shipping.ForeignItem):
        finding.to_borrow(cast.lee, "30001000000017", Verb.CHECK_OUT)
