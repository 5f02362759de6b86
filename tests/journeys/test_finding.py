"""A reader looks for what she half remembers: two characters of a title, a name with a slip."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import assert_accessible
from tests.catalogue.records import item, load, record
from tests.journeys.people import click


@pytest.fixture
def shelves(cast):
    chinese = record(
        "b1",
        item("31"),
        ("880", {"6": "245-01/$1", "a": "樹上又有什麼"}),
        title="Shu shang you you shen me",
        author="Cao, Wenxuan",
        year="2015",
        language="chi",
    )
    load(cast.lee, chinese, record("b2", item("32"), title="Emma Goldman in exile", year="1989"))
    load(cast.lenox, record("x1", item("41"), title="Walden", author="Thoreau", year="1854"))


def test_a_chinese_title_is_found_by_two_of_its_characters(browse, shelves):
    page = browse(width=360)
    for typed in ("树上", "樹上"):  # as on either keyboard
        page.goto("/search")
        page.get_by_label("Title, author, subject or ISBN").fill(typed)
        click(page.get_by_role("button", name="Search", exact=True).last)
        expect(page.get_by_role("link", name="Shu shang you you shen me")).to_be_visible()
        expect(page.get_by_text("1 title").first).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_slip_shows_the_nearest_and_what_can_be_lent_now_is_a_link(browse, shelves, scripts):
    page = browse(width=1280, scripts=scripts)
    page.goto("/search?q=emma+goldmna")
    expect(page.get_by_role("heading", name="No title has exactly these words")).to_be_visible()
    expect(page.get_by_role("heading", name="Nearest to what you typed")).to_be_visible()
    if scripts:
        assert_accessible(page)
    click(page.get_by_role("link", name="emma goldman", exact=True))
    expect(page.get_by_role("link", name="Emma Goldman in exile")).to_be_visible()
    click(page.get_by_role("link", name="Can be lent now"))
    click(page.get_by_role("link", name="Remove: Can be lent now"))
    expect(page).to_have_url(re.compile(r"/search\?q=emma\+goldman$"))
