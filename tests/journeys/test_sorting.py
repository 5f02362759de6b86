"""An item without a slip: its library tells of a hold, a sorter with a key asks, a person asks."""

from django.test import Client
from playwright.sync_api import expect

from postroad.catalogue.models import Record
from tests.cast import Cast
from tests.journeys.people import Play
from tests.journeys.seeing import look_on_a_phone_at_night

BARCODE = "30001000000017"  # of Lenox, as the stage has it


def test_a_hold_that_is_told_sends_the_item_there(play: Play, cast: Cast, walden: Record):
    sorter = Client(headers={"Authorization": f"Bearer {a_key(play)}"})
    asked = sorter.get(f"/api/sort/{BARCODE}").json()
    assert (asked["reason"], asked["to"]["code"]) == ("owner", "lenox")

    desk = play["lender"].goes("/staff/holds/")
    desk.get_by_label("Barcode", exact=True).fill(BARCODE)
    desk.get_by_label("Pick-up library").fill("Lee Library")
    play["lender"].presses("Enter")
    play["lender"].is_told("1 hold was told.")
    look_on_a_phone_at_night(desk)

    asked = sorter.get(f"/api/sort/{BARCODE}").json()
    assert (asked["reason"], asked["to"]["code"]) == ("hold", "lee")
    hub = play["delivery"].goes("/office/delivery/sort/")
    hub.get_by_label("Barcode", exact=True).fill(BARCODE)
    play["delivery"].presses("Ask")
    play["delivery"].reads("it is for pick-up at Lee Library")
    look_on_a_phone_at_night(hub)

    play["lender"].presses("Take back")
    play["lender"].is_told("was taken back")
    assert sorter.get(f"/api/sort/{BARCODE}").json()["reason"] == "owner"


def a_key(play: Play) -> str:
    """It is shown once, to the office that made it."""
    office = play["delivery"].goes("/office/delivery/sort/")
    play["delivery"].follows("Keys for sorters")
    office.get_by_label("Name", exact=True).fill("Belt 1")
    play["delivery"].presses("Make a key")
    shown = office.get_by_role("main").locator("code").inner_text()
    office.reload()
    expect(office.locator("main code")).to_have_count(0)
    play["delivery"].presses("Withdraw")
    play["delivery"].is_told("Belt 1 is let in no more.")
    play["delivery"].presses("Let in again")
    play["delivery"].is_told("Belt 1 is let in again.")
    return shown
