"""A situation is switched on, changed and ended, in a browser: what it changes is seen and goes."""

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser import assert_accessible
from tests.cast import PASSWORD, Cast


@pytest.mark.parametrize(
    ("width", "dark"), [pytest.param(1280, False, marks=pytest.mark.nightly), (360, True)]
)
def test_a_situation_is_switched_on_changed_and_ended(
    browse: Callable[..., Page], cast: Cast, width: int, dark: bool
):
    page, reader = browse(width=width, dark=dark), browse(width=width, dark=dark)
    page.goto("/accounts/login/")
    page.fill("[name=login]", "centre")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    page.wait_for_load_state("networkidle")
    page.goto("/office/situations/")
    page.get_by_role("link", name="Enter a situation").click()
    look(page, f"add-{width}")
    today = timezone.localdate()
    page.fill("[name=name]", "Snowstorm")
    page.select_option("[name=where]", "state:MA")
    page.fill("[name=first_day]", today.isoformat())
    page.fill("[name=last_day]", (today - timedelta(days=1)).isoformat())
    page.check("[name=effects][value=closed]")
    page.fill("[name=banner]", "Libraries in Massachusetts are closed.")
    page.fill("[name=days-courier-late]", "21")
    page.get_by_role("button", name="Show what it will change").click()
    expect(page.get_by_text("It would end before it begins.").first).to_be_visible()
    page.fill("[name=last_day]", "")
    page.get_by_role("button", name="Show what it will change").click()
    expect(page.get_by_text("4 libraries are concerned.")).to_be_visible()
    look(page, f"draft-{width}")

    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_text("Switched on.", exact=False).first).to_be_visible()
    look(page, f"on-{width}")
    reader.goto("/libraries/lee")
    expect(reader.get_by_text("Libraries in Massachusetts are closed.")).to_be_visible()
    look(reader, f"reader-{width}")

    page.get_by_role("link", name="Change it").click()
    expect(page.locator("[name=first_day]")).to_be_disabled()
    page.fill("form.form [name=last_day]", (today + timedelta(days=6)).isoformat())
    page.fill("form.form [name=banner]", "Closed until next week.")
    page.get_by_role("button", name="Show what it will change").click()
    expect(page.get_by_role("heading", name="What this will change")).to_be_visible()
    look(page, f"change-{width}")
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_role("heading", name="What was changed meanwhile")).to_be_visible()
    look(page, f"changed-{width}")
    reader.goto("/libraries/lee")
    expect(reader.get_by_text("Closed until next week.")).to_be_visible()

    page.get_by_role("button", name="End it").click()
    expect(page.get_by_role("heading", name="Report")).to_be_visible()
    look(page, f"over-{width}")
    reader.goto("/libraries/lee")
    expect(reader.get_by_text("Closed until next week.")).to_have_count(0)


def look(page: Page, name: str) -> None:
    assert_accessible(page)
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/situation-{name}.png", full_page=True)
