"""What a real browser tells of a page: is it accessible, how much does it weigh."""

import gzip
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Response, sync_playwright

from tests import lots

# A window's address bar, that nobody sees, costs as much as the page: two pages of its own. To
# switch them off takes the place of Playwright's list, so that stands here too.
WITHOUT = [
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    *(
        "AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose HttpsUpgrades"
        " HttpsFirstBalancedModeAutoEnable LensOverlay MediaRouter PaintHolding"
        " ThirdPartyStoragePartitioning AvoidCorsURLLoaderRestartOnRedirect OptimizationHints"
        " NetworkTimeServiceQuerying AimEnabled PreconnectToSearch"
    ).split(),
]
FLAGS = [
    f"--disable-features={','.join(WITHOUT)}",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# On the way of a journey axe is asked once in so many times, by lot; at night always. About each
# page of each role it is asked on each change, by tests/journeys/test_every_page.py.
AXE_IN = 4
CANDIDATES = ("chromium", "chromium-browser", "google-chrome")


def installed() -> str | None:
    """Where this machine keeps its browser, or None."""
    return next(filter(None, map(shutil.which, CANDIDATES)), None)


@contextmanager
def running() -> Iterator[Browser]:
    """This machine's browser with a profile of its own; without one, the test skips."""
    chromium = installed()
    if chromium is None:
        pytest.skip("no Chromium on this machine: install Debian's package `chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def violations(page: Page) -> list[str]:
    """Each violation that axe finds on this page, as a line that names the element.

    The page must have been opened with scripts allowed: axe waits for ever without.
    """
    if not page.evaluate("'axe' in window"):  # it may look at one page by day and by night
        page.evaluate(AXE_SCRIPT)
    found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{each['id']}: {each['help']}: {node['html'][:160]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def assert_accessible(page: Page, *, always: bool = False) -> None:
    """Axe, if its turn falls, has no complaint, and nothing sticks out to the right."""
    page.wait_for_load_state()  # a button pressed just before: its page is there, but not yet whole
    if always or lots.falls(AXE_IN):
        assert violations(page) == [], page.url
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0, f"{page.url} is {wider} pixels too wide"


def weight(page: Page, address: str) -> int:
    """The bytes of a page and of all that it fetches, each gzipped."""
    fetched: list[Response] = []

    def keep(response: Response) -> None:
        fetched.append(response)

    page.on("response", keep)
    page.goto(address, wait_until="networkidle")
    page.remove_listener("response", keep)
    return sum(len(gzip.compress(each.body())) for each in fetched if each.ok)
