"""An article: licensed and read at once; of 1987, and copied; the sixth of a title, paid for."""

import pytest
from playwright.sync_api import expect

from postroad.catalogue import search
from postroad.catalogue.models import Identifier, Record
from postroad.documents import uses
from postroad.documents.models import Use
from postroad.ill import counted_copies, document_delivery
from postroad.ill.acts import Act
from postroad.ill.models import Request
from tests.cast import Cast
from tests.ill import copy_story
from tests.ill.story import MONDAY
from tests.journeys.people import Person, Play
from tests.journeys.seeing import look_on_a_phone_at_night
from tests.web.licensed_titles import license_journal

CITED = (
    "Can you get me this? Hill, A. B. (2011). Birds of October Mountain. Berkshire naturalist, "
    "36(3), 41-49. https://doi.org/10.5555/bn.41"
)
THERE = "https://files.example/41.pdf"


@pytest.fixture
def journal(walden: Record, cast: Cast) -> Record:
    """Lenox has it to this day, and a license reaches it from 2001 on."""
    record = copy_story.shelve(cast.lenox, "v.1(1976)-")
    Identifier.objects.get_or_create(record=record, kind="issn", value="00280836")
    license_journal()
    search.rebuild()
    return record


def asked(person: Person) -> Request:
    """The request whose page is open."""
    person.is_told("We have your request.")
    ref = person.page.url.rstrip("/").rsplit("/", 1)[1]
    return Request.objects.shown().get(ref=ref)


def test_a_student_pastes_what_she_has_and_is_sent_to_the_licensed_copy(
    play: Play, journal: Record
):
    ada = play["ada"]
    page = ada.goes("/patron/ask/blank/")
    page.get_by_label("Paste what you have").fill(CITED)
    ada.presses("Fill in the form")
    ada.reads("It is here already")
    ada.reads("We found the journal in the catalog.")
    link = page.get_by_role("link", name="Read it in Fields Online")
    expect(link).to_have_attribute("href", "https://j.example/bn")
    look_on_a_phone_at_night(page)
    assert not Request.objects.exists()
    ada.presses("The link did not work: ask all the same")
    ill = asked(ada)
    assert (ill.record, ill.citation["doi"]) == (journal, "10.5555/bn.41")


def test_another_asks_for_an_article_of_1987_from_the_journals_page(play: Play, journal: Record):
    ada, clerk = play["ada"], play["borrower"]
    page = ada.goes(f"/record/{journal.pk}")
    page.get_by_role("textbox", name="Year").fill("1987")
    page.get_by_role("textbox", name="Volume").fill("12")
    ada.presses("Who has it?")
    ada.reads("1 library has")
    ada.follows("Ask for an article")
    ada.reads_not("It is here already")
    ada.reads("Warning Concerning Copyright Restrictions")
    page.get_by_label("Title of the article").fill("Birds of October Mountain")
    page.get_by_label("Pages").fill("41-49")
    page.get_by_label("I need it quickly").check()
    ada.presses("Ask for a copy")
    ill = asked(ada)
    play.worker()
    ada.goes(f"/patron/requests/{ill.ref}/")
    for told in (
        "a copy, quickly",
        "Berkshire naturalist",
        "verified: the catalog has what it is in",
    ):
        expect(page.get_by_label("About this request")).to_contain_text(told)
    ada.reads("copy of an article")
    ada.reads_not("pick it up")
    ada.follows("Change what you asked for")
    ada.reads_not("Any edition will do")
    page.get_by_label("The most it may cost").fill("5")
    ada.presses("Save the changes")
    ada.is_told("Saved.")
    clerk.goes(f"/staff/requests/{ill.ref}/")
    clerk.reads("a copy, quickly")
    clerk.reads("Lenox Library")
    ill.refresh_from_db()
    assert (ill.rush, ill.record) == (True, journal)


def test_the_sixth_of_a_title_is_warned_and_its_royalty_recorded_and_the_report_shows_it(
    play: Play, journal: Record, cast: Cast
):
    recent = {"year": "2025", "volume": "50"}
    for number in range(5):
        ill = copy_story.ask(cast, journal, copy_story.article(**recent, pages=str(number)))
        uses.record(counted_copies.asked(ill), MONDAY)
        Request.objects.filter(pk=ill.pk).delete()
    ada, clerk = play["ada"], play["borrower"]
    page = ada.goes("/patron/ask/blank/?material=article&asked=all-the-same")
    page.get_by_label("Title of the article").fill("Owls")
    page.get_by_label("Title of the journal").fill("Berkshire naturalist")
    page.get_by_label("Year").fill("2025")
    ada.presses("Ask for a copy")
    ill = asked(ada)
    play.worker()
    clerk.goes(f"/staff/requests/{ill.ref}/")
    clerk.reads("This warns and never blocks")
    clerk.follows("Choose what to do about the copyright")
    look_on_a_phone_at_night(clerk.page)
    clerk.page.get_by_label("Pay the royalty").check()
    clerk.page.get_by_label("What it costs, in dollars").fill("12.50")
    clerk.presses("Save and approve")
    clerk.is_told("Saved and approved")
    clerk.reads("The royalty is paid, $12.50.")
    play.worker()
    supply = Request.objects.shown().get(pk=ill.pk).supply
    assert supply is not None
    document_delivery.deliver_link(supply, Act(cast.lender, MONDAY), THERE)
    use = Use.objects.get(choice="royalty")
    assert (str(use.cost), use.title) == ("12.50", "Berkshire naturalist")
    clerk.goes("/staff/library/copyright/?year=2026")
    clerk.reads("$12.50")
    clerk.follows("Berkshire naturalist")
    clerk.reads("6 copies in 2026. 1 is beyond the five")
    clerk.clicks(clerk.page.get_by_role("link", name="Choice and cost").last)
    clerk.presses("Take the choice back")
    clerk.is_told("nothing is chosen for this copy")
    clerk.reads("nothing is chosen yet for 1 of them")
    play["centre"].goes("/office/copyright/?year=2026")
    play["centre"].reads("1 without a choice")
