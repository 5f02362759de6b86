"""A network inside the consortium as everybody sees it: its pages, its scope, asking to join."""

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from postroad.cases.models import Application, Case
from postroad.catalogue import search
from postroad.directory import network_rules, networks
from postroad.directory.models import Closure, Effect, Library, Network, NetworkRules, Policy
from tests.cast import Cast
from tests.ill.story import copy, title

FRONT = "/networks/berkshire/"
JOINS = {
    "library": "Becket School Library",
    "town": "Becket",
    "state": "MA",
    "kind": "school",
    "name": "Jo March",
    "email": "jo@example.org",
    "system": "Destiny",
    "titles": "3000",
    "text": "We would like to lend, too.",
}


@pytest.fixture
def berkshire(cast: Cast) -> Network:
    network = Network.objects.get(code="berkshire")
    network.lead = "Libraries in the hills."
    network.takes_applications = True
    network.save()
    return network


@pytest.fixture
def shelves(cast: Cast) -> None:
    walden = title("Walden")
    copy(walden, cast.lenox, "1")
    copy(walden, cast.pittsfield, "2")
    copy(title("Emma"), cast.pittsfield, "3")
    search.refresh()


def text(client: Client, path: str, **typed: str) -> str:
    answer = client.get(f"{path}?{urlencode(typed)}" if typed else path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.mark.usefixtures("shelves", "berkshire")
def test_its_front_page_says_who_it_is_and_what_it_has(client: Client):
    said = text(client, FRONT)
    for words in ("Libraries in the hills.", "Titles 1", "Libraries 2", "Walden", "Ask to join"):
        assert words in said
    assert "Emma" not in said
    assert "Look after it" not in said
    assert "Berkshire Libraries" in text(client, "/networks/")


def test_a_network_that_nobody_knows_is_not_there(cast: Cast, client: Client):
    for page in ("", "search", "members", "rules", "join"):
        assert client.get(f"/networks/nowhere/{page}").status_code == 404


@pytest.mark.usefixtures("shelves", "berkshire")
def test_its_search_finds_what_its_members_have_and_says_so(client: Client):
    said = text(client, FRONT + "search", q="walden")
    assert "Titles in Berkshire Libraries" in said
    assert "On the shelf at 1 library" in said  # Pittsfield is none of its members
    assert "1 title" in said
    everywhere = text(client, "/search", q="walden")
    assert "On the shelf at 2 libraries" in everywhere


@pytest.mark.usefixtures("shelves", "berkshire")
def test_one_press_looks_in_all_libraries_and_keeps_what_was_typed(client: Client):
    page = client.get(FRONT + "search?q=emma&author=&format=book&library=lee&page=3")
    assert page.context["answer"].total == 0
    everywhere, here = page.context["scopes"]
    assert (everywhere.address, everywhere.chosen) == ("/search?q=emma&author=&format=book", False)
    assert here.chosen
    assert "All libraries have 1 title: look there" in re.sub(r"\s+", " ", page.content.decode())
    assert client.get(everywhere.address).context["answer"].total == 1


@pytest.mark.usefixtures("shelves", "berkshire")
def test_what_narrows_stays_within_the_network(client: Client):
    page = client.get(FRONT + "search?q=walden")
    for facet in page.context["facets"]:
        for choice in facet.choices:
            assert choice.address.startswith("?")
    named = next(facet for facet in page.context["facets"] if facet.label == "Library")
    assert [choice.label for choice in named.choices] == ["Lenox Library"]
    assert 'action="/networks/berkshire/search"' in page.content.decode()


@pytest.mark.usefixtures("shelves", "berkshire")
@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("borrower", ["All libraries", "Berkshire Libraries"]),
        ("ada", ["All libraries", "Berkshire Libraries"]),
        ("neighbour", []),  # Pittsfield is in no network
        ("centre", []),
        (None, []),
    ],
)
def test_who_belongs_to_a_network_may_choose_it_and_all_is_what_is_usual(
    client: Client, cast: Cast, who: str | None, offered: list[str]
):
    if who:
        client.force_login(cast.people[who])
    for _ in range(2):  # nothing is remembered but what the address says
        choices = client.get("/search?q=walden").context["scopes"]
        assert [each.label for each in choices] == offered
        assert [each.chosen for each in choices] == [True, False][: len(choices)]
        client.get(FRONT + "search?q=walden")


@pytest.mark.usefixtures("shelves")
def test_whoever_joins_or_leaves_is_in_its_search_with_the_next_question(
    client: Client, cast: Cast, berkshire: Network
):
    def total() -> int:
        found: int = client.get(FRONT + "search?q=emma").context["answer"].total
        return found

    assert total() == 0
    Library.objects.filter(pk=cast.pittsfield.pk).update(network=berkshire)
    assert total() == 1
    Library.objects.filter(pk=cast.pittsfield.pk).update(active=False)
    assert total() == 0
    Library.objects.update(network=None)
    assert client.get(FRONT + "search").context["answer"].total == 0  # not everything


@pytest.mark.usefixtures("berkshire")
def test_a_search_in_it_costs_one_statement_more_whatever_its_size(
    client: Client, django_assert_max_num_queries: Any
):
    search.refresh()
    client.get("/search?q=x")
    with django_assert_max_num_queries(20) as everywhere:
        client.get("/search?q=walden")
    network = Network.objects.get(code="berkshire")
    made = Library.objects.bulk_create(
        Library(code=f"b{n}", name=f"B {n}", state="MA", network=network) for n in range(600)
    )
    Policy.objects.bulk_create(Policy(library=each) for each in made)
    with django_assert_max_num_queries(len(everywhere) + 4):
        assert client.get(FRONT + "search?q=walden").status_code == 200


# Its members, and today


@pytest.mark.parametrize(
    ("day", "lee", "lenox"),
    [
        ("2026-11-23", "open", "open"),  # a Monday
        ("2026-11-24", "open", "closed on this weekday"),
        ("2026-12-25", "closed", "closed"),  # a holiday of all
    ],
)
def test_each_member_says_whether_it_is_open_today(
    client: Client, cast: Cast, berkshire: Network, day: str, lee: str, lenox: str
):
    Library.objects.filter(code="lenox").update(open_days="M-W-F--")
    christmas = date(2026, 12, 25)
    Closure.objects.create(
        effect=Effect.CLOSED, first_day=christmas, last_day=christmas, reason="Christmas"
    )
    with time_machine.travel(f"{day}T15:00:00+00:00", tick=False):
        said = text(client, FRONT + "members")
        rows = {name: said.split(f"{name} Library")[-1] for name in ("Lee", "Lenox")}
        assert lee in rows["Lee"].split("lee@example.org")[0]
        assert lenox in rows["Lenox"].split("lenox@example.org")[0]
        front = text(client, FRONT)
        assert ("0 are open today" in front) is (day == "2026-12-25")


# Its rules


def agree(network: Network, effective: date, **facts: Any) -> None:
    nothing = {name: getattr(NetworkRules(), name) for name in network_rules.FIELDS}
    network_rules.enter(
        network, {**nothing, **facts}, effective=effective, by="Ann", at=timezone.now()
    )


def test_its_rules_stand_in_plain_words_with_their_day(client: Client, berkshire: Network):
    assert "agreed on no rules" in text(client, FRONT + "rules")
    today = timezone.localdate()
    agree(berkshire, today, loan_days=14, formats_kept=["film"], own_allowed=["loan_days"])
    agree(berkshire, today + timedelta(days=9), loan_days=7, renewals=0, lends_outside=False)
    said = text(client, FRONT + "rules")
    now, coming = said.split("To come, from")
    assert "may be kept for 14 days" in now
    assert "A library may decide this otherwise." in now
    assert "only to each other: film." in now
    assert "may be kept for 7 days" in coming
    assert "It is not renewed." in coming
    assert "Its libraries lend only to each other." in coming


def test_a_members_page_tells_what_counts_for_it(client: Client, berkshire: Network):
    agree(berkshire, timezone.localdate(), loan_days=9)
    assert "Lends for 9 days" in text(client, "/libraries/lee")
    assert "Lends for 28 days" in text(client, "/libraries/pittsfield")


# A name of its own


def test_at_its_own_name_its_front_page_comes_first(
    client: Client, berkshire: Network, settings: Any
):
    settings.ALLOWED_HOSTS = ["testserver", "hills.example.org"]
    networks.change(berkshire, {"host": "hills.example.org"}, by="Ann")
    own = client.get("/", headers={"host": "hills.example.org"})
    assert "Libraries in the hills." in own.content.decode()
    assert client.get("/status", headers={"host": "hills.example.org"}).status_code == 200
    assert client.get("/").resolver_match.url_name != "network"
    assert client.get("/", headers={"host": "other.example.org"}).status_code == 400


# Asking to join


def asks(client: Client, **more: str) -> Any:
    return client.post(FRONT + "join", JOINS | more)


@pytest.mark.usefixtures("berkshire")
def test_a_school_asks_to_join_and_reads_its_application(client: Client):
    answer = asks(client)
    assert answer.status_code == 302
    asked = Application.objects.get()
    assert (asked.name, asked.kind, asked.titles) == ("Becket School Library", "school", 3000)
    said = text(client, answer["Location"])
    for words in ("asks to join Berkshire Libraries", "Destiny", "3000", "We would like to lend"):
        assert words in said


@pytest.mark.usefixtures("berkshire")
def test_the_second_press_is_the_same_application(client: Client):
    key = "7e9a9d1c-5c6b-4f4e-9d53-2f0d9a1b6c11"
    assert asks(client, key=key)["Location"] == asks(client, key=key)["Location"]
    assert Application.objects.count() == 1


@pytest.mark.usefixtures("berkshire")
@pytest.mark.parametrize(
    "wrong",
    [
        {"library": ""},
        {"town": " "},
        {"email": "jo"},
        {"state": "ME"},
        {"kind": "centre"},
        {"titles": "-1"},
        {"titles": "99999999999999999999"},
        {"library": "Lee Library", "town": "Lee"},  # a member already
    ],
)
def test_what_cannot_be_sent_is_said_and_nothing_is_lost(client: Client, wrong: dict[str, str]):
    answer = asks(client, **wrong)
    assert answer.status_code == 422
    assert "We would like to lend, too." in answer.content.decode()
    assert not Case.objects.exists()


@pytest.mark.usefixtures("berkshire")
def test_a_flood_waits(client: Client):
    codes = [asks(client, library=f"School {n}").status_code for n in range(12)]
    assert codes[:10] == [302] * 10
    assert codes[10:] == [429] * 2


def test_a_network_that_takes_none_says_so(client: Client, berkshire: Network):
    networks.change(berkshire, {"takes_applications": False}, by="Ann")
    assert "takes no applications here just now" in text(client, FRONT + "join")
    assert asks(client)["Location"] == FRONT + "join"
    assert not Case.objects.exists()
    assert "Ask to join" not in text(client, FRONT)


def test_nobody_joins_as_a_public_library_by_leaving_the_kind_as_it_was(
    client: Client, berkshire: Network
):
    assert '<option value="" selected>choose one' in client.get(FRONT + "join").text
    refused = client.post(FRONT + "join", JOINS | {"kind": ""})
    assert (refused.status_code, Application.objects.count()) == (422, 0)
