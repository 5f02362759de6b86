"""One book goes out and comes home: the eight steps of the story, through the pages alone."""

from typing import Any

import pytest
from playwright.sync_api import expect

from postroad.catalogue.models import Record
from tests.journeys.conftest import BARCODE
from tests.journeys.people import Play
from tests.journeys.road import (
    driver_brings,
    lender_answers_and_ships,
    patron_asks,
    patron_renews_once,
    slip_on_offer,
)
from tests.journeys.seeing import look_on_a_phone_at_night


@pytest.mark.first
def test_one_book_goes_out_and_comes_home(play: Play, walden: Record, mailoutbox: list[Any]):
    ada, lender, clerk = play["ada"], play["lender"], play["borrower"]
    ref = patron_asks(ada, play)
    look_on_a_phone_at_night(ada.page)

    play.worker()
    ada.goes(f"/patron/requests/{ref}/").get_by_text("History").wait_for()
    ada.reads("Lenox Library was asked to send it.")
    number = lender_answers_and_ships(lender)
    look_on_a_phone_at_night(lender.page)
    play.worker()
    ada.goes(f"/patron/requests/{ref}/")
    ada.reads("On its way from Lenox; should be here on Tuesday 24 November.")

    driver_brings(play, number, "Lenox", "Lee")
    clerk.goes(f"/staff/requests/{ref}/")
    clerk.reads("The van left it at Lee Library.")

    clerk.goes("/staff/borrowing/receive/")
    clerk.scans(BARCODE, "On the hold shelf until")
    clerk.reads("Ada")
    look_on_a_phone_at_night(clerk.page)
    play.worker()
    assert [mail.to for mail in mailoutbox if "Walden" in mail.subject][-1] == ["ada@example.org"]
    ada.goes("/patron/requests/")
    ada.reads("New for you")
    ada.reads("Ready for you at Lee Library.")

    clerk.goes("/staff/borrowing/lend/")
    clerk.scans(BARCODE, "Lent until")
    play.worker()
    patron_renews_once(ada, ref)

    play.later(days=20)
    clerk.goes("/staff/borrowing/take-back/")
    clerk.scans(BARCODE, "Send it home to Lenox Library.")
    clerk.goes("/staff/borrowing/send-home/")
    clerk.scans(BARCODE, "Goes home to Lenox Library in Lenox")
    home = slip_on_offer(clerk)
    assert clerk.prints("Print the slip to Lenox").startswith(b"%PDF-")
    driver_brings(play, home, "Lee", "Lenox")
    lender.goes("/staff/lending/check-in/")
    lender.scans(BARCODE, "Shelve it: STACKS, 818 THO.")

    clerk.goes(f"/staff/requests/{ref}/")
    clerk.reads("Finished: lent and returned.")
    play.worker()
    clerk.goes(f"/staff/requests/{ref}/")
    clerk.reads("Nothing is owed, so the name is no longer kept.")
    expect(clerk.page.locator("body")).not_to_contain_text("Ada")
    expect(clerk.page.locator(".history li p:first-of-type")).to_contain_text(HISTORY[::-1])
    ada.goes("/patron/requests/")
    ada.reads("You have no requests right now.")
    ada.reads_not("Walden")


# As the borrowing clerk reads it at the end, from below.
HISTORY: list[Any] = [
    "Asked for.",
    "Approved.",
    "Sent to Lenox Library in Lenox; could arrive on Tuesday 24 November.",
    "Lenox Library said yes.",
    "Shipped by Lenox Library; should arrive on Tuesday 24 November.",
    "The van picked it up at Lenox Library.",
    "The van left it at Lee Library.",
    "Arrived from Lenox Library; due back on",
    "Lent to the patron until",
    "Renewed until",
    "Brought back by the patron.",
    "Sent home to Lenox Library.",
    "The van picked it up at Lee Library.",
    "The van left it at Lenox Library.",
    "Checked in at Lenox Library.",
    "The patron's name was removed from this record.",
]
