"""What no member can supply goes to the ILL centre, which finds a lender elsewhere or not."""

import pytest

from postroad.catalogue.models import Record
from postroad.directory.models import Policy
from tests.journeys.people import Person, Play
from tests.journeys.seeing import look_on_a_phone_at_night

YALE = "39002000000018"


@pytest.fixture
def asked(play: Play, walden: Record) -> str:
    """Lenox, which owns the only copy, does not lend; Ada asks all the same."""
    Policy.objects.filter(library__code="lenox").update(lends=False)
    ada = play["ada"]
    page = ada.goes(f"/patron/ask/{walden.pk}/")
    ada.reads("Ask anyway: the ILL center will look for it farther away")
    ada.presses("Ask for it")
    ada.is_told("We have your request.")
    play.worker()
    return page.url.rstrip("/").rsplit("/", 1)[1]


def takes_it_up(centre: Person, ref: str) -> None:
    centre.goes("/office/centre/")
    centre.reads("1 member library owns it, and it cannot be asked: it does not lend")
    centre.reads_not("Ada")
    centre.goes(f"/office/centre/{ref}/")
    centre.page.get_by_text("Why can no member library supply it?").click()
    centre.reads("it does not lend to other libraries")
    look_on_a_phone_at_night(centre.page)


@pytest.mark.first
def test_an_outside_lender_sends_it_and_has_it_back(play: Play, asked: str):
    ada, centre, clerk = play["ada"], play["centre"], play["borrower"]
    takes_it_up(centre, asked)
    page = centre.page
    page.get_by_label("Asked through").select_option("OCLC WorldShare")
    page.get_by_label("Lender", exact=True).fill("Yale University")
    page.get_by_label("ILL number").fill("201 993 144")
    centre.presses("Save")
    centre.reads("“Yale University” is new here.")
    look_on_a_phone_at_night(page)
    page.get_by_label("Town").fill("New Haven")
    page.get_by_label("State or province").select_option("CT")
    centre.presses("Save")
    centre.is_told("Recorded.")
    play.worker()
    for typed in ("201993144", asked.lower(), f"{asked[:4]} {asked[4:]}"):
        for person in (centre, clerk):
            person.goes("/")
            person.signs_in_if_asked()
            person.goes("/accounts/start/")
            person.finds(typed)
            person.page.get_by_role("heading", name="Walden").first.wait_for()
    centre.goes(f"/office/centre/{asked}/")
    page.get_by_label("Barcode of the item").fill(YALE)
    page.get_by_label("Tracking number").fill("9400 1000 0000 0000 0000 00")
    centre.presses("It was sent")
    play.worker()
    ada.goes(f"/patron/requests/{asked}/")
    ada.reads("On its way from Yale University")

    play.later(days=3)
    clerk.goes("/staff/borrowing/receive/")
    clerk.scans(YALE, "On the hold shelf until")
    clerk.goes("/staff/borrowing/lend/")
    clerk.scans(YALE, "Lent until")
    clerk.goes("/staff/find/?q=" + YALE)
    clerk.reads("Walden")
    clerk.goes("/staff/borrowing/send-home/")
    clerk.scans(YALE, "Goes home to Yale University by mail, but not yet: “Walden”.")
    clerk.reads("No return address of Yale University is known here.")
    play.later(days=5)
    centre.goes(f"/office/centre/{asked}/")
    centre.page.get_by_label("the lender wrote or called").check()
    centre.presses("It is home")
    centre.presses("Yes, it is home")
    play.worker()
    clerk.goes(f"/staff/requests/{asked}/")
    clerk.reads("Finished: lent and returned.")
    clerk.reads("Nothing is owed, so the name is no longer kept.")


def test_it_cannot_be_had_and_the_patron_reads_why(play: Play, asked: str):
    ada, centre = play["ada"], play["centre"]
    takes_it_up(centre, asked)
    why = "We could not find out what it is. Ask again and give the author or the year."
    centre.page.get_by_label(why).check()
    centre.page.get_by_label("In your words").fill("Is it the one by Skinner?")
    centre.presses("Close it and tell the reader")
    centre.reads(f"The reader is told: “{why} Is it the one by Skinner?”")
    centre.presses("Close it and tell the reader")
    play.worker()
    ada.goes("/patron/requests/")
    ada.reads("New for you")
    ada.goes(f"/patron/requests/{asked}/")
    ada.reads(why)
    ada.reads("Is it the one by Skinner?")
    look_on_a_phone_at_night(ada.page)
