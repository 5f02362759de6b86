"""Scans that come at one and the same moment, from several scanners."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from postroad.delivery import custody, ledger, parcels
from postroad.delivery.models import Parcel

NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)


@pytest.fixture
def kept(transactional_db):
    """Rows that other threads see; what the migrations wrote is put back afterwards."""


def a_parcel(cast):
    """From Lee to Lenox, made ready at noon."""
    return parcels.make(
        from_library=cast.lee,
        to_library=cast.lenox,
        item_barcode="",
        title="",
        ref="",
        at=NOON,
        by=None,
    )


def test_no_scan_overlooks_another_that_comes_at_the_same_time(kept, cast):
    for _round in range(4):
        parcel = a_parcel(cast)

        def scan(number, parcel=parcel):
            """Eight pick-ups and drops, each told twice."""
            at = NOON + timedelta(hours=1 + number // 2)
            mine = Parcel.objects.get(pk=parcel.pk)
            try:
                with transaction.atomic():
                    if number // 2 % 2:
                        parcels.drop(mine, library=cast.lenox, by=cast.driver, at=at)
                    else:
                        parcels.pick_up(mine, by=cast.driver, at=at)
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as scanners:
            list(scanners.map(scan, range(15, -1, -1)))

        parcel.refresh_from_db()
        entries = [custody.entry_of(line) for line in custody.chain(parcel)]
        assert len(entries) == 1 + 8
        standing = ledger.standing(entries, parcel.from_library_id, parcel.to_library_id)
        assert (parcel.state, parcel.last_at) == (standing.state, standing.last.at)
        assert parcel.state == "dropped"


def test_of_a_cancellation_and_a_pick_up_at_once_one_wins_and_all_agree(kept, cast):
    for _round in range(6):
        parcel = a_parcel(cast)

        def act(verb, parcel=parcel):
            mine = Parcel.objects.get(pk=parcel.pk)
            try:
                with transaction.atomic():
                    noted = getattr(parcels, verb)(mine, by=None, at=NOON + timedelta(hours=1))
                return noted.doubt
            except custody.AlreadyCollected:
                return "too late"
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as hands:
            cancelled, picked_up = hands.map(act, ("cancel", "pick_up"))
        parcel.refresh_from_db()
        if cancelled == "too late":
            assert (picked_up, parcel.state) == (None, "moving")
        else:
            assert (picked_up, parcel.state) == ("cancelled", "cancelled")


def test_two_drivers_who_pick_up_at_once_write_one_line(kept, cast):
    for _round in range(6):
        parcel = a_parcel(cast)

        def pick_up(key, parcel=parcel):
            mine = Parcel.objects.get(pk=parcel.pk)
            try:
                with transaction.atomic():
                    return parcels.pick_up(mine, by=cast.driver, at=NOON, key=key).again
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as drivers:
            assert sorted(drivers.map(pick_up, ("one", "other"))) == [False, True]
        assert parcel.custody.filter(step="picked-up").count() == 1
