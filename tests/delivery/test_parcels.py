"""The verbs of a parcel: what they write, refuse, repeat and undo."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction

from postroad.delivery import parcels, stops
from postroad.delivery.models import Custody, CustodyStep, How, Parcel, ParcelState, Route, Stop
from postroad.delivery.parcels import AlreadyCollected, Doubt, NothingToUndo
from postroad.directory.models import Threshold

MONDAY_NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)


def later(**span: int) -> datetime:
    return MONDAY_NOON + timedelta(**span)


def steps(parcel: Parcel) -> list[str]:
    return [line.step for line in parcels.custody(parcel)]


def test_a_parcel_goes_from_hand_to_hand(parcel, cast):
    parcels.pick_up(parcel, by=cast.driver, at=later(hours=2), holder="WEST 2")
    assert (parcel.state, parcels.holder(parcel).holder) == (ParcelState.MOVING, "WEST 2")
    parcels.drop(parcel, library=cast.lenox, by=cast.driver, at=later(days=2))
    assert parcel.state == ParcelState.DROPPED
    noted = parcels.receive(parcel, library=cast.lenox, by=cast.lender, at=later(days=2, hours=1))
    assert (noted.again, noted.doubt) == (False, None)
    assert parcel.state == ParcelState.ARRIVED
    assert steps(parcel) == ["made", "picked-up", "dropped", "received"]
    held = parcels.holder(parcel)
    assert (held.step, held.library, held.user, held.how) == (
        CustodyStep.RECEIVED,
        cast.lenox,
        cast.lender,
        How.SCANNED,
    )


def test_the_forecast_is_kept_with_the_parcel(parcel):
    """Lee has the van on Monday, Lenox next on Wednesday."""
    assert parcel.expected_on == date(2026, 12, 2)
    assert [step["leg"] for step in parcel.forecast["steps"]] == [
        "ready",
        "collected",
        "sorted",
        "delivered",
    ]


def test_a_pick_up_after_the_planned_day_moves_the_expected_day(parcel, cast):
    parcels.pick_up(parcel, by=cast.driver, at=later(days=2))
    parcel.refresh_from_db()
    assert parcel.expected_on == date(2026, 12, 4)


def test_a_pick_up_that_is_told_after_the_receipt_promises_no_other_day(parcel, cast):
    parcels.receive(parcel, library=cast.lenox, by=cast.lender, at=later(days=4))
    parcels.pick_up(parcel, by=cast.driver, at=later(days=2), noted_at=later(days=5))
    parcel.refresh_from_db()
    assert (parcel.state, parcel.expected_on) == (ParcelState.ARRIVED, date(2026, 12, 2))


def test_where_the_van_does_not_call_it_goes_by_mail_and_no_day_is_promised(make_parcel):
    parcel = make_parcel(receiver="otis_school")
    assert parcel.via == "mail"
    assert parcel.expected_on is None
    assert parcel.due_at == datetime(2026, 12, 22, 4, 59, 59, tzinfo=UTC)


def test_no_day_is_promised_to_a_library_that_has_lost_its_stop(make_parcel):
    parcel = make_parcel(receiver="otis_school", via="delivery")
    assert parcel.expected_on is None
    assert parcel.due_at == datetime(2026, 12, 15, 4, 59, 59, tzinfo=UTC)


def test_no_delivery_day_is_promised_for_the_mail_and_it_is_late_after_21_days(make_parcel):
    parcel = make_parcel(via="mail", tracking_number="9400111206206406260787")
    assert parcel.expected_on is None
    assert parcel.late_at == datetime(2026, 12, 22, 4, 59, 59, tzinfo=UTC)


def test_the_threshold_is_that_of_the_day_on_which_it_was_made(make_parcel, cast):
    Threshold.objects.create(name="courier-late", days=7, effective=date(2026, 12, 1))
    assert make_parcel().late_at == datetime(2026, 12, 15, 4, 59, 59, tzinfo=UTC)
    tuesday = make_parcel(at=later(days=1))
    assert tuesday.late_at == datetime(2026, 12, 9, 4, 59, 59, tzinfo=UTC)


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
        lines = tuple((line.step, line.at, line.library_id) for line in parcels.custody(parcel))
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
    assert parcels.holder(parcel).library == cast.pittsfield
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
    parcels.undo(noted.line, by=cast.driver, at=later(hours=3))
    parcel.refresh_from_db()
    assert (parcel.state, parcel.last_step) == (ParcelState.READY, CustodyStep.MADE)
    assert steps(parcel) == ["made", "picked-up", "undone"]
    assert parcels.undo(noted.line, by=cast.driver, at=later(hours=4)).again


def test_what_was_undone_can_be_scanned_again_within_the_minute(parcel, cast):
    noted = parcels.pick_up(parcel, by=cast.driver, at=MONDAY_NOON)
    parcels.undo(noted.line, by=cast.driver, at=later(seconds=10))
    again = parcels.pick_up(parcel, by=cast.driver, at=later(seconds=20))
    assert (again.again, again.parcel.state) == (False, ParcelState.MOVING)


def test_the_making_of_a_parcel_cannot_be_undone(parcel, cast):
    made = parcel.custody.get()
    with pytest.raises(NothingToUndo):
        parcels.undo(made, by=None, at=later(hours=1))
    with pytest.raises(NothingToUndo):
        parcels.unreceive(parcel, by=None, at=later(hours=1))


def test_a_receipt_taken_back_starts_the_clock_again(parcel, cast):
    parcels.receive(parcel, library=cast.lenox, by=None, at=later(days=1))
    assert parcel.due_at is None
    parcels.unreceive(parcel, by=None, at=later(days=1, hours=1))
    assert (parcel.state, parcel.due_at) == (ParcelState.READY, parcel.late_at)


def test_the_sender_may_cancel_until_the_van_has_it(make_parcel, cast):
    kept, gone = make_parcel(), make_parcel()
    parcels.cancel(kept, by=cast.lender, at=later(hours=1))
    assert (kept.state, kept.due_at) == (ParcelState.CANCELLED, None)
    parcels.pick_up(gone, by=cast.driver, at=later(hours=1))
    with pytest.raises(AlreadyCollected):
        parcels.cancel(gone, by=cast.lender, at=later(hours=2))
    assert gone.state == ParcelState.MOVING


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


def test_late_begins_after_fourteen_whole_days_and_one_reminder_goes_out(parcel, cast):
    last = datetime(2026, 12, 15, 4, 59, 59, tzinfo=UTC)
    rival = Parcel.objects.get(pk=parcel.pk)
    assert not Parcel.objects.late(last).exists()
    assert not parcels.remind(parcel, at=last - timedelta(seconds=1))
    late = last + timedelta(seconds=1)
    assert Parcel.objects.late(late).get().is_late(late)
    assert [parcels.remind(each, at=late) for each in (parcel, rival)] == [True, False]
    parcel.refresh_from_db()
    assert parcel.due_at == late + timedelta(days=7)


def test_every_late_parcel_rings_once_and_is_named_in_the_log(make_parcel, cast, caplog):
    late, closed = make_parcel(), make_parcel()
    parcels.receive(closed, library=cast.lenox, by=None, at=later(days=1))
    now = later(days=20)
    assert [parcels.ring(now), parcels.ring(now)] == [1, 0]
    assert [late.number in record.getMessage() for record in caplog.records] == [True]
    assert parcels.ring(later(days=28)) == 1


def test_a_parcel_that_came_back_to_its_sender_is_finished(parcel, cast):
    parcels.pick_up(parcel, by=cast.driver, at=later(hours=1))
    noted = parcels.receive(parcel, library=cast.lee, by=cast.lender, at=later(days=3))
    assert (noted.doubt, parcel.state, parcel.due_at) == (None, ParcelState.CANCELLED, None)
    parcels.unreceive(parcel, by=cast.lender, at=later(days=3, hours=1))
    assert (parcel.state, parcel.due_at) == (ParcelState.MOVING, parcel.late_at)


def test_a_closed_parcel_has_no_clock_and_an_open_one_has_one(parcel):
    for wrong in ({"due_at": None}, {"state": ParcelState.ARRIVED}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Parcel.objects.filter(pk=parcel.pk).update(**wrong)


@pytest.mark.parametrize("text", ["{}", " {} ", "{}\r\n"])
def test_a_parcel_is_found_by_its_number_however_it_is_typed(parcel, text):
    grouped = " ".join(parcel.number[at : at + 4] for at in (0, 4, 8))
    for number in (parcel.number, parcel.number.lower(), grouped, grouped.replace(" ", "-")):
        assert parcels.find(text.format(number)) == parcel


@pytest.mark.parametrize(
    "text", ["", "P", "31234000000017", "P" * 5000, "P00000000\x000", "٣" * 12]
)
def test_what_is_no_parcel_number_finds_nothing(parcel, text):
    assert parcels.find(text) is None


def test_any_number_on_a_parcel_finds_it(make_parcel):
    parcel = make_parcel(via="mail", tracking_number="9400111206206406260787")
    for text in (parcel.number, "31234000000017", "7k3m 9q2x", "9400 1112 0620 6406 2607 87"):
        assert parcels.matching(text) == [parcel]
    for text in ("", "  ", "\0", "9" * 100_000, "31234000000018"):
        assert parcels.matching(text) == []


def test_each_verb_costs_few_queries(parcel, make_parcel, cast, django_assert_num_queries):
    with django_assert_num_queries(3):
        make_parcel()
    with django_assert_num_queries(4):
        parcels.pick_up(parcel, by=cast.driver, at=later(hours=1))
    with django_assert_num_queries(4):
        parcels.drop(parcel, library=cast.lenox, by=cast.driver, at=later(hours=2))
    with django_assert_num_queries(4):
        parcels.receive(parcel, library=cast.lenox, by=cast.lender, at=later(hours=3))
    with django_assert_num_queries(1):
        parcels.custody(parcel)


def test_the_calendars_of_all_libraries_cost_one_query(cast, django_assert_num_queries):
    stops.pause(first_day=date(2026, 12, 25), last_day=date(2026, 12, 25), reason="Christmas")
    route = Route.objects.get()
    stops.pause(
        first_day=date(2026, 12, 3), last_day=date(2026, 12, 3), reason="snow on WEST 2", at=route
    )
    with django_assert_num_queries(1):
        known = stops.calendars([library.pk for library in cast.libraries], date(2026, 12, 1))
    assert cast.otis_school.pk not in known
    assert len(known) == 4
    for calendar in known.values():
        assert [shut.reason for shut in calendar.shut] == ["Christmas", "snow on WEST 2"]


def test_the_ledger_has_one_line_for_each_scan(parcel, cast):
    for _again in range(3):
        parcels.pick_up(parcel, by=cast.driver, at=later(hours=1))
    assert Custody.objects.filter(parcel=parcel, step=CustodyStep.PICKED_UP).count() == 1


def test_between_the_states_it_is_expected_a_night_later(make_parcel):
    """Collected on Monday: at the hub on Tuesday, handed over, there on Wednesday or later."""
    Stop.objects.update(days="MTWTF--")
    assert make_parcel("lee", "lenox").expected_on == date(2026, 12, 1)
    for ends in (("lee", "providence"), ("providence", "lee")):
        assert make_parcel(*ends).expected_on == date(2026, 12, 2)


def test_a_number_by_mail_names_its_carrier_only_if_it_can_be_no_others(make_parcel):
    post = make_parcel(via="mail", tracking_number="9400 1112 0620 6406 2607 87")
    assert (post.carrier, post.tracking_number) == ("usps", "9400111206206406260787")
    assert make_parcel(via="mail", tracking_number="123").carrier == ""


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
