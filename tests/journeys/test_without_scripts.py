"""The main road once more in browsers that run no scripts, where it is the same road."""

import pytest

from postroad.catalogue.models import Record
from postroad.ill.models import Request
from tests.journeys.conftest import BARCODE
from tests.journeys.people import Play
from tests.journeys.road import (
    driver_brings,
    lender_answers_and_ships,
    patron_asks,
    patron_renews_once,
    slip_on_offer,
)


@pytest.mark.first
def test_the_same_road_without_scripts(plain_play: Play, walden: Record):
    play = plain_play
    ada, lender, clerk = play["ada"], play["lender"], play["borrower"]
    ref = patron_asks(ada, play)
    play.worker()
    driver_brings(play, lender_answers_and_ships(lender), "Lenox", "Lee")
    clerk.goes("/staff/borrowing/receive/")
    clerk.scans(BARCODE, "On the hold shelf until")
    clerk.presses("Undo")
    clerk.reads("Undone.")
    clerk.goes("/staff/borrowing/receive/")
    clerk.scans(BARCODE, "On the hold shelf until")
    clerk.goes("/staff/borrowing/lend/")
    clerk.scans(BARCODE, "Lent until")
    patron_renews_once(ada, ref)
    clerk.goes("/staff/borrowing/send-home/")
    clerk.scans(BARCODE, "Goes home to Lenox Library in Lenox")
    driver_brings(play, slip_on_offer(clerk), "Lee", "Lenox")
    lender.goes("/staff/lending/check-in/")
    lender.scans(BARCODE, "Shelve it: STACKS, 818 THO.")
    play.worker()
    ill = Request.objects.get(ref=ref)
    assert (ill.state, ill.outcome, ill.patron) == ("closed", "filled", None)
