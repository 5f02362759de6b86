"""The operator adds a library, a clerk and a card, and that clerk lends a book."""

import re
from typing import Any

import pytest

from postroad.accounts import adapter
from postroad.accounts.models import User
from postroad.catalogue.models import Record
from tests.journeys.conftest import BARCODE
from tests.journeys.people import Person, Play
from tests.journeys.road import driver_brings, lender_answers_and_ships
from tests.journeys.seeing import look_on_a_phone_at_night

PASSWORD = "whalers of the old cape"
CARD = "29000000000001"


@pytest.mark.first
def test_a_library_a_clerk_and_a_card_come_in_and_a_book_is_lent(
    play: Play, walden: Record, mailoutbox: list[Any]
):
    operator = play["operator"]
    adds_a_library(operator)
    invites_a_clerk(operator)
    adds_a_card(operator)
    puts_it_on_a_route(play["delivery"])
    cora = chooses_a_password(play, mailoutbox)

    asks_for(cora, CARD)
    play.worker()
    lender = play["lender"]
    number = lender_answers_and_ships(lender, "Sturgis Library in Barnstable")
    play.worker()
    driver_brings(play, number, "Lenox", "Barnstable")
    cora.goes("/staff/borrowing/receive/")
    cora.scans(BARCODE, "On the hold shelf until")
    cora.reads("Hannah Rebecca Crowell")
    cora.goes("/staff/borrowing/lend/")
    cora.scans(BARCODE, "Lent until")
    look_on_a_phone_at_night(cora.page)
    operator.goes("/office/libraries/sturgis-library/joining/")
    operator.reads("Not on record yet: the e-mail address of the ILL desk, a contact, an address")


def adds_a_library(operator: Person) -> None:
    page = operator.goes("/office/libraries/")
    operator.follows("Add a library")
    page.get_by_label("Name", exact=True).fill("Sturgis Library")
    page.get_by_label("Town").fill("Barnstable")
    page.get_by_label("State").select_option("MA")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        page.get_by_label(day).check()
    operator.presses("Add it")
    operator.is_told("Added.")
    operator.reads("Next: Who you are.")
    operator.look(page)
    look_on_a_phone_at_night(page)


def invites_a_clerk(operator: Person) -> None:
    page = operator.follows("Invite somebody")
    page.get_by_label("First name").fill("Cora")
    page.get_by_label("Last name").fill("Gorham")
    page.get_by_label("E-mail").fill("cora@example.org")
    page.get_by_label("Post").select_option("borrowing")
    operator.presses("Send the invitation")
    operator.is_told("Cora Gorham is invited")
    operator.look(page)
    look_on_a_phone_at_night(page)


def adds_a_card(operator: Person) -> None:
    page = operator.goes("/office/libraries/sturgis-library/cards/")
    operator.follows("Add a card")
    page.get_by_label("Number of the card").fill(CARD)
    page.get_by_label("First name").fill("Hannah Rebecca")
    page.get_by_label("Last name").fill("Crowell")
    operator.presses("Add it")
    operator.is_told("name for signing in is sturgis-library-29000000000001")


def puts_it_on_a_route(delivery: Person) -> None:
    page = delivery.goes("/office/delivery/stops/sturgis-library/")
    page.locator("#id_stop-route").select_option(index=1)
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        page.get_by_label(day).first.check()
    delivery.presses("Save")


def chooses_a_password(play: Play, outbox: list[Any]) -> Person:
    """By the link of the letter; opening it alone does nothing."""
    for _ in range(2):
        adapter.post.submit(int).result(10)
    (letter,) = (mail for mail in outbox if mail.to == ["cora@example.org"])
    (link,) = re.findall(r"https?://[^/]+(/accounts/invitation/\S+)", letter.body)
    cora = play["cora.gorham"]
    cora.password = PASSWORD
    page = cora.goes(link)
    cora.reads("Welcome, Cora Gorham")
    look_on_a_phone_at_night(page)
    assert not User.objects.get(email="cora@example.org").has_usable_password()
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    cora.presses("Save and sign in")
    cora.look(page)
    return cora


def asks_for(clerk: Person, card: str) -> None:
    page = clerk.goes("/staff/ask/")
    page.locator("#card").fill(card)
    clerk.presses("Next")
    page.get_by_label("What it is").fill("9780691096124")
    clerk.presses("Find")
    clerk.follows("Walden")
    clerk.presses("Ask for it")
    clerk.look(page)
