"""What a driver's scan at a stop means, without any page."""

from datetime import timedelta

import pytest

from postroad.delivery import custody, finding, parcels, scans
from postroad.delivery.models import CustodyStep, How, Parcel, ParcelState, Stop
from postroad.delivery.scans import AtStop, Hand, Meaning
from tests.delivery.conftest import MONDAY_NOON, later, steps


@pytest.fixture
def at(cast):
    """The driver at the stop of a library, so many hours after the parcel was made."""

    def stand(code, hand=Hand.DROP, hours=1):
        stop = Stop.objects.select_related("library", "route").get(library=getattr(cast, code))
        return AtStop(cast.driver, stop, hand, later(hours=hours), later(hours=hours))

    return stand


def test_a_parcel_that_leaves_no_doubt_decides_for_the_hand(parcel, at):
    assert scans.scan(at("lee"), parcel.number).meaning == Meaning.PICKED_UP
    there = at("lenox", Hand.PICK_UP, hours=2)
    assert scans.scan(there, parcel.number).meaning == Meaning.DROPPED
    assert steps(parcel) == ["made", "picked-up", "dropped"]


def test_elsewhere_the_hand_decides_and_it_is_said(parcel, at):
    assert scans.scan(at("pittsfield"), parcel.number).meaning == Meaning.MISDROPPED
    parcel.refresh_from_db()
    assert parcel.is_astray
    there = at("lenox", Hand.PICK_UP, hours=2)
    assert scans.scan(there, parcel.number).meaning == Meaning.DROPPED


def test_a_parcel_that_was_not_made_ready_here_is_picked_up_all_the_same(parcel, at):
    answer = scans.scan(at("pittsfield", Hand.PICK_UP), parcel.number)
    assert answer.meaning == Meaning.PICKED_UP_ELSEWHERE
    assert answer.line


def test_what_is_so_already_writes_no_line(parcel, at, cast):
    scans.scan(at("lee"), parcel.number)
    again = scans.scan(at("pittsfield", Hand.PICK_UP, hours=2), parcel.number)
    assert (again.meaning, again.line) == (Meaning.ON_THE_VAN, None)
    scans.scan(at("lenox", hours=3), parcel.number)
    again = scans.scan(at("lenox", hours=4), parcel.number)
    assert (again.meaning, again.line) == (Meaning.LIES_HERE, None)
    assert steps(parcel) == ["made", "picked-up", "dropped"]


def test_what_a_desk_has_ended_cannot_be_moved(make_parcel, at, cast):
    kept, come = make_parcel(), make_parcel(item_barcode="31234000000025")
    parcels.cancel(kept, by=cast.lender, at=MONDAY_NOON)
    parcels.receive(come, library=cast.lenox, by=cast.lender, at=later(minutes=5))
    for parcel in (kept, come):
        answer = scans.scan(at("lee"), parcel.number)
        assert (answer.meaning, answer.line) == (Meaning.CLOSED, None)


@pytest.mark.parametrize(
    ("verb", "place"), [("cancel", {}), ("receive", {"library": "lenox"})], ids=["kept", "come"]
)
def test_a_desk_that_was_quicker_by_a_moment_is_told_of(parcel, at, cast, verb, place):
    seen_by_the_driver = Parcel.objects.get(pk=parcel.pk)
    where = {name: getattr(cast, code) for name, code in place.items()}
    getattr(parcels, verb)(parcel, by=cast.lender, at=MONDAY_NOON, **where)
    answer = scans.write_down(at("lee"), seen_by_the_driver, "")
    assert (answer.meaning, answer.line) == (Meaning.CLOSED, None)
    assert CustodyStep.PICKED_UP in steps(parcel)


def test_a_scan_that_waited_is_written_down_though_more_is_known_by_now(parcel, at, cast):
    parcels.receive(parcel, library=cast.lenox, by=cast.lender, at=later(hours=2))
    late = scans.scan(at("lee", hours=3), parcel.number, waited=timedelta(hours=2))
    assert late.meaning == Meaning.CLOSED
    assert steps(parcel) == ["made", "picked-up", "received"]


def test_nothing_moves_by_a_guess(make_parcel, at):
    twins = {make_parcel().pk, make_parcel(sender="pittsfield").pk}
    answer = scans.scan(at("lee"), "31234000000017")
    assert (answer.meaning, {each.pk for each in answer.parcels}) == (Meaning.SEVERAL, twins)
    assert scans.scan(at("lee"), "9").meaning == Meaning.UNKNOWN


def test_what_is_to_be_dropped_is_dropped_first(parcel, at, cast):
    today = later(days=1).date()
    lenox = at("lenox").stop
    assert scans.first_hand(lenox, today) == Hand.PICK_UP
    parcels.pick_up(parcel, by=cast.driver, at=later(hours=1))
    assert scans.first_hand(lenox, today) == Hand.DROP


def test_only_what_was_named_is_taken_along_and_all_of_it_can_be_taken_back(make_parcel, at):
    first, second, other = make_parcel(), make_parcel(), make_parcel()
    lines = scans.take_all(at("lee"), {first.number, second.number})
    assert {line.how for line in lines} == {How.DECLARED}
    other.refresh_from_db()
    assert other.state == ParcelState.READY
    scans.undo(at("lee", hours=2), [str(line.pk) for line in lines])
    assert not Parcel.objects.exclude(state=ParcelState.READY).exists()


def test_what_lies_here_already_is_told_as_a_repeat(parcel, cast):
    first = parcels.receive(parcel, library=cast.pittsfield, by=None, at=later(hours=1))
    again = parcels.receive(parcel, library=cast.pittsfield, by=None, at=later(hours=3))
    assert (first.repeats, again.repeats) == (False, True)
    assert custody.holder(parcel).library == cast.pittsfield


def test_what_is_over_for_a_month_is_no_drivers_errand(parcel, cast):
    parcels.receive(parcel, library=cast.lenox, by=None, at=later(hours=1))
    assert finding.of_these_days(parcel.number, later(days=30)) == [parcel]
    assert finding.of_these_days(parcel.number, later(days=33)) == []
