"""What a driver does with the phone, and what it says, with a network and without."""

import re
import time

from playwright.sync_api import expect

from tests.journeys.people import Person

WAIT = 45_000  # ms: the page tries again every 15 s, sooner when the browser says it is online


def comes_to(driver: Person, town: str) -> None:
    driver.goes("/courier/")
    if driver.page.get_by_role("button", name="WEST 2", exact=True).count():
        driver.presses("WEST 2")
    driver.clicks(driver.page.get_by_role("button", name=re.compile(f"^I am here.*: {town}$")))
    expect(driver.page.get_by_role("heading", level=1)).to_be_visible()


KEPT = """async () => (await kept.get("round"))?.stops.length > 0
    && Boolean(await (await caches.open("postroad-courier-1")).match("/courier/round/"))
    && Boolean(navigator.serviceWorker.controller)"""


def is_kept(driver: Person) -> None:
    """The worker has the page, and the phone has the round. It is asked again and again here:
    `wait_for_function` takes the promise of an answer for a yes."""
    end = time.monotonic() + WAIT / 1000
    while not driver.page.evaluate(KEPT):
        assert time.monotonic() < end, "the phone has not kept the round"
        driver.page.wait_for_timeout(50)


def follows_to_sign_in(driver: Person) -> None:
    sign_in = driver.page.locator("#kept").get_by_role("link", name="Sign in")
    expect(sign_in).to_be_visible()
    driver.clicks(sign_in)


def scans(driver: Person, number: str) -> None:
    field = driver.page.locator("#scan")
    field.fill(number)
    field.press("Enter")
    expect(field).to_have_value("")


def told(driver: Person, sentence: str) -> None:
    expect(driver.page.locator("#kept")).to_contain_text(sentence)
