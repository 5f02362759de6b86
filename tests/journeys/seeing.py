"""What is asked of each page that somebody opens, whoever it is."""

import gzip
from functools import cache
from typing import Any

from django.contrib.staticfiles import finders
from playwright.sync_api import Page

from tests import lots
from tests.browser import AXE_IN, violations

HEAVY = 60_000  # bytes of a page and all that it fetches, each gzipped

SEEN = """() => ({
    title: document.title,
    headings: document.querySelectorAll("h1").length,
    page: performance.getEntriesByType("navigation")[0].encodedBodySize,
    fetched: [...new Set([
        ...performance.getEntriesByType("resource")
            .filter((each) => each.initiatorType !== "fetch").map((each) => each.name),
        ...[...document.querySelectorAll(
            "link[href]:not([rel=alternate], [rel=canonical]), script[src], img[src]"
        )]
            .map((each) => each.href || each.src),
    ])],
    inline: [...document.querySelectorAll(
        "script:not([src], [type='application/ld+json']), style, [style], " +
        "[onclick], [onsubmit], [onload], [onchange]"
    )].map((each) => each.outerHTML.slice(0, 120)),
})"""

STICKS_OUT = """() => {
    const wider = document.documentElement.scrollWidth - innerWidth;
    if (wider <= 0) return "";
    const out = [...document.querySelectorAll("body *")]
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5)
        .map((each) => each.outerHTML.slice(0, 140).replace(/\\s+/g, " "));
    return `${wider} pixels too wide: ${out.slice(0, 3).join(" | ")} | ${out.slice(-1)}`;
}"""

FOCUSED = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return "";  // past the end of the page
    const style = getComputedStyle(here);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const box = here.getBoundingClientRect();
    return ring && box.width > 0 ? "" : here.outerHTML.slice(0, 160);
}"""


def look(page: Page, *, axe: bool | None = None) -> None:
    """A page as it must be: named, headed, light, in one piece, and nothing for axe to say.

    Who does not say so has axe asked by lot.
    """
    page.wait_for_load_state()  # a button pressed just before: its page is there, but not yet whole
    seen = page.evaluate(SEEN)
    assert_in_order(page.url, seen)
    assert_fits(page, 1280)
    if lots.falls(AXE_IN) if axe is None else axe:
        assert_axe_is_silent(page, "by day")


def look_on_a_phone_at_night(page: Page, *, axe: bool | None = None) -> None:
    """The same page at 360 pixels in the dark, as wide as it may be, and no wider at 320."""
    try:
        page.emulate_media(color_scheme="dark")
        if lots.falls(AXE_IN) if axe is None else axe:
            page.set_viewport_size({"width": 360, "height": 740})
            assert_axe_is_silent(page, "on a phone at night")
        page.set_viewport_size({"width": 320, "height": 740})
        assert_fits(page, 320)
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")


def assert_fits(page: Page, width: int) -> None:
    sticks_out = page.evaluate(STICKS_OUT)
    assert not sticks_out, f"{page.url} at {width} is {sticks_out}"


def assert_axe_is_silent(page: Page, when: str) -> None:
    found = violations(page)
    assert not found, f"{page.url} {when}: {found}"


def assert_in_order(url: str, seen: dict[str, Any]) -> None:
    assert seen["title"].removesuffix("· Postroad").strip(), f"{url} has no title"
    assert seen["headings"] == 1, f"{url} has {seen['headings']} h1"
    assert seen["inline"] == [], f"{url} has script or style in the page"
    whole = seen["page"] + sum(static_weight(address) for address in seen["fetched"])
    assert whole < HEAVY, f"{url} weighs {whole}"


def assert_focus_shows(page: Page, steps: int = 4) -> None:
    """Going through the page by keyboard, one sees where one is."""
    for _each in range(steps):
        page.keyboard.press("Tab")
        hidden = page.evaluate(FOCUSED)
        assert not hidden, f"{page.url}: one cannot see that the focus is at {hidden}"


@cache
def static_weight(address: str) -> int:
    """The gzipped bytes of one of our static files; pages fetch nothing else."""
    name = address.split("/static/", 1)
    assert len(name) == 2, f"{address} is fetched from elsewhere"
    found = finders.find(name[1].split("?")[0])
    assert isinstance(found, str), address
    with open(found, "rb") as file:
        return len(gzip.compress(file.read()))
