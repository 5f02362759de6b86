"""A reader asks for what no catalog lists: by what it is, if it is not there after all."""

from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from postroad.catalogue import search
from postroad.catalogue.models import Identifier, Record
from postroad.ill.materials import SHEETS, Material
from postroad.ill.models import Request
from tests.cast import Cast
from tests.ill.story import copy, title

BLANK = "/patron/ask/blank/"
SAID = {"title": "A yankee in Canada", "author": "Thoreau", "library": "lee"}


@pytest.fixture
def ada(cast: Cast, client: Client) -> Client:
    client.force_login(cast.ada)
    return client


@pytest.fixture
def walden(cast: Cast) -> Record:
    record = title("Walden; or, Life in the woods", year=1854)
    Identifier.objects.create(record=record, kind="isbn", value="9780195049831")
    copy(record, cast.lenox, "30001000000017")
    return record


@pytest.fixture
def index(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    search.rebuild()


def press(client: Client, material: str = "book", **typed: Any) -> Any:
    return client.post(
        f"{BLANK}?material={material}", {"key": str(uuid4()), "format": "book", **SAID, **typed}
    )


def test_a_search_that_finds_nothing_leads_there_with_its_words(ada: Client, index: None):
    address = f"{BLANK}?title=yankee+in+canada"
    assert f'href="{address}"' in ada.get("/search?q=yankee in canada").content.decode()
    shown = ada.get(address).content.decode()
    assert f"{BLANK}?material=map&amp;title=yankee+in+canada" in shown


def test_each_material_has_its_own_fields_and_marks_what_is_demanded(ada: Client):
    for material in Material:
        form = ada.get(BLANK, {"material": material.value}).context["form"]
        demanded = {name for name in SHEETS[material].fields if form.fields[name].required}
        assert demanded == set(SHEETS[material].demanded)
    assert ada.get(BLANK, {"material": "papyrus"}).context["choices"]


def test_what_is_sent_is_a_request_with_all_of_it(ada: Client, cast: Cast):
    more: dict[str, Any] = {
        "any_edition": "on",
        "languages": ["eng", "fre"],
        "max_cost": "5",
    }
    answer = press(
        ada, year="1866", edition="1st", note="For school", note_for_lender="The maps", **more
    )
    ill = Request.objects.get()
    assert answer["Location"] == f"/patron/requests/{ill.ref}/"
    assert (ill.record, ill.patron, ill.library) == (None, cast.ada, cast.lee)
    assert (ill.citation["edition"], ill.languages, ill.max_cost) == (
        "1st",
        ["eng", "fre"],
        Decimal(5),
    )
    shown = ada.get(answer["Location"]).content.decode()
    for told in ("any edition will do", "English, French", "$5.00", "The maps", "For school"):
        assert told in shown


def test_a_title_that_is_there_is_offered_and_one_with_a_word_less_is_not(
    ada: Client, walden: Record, index: None
):
    answer = press(ada, title="Life in the woods", author="Henry Thoreau")
    assert "Is it one of these?" in answer.content.decode()
    assert press(ada, title="Life in the Maine woods").status_code == 302


def test_without_an_index_it_says_so_and_takes_the_request(
    ada: Client, settings: Any, tmp_path: Path
):
    settings.HOME = tmp_path
    assert "being rebuilt" in ada.get(f"{BLANK}?material=book&title=Walden").content.decode()
    assert press(ada).status_code == 302


def test_a_number_finds_it_at_once(ada: Client, walden: Record):
    shown = ada.get(BLANK, {"number": "0-19-504983-7"}).content.decode()
    assert f'href="/patron/ask/{walden.pk}/"' in shown
    assert "The catalog has it" in shown
    assert "No library here has that number" in ada.get(BLANK, {"number": "1"}).content.decode()


def test_what_the_catalog_has_is_offered_before_anything_is_sent(ada: Client, walden: Record):
    answer = press(ada, number="9780195049831")
    assert answer.status_code == 200
    assert "Ask for this one" in answer.content.decode()
    assert not Request.objects.exists()
    assert press(ada, number="9780195049831", sure="on").status_code == 302
    assert Request.objects.get().record is None


def test_of_a_journal_it_says_what_to_do_instead(ada: Client, walden: Record):
    Identifier.objects.create(record=walden, kind="issn", value="00280836")
    Record.objects.filter(pk=walden.pk).update(format="serial")
    said = "Ask for the article you need instead"
    shown = ada.get(BLANK, {"number": "0028-0836"}).content.decode()
    assert said in shown
    assert "No library here has that number" not in shown
    assert "Ask for an article" in shown
    assert said in press(ada, number="0028-0836").content.decode()
    assert not Request.objects.exists()
    assert press(ada, number="0028-0836", sure="on").status_code == 302  # a reel of it, say


def test_while_it_is_typed_a_script_reads_the_same(ada: Client, walden: Record):
    part = ada.get(BLANK, {"number": "9780195049831"}, headers={"X-Alike": "true"})
    assert "Ask for this one" in part.content.decode()
    assert "<html" not in part.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": "x" * 1_000_000}, "Use at most 1000 characters"),
        ({"title": ""}, "Please fill this in"),
        ({"year": "20266"}, "Use at most 4"),
        ({"number": "978-0-19-504983-2"}, "its last digit does not fit"),
        ({"max_cost": "1e9"}, "Choose"),
        ({"max_cost": "NaN"}, "Type an amount"),
        ({"languages": ["xxx"]}, "no longer in the list"),
        ({"library": "yale"}, "no longer in the list"),
        ({"format": "map"}, "no longer in the list"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(ada: Client, typed: dict[str, Any], said: str):
    answer = press(ada, **typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Request.objects.exists()


def test_markup_stays_text(ada: Client):
    press(ada, title="<script>alert(1)</script>", edition='"><img src=x>')
    shown = ada.get(f"/patron/requests/{Request.objects.get().ref}/").content.decode()
    assert "<script>alert" not in shown
    assert "<img src=x>" not in shown


def test_what_was_asked_for_already_is_said_and_may_be_asked_again(ada: Client):
    press(ada)
    answer = press(ada)
    assert answer.status_code == 409
    assert "Ask anyway" in answer.content.decode()
    assert press(ada, insists="on").status_code == 302
    assert Request.objects.count() == 2


def test_a_double_press_asks_once(ada: Client):
    key = str(uuid4())
    assert press(ada, key=key)["Location"] == press(ada, key=key)["Location"]
    assert Request.objects.count() == 1


def test_only_who_has_a_card_comes_in(client: Client, cast: Cast):
    assert client.get(BLANK)["Location"].startswith("/accounts/login/")
    client.force_login(cast.stranger)
    assert client.get(BLANK).status_code == 404
