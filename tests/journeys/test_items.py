"""A director says what her system's words mean, on her library's own records."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from postroad.catalogue import rereading
from postroad.catalogue.models import Item, Rereading
from tests.browser import assert_accessible
from tests.cast import Cast
from tests.catalogue.records import load, record
from tests.journeys.people import Person

HERE = "/staff/library/items/"


def nothing(page: Page) -> None:
    """Axe cannot look where no scripts run."""


def shelf(cast: Cast) -> None:
    words = ["Available", "Checked out", "In the whaler", "On order", "In the whaler"]
    load(
        cast.lee,
        *(
            record(
                f"b{n}",
                ("852", {"b": "LEE", "p": f"3000{n}", "k": "FIC", "j": "SMI", "s": word}),
                title=title,
            )
            for n, (word, title) in enumerate(
                zip(words, ["Emma", "Persuasion", "Moby Dick", "Sanditon", "Typee"], strict=True)
            )
        ),
        record("n1", title="A record that lists no copy and has a very long title, as some do"),
    )


@pytest.mark.parametrize(("width", "dark", "scripts"), [(1280, False, True), (360, True, False)])
def test_a_director_says_what_a_word_means_and_puts_it_back(
    browse: Callable[..., Page], cast: Cast, settings: Any, tmp_path: Any, width, dark, scripts
):
    settings.HOME = tmp_path
    shelf(cast)
    page = browse(width=width, dark=dark, scripts=scripts)
    dora = Person("director", page, assert_accessible if scripts else nothing)
    dora.goes(HERE)
    preview = page.locator("#preview")
    assert "In the whaler" in preview.inner_text()
    page.get_by_label("In the whaler").select_option("in")
    if not scripts:
        page.get_by_role("button", name="Try", exact=True).click()
    page.locator("#preview", has_text="Nothing is saved yet").wait_for()
    assert "In the whaler" not in page.locator("#preview .tag").all_inner_texts()
    dora.presses("Save and read our records anew")
    expect(page.get_by_text("0 of 6 are done")).to_have_count(1)
    rereading.work_off(Rereading.objects.get().asked_at)
    if scripts:  # the page looks again by itself
        page.locator("#stand", has_text="Read anew").wait_for()
    assert Item.objects.filter(status="in").count() == 3
    dora.goes(HERE)
    dora.presses("Put back what was before: Evergreen (852 with $j)")
    expect(page.locator("#preview")).to_contain_text("In the whaler")
    dora.presses("Read our records anew")
    rereading.work_off(Rereading.objects.get().asked_at)
    assert Item.objects.filter(status="in").count() == 1
