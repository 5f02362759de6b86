"""The front door, the guides, signing in and the editor's desk, in a real browser."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from postroad.guides import seed
from tests.browser import assert_accessible, weight
from tests.cast import PASSWORD, Cast

ADDRESSES = [
    "/",
    "/guides/",
    "/guides/how-to-ask-for-a-book/",
    "/guides/sending-books-to-rhode-island/",
    "/guides/interlibrary-loan/",
    "/guides/interlibrary-loan/state-wide-delivery/",
    "/guides/interlibrary-loan/?whole",
    "/answers/",
    "/answers/when-is-something-late/",
    "/search/guides?q=rhode+island",
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
    ("width", "dark"),
    [
        (1280, False),
        (360, True),
        pytest.param(1280, True, marks=pytest.mark.nightly),
        pytest.param(360, False, marks=pytest.mark.nightly),
    ],
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
    expect(page.get_by_role("heading", level=1)).to_contain_text("Which library")
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
    expect(page.get_by_role("alert")).to_contain_text("do not match")
    assert_accessible(page)


@pytest.fixture
def desk(published: None, cast: Cast, page: Page) -> Iterator[Page]:
    """The editor's first page; whatever she does there, the browser has nothing to complain of."""
    complaints: list[str] = []
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.goto("/cms/")
    sign_in(page, "editor")
    page.get_by_role("heading", name="What would you like to do?").wait_for()
    yield page
    assert complaints == []


def test_an_editor_publishes_news(desk: Page):
    desk.get_by_role("link", name="Write news").click()
    desk.get_by_role("textbox", name="Title").fill("Snow")
    desk.get_by_role("textbox", name="Intro").fill("The van stays at home today.")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Publish").click()
    desk.goto("/")
    expect(desk.get_by_role("link", name="Snow")).to_be_visible()


def test_an_editor_publishes_news_with_a_live_box(desk: Page):
    desk.get_by_role("link", name="Write news").click()
    desk.get_by_role("textbox", name="Title").fill("Closed this week")
    desk.get_by_role("textbox", name="Intro").fill("Late after [[courier-late]].")
    desk.get_by_role("button", name="Insert a block").click()
    desk.get_by_role("option", name="Live box").click()
    desk.locator("select[name=body-0-value]").select_option("closed")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Publish").click()
    desk.goto("/news/closed-this-week/")
    main = desk.get_by_role("main")
    expect(main).to_contain_text("Late after 14 days.")
    expect(main).to_contain_text("No library has said that it is closed this week")
    assert_accessible(desk)


def test_an_editor_writes_a_guide_from_nothing_to_the_end(desk: Page):
    desk.get_by_role("link", name="Write a guide").click()
    desk.get_by_role("textbox", name="Title").fill("How to return a map")
    desk.get_by_role("textbox", name="Intro").fill("Roll it, never fold it.")
    words = desk.locator("[contenteditable=true]")
    words.click()
    expect(words).to_be_focused()
    words.press_sequentially("Ask at the desk for a tube.", delay=5)
    # The editor hands on what was typed a moment later than it shows it.
    expect(desk.locator("[name=body-0-value]")).to_have_value(re.compile("for a tube"))
    desk.get_by_role("button", name="Toggle preview").click()
    seen = desk.frame_locator("#w-preview-iframe")
    expect(seen.get_by_text("Ask at the desk for a tube.")).to_be_visible()
    with desk.expect_navigation():
        desk.get_by_role("button", name="Publish").click()
    with desk.expect_navigation():
        desk.get_by_role("link", name="View live").click()
    expect(desk).to_have_url(re.compile("/guides/how-to-return-a-map/$"))
    expect(desk.get_by_role("main")).to_contain_text("Ask at the desk for a tube.")
