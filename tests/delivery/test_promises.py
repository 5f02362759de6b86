"""On which day a parcel should come, and from when on it is late."""

from datetime import UTC, date, datetime, timedelta

from postroad.delivery import parcels, promises
from postroad.delivery.models import Parcel, ParcelState, Stop
from postroad.directory.models import Threshold
from tests.delivery.conftest import later


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


def test_late_begins_after_fourteen_whole_days_and_one_reminder_goes_out(parcel, cast):
    last = datetime(2026, 12, 15, 4, 59, 59, tzinfo=UTC)
    rival = Parcel.objects.get(pk=parcel.pk)
    assert not Parcel.objects.late(last).exists()
    assert not promises.remind(parcel, at=last - timedelta(seconds=1))
    late = last + timedelta(seconds=1)
    assert Parcel.objects.late(late).get().is_late(late)
    assert [promises.remind(each, at=late) for each in (parcel, rival)] == [True, False]
    parcel.refresh_from_db()
    assert parcel.due_at == late + timedelta(days=7)


def test_every_late_parcel_rings_once_and_is_named_in_the_log(make_parcel, cast, caplog):
    late, closed = make_parcel(), make_parcel()
    parcels.receive(closed, library=cast.lenox, by=None, at=later(days=1))
    now = later(days=20)
    assert [promises.ring(now), promises.ring(now)] == [1, 0]
    assert [late.number in record.getMessage() for record in caplog.records] == [True]
    assert promises.ring(later(days=28)) == 1


def test_between_the_states_it_is_expected_a_night_later(make_parcel):
    """Collected on Monday: at the hub on Tuesday, handed over, there on Wednesday or later."""
    Stop.objects.update(drop_days="MTWTF--", pick_up_days="MTWTF--")
    assert make_parcel("lee", "lenox").expected_on == date(2026, 12, 1)
    for ends in (("lee", "providence"), ("providence", "lee")):
        assert make_parcel(*ends).expected_on == date(2026, 12, 2)
