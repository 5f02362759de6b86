"""The pages on which something is closed or changed, in a real browser: axe and width."""

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from postroad.directory import closures
from postroad.ill import asking
from postroad.ill.acts import Act
from tests.browser import assert_accessible
from tests.cast import PASSWORD, Cast
from tests.ill.story import copy, title


@pytest.mark.parametrize(
    ("width", "dark"), [pytest.param(1280, False, marks=pytest.mark.nightly), (360, True)]
)
def test_the_pages_of_closing_and_changing_can_be_read_by_everybody(
    browse: Callable[..., Page], cast: Cast, width: int, dark: bool
):
    today, week = timezone.localdate(), timedelta(days=6)
    for end in (None, today + week):
        closures.close(
            libraries=[cast.lee],
            first_day=today,
            last_day=end,
            reason="Burst pipe",
            source="library",
            said_by="Dora",
        )
    (snow,) = closures.close(
        state="MA", first_day=today, last_day=today + week, reason="Snow", source="office"
    )
    closures.reopen(snow.entry, by="Carl")
    closures.close(state="RI", first_day=today, last_day=today, reason="Snow", source="office")
    record = title()
    copy(record, cast.lenox, "30001000000017")
    ill = asking.ask(record, Act(cast.ada), patron=cast.ada, library=cast.lee)
    pages = {
        "director": ["/staff/library/?show=closures", "/staff/library/?show=policy"],
        "centre": ["/office/closures/"],
        "ada": [f"/patron/requests/{ill.ref}/amend/"],
        "borrower": [f"/staff/requests/{ill.ref}/amend/"],
        "": ["/libraries", "/libraries/lee", "/libraries/providence", f"/record/{record.pk}"],
    }
    for who, addresses in pages.items():
        page = browse(width=width, dark=dark)
        if who:
            page.goto("/accounts/login/")
            page.fill("[name=login]", who)
            page.fill("[name=password]", PASSWORD)
            page.click("main button.main")
            page.wait_for_load_state("networkidle")
        for number, address in enumerate(addresses):
            page.goto(address)
            assert_accessible(page)
            if folder := os.environ.get("PICTURES"):
                page.screenshot(path=f"{folder}/{who}-{number}-{width}.png", full_page=True)
