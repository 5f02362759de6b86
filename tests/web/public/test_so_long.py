"""Why is this loan taking so long? For whom it is hers, for staff, and for anybody."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from postroad.delivery.models import Via
from postroad.ill.lifecycle import State
from postroad.reports.models import Pace
from postroad.reports.steps import Kind, Level
from tests.ill.story import MONDAY, Story, begin

LATER = MONDAY + timedelta(days=4)


@pytest.fixture
def story(cast) -> Iterator[Story]:
    with time_machine.travel(LATER, tick=False):
        yield begin(cast).at(State.SHIPPED)


@pytest.fixture
def usual(story) -> Pace:
    """From Lenox to Lee the van takes one day."""
    return Pace.objects.create(
        kind=Kind.ROAD,
        level=Level.LIBRARY,
        via=Via.DELIVERY,
        origin="lenox",
        destination="lee",
        days=1,
        times=31,
        reckoned_at=MONDAY,
    )


def read(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_her_number_leads_her_to_her_own_loan(story, usual, client):
    client.force_login(story.cast.ada)
    answer = client.get("/why-so-long", {"number": story.ill.ref})
    assert answer.url == reverse("patron-why", args=[story.ill.ref])
    text = read(client.get(answer.url))
    assert "On its way from Lenox Library to Lee Library, by van" in text
    assert "4 days so far longer than usual 1 day on this way (31 times)" in text
    assert "too few to say" in text  # of how long Lenox takes to find it
    assert "Next to act: the borrowing library, by" in text


def test_who_has_not_signed_in_is_told_the_same_of_every_number(story, usual, client):
    known = read(client.get("/why-so-long", {"number": story.ill.ref}))
    unknown = read(client.get("/why-so-long", {"number": "ZZZZ9999"}))
    assert known == unknown
    assert "Walden" not in known
    assert "sign in" in known


def test_nothing_is_looked_up_for_a_stranger(story, client, django_assert_max_num_queries):
    client.get("/why-so-long")
    with django_assert_max_num_queries(12) as asked:
        client.get("/why-so-long", {"number": story.ill.ref})
    assert not [each for each in asked.captured_queries if "ill_request" in each["sql"]]


def test_anothers_number_is_as_one_that_nobody_gave(story, client):
    client.force_login(story.cast.bea)
    known = client.get("/why-so-long", {"number": story.ill.ref})
    unknown = client.get("/why-so-long", {"number": "ZZZZ9999"})
    assert known.status_code == unknown.status_code == 200
    assert read(known) == read(unknown)
    assert client.get(reverse("patron-why", args=[story.ill.ref])).status_code == 404


def test_staff_get_a_text_to_send_that_names_nobody(story, usual, client):
    client.force_login(story.cast.borrower)
    address = client.get("/why-so-long", {"number": story.ill.ref}).url
    page = client.get(address)
    text = client.get(reverse("staff-request-why-text", args=[story.ill.ref]))
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    said = text.content.decode()
    assert said.strip() in unescape(page.content.decode())
    assert said.startswith("About your request for “Walden”")
    assert "by van: 4 days so far (usually 1 day)" in said
    assert "Ada" not in said
    assert str(story.cast.borrower) not in said


def test_a_lender_sees_its_own_part_and_writes_to_nobody(story, client):
    client.force_login(story.cast.lender)
    text = read(client.get(reverse("staff-request-why", args=[story.ill.ref])))
    assert "Lenox Library finds it and sends it" in text
    assert "looks at the request" not in text
    assert "A text to send" not in text
    assert client.get(reverse("staff-request-why-text", args=[story.ill.ref])).status_code == 404


def test_a_day_without_the_van_is_named(story, client):
    parcel = story.loan.parcel_out
    parcel.forecast = {
        "day": "2026-11-30",
        "steps": [
            {"leg": "delivered", "skipped": [{"day": "2026-11-26", "reason": "Thanksgiving"}]}
        ],
    }
    parcel.save()
    client.force_login(story.cast.ada)
    text = read(client.get(reverse("patron-why", args=[story.ill.ref])))
    assert "No van on Thursday 26 November: Thanksgiving" in text


ON_THE_ROAD = (State.REFERRED, State.ARRIVED, State.LENT, State.BACK, State.HOMEWARD, State.CLOSED)


@pytest.mark.parametrize("state", ON_THE_ROAD)
def test_wherever_it_stands_the_page_answers(cast, client, state):
    story = begin(cast).at(state)
    client.force_login(cast.ada)
    assert client.get(reverse("patron-why", args=[story.ill.ref])).status_code == 200
