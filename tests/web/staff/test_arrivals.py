"""What was sent without a request is received by one scan, at whichever desk of its library."""

import pytest

from postroad.delivery import parcels
from postroad.delivery.models import Parcel, ParcelState, Purpose
from postroad.ill.access import NoSuchRequest
from postroad.web.staff import strays
from tests.ill.story import MONDAY
from tests.web.staff.test_messy_scans import scan

DESKS = ["/staff/borrowing/receive/", "/staff/lending/check-in/"]


@pytest.fixture
def parcel(cast) -> Parcel:
    """A book of Lenox on its way home from Lee."""
    made = parcels.make(
        from_library=cast.lee,
        to_library=cast.lenox,
        item_barcode="31111",
        title="Walden",
        ref="",
        at=MONDAY,
        by=cast.borrower,
        purpose=Purpose.RETURN,
    )
    parcels.pick_up(made, by=cast.driver, at=MONDAY)
    return made


@pytest.mark.parametrize("address", DESKS)
@pytest.mark.parametrize("on_it", ["number", "item_barcode"])
def test_one_scan_ends_it_and_is_undone(cast, at, parcel, address, on_it):
    clerk = cast.lender if "lending" in address else cast.neighbour
    if clerk is cast.neighbour:
        Parcel.objects.update(to_library=cast.pittsfield)
    desk = at(clerk)
    line = scan(desk, address, getattr(parcel, on_it))
    assert line.sentence == "Home: “Walden”, sent back by Lee Library. Shelve it."
    assert Parcel.objects.get().state == ParcelState.ARRIVED
    desk.post(address, {"undo": line.key})
    assert Parcel.objects.get().state == ParcelState.MOVING


def test_what_has_come_is_not_received_again(cast, at, parcel):
    parcels.receive(parcel, library=cast.lenox, by=cast.lender, at=MONDAY)
    assert "Shelve it." not in scan(at(cast.lender), DESKS[1], parcel.number).sentence


def test_nobody_else_takes_it_back(cast, at, parcel):
    line = scan(at(cast.lender), DESKS[1], parcel.number)
    with pytest.raises(NoSuchRequest):
        strays.undo(cast.neighbour, line.undo)
    strays.undo(cast.lender, line.undo)
    assert Parcel.objects.get().state == ParcelState.MOVING
