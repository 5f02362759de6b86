"""Why a loan takes so long, in a real browser: axe, width, and the text that is copied."""

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from postroad.delivery.models import Via
from postroad.ill.lifecycle import State
from postroad.ill.models import Event
from postroad.reports.models import Pace
from postroad.reports.steps import Kind, Level
from tests.browser import assert_accessible
from tests.cast import PASSWORD, Cast
from tests.ill.story import begin


@pytest.mark.parametrize(
    ("width", "dark"), [pytest.param(1280, False, marks=pytest.mark.nightly), (360, True)]
)
def test_the_days_of_each_step_can_be_read_by_everybody_and_the_text_copied(
    browse: Callable[..., Page], cast: Cast, width: int, dark: bool
):
    now = timezone.now()
    story = begin(cast).at(State.SHIPPED)
    ago = {"ask": 9, "approve": 9, "refer": 8, "ship": 6}
    for verb, days in ago.items():
        Event.objects.filter(verb=verb).update(at=now - timedelta(days=days))
    for kind, via, destination, usual in (
        (Kind.LENDER, "", "", 3.5),
        (Kind.ROAD, Via.DELIVERY, "lee", 2.0),
    ):
        Pace.objects.create(
            kind=kind,
            level=Level.LIBRARY,
            via=via,
            origin="lenox",
            destination=destination,
            days=usual,
            times=31,
            reckoned_at=now,
        )
    ref = story.ill.ref
    for who, address in (
        ("ada", f"/patron/requests/{ref}/why/"),
        ("", f"/why-so-long?number={ref}"),
        ("borrower", f"/staff/requests/{ref}/why/"),
    ):
        page = browse(width=width, dark=dark)
        if who:
            page.goto("/accounts/login/")
            page.fill("[name=login]", who)
            page.fill("[name=password]", PASSWORD)
            page.click("main button.main")
            page.wait_for_load_state("networkidle")
        page.goto(address)
        assert_accessible(page)
        if folder := os.environ.get("PICTURES"):
            name = f"{folder}/so-long-{who or 'visitor'}-{width}-{'dark' if dark else 'light'}.png"
            page.screenshot(path=name, full_page=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the text").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == page.locator("#to-send").input_value().strip()
    assert "6 days so far (usually 2 days)" in copied
