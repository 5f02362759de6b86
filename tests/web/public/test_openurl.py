"""A database's link, or a pasted citation, leads to the journal and to the form."""

import os

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from postroad.catalogue import citations, search
from postroad.catalogue.citations import Standing
from postroad.catalogue.models import Identifier, Record
from postroad.catalogue.query import PAGE, Query
from postroad.protocols.openurl import Kind, Reference
from tests.browser import assert_accessible
from tests.catalogue.records import load
from tests.catalogue.test_serial_rows import journal
from tests.markup import tight

pytestmark = pytest.mark.django_db
LINK = (
    "/openurl?genre=article&atitle=Bees+in+winter&title=Berkshire+naturalist+&+Honey&issn=0028-0836"
    "&volume=12&date=1987&spage=7"
)


@pytest.fixture
def record(cast) -> Record:
    load(cast.lee, journal("b1", "v.1(1976)-v.10(1985)"))
    load(cast.lenox, journal("x1", "v.1(1976)-v.20(1995)"))
    record = Record.objects.get()
    Identifier.objects.get_or_create(record=record, kind="issn", value="00280836")
    return record


def test_a_link_shows_what_it_names_and_who_has_that_volume(client, record):
    response = client.get(LINK)
    text = tight(response)
    assert "Bees in winter" in text
    assert "naturalist &amp; Honey" in text or "naturalist & Honey" in text
    assert "1 library has this year or volume." in text
    address = f"{reverse('record', args=[record.pk])}?year=1987&volume=12#which-volumes"
    assert response.context["places"][0].address == address


def test_it_costs_one_statement_where_the_number_is_known(record, django_assert_num_queries):
    reference = Reference(kind=Kind.ARTICLE, container="Berksh Nat", issn="0028-0836")
    with django_assert_num_queries(1):
        assert citations.complete(reference).record == record


def test_a_number_of_a_journal_with_quite_another_title_is_not_verified(record):
    reference = Reference(kind=Kind.ARTICLE, container="Hives & Honey", issn="0028-0836")
    done = citations.complete(reference)
    assert (done.standing, done.records) == (Standing.UNKNOWN, (record,))


def test_a_journal_that_nobody_lists_is_not_found_and_one_that_is_not_named_is_not_known(record):
    search.rebuild()
    unheard = Reference(kind=Kind.ARTICLE, container="Unheard of annals")
    assert citations.complete(unheard).standing is Standing.NOT_FOUND
    unnamed = Reference(kind=Kind.ARTICLE, doi="10.5555/a.1")
    assert citations.complete(unnamed).standing is Standing.UNKNOWN


def test_a_title_finds_the_journal_but_not_where_its_number_is_of_another(record):
    search.rebuild()
    named = Reference(kind=Kind.ARTICLE, container=record.title)
    assert citations.complete(named).record == record
    other = Reference(kind=Kind.ARTICLE, container=record.title, issn="0317-8471")
    assert citations.complete(other).standing is Standing.UNKNOWN


def test_what_may_stand_behind_the_first_page_of_a_search_is_not_said_to_be_nowhere(cast):
    count = PAGE + 1
    for number in range(count):
        load(cast.lee, journal(f"n{number}", title=f"Annals of town {number}", issn=""))
    search.rebuild()
    assert search.find(Query(words="Annals of town")).total == count
    unheard = Reference(kind=Kind.ARTICLE, container="Annals of town")
    assert citations.complete(unheard).standing is Standing.UNKNOWN


def test_what_is_pasted_is_read(client, record):
    search.rebuild()
    text = tight(client.get("/openurl", {"paste": "see https://doi.org/10.5555/abc.1."}))
    assert "10.5555/abc.1" in text
    assert "We could not tell what this names" in tight(client.get("/openurl", {"paste": "hm"}))


def test_a_book_that_no_catalog_lists_leads_to_the_filled_form(client, record):
    response = client.get("/openurl?genre=book&btitle=Of+bees&isbn=9780195049831&aulast=Hill")
    blank = response.context["blank"]
    assert blank.startswith(reverse("patron-ask-blank") + "?material=book&")
    assert "number=9780195049831" in blank


def test_a_search_for_a_citation_that_finds_nothing_leads_here(client, record):
    search.rebuild()
    response = client.get("/search", {"q": "10.5555/abc.1"})
    assert response.context["pasted"] == "/openurl?paste=10.5555%2Fabc.1"
    assert client.get("/search", {"q": "qqqq zzzz"}).context["pasted"] == ""


@pytest.mark.parametrize(
    "query",
    ["%00=%ff", "atitle=%ED%A0%80&issn=1", "paste=%00", "&" * 5000, "paste=" + "(" * 5000],
    ids=range(5),
)
def test_no_address_breaks_the_page(client, record, query: str):
    assert client.get(f"/openurl?{query}").status_code in (200, 414)


@pytest.mark.browser
def test_the_page_is_accessible(page, site, record):
    page.goto(site + LINK)
    expect(page.get_by_role("heading", name="What you look for")).to_be_visible()
    if folder := os.environ.get("POSTROAD_SHOTS"):
        page.screenshot(path=f"{folder}/openurl.png", full_page=True)
    assert_accessible(page)
