"""A public visitor asks where a book from Rhode Island goes; a clerk asks with a number."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from postroad.delivery import stops
from postroad.ill import numbering
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Owner, State
from postroad.ill.models import System
from postroad.ill.numbering import Place
from tests.browser import assert_accessible
from tests.ill.story import MONDAY, begin
from tests.journeys.people import Person


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_a_visitor_learns_how_a_book_goes_home_to_rhode_island(browse, cast, width, dark):
    page: Page = browse(width=width, dark=dark)
    visitor = Person("", page, assert_accessible)
    visitor.goes("/returns")
    page.get_by_label("Or the library that it belongs to").fill("PRV")
    page.get_by_label("Where it is now").fill("Lee")
    visitor.presses("Show the way home")
    assert_accessible(page)
    main = page.get_by_role("main")
    assert "Send it by the van" in main.inner_text()
    assert "RI PRV" in " ".join(main.inner_text().split())
    assert main.get_by_role("button", name="Print this slip").count() == 0


def test_a_clerk_asks_by_clio_id_reads_that_a_bin_is_held_and_sends_it_home(browse, cast):
    story = begin(cast).at(State.BACK)
    numbering.enter(
        story.ill, Place(System.CLIO), "12345", Act(cast.borrower, MONDAY, role=Owner.BORROWING)
    )
    stops.pause(first_day=timezone.localdate(), last_day=None, reason="Flood", at=cast.lenox)
    page: Page = browse()
    ben = Person("borrower", page, assert_accessible)
    ben.goes("/staff/")
    ben.goes("/returns?q=Clio+%23+12+345")
    text = page.get_by_role("main").inner_text()
    assert "the hub will hold it" in text
    assert "Flood" in text
    assert "Walden" in text
    ben.presses("Send it home")
    assert_accessible(page)
    ben.is_told("Ready to go home; print its slip.")
    assert page.get_by_role("button", name="Print its slip").count() == 1
    story.look()
    assert story.ill.state == State.HOMEWARD
