"""The page from which a request is copied to another system, and its answer read back."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from postroad.catalogue.models import Identifier
from postroad.directory.models import Address, Authority, Symbol
from postroad.ill import numbering
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Ending, LoanState, Reason, State
from postroad.ill.models import Request, System
from postroad.ill.numbering import Place
from tests.cast import Cast, outside
from tests.ill.story import MONDAY, Story
from tests.web.office.mediated import asked_outside, page, path, press, unfilled

PASTED = "Request ID: 201993144\nLender: Yale University (YUS)"


@pytest.fixture
def story(cast: Cast) -> Story:
    return unfilled(cast)


@pytest.fixture
def centre(cast: Cast, client: Client) -> Any:
    with time_machine.travel(MONDAY, tick=False):
        client.force_login(cast.centre)
        yield client


def there(story: Story) -> str:
    return path(story) + "copy-out/"


def paste(client: Client, story: Story, text: str) -> Any:
    return client.post(there(story), {"pasted": text})


def values(answer: Any) -> dict[str, str]:
    return {line.name: line.value for line in answer.context["lines"]}


def test_the_fields_stand_ready_with_address_numbers_and_no_reader(centre: Client, story: Story):
    Identifier.objects.create(record=story.record, kind="oclc", value="52165837")
    Address.objects.create(
        library=story.ill.library, purpose="mail", lines="100 Main St", town="Lee", state="MA"
    )
    number = Place(System.CLIO)
    numbering.enter(story.ill, number, "123 456", Act(story.cast.centre, MONDAY))
    answer = centre.get(there(story))
    shown = values(answer)
    assert shown["oclc"] == "52165837"
    assert shown["ship-to"].startswith("Lee Library\n100 Main St\nLee, MA")
    assert "Clio ID 123 456" in shown["notes"]
    text = answer.content.decode()
    assert "Ada" not in text
    assert "Any edition will do." not in text
    assert "readonly" in text
    assert "Delivery address" in page(centre, there(story) + "?system=Docline")


def test_the_pasted_answer_is_shown_and_entered_only_when_it_is_saved(centre: Client, story: Story):
    answer = paste(centre, story, PASTED)
    assert ("ILL number", "201993144") in answer.context["read"]
    form = answer.context["confirm"].form
    story.look()
    assert story.ill.state == State.CENTRE
    saved = press(
        centre, story, "outside", **{name: str(value) for name, value in form.initial.items()}
    )
    assert saved.status_code == 200
    assert story.supply.lender_name == "Yale University"
    number = numbering.of_lender(story.supply)
    assert number is not None
    assert number.typed == "201993144"


def test_a_symbol_that_is_known_names_its_library(centre: Client, story: Story):
    athenaeum = outside("Athenaeum of Nantucket")
    Symbol.objects.create(library=athenaeum, authority=Authority.OCLC, value="NAN")
    form = paste(centre, story, "Request ID: 12345\nLender: NAN").context["confirm"].form
    assert form.initial["lender"] == "Athenaeum of Nantucket"


def test_a_lender_that_is_new_is_asked_about_with_its_symbol_filled_in(
    centre: Client, story: Story
):
    answer = paste(centre, story, "Request ID: 12345\nLender: Smith College (SNN)")
    assert answer.status_code == 200
    assert "is new here" in answer.content.decode()
    form = answer.context["confirm"].form
    typed = {name: form.data.get(name, "") for name in form.fields}
    press(centre, story, "outside", **typed)
    symbol = Symbol.objects.get(value="SNN")
    assert story.supply.lender == symbol.library


def test_the_due_day_that_was_read_stands_in_the_form_of_what_was_sent(
    centre: Client, story: Story
):
    asked_outside(story)
    answer = paste(centre, story, "Due date: 12/31/2026\nStatus: shipped")
    assert answer.context["confirm"].step == "sent"
    assert 'value="2026-12-31"' in answer.content.decode()
    press(centre, story, "sent", renewals="0", lender_due_on="2026-12-31")
    assert story.loan.state == LoanState.SHIPPED


def test_a_no_stands_in_its_form_with_reason_and_words(centre: Client, story: Story):
    asked_outside(story)
    confirm = paste(centre, story, "Reason for no: non-circulating, rare").context["confirm"]
    assert confirm.step == "no"
    press(centre, story, "no", **{name: str(each) for name, each in confirm.form.initial.items()})
    supply = Request.objects.get(pk=story.ill.pk).supplies.get(ending=Ending.REFUSED)
    assert (supply.reason, supply.reason_note) == (Reason.REFERENCE, "non-circulating, rare")


@pytest.mark.parametrize("text", ["", "Thank you.", "x" * 20_001, "a\0b"])
def test_what_cannot_be_read_is_said_beside_the_box(centre: Client, story: Story, text: str):
    answer = paste(centre, story, text)
    assert answer.status_code == 422
    assert answer.context["form"].errors["pasted"]


def test_what_was_pasted_is_shown_as_text(centre: Client, story: Story):
    answer = paste(centre, story, "Lender: <script>alert(1)</script>")
    assert "<script>alert" not in answer.content.decode()


def test_a_day_long_ago_is_read_and_not_filled_in(centre: Client, story: Story):
    asked_outside(story)
    answer = paste(centre, story, "Due date: 1/1/2020")
    assert answer.context["confirm"].form.initial["lender_due_on"] is None


@pytest.mark.parametrize("who", ["ada", "borrower", "lender", "editor"])
def test_nobody_but_the_centre_comes_in(client: Client, story: Story, who: str):
    client.force_login(getattr(story.cast, who))
    assert client.get(there(story)).status_code == 404
    assert client.post(there(story), {"pasted": PASTED}).status_code == 404


def test_where_nothing_is_asked_for_outside_there_is_no_such_page(centre: Client, story: Story):
    asked_outside(story)
    press(centre, story, "sent", renewals="0")
    assert centre.get(there(story)).status_code == 404


def test_the_most_that_it_may_cost_and_what_its_reader_knows_of_it_stand_there_too(
    centre: Client, story: Story
):
    film = {
        "material": "film",
        "title": "Walden",
        "year": "1998",
        "medium": "DVD",
        "publisher": "Criterion",
        "oclc": "52165837",
        "source": "a review",
    }
    Request.objects.filter(pk=story.ill.pk).update(citation=film, record=None, max_cost="12.5")
    shown = values(centre.get(there(story)))
    assert shown["max-cost"] == "12.50"
    assert shown["oclc"] == "52165837"
    assert shown["imprint"].startswith("Criterion")
    assert shown["notes"].startswith("Kind of disc or tape: DVD; Cited in: a review; ")


def test_what_a_map_shows_is_no_place_where_it_was_published(centre: Client, story: Story):
    told = {"material": "map", "title": "Berkshire", "place": "Lee", "publisher": "Beers"}
    Request.objects.filter(pk=story.ill.pk).update(citation=told, record=None)
    shown = values(centre.get(there(story)))
    assert shown["imprint"].startswith("Beers")
    assert "What it shows: Lee" in shown["notes"]
