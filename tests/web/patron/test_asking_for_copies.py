"""A reader asks for an article, a chapter or some pages, and hears first whether it is there."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from postroad.catalogue import search
from postroad.catalogue.models import Identifier, Record
from postroad.directory.models import Closure, Effect
from postroad.econtent.models import LinkReport
from postroad.ill.lifecycle import Service
from postroad.ill.materials import Material
from postroad.ill.models import Request
from tests.cast import Cast
from tests.catalogue.records import load
from tests.catalogue.test_serial_rows import journal
from tests.ill.story import copy, title
from tests.markup import tight
from tests.web.licensed_titles import license_journal

BLANK = "/patron/ask/blank/"
ARTICLE = {
    "title": "Birds of October Mountain",
    "container": "Berkshire naturalist",
    "number": "0028-0836",
    "year": "1987",
    "volume": "12",
    "pages": "41-49",
    "library": "lee",
}
CITED = (
    "Hill, A. B. (2011). Birds of October Mountain. Berkshire naturalist, 12(3), 41-49. "
    "https://doi.org/10.5555/bn.41"
)


@pytest.fixture
def ada(cast: Cast, client: Client) -> Client:
    client.force_login(cast.ada)
    return client


@pytest.fixture
def shelf(cast: Cast, settings: Any, tmp_path: Path) -> Record:
    settings.HOME = tmp_path
    load(cast.lenox, journal("x1", "v.1(1976)-v.40(2015)"))
    record = Record.objects.get()
    Identifier.objects.get_or_create(record=record, kind="issn", value="00280836")
    search.rebuild()
    return record


def press(client: Client, material: str = "article", **typed: Any) -> Any:
    said = {"key": str(uuid4()), **ARTICLE, **typed}
    return client.post(f"{BLANK}?material={material}", said)


def test_an_article_is_asked_for_as_a_copy_of_the_journal_that_the_catalog_has(
    ada: Client, shelf: Record
):
    assert press(ada, rush="on", max_cost="10").status_code == 302
    ill = Request.objects.get()
    assert (ill.service, ill.record, ill.rush) == (Service.COPY, shelf, True)
    assert ill.citation["container"] == "Berkshire naturalist"


def test_what_cannot_be_verified_is_asked_for_all_the_same(ada: Client, shelf: Record):
    unheard = {"container": "Unheard of annals", "number": ""}
    shown = ada.get(BLANK, {"material": "article", "container": "Unheard of annals"})
    assert "No library here lists this journal" in tight(shown)
    assert press(ada, **unheard).status_code == 302
    assert Request.objects.get().record is None


def test_a_number_of_another_journal_is_doubted_and_leads_to_no_licensed_copy(
    ada: Client, shelf: Record
):
    license_journal()
    shown = ada.get(BLANK, {"material": "article", **ARTICLE, "container": "Hives", "year": "2011"})
    assert "We are not sure which journal this is" in tight(shown)
    assert "It is here already" not in tight(shown)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "Please fill this in"),
        ({"year": "", "volume": ""}, "Give at least one of these: Year, Volume."),
        ({"number": "0028-0837"}, "This is no ISSN"),
        ({"doi": "doi of it"}, "A DOI begins with 10."),
        ({"pmid": "PMC12"}, "A PubMed number has only digits"),
        ({"year": "20111"}, "Use at most 4"),
    ],
)
def test_what_is_missing_is_said_at_its_field(ada: Client, typed: dict[str, str], said: str):
    answer = press(ada, **typed)
    assert answer.status_code == 422
    assert said in tight(answer)
    assert not Request.objects.exists()


def test_a_number_that_names_it_is_enough(ada: Client):
    nothing = {"title": "", "container": "", "number": "", "year": ""}
    assert press(ada, **nothing, doi="https://doi.org/10.5555/BN.41").status_code == 302
    assert press(ada, **nothing, pmid="PMID: 16499135").status_code == 302
    titles = [ill.title for ill in Request.objects.order_by("pk")]
    assert titles == ["10.5555/BN.41", "16499135"]


def test_a_chapter_brings_its_title_page_unless_it_is_not_wanted(ada: Client):
    shown = ada.get(BLANK, {"material": "chapter"})
    assert shown.context["form"]["also"].value()
    chapter = {"number": "", "author": "Hill", "also": "on"}
    press(ada, "chapter", **chapter)
    press(ada, "pages", container="Herons", **chapter | {"also": ""})
    first, second = Request.objects.order_by("pk")
    assert "the title page and its back (verso)" in tight(ada.get(f"/patron/requests/{first.ref}/"))
    assert "also" not in second.citation


def test_what_is_pasted_fills_in_the_form(ada: Client, shelf: Record):
    shown = ada.get(BLANK, {"material": "article", "paste": CITED})
    form = shown.context["form"]
    filled = {name: form[name].value() for name in ("title", "container", "year", "volume", "doi")}
    assert filled == {
        "title": "Birds of October Mountain",
        "container": "Berkshire naturalist",
        "year": "2011",
        "volume": "12",
        "doi": "10.5555/bn.41",
    }
    assert "We found the journal in the catalog" in tight(shown)
    assert "We could not tell" in tight(ada.get(BLANK, {"material": "article", "paste": "hm"}))


def test_what_is_pasted_chooses_the_form(ada: Client):
    assert ada.get(BLANK, {"paste": CITED}).context["form"].material == Material.ARTICLE
    assert ada.get(BLANK, {"paste": "ISBN 0195049837"}).context["form"].material == Material.BOOK
    chapter = ada.get(BLANK, {"paste": "10.5555/bn.41", "material": "chapter"})
    assert chapter.context["form"].material == Material.CHAPTER
    pages = ada.get(BLANK, {"paste": "ISBN 0195049837", "material": "pages"}).context["form"]
    assert (pages.material, pages["number"].value()) == (Material.PAGES, "9780195049831")
    article = ada.get(BLANK, {"paste": CITED, "material": "pages"})
    assert article.context["form"].material == Material.ARTICLE


def test_a_licensed_copy_answers_before_anything_is_asked_for(ada: Client, shelf: Record):
    license_journal()
    recent = {**ARTICLE, "year": "2011", "number": ""}  # the record has the number
    shown = ada.get(BLANK, {"material": "article", **recent})
    assert "It is here already" in tight(shown)
    assert "With the number of your library card" in tight(shown)
    answer = press(ada, **recent)
    assert answer.status_code == 200
    assert 'href="https://j.example/bn"' in answer.content.decode()
    assert not Request.objects.exists()
    assert press(ada, **recent | {"all-the-same": "report"}).status_code == 302
    assert Request.objects.get().record == shelf
    assert LinkReport.objects.get().count == 1
    press(ada, **recent | {"all-the-same": "on", "pages": "50"})  # it was reported before
    assert LinkReport.objects.get().count == 1


def test_a_licence_is_of_her_own_library_wherever_she_wants_it_looked_after(
    ada: Client, shelf: Record, cast: Cast
):
    license_journal(value="school")
    assert press(ada, year="2011", library="otis-school").status_code == 302


def test_an_old_volume_is_not_licensed(ada: Client, shelf: Record):
    license_journal()
    assert press(ada).status_code == 302


def test_the_form_costs_few_statements(ada: Client, shelf: Record, django_assert_num_queries):
    license_journal()
    with django_assert_num_queries(11):
        ada.get(BLANK, {"material": "article", **ARTICLE, "year": "2011"})


def test_a_journal_leads_to_the_article_form_with_what_was_typed(ada: Client, shelf: Record):
    license_journal()
    address = reverse("record", args=[shelf.pk])
    shown = ada.get(address, {"year": "2011", "volume": "12"})
    part = shown.context["ask"].part
    assert part.startswith(f"{BLANK}?material=article&container=Berkshire+naturalist&number=")
    assert part.endswith("&year=2011&volume=12")
    assert "It is here already" in tight(shown)
    assert "It is here already" not in tight(ada.get(address, {"year": "1987"}))
    assert (
        f'href="{BLANK}?material=article&amp;' in ada.get("/search?q=naturalist").content.decode()
    )
    assert ada.get(f"/patron/ask/{shelf.pk}/")["Location"].startswith(f"{BLANK}?material=article&")


def test_a_book_leads_to_the_chapter_form(ada: Client, cast: Cast):
    record = title("Walden; or, Life in the woods", year=1854)
    copy(record, cast.lenox, "30001000000017")
    shown = ada.get(reverse("record", args=[record.pk]))
    part = f"{BLANK}?{urlencode({'material': 'chapter', 'container': 'Walden', 'year': 1854})}"
    assert "Ask for a chapter or some pages" in tight(shown)
    assert shown.context["ask"].part.startswith(part.split("&container", maxsplit=1)[0])


def test_an_openurl_says_first_that_it_is_licensed(ada: Client, shelf: Record):
    license_journal()
    link = "/openurl?genre=article&atitle=Bees&jtitle=Berkshire+naturalist&issn=0028-0836&date="
    shown = ada.get(f"{link}2011")
    assert shown.context["link"].resource == "Fields Online"
    blank = shown.context["blank"]
    assert blank.endswith("&asked=all-the-same")
    assert "The link did not work" in tight(shown)
    assert "Ask for it</a>" not in tight(shown)
    assert ada.get(blank).context["all_the_same"]
    answer = ada.post("/e-resources/report/", {"title": shown.context["link"].title, "next": blank})
    assert (answer["Location"], LinkReport.objects.get().count) == (blank, 1)
    assert ada.get(f"{link}1987").context["link"] is None
    assert Client().get(f"{link}2011").context["link"] is None


FORMS = {"article": "article", "chapter": "chapter", "book": "book", "thesis": "thesis"}


def test_each_of_the_real_openurls_leads_to_the_form_of_its_kind(ada: Client, shared: Path):
    with (shared / "data/openurls/labelled.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(rows) == 222
    wrong = []
    for row in rows:
        query = row["string"].partition("?")[2] or row["string"]
        shown = ada.get(f"/openurl?{quote(query.lstrip('?'), safe='=&%+;:/,')}")
        blank = shown.context["blank"] if shown.context else f"{shown.status_code}"
        if row["kind"] in FORMS and f"material={FORMS[row['kind']]}&" not in f"{blank}&":
            wrong.append(row["flags"])
    assert wrong == ["called a book, is a newspaper article; no identifier"]


@pytest.mark.parametrize(
    "typed",
    [
        "10.5555/ bn.41",
        "doi:  10.5555/bn.41",
        "https://doi-org.proxy.college.example/10.5555/bn.41",
        "https://login.proxy.example/login?url=https://doi.org/10.5555/bn.41",
        "Birds of\nOctober Moun-\ntain. doi: 10.5555/bn.41.",
    ],
)
def test_a_doi_is_read_however_it_was_copied(ada: Client, typed: str):
    form = ada.get(BLANK, {"material": "article", "paste": typed}).context["form"]
    assert form["doi"].value() == "10.5555/bn.41"


def test_the_lines_of_a_pdf_are_joined(ada: Client):
    torn = (
        "Hill, A. B. (2011). Birds of Octo-\r\nber Mountain. Berkshire natu-\nralist, 12(3), 41-49."
    )
    form = ada.get(BLANK, {"material": "article", "paste": torn}).context["form"]
    assert form["title"].value() == "Birds of October Mountain"
    assert form["container"].value() == "Berkshire naturalist"


def test_of_a_chapter_by_its_isbn_the_form_knows_the_book(ada: Client, cast: Cast):
    """By its number it is verified; what the catalog knows need not be typed."""
    book = title("Boats of the coast", year=1994)
    Identifier.objects.create(record=book, kind="isbn", value="9780195049831")
    page = ada.get(BLANK, {"paste": "978-0-19-504983-1 chapter 3"})
    form = page.context["form"]
    assert form["title"].value() == "Chapter 3"
    assert (form["container"].value(), form["year"].value()) == ("Boats of the coast", "1994")


def test_on_a_holiday_nobody_is_promised_a_copy_for_that_day(
    ada: Client, cast: Cast, time_machine: Any
):
    time_machine.move_to(datetime(2026, 11, 26, 15, tzinfo=UTC))
    day = date(2026, 11, 26)
    Closure.objects.create(effect=Effect.CLOSED, first_day=day, last_day=day, reason="Thanksgiving")
    said = press(ada, need_by="2026-11-26")
    assert said.status_code == 409
    assert "Libraries are closed until Friday 27 November" in tight(said)
    assert press(ada, need_by="2026-11-27").status_code == 302
    assert press(ada, need_by="2026-11-26", insists="on", title="Owls").status_code == 302


def test_a_day_that_is_changed_later_goes_by_the_same_rule(ada: Client, time_machine: Any):
    time_machine.move_to(datetime(2026, 11, 26, 15, tzinfo=UTC))
    day = date(2026, 11, 26)
    Closure.objects.create(effect=Effect.CLOSED, first_day=day, last_day=day, reason="Thanksgiving")
    assert press(ada).status_code == 302
    page = f"/patron/requests/{Request.objects.get().ref}/amend/"
    said = ada.post(page, {"library": "lee", "need_by": "2026-11-26"})
    assert "Libraries are closed until Friday 27 November" in tight(said)
    assert Request.objects.get().need_by is None
