"""The front door, the guides, signing in and the editor's desk, in a real browser."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from postroad.guides import seed
from postroad.guides.models import News
from tests.browser import assert_accessible, weight
from tests.cast import PASSWORD, Cast

ADDRESSES = [
    "/",
    "/guides/",
    "/guides/how-to-ask-for-a-book/",
    "/guides/sending-books-to-rhode-island/",
    "/news/",
    "/news/no-van-on-thanksgiving/",
    "/accounts/login/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
]


@pytest.fixture
def published(site: str) -> None:
    seed.publish(date(2026, 11, 23))


@pytest.mark.parametrize(
    ("width", "dark"), [(1280, False), (1280, True), (360, False), (360, True)]
)
def test_the_public_pages_are_for_everybody(
    published: None, browse: Callable[..., Page], width: int, dark: bool
):
    page = browse(width=width, dark=dark)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    for address in ADDRESSES:
        page.goto(address)
        assert_accessible(page)
    assert complaints == []  # such as a policy that something on the page offends


def test_no_public_page_is_heavy(published: None, page: Page):
    for address in ADDRESSES:
        assert weight(page, address) < 60_000, address


def sign_in(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_signing_in_works_without_scripts_and_by_keyboard(
    published: None, cast: Cast, browse: Callable[..., Page]
):
    page = browse(scripts=False)
    page.goto("/staff/desk/")
    page.get_by_label("Name").focus()
    page.keyboard.type("allrounder")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("which library")
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    page.goto("/staff/desk/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_button_of_the_demonstration_leads_to_its_roles_work(
    published: None, cast: Cast, browse: Callable[..., Page], settings: Any, scripts: bool
):
    settings.DEMO = True
    page = browse(scripts=scripts)
    page.goto("/accounts/login/")
    with page.expect_navigation():
        page.locator("form[action='/accounts/demo/driver/']").get_by_role("button").click()
    expect(page).to_have_url(re.compile("/courier/$"))
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_a_wrong_password_is_told_where_it_is_seen(published: None, cast: Cast, page: Page):
    page.goto("/accounts/login/")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    assert_accessible(page)


def test_an_editor_publishes_news_and_the_editors_policy_offends_nothing(
    published: None, cast: Cast, page: Page
):
    complaints: list[str] = []
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.goto("/cms/")
    sign_in(page, "editor")
    page.get_by_role("link", name="Pages").first.wait_for()
    page.goto(f"/cms/pages/add/guides/newspage/{News.objects.get().pk}/")
    page.get_by_role("textbox", name="Title").fill("Snow")
    page.get_by_role("textbox", name="Intro").fill("The van stays at home today.")
    page.get_by_role("button", name="More actions").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Publish").click()
    page.goto("/")
    expect(page.get_by_role("link", name="Snow")).to_be_visible()
    assert complaints == []
