"""One search over guides, answers, news and libraries; the page of a collection."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from postroad.catalogue.models import Collection
from postroad.guides import seed
from postroad.guides.models import AnswerPage, NewsPage
from tests.cast import Cast
from tests.ill.story import copy, title

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to("2026-11-23 15:00:00+00:00", tick=False)


def found(client: Client, words: str) -> list[str]:
    answer = client.get("/search/guides", {"q": words})
    assert answer.status_code == 200
    return [page.slug for page in answer.context["page"].object_list]


def test_answers_guides_and_news_are_found_by_their_words(cast: Cast, client: Client):
    seed.publish(TODAY)
    slugs = found(client, "rhode island")
    assert "sending-books-to-rhode-island" in slugs
    assert found(client, "thanksgiving") == ["no-van-on-thanksgiving"]
    assert found(client, "epidemic")[0] == "what-held-during-the-epidemic"


def test_libraries_are_found_beside_them(cast: Cast, client: Client):
    seed.publish(TODAY)
    text = client.get("/search/guides?q=lenox").content.decode()
    assert 'href="/libraries/lenox"' in text
    assert "No guide" not in text


def test_what_readers_may_not_see_is_not_found(cast: Cast, client: Client):
    seed.publish(TODAY)
    AnswerPage.objects.get(slug="what-held-during-the-epidemic").unpublish()
    NewsPage.objects.filter(slug="no-van-on-thanksgiving").update(show_until=date(2026, 11, 22))
    assert found(client, "thanksgiving") == []
    assert "what-held-during-the-epidemic" not in found(client, "epidemic")


HOSTILE = ["", " ", "\x00", "%", '"', "(", "*", "a" * 500, "NOT AND OR", "'", "a-b:c", "\U0001f4da"]


def test_no_words_bring_the_search_down(cast: Cast, client: Client):
    seed.publish(TODAY)
    for words in HOSTILE:
        found(client, words)


def test_what_was_typed_goes_along_from_one_search_to_the_other(cast: Cast, client: Client):
    text = client.get("/search/guides", {"q": "maps & <b>"}).content.decode()
    assert 'href="/search?q=maps%20%26%20%3Cb%3E"' in text
    assert "<b>" not in text.split("<main")[1].split("</main")[0]


@pytest.fixture
def shelf(cast: Cast) -> Collection:
    for number in range(3):
        item = copy(title(f"Library science {number}"), cast.lenox, f"300090000000{number:02}")
        item.location = "Office"
        item.save()
    return Collection.objects.create(
        slug="professional",
        name="Professional collection",
        library=cast.lenox,
        location="Office",
        lending="Staff go first.\n\n<b>All</b> may ask.",
    )


def test_a_collection_has_a_page_with_its_newest_titles_and_its_rules(
    client: Client, shelf: Collection
):
    text = client.get("/collections/professional").content.decode()
    assert text.index("Newest titles") < text.index("Library science 2")
    assert "3 titles" in text
    assert "Staff go first." in text
    assert "&lt;b&gt;All&lt;/b&gt; may ask." in text
    assert "Kept by" in text
    shelf.lending = ""
    shelf.save()
    assert "As from any other library" in client.get("/collections/professional").content.decode()


def test_only_the_collection_is_searched(cast: Cast, client: Client, shelf: Collection):
    copy(title("Library science elsewhere"), cast.lenox, "30009000000099")
    text = client.get("/collections/professional?q=science").content.decode()
    assert "3 titles" in text
    assert "elsewhere" not in text
    assert "No title here has all of these words." in (
        client.get("/collections/professional?q=walden").content.decode()
    )


def test_there_is_no_page_of_a_collection_that_is_none(client: Client, db: None):
    assert client.get("/collections/none").status_code == 404


def test_a_collection_costs_few_statements(cast: Cast, client: Client, shelf: Collection):
    client.get("/collections/professional")
    with CaptureQueriesContext(connection) as asked:
        client.get("/collections/professional")
    assert len(asked) <= 8


def test_an_editor_names_a_part_of_the_catalog(cast: Cast, client: Client):
    item = copy(title("Library science"), cast.lenox, "30009000000001")
    item.location = "Office"
    item.save()
    client.force_login(cast.editor)
    form = {
        "name": "Professional collection",
        "slug": "professional",
        "library": str(cast.lenox.pk),
        "location": "The office",
        "about": "",
        "lending": "",
    }
    address = "/cms/snippets/catalogue/collection/add/"
    said = client.post(address, form).content.decode()
    assert "has no copy at a location of this name. It has these: Office." in said
    said = client.post(address, {**form, "name": ""}).content.decode()
    assert "Please fill this in." in said
    assert client.post(address, {**form, "location": "Office"}).status_code == 302
    assert "1 title" in client.get("/collections/professional").content.decode()
    assert (
        "Professional collection"
        in client.get("/cms/snippets/catalogue/collection/").content.decode()
    )
