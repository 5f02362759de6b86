"""Confirmed stops: the driver's count and the library's stand side by side."""

from datetime import timedelta

import pytest
from django.utils import timezone

from postroad.delivery import custody, parcels, visits
from postroad.delivery.models import CustodyStep, Stop, Visit
from postroad.delivery.visits import NoSuchVisit, NotThatMany, Pieces


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def stop(cast):
    return Stop.objects.select_related("library", "route").get(library=cast.lenox)


@pytest.fixture
def confirm(cast, stop, now):
    def confirmed(left=3, taken=2, key="k", ago=timedelta()):
        pieces = Pieces(left, taken)
        return visits.confirm(cast.driver, stop, pieces, key=key, at=now - ago, now=now)

    return confirmed


def test_a_confirmation_sent_twice_is_one(confirm):
    assert confirm() == confirm(left=9)
    assert Visit.objects.get().left == 3


@pytest.mark.parametrize("pieces", [(-1, 0), (0, -1), (100_000, 0)])
def test_what_is_no_count_is_refused(confirm, pieces):
    with pytest.raises(NotThatMany):
        confirm(*pieces)
    assert not Visit.objects.exists()


def test_the_library_counts_for_itself_and_both_stay(confirm, cast, now):
    visit = confirm()
    visits.count(cast.lenox, visit.pk, Pieces(3, 2), by=cast.lender, now=now)
    assert not visits.in_doubt(now).exists()
    visits.count(cast.lenox, visit.pk, Pieces(2, 2), by=cast.lender, now=now)
    (found,) = visits.in_doubt(now)
    assert (found.left, found.counted_left, found.disagrees) == (3, 2, True)


def test_another_library_and_a_stop_long_ago_cannot_be_counted(confirm, cast, now):
    visit, old = confirm(), confirm(key="old", ago=timedelta(days=4))
    for library, pk in ((cast.lee, visit.pk), (cast.lenox, old.pk)):
        with pytest.raises(NoSuchVisit):
            visits.count(library, pk, Pieces(1, 1), by=cast.lender, now=now)


def test_a_driver_takes_back_a_confirmation_of_her_own(confirm, cast, now):
    visit = confirm()
    visits.withdraw(cast.lender, visit.pk, now)
    assert visits.last_here(cast.driver, cast.lenox, now) == visit
    visits.withdraw(cast.driver, visit.pk, now)
    assert visits.last_here(cast.driver, cast.lenox, now) is None
    assert Visit.objects.count() == 1


def test_what_was_scanned_is_counted_without_what_was_undone(cast, stop, now):
    made = now - timedelta(days=3)
    for number in range(3):
        parcel = parcels.make(
            from_library=cast.lenox,
            to_library=cast.lee,
            item_barcode="",
            title=f"{number}",
            ref="",
            by=cast.lender,
            at=made,
        )
        parcels.pick_up(parcel, by=cast.driver, at=now)
    custody.undo_step(parcel, CustodyStep.PICKED_UP, by=cast.driver, at=now)
    found = visits.scanned(cast.driver, cast.lenox, timezone.localdate(now))
    assert found == Pieces(left=0, taken=2)
