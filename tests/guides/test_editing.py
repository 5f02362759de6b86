"""The editor's own pages: short ways, our words, and a preview that can be seen."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from postroad.guides import seed
from postroad.guides.models import FrontPage, GuidePage, Guides, News, NewsPage
from tests.cast import Cast
from tests.guides.test_guides import TODAY

WORDS = (
    '{"blocks": [{"key": "a", "text": "Roll it.", "type": "unstyled", "depth": 0,'
    ' "inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}'
)


@pytest.fixture
def desk(cast: Cast, client: Client) -> Client:
    seed.publish(TODAY)
    client.force_login(cast.editor)
    return client


def begin(kind: str = "guidepage") -> str:
    parent = Guides.objects.get() if kind == "guidepage" else News.objects.get()
    return f"/cms/pages/add/guides/{kind}/{parent.pk}/"


def sent(**more: str) -> dict[str, str]:
    return {
        "title": "How to return a map",
        "intro": "Roll it, never fold it.",
        "updated_on": "2026-11-23",
        "kind": "guide",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "text",
        "body-0-id": "",
        "body-0-value": WORDS,
        "action-publish": "action-publish",
        **more,
    }


def test_the_first_page_begins_with_what_an_editor_comes_for(desk: Client):
    page = desk.get("/cms/").content.decode()
    for address in (begin(), begin("newspage")):
        assert f'href="{address}"' in page
        assert desk.get(address).status_code == 200
    oldest = GuidePage.objects.order_by("updated_on")[0]
    assert page.index("Longest since review") < page.index(oldest.title)


def test_it_still_stands_when_the_lists_were_taken_away(desk: Client):
    Guides.objects.get().delete()
    News.objects.get().delete()
    page = desk.get("/cms/")
    assert page.status_code == 200
    assert "Write a guide" not in page.content.decode()


def test_what_nobody_uses_here_is_not_offered(desk: Client):
    page = desk.get("/cms/").content.decode()
    for name in ("whats-new", "/cms/workflows/", "/cms/reports/workflow/"):
        assert name not in page, name
    assert "As readers see it" in page


def test_to_publish_comes_first_and_asks_nobody_else(desk: Client):
    page = desk.get(begin()).content.decode()
    assert page.index('name="action-publish"') < page.index("Save draft")
    assert "approval" not in page


def test_a_new_guide_begins_with_an_empty_text(desk: Client):
    form = desk.get(begin()).context["form"]
    assert [block.block_type for block in form["body"].value()] == ["text"]
    assert not desk.get(begin("newspage")).context["form"]["body"].value()


def test_the_address_is_made_from_the_title_and_no_two_are_alike(desk: Client):
    for _time in range(2):
        answer = desk.post(begin(), sent())
        assert answer.status_code == 302, answer.context["form"].errors
    made = GuidePage.objects.filter(title="How to return a map").order_by("pk")
    assert [page.slug for page in made] == ["how-to-return-a-map", "how-to-return-a-map-2"]
    assert "Roll it." in desk.get("/guides/how-to-return-a-map-2/").content.decode()


def test_a_page_that_is_renamed_keeps_its_address(desk: Client):
    guide = GuidePage.objects.get(slug="when-a-book-is-late")
    desk.post(f"/cms/pages/{guide.pk}/edit/", sent(title="When it is late"))
    assert "When it is late" in desk.get("/guides/when-a-book-is-late/").content.decode()


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        ({"title": ""}, "Please fill this in."),
        ({"intro": "x" * 301}, "Use at most 300 characters; you have 301."),
        ({"intro": "\x00"}, "It has a character that cannot be saved."),
        ({"updated_on": "lately"}, "Type the date like 12/31/2026."),
        ({"body-count": "0"}, "There is nothing here yet. Add some text first."),
    ],
)
def test_what_cannot_be_published_is_told_in_our_words(
    desk: Client, mistake: dict[str, str], said: str
):
    answer = desk.post(begin(), sent(**mistake))
    assert said in answer.content.decode()
    assert not GuidePage.objects.filter(intro__startswith="Roll it").exists()


def test_a_preview_may_stand_in_the_editors_page_and_nowhere_else(desk: Client):
    guide = GuidePage.objects.get(slug="when-a-book-is-late")
    address = f"/cms/pages/{guide.pk}/edit/preview/"
    assert desk.post(address, sent()).json()["is_valid"]
    preview = desk.get(address, {"mode": ""})
    assert "Roll it." in preview.content.decode()
    assert preview["X-Frame-Options"] == "SAMEORIGIN"
    assert policy(preview)["frame-ancestors"] == "'self'"
    live = desk.get(guide.url)
    assert live["X-Frame-Options"] == "DENY"
    assert policy(live) == {**policy(preview), "frame-ancestors": "'none'"}


def policy(page: Any) -> dict[str, str]:
    parts = page["Content-Security-Policy"].split(";")
    return dict(part.strip().split(" ", 1) for part in parts if part.strip())


def test_show_until_stands_beside_the_day_and_a_schedule_is_offered(desk: Client):
    page = desk.get(begin("newspage")).content.decode()
    assert page.index('name="day"') < page.index('name="show_until"') < page.index('name="intro"')
    assert "Set schedule" in page
    assert "Set schedule" in desk.get(begin()).content.decode()
    front = FrontPage.objects.get()
    assert "Set schedule" not in desk.get(f"/cms/pages/{front.pk}/edit/").content.decode()


def test_news_is_not_over_before_its_day(desk: Client):
    said = {"title": "Snow", "intro": "No van.", "day": "2026-11-24", "body-count": "0"}
    press = {"action-publish": "action-publish"}
    answer = desk.post(begin("newspage"), {**said, **press, "show_until": "2026-11-23"})
    assert "Choose the date of the news or a later one" in answer.content.decode()
    assert not NewsPage.objects.filter(title="Snow").exists()
    desk.post(begin("newspage"), {**said, **press, "show_until": "2026-11-24"})
    assert NewsPage.objects.get(title="Snow").show_until == date(2026, 11, 24)
