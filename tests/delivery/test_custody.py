"""The ledger of who has a parcel: late, doubled and mistaken scans."""

from datetime import timedelta
from itertools import permutations

import pytest

from postroad.delivery import custody, parcels
from postroad.delivery.custody import Doubt, NothingToUndo
from postroad.delivery.models import Custody, CustodyStep, Parcel, ParcelState
from tests.delivery.conftest import MONDAY_NOON, later, steps


def test_scans_that_come_out_of_order_tell_the_same_story(make_parcel, cast):
    def pick_up(parcel):
        parcels.pick_up(parcel, by=cast.driver, at=later(hours=1))

    def misdrop(parcel):
        parcels.drop(parcel, library=cast.pittsfield, by=cast.driver, at=later(hours=3))

    def pick_up_again(parcel):
        parcels.pick_up(
            parcel, by=cast.driver, at=later(hours=5), library=cast.pittsfield, holder="WEST 2"
        )

    def drop(parcel):
        parcels.drop(parcel, library=cast.lenox, by=cast.driver, at=later(hours=8))

    stories = set()
    for order in permutations([pick_up, misdrop, pick_up_again, drop]):
        parcel = make_parcel()
        for scan in order:
            scan(parcel)
        lines = tuple((line.step, line.at, line.library_id) for line in custody.chain(parcel))
        stories.add((lines, parcel.state, parcel.last_step, parcel.last_at, parcel.last_library_id))
    assert len(stories) == 1
    assert stories.pop()[1] == ParcelState.DROPPED


def test_a_drop_heard_of_after_the_receipt_changes_nothing_but_the_ledger(parcel, cast):
    parcels.receive(parcel, library=cast.lenox, by=None, at=later(days=2))
    noted = parcels.drop(parcel, library=cast.lenox, by=cast.driver, at=later(days=2, hours=3))
    assert (parcel.state, noted.doubt) == (ParcelState.ARRIVED, Doubt.ARRIVED)
    assert steps(parcel) == ["made", "received", "dropped"]


def test_the_same_scan_in_the_same_minute_gets_the_first_answer_again(parcel, cast):
    first = parcels.pick_up(parcel, by=cast.driver, at=MONDAY_NOON)
    second = parcels.pick_up(parcel, by=cast.driver, at=later(seconds=20))
    assert (second.again, second.line) == (True, first.line)
    assert steps(parcel) == ["made", "picked-up"]


def test_a_key_makes_a_repeat_known_hours_later(parcel, cast):
    first = parcels.drop(parcel, library=cast.lenox, by=None, at=later(hours=1), key="d-77")
    second = parcels.drop(parcel, library=cast.lenox, by=None, at=later(hours=9), key="d-77")
    assert (second.again, second.line) == (True, first.line)


def test_the_same_key_means_another_event_for_another_parcel(make_parcel, cast):
    for parcel in (make_parcel(), make_parcel()):
        assert not parcels.pick_up(parcel, by=None, at=later(hours=1), key="d-77").again


def test_a_drop_at_the_wrong_library_is_kept_and_said(parcel, cast):
    noted = parcels.drop(parcel, library=cast.pittsfield, by=cast.driver, at=later(hours=2))
    assert noted.doubt == Doubt.MISDROPPED
    assert parcel.state == ParcelState.MOVING
    assert custody.holder(parcel).library == cast.pittsfield
    assert list(Parcel.objects.astray()) == [parcel]


def test_a_parcel_in_the_wrong_hands_is_not_received(parcel, cast):
    noted = parcels.receive(parcel, library=cast.pittsfield, by=None, at=later(hours=2))
    assert (noted.doubt, parcel.is_open) == (Doubt.MISDROPPED, True)


def test_a_second_drop_of_the_same_parcel_is_told_so(parcel, cast):
    parcels.drop(parcel, library=cast.lenox, by=None, at=later(hours=2))
    noted = parcels.drop(parcel, library=cast.lenox, by=None, at=later(hours=3))
    assert noted.doubt == Doubt.ALREADY


def test_a_pick_up_where_it_was_not_made_ready_is_told_so(parcel, cast):
    noted = parcels.pick_up(parcel, by=None, at=later(hours=2), library=cast.pittsfield)
    assert (noted.doubt, parcel.state) == (Doubt.ELSEWHERE, ParcelState.MOVING)


def test_an_undo_adds_a_line_and_brings_the_former_standing_back(parcel, cast):
    noted = parcels.pick_up(parcel, by=cast.driver, at=later(hours=2))
    custody.undo(noted.line, by=cast.driver, at=later(hours=3))
    parcel.refresh_from_db()
    assert (parcel.state, parcel.last_step) == (ParcelState.READY, CustodyStep.MADE)
    assert steps(parcel) == ["made", "picked-up", "undone"]
    assert custody.undo(noted.line, by=cast.driver, at=later(hours=4)).again


def test_what_was_undone_can_be_scanned_again_within_the_minute(parcel, cast):
    noted = parcels.pick_up(parcel, by=cast.driver, at=MONDAY_NOON)
    custody.undo(noted.line, by=cast.driver, at=later(seconds=10))
    again = parcels.pick_up(parcel, by=cast.driver, at=later(seconds=20))
    assert (again.again, again.parcel.state) == (False, ParcelState.MOVING)


def test_a_receipt_taken_back_starts_the_clock_again(parcel, cast):
    parcels.receive(parcel, library=cast.lenox, by=None, at=later(days=1))
    assert parcel.due_at is None
    parcels.unreceive(parcel, by=None, at=later(days=1, hours=1))
    assert (parcel.state, parcel.due_at) == (ParcelState.READY, parcel.late_at)


def test_a_scan_of_a_cancelled_parcel_is_kept_and_said_and_does_not_revive_it(parcel, cast):
    parcels.cancel(parcel, by=cast.lender, at=later(hours=1))
    noted = parcels.pick_up(parcel, by=cast.driver, at=later(hours=2))
    assert (noted.doubt, parcel.state) == (Doubt.CANCELLED, ParcelState.CANCELLED)
    assert steps(parcel) == ["made", "cancelled", "picked-up"]
    parcels.uncancel(parcel, by=cast.lender, at=later(hours=3))
    assert (parcel.state, parcel.due_at) == (ParcelState.MOVING, parcel.late_at)


def test_who_holds_an_old_copy_of_the_parcel_overlooks_no_line(parcel, cast):
    stale = Parcel.objects.get(pk=parcel.pk)
    parcels.receive(parcel, library=cast.lenox, by=None, at=later(hours=3))
    parcels.pick_up(stale, by=cast.driver, at=later(hours=1))
    assert stale.state == ParcelState.ARRIVED


def test_the_ledger_has_one_line_for_each_scan(parcel, cast):
    for _again in range(3):
        parcels.pick_up(parcel, by=cast.driver, at=later(hours=1))
    assert Custody.objects.filter(parcel=parcel, step=CustodyStep.PICKED_UP).count() == 1


@pytest.mark.parametrize("step", ["pick_up", "drop", "receive"])
def test_two_scanners_that_see_one_step_write_one_line(parcel, cast, step):
    where = {"library": cast.lee if step == "pick_up" else cast.pittsfield}
    act = getattr(parcels, step)
    first = act(parcel, by=cast.driver, at=later(hours=1), key="one", **where)
    second = act(parcel, by=cast.lender, at=later(hours=1, minutes=2), key="two", **where)
    assert (second.again, second.line, second.doubt) == (True, first.line, Doubt.ALREADY)
    assert len(steps(parcel)) == 2


def test_the_same_step_on_another_visit_is_another_line(parcel, cast):
    first = parcels.drop(parcel, library=cast.pittsfield, by=None, at=later(hours=1))
    parcels.pick_up(parcel, library=cast.pittsfield, by=None, at=later(hours=1, minutes=2))
    again = parcels.drop(parcel, library=cast.pittsfield, by=None, at=later(hours=1, minutes=4))
    assert again.line != first.line
    assert steps(parcel) == ["made", "dropped", "picked-up", "dropped"]


def test_the_office_takes_back_scans_of_the_van_and_of_no_other_parcel(make_parcel, cast):
    parcel, other = make_parcel(), make_parcel()
    scan = parcels.pick_up(parcel, by=cast.driver, at=later(hours=1)).line
    made = parcel.custody.get(step=CustodyStep.MADE)
    assert (scan.may_be_undone, made.may_be_undone) == (True, False)
    for of, pk in ((parcel, made.pk), (other, scan.pk), (parcel, 0)):
        with pytest.raises(NothingToUndo):
            custody.undo_scan(of, pk, by=cast.delivery, at=later(hours=2))
    custody.undo_scan(parcel, scan.pk, by=cast.delivery, at=later(hours=2))
    assert not Custody.objects.get(pk=scan.pk).may_be_undone


def test_a_scan_that_was_heard_of_long_after_it_happened_is_marked(parcel, cast):
    heard = later(hours=2)
    line = parcels.pick_up(parcel, by=cast.driver, at=later(hours=1), noted_at=heard).line
    assert not line.was_told_later
    line.noted_at = heard + timedelta(minutes=1)
    assert line.was_told_later
