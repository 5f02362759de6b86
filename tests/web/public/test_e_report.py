"""“The link did not work”: the report is kept, and the reader goes on."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from postroad.econtent import taking
from postroad.econtent.licensed import Link
from postroad.econtent.models import LinkReport, Title
from postroad.web.public import e_report
from tests.cast import Cast
from tests.econtent.lists import NOW, shown, titles

pytestmark = pytest.mark.django_db
REPORT, ASK = "/e-resources/report/", "/openurl?paste=10.1000/182"


@pytest.fixture
def title() -> Title:
    file = shown(titles("Ferries"))
    taking.take_effect(file, by=None, now=NOW)
    return Title.objects.live().get()


def test_a_report_is_kept_and_the_reader_goes_on(client: Client, title: Title) -> None:
    for _time in range(2):
        answer = client.post(REPORT, {"title": title.pk, "next": ASK})
        assert (answer.status_code, answer["Location"]) == (302, ASK)
    row = LinkReport.objects.get()
    assert (row.address, row.count) == ("https://j.example/Ferries", 2)
    assert client.get(REPORT).status_code == 405


@pytest.mark.parametrize("key", ["", "x", "9" * 40, "-1", "99999999", "\0", "²"])
def test_whatever_is_sent_nobody_is_kept_from_asking(client: Client, key: str) -> None:
    assert client.post(REPORT, {"title": key, "next": ASK})["Location"] == ASK
    assert not LinkReport.objects.exists()


@pytest.mark.parametrize("way", ["https://evil.example/", "//evil.example", "javascript:x", ""])
def test_nobody_is_led_away_from_here(client: Client, title: Title, way: str) -> None:
    assert client.post(REPORT, {"title": title.pk, "next": way})["Location"] == "/openurl"


def test_from_one_place_not_more_than_so_many_are_counted(
    client: Client, title: Title, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(e_report, "RATE", "2/h/ip")
    for _time in range(4):
        assert client.post(REPORT, {"title": title.pk, "next": ASK})["Location"] == ASK
    assert LinkReport.objects.get().count == 2


def test_the_link_with_its_button_stands_on_a_page(rf: RequestFactory, title: Title) -> None:
    link = Link("Boats Online", "card", "https://j.example/Ferries", title.title_list_id, title.pk)
    said = render_to_string("shared/_e_link.html", {"link": link, "ask": ASK}, rf.get("/openurl"))
    assert 'href="https://j.example/Ferries"' in said
    assert "Read it in Boats Online" in said
    assert "With the number of your library card." in said
    assert f'name="title" value="{title.pk}"' in said
    assert f'name="next" value="{ASK}"' in said


def test_the_office_sees_the_count_settles_it_and_opens_it_again(
    client: Client, cast: Cast, title: Title
) -> None:
    for _time in range(3):
        client.post(REPORT, {"title": title.pk, "next": ASK})
    report = LinkReport.objects.get()
    client.force_login(cast.centre)
    lists = "/office/e-resources/lists/"
    said = client.get(lists).content.decode()
    assert "3 reports, the last" in said
    for step, words in (
        ("settle", "Settled."),
        ("settle", "changed meanwhile"),
        ("reopen", "open"),
    ):
        answer = client.post(f"{lists}reports/{report.pk}/", {"step": step}, follow=True)
        assert words in answer.content.decode()
    report.refresh_from_db()
    assert report.settled_at is None
