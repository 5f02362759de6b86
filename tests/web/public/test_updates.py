"""E-mail updates as a visitor meets them: /updates, the links in the letters, the feeds."""

import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from postroad.notices import lost_links, updates
from postroad.notices.models import Kind, Notice
from postroad.notices.subscribers import Frequency, Interest, LinkAsked, Signup, Subscriber
from tests.cast import Cast

ANN = "ann@example.org"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def nobody_was_here_before(db: None) -> None:
    cache.clear()


def typed(**more: Any) -> dict[str, Any]:
    return {"email": ANN, "general": ["news"], "libraries": "", "frequency": "at-once", **more}


def asked(client: Client, **more: Any) -> str:
    """Sign up by the page; the path of the link in the letter."""
    assert client.post("/updates", typed(**more))["Location"] == "/updates/sent"
    return Notice.objects.filter(kind=Kind.CONFIRM_UPDATES).latest("pk").link


def signed_up(client: Client, **more: Any) -> str:
    """The token of somebody who has confirmed."""
    answer = client.post(asked(client, **more))
    return answer["Location"].removeprefix("/updates/mine/")


def test_r15_opening_the_link_does_nothing_and_the_button_confirms(client: Client):
    link = asked(client)
    for _scanner in range(3):
        page = client.get(link)
        assert ANN in page.content.decode()
        client.head(link)
    assert not Subscriber.objects.exists()
    assert page["Referrer-Policy"] == "same-origin"  # with less a browser's form is refused
    assert client.post(link).status_code == 302
    assert Subscriber.objects.get().email == ANN
    again = client.get(link)
    assert again.status_code == 410
    assert "Nothing was changed" in again.content.decode()


def test_the_page_answers_alike_for_an_address_that_is_known_and_one_that_is_not(
    client: Client, django_assert_num_queries: Any
):
    signed_up(client)
    cache.clear()

    def answer(page: str, email: str) -> tuple[int, str, int]:
        with CaptureQueriesContext(connection) as asked:
            said = Client().post(page, typed(email=email))
        return said.status_code, said["Location"], len(asked)

    for page in ("/updates", "/updates/link"):
        assert answer(page, ANN) == answer(page, "nobody@example.org")
    kinds = Notice.objects.order_by("-pk").values_list("kind", flat=True)[:2]
    assert set(kinds) == {Kind.CONFIRM_UPDATES}


def test_who_lost_the_link_is_sent_it_and_the_way_there_stands_where_it_is_missed(client: Client):
    token = signed_up(client)
    for page in (client.get("/updates"), client.get("/updates/mine/x")):
        assert 'href="/updates/link"' in page.content.decode()
    assert client.post("/updates/link", {"email": ANN})["Location"] == "/updates/link/sent"
    assert "Look in your mailbox" in client.get("/updates/link/sent").content.decode()
    lost_links.send_links(timezone.now())
    letter = Notice.objects.get(kind=Kind.UPDATES_LINK)
    assert letter.link == f"/updates/mine/{token}"
    assert client.get(letter.link).status_code == 200


@pytest.mark.parametrize("typed", ["", "ann", "änn@example.org", f"{'a' * 250}@example.org"])
def test_a_mistake_in_the_address_of_a_lost_link_has_its_sentence(client: Client, typed: str):
    page = client.post("/updates/link", {"email": typed})
    assert page.status_code == 422
    assert page.context["form"].errors["email"]
    assert not LinkAsked.objects.exists()


def test_one_address_gets_three_letters_a_day_whatever_is_asked_for(client: Client):
    for _time in range(2):
        client.post("/updates", typed())
        assert client.post("/updates/link", {"email": ANN.upper()}).status_code == 302
    assert Notice.objects.count() + LinkAsked.objects.count() == 3


def test_one_address_gets_three_letters_a_day_and_the_page_does_not_tell(client: Client):
    for _time in range(5):
        assert client.post("/updates", typed())["Location"] == "/updates/sent"
    assert Notice.objects.filter(address=ANN).count() == 3


def test_one_place_types_twenty_addresses_an_hour(client: Client):
    answers = [
        client.post("/updates", typed(email=f"a{number}@example.org")).status_code
        for number in range(21)
    ]
    assert answers == [302] * 20 + [429]
    assert client.post("/updates/link", {"email": ANN}).status_code == 429


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        ({"email": ""}, "Please fill this in."),
        ({"email": "ann"}, "Type an e-mail address like name@example.org."),
        ({"email": "änn@example.org"}, "Type an e-mail address like name@example.org."),
        ({"email": "ann@example.org\r\nBcc: all@example.org"}, "Type an e-mail address like"),
        ({"general": []}, "Choose at least one thing to hear of."),
        ({"general": ["cheese"]}, "One of these is no longer in the list."),
        ({"routes": ["route:NOWHERE"]}, "One of these is no longer in the list."),
        ({"libraries": "Atlantis"}, "We know no library called “Atlantis”."),
        ({"libraries": "<script>"}, "We know no library called “&lt;script&gt;”."),
        ({"libraries": "Library"}, "may be several libraries. Type the code:"),
        ({"libraries": "x" * 4001}, "Use at most 4000 characters"),
        ({"frequency": "hourly"}, "That is no longer in the list."),
    ],
)
def test_a_mistake_has_its_sentence_and_writes_to_nobody(
    cast: Cast, client: Client, mistake: dict[str, Any], said: str
):
    page = client.post("/updates", typed(**mistake))
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not Signup.objects.exists()


def test_a_library_is_meant_by_its_name_its_town_or_its_code(cast: Cast, client: Client):
    token = signed_up(client, general=[], libraries="LEE\nProvidence\nlenox library\n\nlee")
    topics = {each.topic for each in Interest.objects.all()}
    assert topics == {"library:lee", "library:providence", "library:lenox"}
    page = client.get(f"/updates/mine/{token}").content.decode()
    assert "Providence Public Library" in page


def test_a_librarys_page_leads_to_a_form_that_knows_which(cast: Cast, client: Client):
    page = client.get("/libraries/lee").content.decode()
    assert "/updates?topic=library:lee" in page
    assert "/updates/feed/library:lee.atom" in page
    form = client.get("/updates?topic=library:lee&topic=route:WEST 2").context["form"]
    assert form["libraries"].value() == "Lee Library"
    assert form["routes"].value() == ["route:WEST 2"]


def test_who_is_signed_up_changes_what_they_get(cast: Cast, client: Client):
    token = signed_up(client)
    page = client.get(f"/updates/mine/{token}")
    assert page.context["form"]["general"].value() == ["news"]
    sent = {"general": ["guides"], "routes": ["route:WEST 2"], "frequency": "weekly"}
    saved = client.post(f"/updates/mine/{token}", sent)
    assert "Saved." in saved.content.decode()
    assert {each.topic for each in Interest.objects.all()} == {"guides", "route:WEST 2"}
    assert Subscriber.objects.get().frequency == Frequency.WEEKLY
    nothing = client.post(f"/updates/mine/{token}", {"frequency": "weekly"})
    assert nothing.status_code == 422
    assert Interest.objects.count() == 2


def test_r15_a_mail_program_leaves_by_one_post_without_a_session(client: Client):
    token = signed_up(client)
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(f"/updates/leave/{token}")
    assert "Stop all updates" in page.content.decode()
    assert Subscriber.objects.exists()
    for _time in range(2):
        left = strict.post(f"/updates/leave/{token}", {"List-Unsubscribe": "One-Click"})
        assert left.status_code == 200
    assert not Subscriber.objects.exists()
    assert strict.get(f"/updates/leave/{token}").status_code == 410


def test_r15_the_address_in_the_header_of_a_letter_is_the_one_that_leaves(client: Client):
    signed_up(client)
    now = timezone.now()
    updates.publish(
        *("test", 1), title="New", summary="", path="/news/", about=["news"], at=now, now=now
    )
    updates.send(now)
    letter = Notice.objects.get(kind=Kind.UPDATE)
    Client(enforce_csrf_checks=True).post(letter.leave, {"List-Unsubscribe": "One-Click"})
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("page", ["confirm", "mine", "leave"])
def test_a_link_that_somebody_made_up_opens_nothing(client: Client, page: str):
    token = signed_up(client)
    for wrong in ("x", f"{token}x", token.partition(":")[0], "a:b:c"):
        for ask in (client.get, client.post):
            assert ask(f"/updates/{page}/{wrong}").status_code == 410
    assert Subscriber.objects.exists()


def entries(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer["Content-Type"] == "application/atom+xml"
    assert "public" in answer["Cache-Control"]
    feed = ET.fromstring(answer.content)  # our own
    assert feed.findtext(f"{ATOM}title")
    return [str(entry.findtext(f"{ATOM}title")) for entry in feed.findall(f"{ATOM}entry")]


def test_a_feed_holds_what_was_published_on_its_topic_the_newest_first(cast: Cast, client: Client):
    now = timezone.now()
    for number, about in enumerate(["news", "library:lee", "news"]):
        at = now + timedelta(seconds=number)
        facts = {"title": f"<b>{number}</b> \u202e", "summary": "x", "path": "/a/"}
        updates.publish("test", number, about=[about], at=at, now=at, **facts)
    assert [each[3] for each in entries(client, "/updates/feed.atom")] == ["2", "1", "0"]
    assert [each[3] for each in entries(client, "/updates/feed/news.atom")] == ["2", "0"]
    assert [each[3] for each in entries(client, "/updates/feed/library:lee.atom")] == ["1"]
    assert entries(client, "/updates/feed/route:WEST 2.atom") == []
    for unknown in ("cheese", "library:atlantis", "library:", ":", "a:b:c"):
        assert client.get(f"/updates/feed/{unknown}.atom").status_code == 404


def test_no_page_of_ours_hides_the_way(client: Client):
    assert re.search(r'<a href="/updates">', client.get("/libraries").content.decode())
