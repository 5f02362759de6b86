"""The center acts for a library, from the page of a request."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from postroad.catalogue.models import Item
from postroad.ill.lifecycle import Owner, State, SupplyState, Verb
from postroad.ill.models import Event
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin


@pytest.fixture
def story(cast: Cast) -> Story:
    return begin(cast, note="For my thesis.").at(State.REFERRED)


@pytest.fixture
def centre(cast: Cast) -> Any:
    with time_machine.travel(MONDAY, tick=False):
        client = Client()
        client.force_login(cast.centre)
        yield client


def act_for(client: Client, story: Story, code: str) -> Any:
    return client.post(f"/staff/requests/{story.ill.ref}/act-for/", {"library": code})


def press(client: Client, story: Story, what: str, **typed: object) -> Any:
    answer = client.post(f"/staff/{what}/", typed, follow=True)
    story.look()
    return answer


def offered(client: Client, story: Story) -> set[Verb]:
    answer = client.get(f"/staff/requests/{story.ill.ref}/")
    return {each.verb for each in answer.context["offers"]}


def test_a_loan_goes_out_and_home_by_the_center_alone(centre: Client, story: Story):
    ref = story.ill.ref
    assert offered(centre, story) == set()
    act_for(centre, story, "lenox")
    assert {Verb.PROMISE, Verb.SHIP, Verb.REFUSE} <= offered(centre, story)
    press(centre, story, f"supplies/{ref}/1/promise")
    assert story.supply.state == SupplyState.PROMISED
    item = Item.objects.get(record=story.record)
    answer = press(centre, story, f"supplies/{ref}/1/ship", copy=item.pk)
    assert answer.status_code == 200
    assert story.ill.state == State.SHIPPED
    act_for(centre, story, "lee")
    for verb, state in (
        ("receive", State.ARRIVED),
        ("lend", State.LENT),
        ("take-back", State.BACK),
        ("send-home", State.HOMEWARD),
    ):
        press(centre, story, f"requests/{ref}/{verb}")
        assert story.ill.state == state
    act_for(centre, story, "lenox")
    press(centre, story, f"supplies/{ref}/1/check-in")
    assert story.ill.state == State.CLOSED
    done = Event.objects.filter(by=story.cast.centre, request=story.ill)
    assert {event.role for event in done} == {Owner.CENTRE}
    by_verb = {event.verb: event.on_behalf_of for event in done}
    assert by_verb[Verb.SHIP] == by_verb[Verb.CHECK_IN] == story.cast.lenox
    assert by_verb[Verb.RECEIVE] == by_verb[Verb.CHECK_OUT] == story.cast.lee


def test_the_note_names_the_library_on_every_page_until_she_stops(centre: Client, story: Story):
    act_for(centre, story, "lenox")
    for address in ("/office/centre/", f"/staff/requests/{story.ill.ref}/"):
        assert "You act for Lenox Library" in centre.get(address).content.decode()
    centre.post("/staff/act-for/stop/")
    assert "You act for Lenox" not in centre.get("/office/centre/").content.decode()
    assert offered(centre, story) == set()


def test_the_history_names_her_to_the_desk_for_which_she_acted(
    centre: Client, story: Story, client: Client
):
    act_for(centre, story, "lenox")
    press(centre, story, f"supplies/{story.ill.ref}/1/promise")
    told = {}
    for who in ("lender", "borrower", "centre"):
        client.force_login(getattr(story.cast, who))
        answer = client.get(f"/staff/requests/{story.ill.ref}/")
        told[who] = [line.who for line in answer.context["history"] if "yes" in line.sentence]
    named = ["Centre of the ILL center, for Lenox Library"]
    assert told == {
        "lender": named,
        "centre": named,
        "borrower": ["the ILL center, for Lenox Library"],
    }


def test_she_acts_for_one_library_at_a_time_and_only_where_it_has_a_part(
    centre: Client, story: Story
):
    ref = story.ill.ref
    assert act_for(centre, story, "pittsfield").status_code == 404
    assert press(centre, story, f"supplies/{ref}/1/promise").status_code == 404
    act_for(centre, story, "lee")
    assert press(centre, story, f"supplies/{ref}/1/promise").status_code == 404
    assert story.supply.state == SupplyState.ASKED


@pytest.mark.parametrize("who", ["ada", "borrower", "lender", "driver", "operator", "stranger"])
def test_nobody_else_may_act_for_a_library(client: Client, story: Story, who: str):
    client.force_login(getattr(story.cast, who))
    assert act_for(client, story, "lenox").status_code == 404
    session = client.session
    session["stands_in_for"] = {"pk": story.cast.pittsfield.pk, "name": "Pittsfield"}
    session.save()
    page = client.get(f"/staff/requests/{story.ill.ref}/").content.decode()
    assert "You act for" not in page


def test_she_sees_no_more_than_the_center_does(centre: Client, story: Story):
    act_for(centre, story, "lee")
    page = centre.get(f"/staff/requests/{story.ill.ref}/").content.decode()
    for secret in ("Ada", "ada@example.org", story.cast.ada.card.barcode):
        assert secret not in page
    for address in ("/staff/borrowing/", "/staff/lending/", "/staff/readers/"):
        assert centre.get(address).status_code == 404
    story.cast.ada.card.__class__.objects.update(blocked="owes 30 dollars")
    assert "owes" not in centre.get(f"/staff/requests/{story.ill.ref}/").content.decode()


def test_what_she_did_is_undone_from_the_same_page(centre: Client, story: Story):
    act_for(centre, story, "lenox")
    answer = press(centre, story, f"supplies/{story.ill.ref}/1/refuse", reason="on-loan", note="")
    event = answer.context["undoable"]
    press(centre, story, f"requests/{story.ill.ref}/undo", event=event.pk)
    assert story.ill.state == State.REFERRED
    assert story.supply.lender == story.cast.lenox


def test_a_cancelled_request_names_the_library_too(centre: Client, story: Story):
    act_for(centre, story, "lee")
    press(centre, story, f"requests/{story.ill.ref}/cancel", sure="yes")
    assert story.ill.state == State.CLOSED
    last = Event.objects.filter(request=story.ill, verb=Verb.CANCEL).get()
    assert (last.by, last.on_behalf_of) == (story.cast.centre, story.cast.lee)
