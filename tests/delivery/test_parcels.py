"""The verbs of a parcel, from the sender to the receiver."""

import pytest
from django.db import IntegrityError, transaction

from postroad.delivery import custody, parcels
from postroad.delivery.custody import AlreadyCollected, NothingToUndo
from postroad.delivery.models import CustodyStep, How, Parcel, ParcelState
from tests.delivery.conftest import later, steps


def test_a_parcel_goes_from_hand_to_hand(parcel, cast):
    parcels.pick_up(parcel, by=cast.driver, at=later(hours=2), holder="WEST 2")
    assert (parcel.state, custody.holder(parcel).holder) == (ParcelState.MOVING, "WEST 2")
    parcels.drop(parcel, library=cast.lenox, by=cast.driver, at=later(days=2))
    assert parcel.state == ParcelState.DROPPED
    noted = parcels.receive(parcel, library=cast.lenox, by=cast.lender, at=later(days=2, hours=1))
    assert (noted.again, noted.doubt) == (False, None)
    assert parcel.state == ParcelState.ARRIVED
    assert steps(parcel) == ["made", "picked-up", "dropped", "received"]
    held = custody.holder(parcel)
    assert (held.step, held.library, held.user, held.how) == (
        CustodyStep.RECEIVED,
        cast.lenox,
        cast.lender,
        How.SCANNED,
    )


def test_the_making_of_a_parcel_cannot_be_undone(parcel, cast):
    made = parcel.custody.get()
    with pytest.raises(NothingToUndo):
        custody.undo(made, by=None, at=later(hours=1))
    with pytest.raises(NothingToUndo):
        parcels.unreceive(parcel, by=None, at=later(hours=1))


def test_the_sender_may_cancel_until_the_van_has_it(make_parcel, cast):
    kept, gone = make_parcel(), make_parcel()
    parcels.cancel(kept, by=cast.lender, at=later(hours=1))
    assert (kept.state, kept.due_at) == (ParcelState.CANCELLED, None)
    parcels.pick_up(gone, by=cast.driver, at=later(hours=1))
    with pytest.raises(AlreadyCollected):
        parcels.cancel(gone, by=cast.lender, at=later(hours=2))
    assert gone.state == ParcelState.MOVING


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
        custody.chain(parcel)


def test_a_number_by_mail_names_its_carrier_only_if_it_can_be_no_others(make_parcel):
    post = make_parcel(via="mail", tracking_number="9400 1112 0620 6406 2607 87")
    assert (post.carrier, post.tracking_number) == ("usps", "9400111206206406260787")
    assert make_parcel(via="mail", tracking_number="123").carrier == ""
