"""Staff ask for what no catalog lists, and match what was asked to a record."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from postroad.accounts.models import Card
from postroad.catalogue import search
from postroad.ill import asking, catalogued
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.materials import Citation, Field, Material
from postroad.ill.models import Request
from postroad.ill.wanted import Wanted
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, copy, title
from tests.markup import tight

BLANK = "/staff/ask/blank/"


@pytest.fixture
def desk(cast: Cast, client: Client) -> Client:
    client.force_login(cast.borrower)
    return client


@pytest.fixture
def index(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    search.rebuild()


def story(cast: Cast) -> Story:
    said = {Field.TITLE: "A yankee in Canada", Field.AUTHOR: "Thoreau", Field.EDITION: "1st"}
    wanted = Wanted(
        patron=cast.ada,
        library=cast.lee,
        citation=Citation(Material.BOOK, said),
        note="My aunt wants it",
        note_for_lender="The maps",
    )
    told = Story(cast, title("no record of it"), asking.ask_blank(wanted, Act(cast.ada, MONDAY)))
    told.listen()
    return told


def text(client: Client, address: str, **typed: Any) -> str:
    return client.get(address, typed).content.decode()


def test_staff_ask_for_a_patron_by_her_card(desk: Client, cast: Cast):
    assert "card" in text(desk, BLANK, title="Cape Cod")
    card = Card.objects.get(user=cast.ada).barcode
    assert "What is it?" in text(desk, BLANK, card=card)
    form = {"key": str(uuid4()), "title": "Cape Cod", "author": "Thoreau", "format": "book"}
    answer = desk.post(f"{BLANK}?card={card}&material=book", form)
    ill = Request.objects.get()
    assert answer["Location"] == f"/staff/requests/{ill.ref}/"
    assert (ill.patron, ill.library, ill.record) == (cast.ada, cast.lee, None)
    assert ill.events.get(verb="ask").by == cast.borrower


def test_a_card_of_another_library_is_as_unknown_as_none(desk: Client, cast: Cast):
    card = Card.objects.get(user=cast.bea).barcode
    form = {"key": str(uuid4()), "title": "Cape Cod", "author": "Thoreau", "format": "book"}
    assert "has no card" in desk.post(f"{BLANK}?card={card}&material=book", form).content.decode()
    assert not Request.objects.exists()


def test_a_search_at_the_desk_that_finds_nothing_leads_there(desk: Client, cast: Cast, index: None):
    card = Card.objects.get(user=cast.ada).barcode
    shown = text(desk, "/staff/ask/", card=card, q="yankee")
    assert f"{BLANK}?card={card}&amp;title=yankee" in shown
    assert f'href="{BLANK}?title=yankee"' in text(desk, "/search", q="yankee")


def test_it_is_matched_from_the_request_and_the_members_are_asked(desk: Client, cast: Cast):
    told = story(cast)
    record = title("A Yankee in Canada")
    copy(record, cast.lenox, "30001000000025")
    address = f"/staff/requests/{told.ill.ref}/match/"
    assert f'href="{address}"' in text(desk, f"/staff/requests/{told.ill.ref}/")
    assert "A yankee in Canada" in text(desk, address)
    assert f'value="{record.pk}"' in text(desk, address, q="30001000000025")
    assert desk.post(address, {"record": record.pk}).status_code == 302
    told.listen()
    assert (told.ill.state, told.supply.lender) == (State.REFERRED, cast.lenox)
    assert "asked for as “A yankee in Canada”" in text(desk, f"/staff/requests/{told.ill.ref}/")


def test_the_center_matches_too_and_takes_it_back(client: Client, cast: Cast):
    told, record = story(cast), title("Cape Cod")
    client.force_login(cast.centre)
    address = f"/staff/requests/{told.ill.ref}/match/"
    page = f"/office/centre/{told.ill.ref}/"
    assert f'href="{address}"' in text(client, page)
    assert client.post(address, {"record": record.pk})["Location"] == page
    told.listen()
    assert told.ill.title == "Cape Cod"
    client.post(address, {"record": "none"})
    for wrong in ("", "x", "9" * 30, "0", "-1"):
        assert client.post(address, {"record": wrong}).status_code == 302
    told.look()
    assert not told.ill.record


@pytest.mark.parametrize("who", ["lender", "neighbour", "ada", "stranger", "driver", "operator"])
def test_nobody_else_matches(client: Client, cast: Cast, who: str):
    told, record = story(cast), title("Cape Cod")
    client.force_login(cast.people[who])
    answer = client.post(f"/staff/requests/{told.ill.ref}/match/", {"record": record.pk})
    assert answer.status_code in (404, 302)
    told.look()
    assert told.ill.record is None


def test_a_lender_reads_all_that_was_told_and_no_private_note(client: Client, cast: Cast):
    told, record = story(cast), title("A Yankee in Canada")
    copy(record, cast.lenox, "30001000000025")
    catalogued.match(told.ill, Act(cast.centre, MONDAY), record=record)
    told.listen()
    client.force_login(cast.lender)
    shown = text(client, f"/staff/requests/{told.ill.ref}/")
    assert "1st" in shown
    assert "The maps" in shown
    assert "My aunt" not in shown


def test_the_center_copies_all_of_it(client: Client, cast: Cast):
    told = story(cast)
    client.force_login(cast.centre)
    citation = client.get(f"/office/centre/{told.ill.ref}/").context["citation"]
    assert "Edition: 1st" in citation
    assert "Note to the lender: The maps" in citation
    assert "My aunt" not in citation


def test_a_clerk_who_comes_from_a_citation_scans_the_card_and_finds_the_form_filled_in(
    desk: Client, cast: Cast, index: None
):
    link = "/openurl?genre=article&atitle=Bees&jtitle=Hives+and+honey&date=1987&volume=3"
    address = desk.get(link).context["blank"]
    assert address.startswith(f"{BLANK}?material=article&")
    kept = dict(desk.get(address).context["kept"])
    card = Card.objects.get(user=cast.ada).barcode
    shown = desk.get(BLANK, {**kept, "card": card})
    assert shown.context["form"]["container"].value() == "Hives and honey"
    assert "No library here lists this journal" in tight(shown)
    pasted = desk.get(BLANK, {"card": card, "paste": "10.5555/bn.41", "material": "article"})
    assert pasted.context["form"]["doi"].value() == "10.5555/bn.41"
    form = {"key": str(uuid4()), "title": "Bees", "container": "Hives and honey", "year": "1987"}
    answer = desk.post(f"{BLANK}?card={card}&material=article", {**form, "rush": "on"})
    ill = Request.objects.get()
    assert answer["Location"] == f"/staff/requests/{ill.ref}/"
    assert (ill.is_copy, ill.rush, ill.record, ill.patron) == (True, True, None, cast.ada)
    assert "not verified" in tight(desk.get(answer["Location"]))


def test_from_a_title_of_the_catalog_a_clerk_asks_for_a_part(desk: Client, cast: Cast):
    card, record = Card.objects.get(user=cast.ada).barcode, title("Walden", year=1854)
    shown = desk.get(f"/staff/ask/?card={card}&record={record.pk}")
    address = f"{BLANK}?material=chapter&card={card}&container=Walden&year=1854"
    assert shown.context["part"] == address
    assert desk.get(address).context["form"]["container"].value() == "Walden"
