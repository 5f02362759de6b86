"""E-resources as readers find them: from A to Z, each one, and what one library has."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from postroad.econtent.models import Resource, Right, TitleList
from tests.browser import assert_accessible
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PROXY = "https://proxy.example/login?qurl="


def resource(name: str, **facts: Any) -> Resource:
    slug = name.lower().replace(" ", "-")
    address = f"https://{slug}.example/"
    return Resource.objects.create(slug=slug, name=name, **{"address": address, **facts})


def allow(found: Resource, who: str, how: str = "card", **more: Any) -> None:
    Right.objects.create(resource=found, who=who, how=how, **more)


@pytest.fixture
def shelf(cast: Cast) -> dict[str, Resource]:
    made = {
        "harbor": resource("Harbor News", subjects=["News", "Ships"], kind="news"),
        "open": resource("Commons", subjects=["News"], kind="open"),
        "unknown": resource("4 Charts", description="Maps of the sea"),
    }
    allow(made["harbor"], "kind", value="public", how="proxy", prefix=PROXY)
    allow(made["harbor"], "town", value="Otis", ranges="192.0.2.0/24", card_pattern="2 and 13")
    allow(made["open"], "everybody", how="open")
    return made


def html(client: Client, path: str = "/e-resources/", **typed: str) -> str:
    answer = client.get(f"{path}?{urlencode(typed)}" if typed else path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def text(client: Client, path: str = "/e-resources/", **typed: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html(client, path, **typed)))


def names(client: Client, **typed: str) -> list[str]:
    return re.findall(r'<h3> <a href="/e-resources/[^"]+" ?>([^<]+)<', html(client, **typed))


@pytest.mark.usefixtures("shelf")
def test_they_stand_from_a_to_z_and_under_each_of_their_subjects(client: Client):
    assert names(client) == ["4 Charts", "Commons", "Harbor News"]
    assert names(client, by="subject") == [
        *("Commons", "Harbor News"),  # News
        "4 Charts",  # no subject
        "Harbor News",  # Ships
    ]
    assert names(client, by="subject", subject="Ships") == ["Harbor News"]
    assert names(client, q="sea maps") == ["4 Charts"]
    assert names(client, kind="open") == ["Commons"]
    assert "No resource matches that." in text(client, q="zeppelins")


@pytest.mark.usefixtures("shelf")
def test_an_article_and_an_accent_part_no_name_from_its_letter(client: Client):
    said = ("The Herald", "Éducation Source", "Early Prints", "arXiv", "A to Z Maps", "Los Mares")
    Resource.objects.bulk_create(
        Resource(slug=f"r{place}", name=name) for place, name in enumerate(said)
    )
    assert names(client) == [
        *("4 Charts", "A to Z Maps", "arXiv", "Commons", "Early Prints", "Éducation Source"),
        *("Harbor News", "The Herald", "Los Mares"),
    ]
    assert re.findall(r"<h2[^>]*> ?(\S) ?</h2>", html(client)) == list("#ACEHL")


@pytest.mark.usefixtures("shelf")
def test_for_a_library_stands_what_its_readers_may_use_and_nothing_unknown(
    client: Client, cast: Cast
):
    assert names(client, library="lee") == ["Commons", "Harbor News"]
    assert names(client, library=cast.otis_school.code) == ["Commons", "Harbor News"]
    assert "People who live in Otis. With the number" in text(client, library="otis")
    assert names(client, library="lenox library") == ["Commons", "Harbor News"]
    assert "We know no library called “Atlantis”" in text(client, library="Atlantis")


def test_what_is_over_is_listed_nowhere_and_its_page_says_so(client: Client):
    yesterday = timezone.localdate() - timedelta(1)
    over = resource("Gone", ends_on=yesterday)
    allow(over, "everybody", how="open")
    resource("Retired", active=False)
    assert names(client) == []
    said = html(client, "/e-resources/gone/")
    assert "It ended on" in said
    assert "https://gone.example/" not in said
    assert "It is no longer offered." in text(client, "/e-resources/retired/")


def test_a_trial_says_until_when(client: Client):
    resource("Tried", trial_until=timezone.localdate() + timedelta(200))
    resource("Lasting", ends_on=timezone.localdate() + timedelta(200))
    assert "This is a trial: it can be used until" in text(client)
    assert "It can be used until" not in text(client)
    assert "It can be used until" in text(client, "/e-resources/lasting/")


def test_the_link_leads_through_the_readers_library_and_strangers_get_none(
    client: Client, cast: Cast, shelf: dict[str, Resource]
):
    said = html(client, "/e-resources/harbor-news/", library="lee")
    assert f'href="{PROXY}https%3A%2F%2Fharbor-news.example%2F"' in said
    assert "192.0.2.0" not in said
    assert "2 and 13" not in said
    assert "harbor-news.example" not in html(client, "/e-resources/harbor-news/")
    assert 'href="https://commons.example/"' in html(client, "/e-resources/commons/")
    client.force_login(cast.ada)
    assert "Readers of Lee Library may use it." in text(client, "/e-resources/harbor-news/")


@pytest.mark.usefixtures("shelf")
def test_who_says_where_she_lives_is_told_whether_that_lets_her_in(client: Client):
    path = "/e-resources/harbor-news/"
    said = html(client, path, lives="otis")
    assert "You may use it. With the number of your library card." in said
    assert 'href="https://harbor-news.example/"' in said
    elsewhere = html(client, path, lives="Lee")
    assert "Where you live alone does not let you in" in elsewhere
    assert "harbor-news.example" not in elsewhere
    assert "You may use it." in text(client, path, lives="Otis", library="providence")
    assert "Where you live" not in text(client, "/e-resources/commons/")


def test_what_nobody_knows_is_said_to_be_not_known(client: Client, shelf: dict[str, Resource]):
    said = text(client, "/e-resources/4-charts/", library="lee")
    assert "Whether readers of Lee Library may use it is not known here." in said
    assert "Who may use it Not known." in said
    assert "May be lent to other libraries Not known" in said
    shelf["unknown"].lending = "no"
    shelf["unknown"].save()
    TitleList.objects.create(resource=shelf["unknown"], platform="charts.example", size=1200)
    said = text(client, "/e-resources/4-charts/", library="lee")
    assert "May be lent to other libraries No" in said
    assert "charts.example 1,200 titles" in said


def test_a_library_has_a_page_of_what_it_has(client: Client, shelf: dict[str, Resource]):
    said = text(client, "/libraries/lee/e-resources")
    assert "For all its readers" in said
    assert "Harbor News" in said
    assert "4 Charts" not in said
    assert "/libraries/lee/e-resources" in html(client, "/libraries/lee")
    Right.objects.all().delete()
    assert "No resource is known" in text(client, "/libraries/lee/e-resources")
    assert client.get("/libraries/atlantis/e-resources").status_code == 404
    assert client.get("/e-resources/atlantis/").status_code == 404


@pytest.mark.parametrize("many", [1, 6])
def test_the_lists_take_as_many_statements_however_long_they_are(
    client: Client, cast: Cast, many: int, django_assert_num_queries: Any
):
    for number in range(many):
        allow(resource(f"R {number}"), "network", network=cast.lee.network)
    with django_assert_num_queries(4):
        client.get("/e-resources/?library=lee")
    with django_assert_num_queries(3):
        client.get("/libraries/lee/e-resources")


@pytest.mark.usefixtures("shelf")
def test_the_pages_are_accessible(page: Page, site: str):
    for path in (
        "/e-resources/?by=subject&library=lee",
        "/e-resources/harbor-news/?library=lee",
        "/libraries/lee/e-resources",
    ):
        page.goto(f"{site}{path}")
        assert_accessible(page)
