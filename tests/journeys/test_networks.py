"""A librarian searches her network; a school asks to join another and is taken in."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from postroad.catalogue.models import Record
from postroad.directory.models import Network
from tests.browser import assert_accessible
from tests.cast import Cast
from tests.journeys.people import Person, Play
from tests.journeys.seeing import assert_focus_shows, look_on_a_phone_at_night


@pytest.fixture
def berkshire(cast: Cast) -> Network:
    network = Network.objects.get(code="berkshire")
    network.office, network.takes_applications = cast.lenox, True
    network.lead = "Libraries in the hills."
    network.save()
    return network


def test_a_librarian_searches_her_network(play: Play, berkshire: Network, walden: Record):
    """Lee and Lenox are in it, and Pittsfield is not: all have something called Walden."""
    ben = play["borrower"]
    ben.goes("/staff/")
    page = ben.searches("walden")
    ben.reads("4 titles")
    chosen(page, "All libraries")
    ben.follows("Berkshire Libraries")
    chosen(page, "Berkshire Libraries")
    ben.reads("Titles in Berkshire Libraries")
    ben.reads("2 titles")
    ben.reads_not("Walden two")
    assert_focus_shows(page)
    look_on_a_phone_at_night(page)

    page.get_by_label("Title, author, subject or ISBN").fill("Skinner")
    ben.presses("Search")
    ben.reads("No library of Berkshire Libraries has that")
    ben.follows("All libraries have 1 title: look there")
    chosen(page, "All libraries")
    ben.reads("Walden two")

    page.go_back()
    chosen(page, "Berkshire Libraries")  # the address says it, and nothing else
    ben.searches("walden")
    chosen(page, "All libraries")
    ben.follows("Berkshire Libraries")
    ben.follows("Walden")
    ben.reads("Lenox Library")


def chosen(page: Page, name: str) -> None:
    expect(
        page.get_by_role("navigation", name="Which libraries").locator("[aria-current]")
    ).to_have_text(name)


def test_a_school_asks_to_join_and_is_taken_in(
    play: Play, berkshire: Network, cast: Cast, mailoutbox: list[Any]
):
    school = play.enter("nobody")
    asks(school)
    play.worker()
    (letter,) = [each for each in mailoutbox if each.to == ["jo@becket.example.org"]]
    assert "Your message has reached ILL center." in letter.body

    center = play["centre"]
    center.goes("/office/cases/")
    center.follows("Becket School Library, Becket")
    center.follows("Take it in, or refuse")
    center.reads("Destiny")
    look_on_a_phone_at_night(center.page)
    center.presses("Take it in")
    center.is_told("is a member now")
    center.reads("Next: Who you are.")
    play.worker()
    assert sum(each.to == ["jo@becket.example.org"] for each in mailoutbox) == 2

    school.page.reload()
    school.reads("Welcome to Berkshire Libraries.")
    school.goes("/networks/berkshire/")
    school.reads("3")
    school.follows("Its libraries")
    school.reads("Becket School Library")


def asks(school: Person) -> None:
    page = school.goes("/networks/berkshire/")
    school.reads("Libraries in the hills.")
    look_on_a_phone_at_night(page)
    school.follows("Join")
    page.get_by_label("Name of your library").fill("Becket School Library")
    page.get_by_label("Town").fill("Becket")
    page.get_by_label("Kind of library").select_option("school")
    page.get_by_label("Your name").fill("Jo March")
    school.presses("Send")
    expect(page.locator("#content")).to_contain_text("e-mail")
    page.get_by_label("Your e-mail address").fill("jo@becket.example.org")
    page.get_by_label("Library system that you use").fill("Destiny")
    look_on_a_phone_at_night(page)
    school.presses("Send")
    school.is_told("Sent.")


@pytest.mark.parametrize(
    ("width", "dark"), [pytest.param(1280, False, marks=pytest.mark.nightly), (360, True)]
)
def test_every_page_of_a_network_is_for_everybody(
    walden: Record, berkshire: Network, browse: Callable[..., Page], width: int, dark: bool
):
    page = browse(width=width, dark=dark)
    for address in ("/networks/", *(f"/networks/berkshire/{each}" for each in PAGES)):
        page.goto(address)
        assert_accessible(page)


PAGES = ("", "search?q=walden", "members", "rules", "join")


def test_a_school_asks_and_the_center_refuses_without_scripts(
    plain_play: Play, berkshire: Network, mailoutbox: list[Any]
):
    school = plain_play.enter("nobody")
    page = school.goes("/networks/berkshire/join")
    for label, text in ASKED.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("Kind of library").select_option("school")
    school.presses("Send")
    center = plain_play["centre"]
    center.goes("/office/networks/berkshire/")
    center.follows("Becket School Library, Becket")
    center.page.get_by_label("Why not: they read this").fill("The van does not reach you.")
    center.presses("Refuse")
    center.is_told("they have been told why")
    plain_play.worker()
    school.page.reload()
    school.reads("The van does not reach you.")
    center.presses("Undo the decision")
    center.is_told("the application is waiting again")


ASKED = {
    "Name of your library": "Becket School Library",
    "Town": "Becket",
    "Your name": "Jo March",
    "Your e-mail address": "jo@becket.example.org",
}
