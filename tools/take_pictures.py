"""Take the pictures in docs/pictures from the demonstration, as its pages are now.

    .venv/bin/python tools/take_pictures.py

The front door, and one book that travels from Pittsfield to Lee through the pages, on ordinary days
that are always the same; only the numbers of what is made meanwhile differ. It takes about two
minutes and needs Chromium (Debian's package `chromium`). Look at each picture before you commit it.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import time_machine
from playwright.sync_api import Browser, Page, ViewportSize, expect

REPOSITORY = Path(__file__).resolve().parent.parent
PICTURES = REPOSITORY / "docs" / "pictures"
SIZE = ViewportSize(width=1280, height=900)
BOOK = "Murder in Blue Street"
THERE = ZoneInfo("America/New_York")
ASKED, SHIPPED, RECEIVED = (
    datetime(2026, 12, day, hour, minute, tzinfo=THERE)  # a Wednesday, and the day after
    for day, hour, minute in ((2, 9, 40), (2, 10, 12), (3, 11, 20))
)


@contextmanager
def demonstration(home: Path) -> Iterator[str]:
    """The address of a demonstration in this process, so that its clock can be moved."""
    os.environ |= {
        "POSTROAD_HOME": str(home),
        "POSTROAD_DEMO": "yes",
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "postroad.settings",
        "LOG_LEVEL": "ERROR",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "yes",  # the browser's driver has a loop in this thread
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.testcases import LiveServerThread, _StaticFilesHandler

    from postroad.worker import empty, serving

    empty.lay()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("demo")
    serving.gather_static_files()
    server = LiveServerThread("127.0.0.1", _StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()


def worker() -> None:
    """All that is due by now, as the worker does it."""
    from django.utils import timezone

    from postroad.worker import run
    from postroad.worker.timetable import TIMETABLE

    for job in TIMETABLE:
        job.act(timezone.now())
    run.until_idle(timezone.now())


def signed_in(browser: Browser, site: str, role: str) -> Page:
    page = browser.new_page(viewport=SIZE, base_url=site)
    page.goto("/accounts/login/")
    with page.expect_navigation():
        page.locator(f"form[action*='/demo/{role}/'] button").click()
    return page


def press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=button).first.click()


def scan(page: Page, number: str, says: str) -> None:
    page.locator("#scan").fill(number)
    page.locator("#scan").press("Enter")
    expect(page.locator(".band .said")).to_contain_text(says)
    expect(page.locator("#scan")).to_have_value("")


def take(page: Page, name: str) -> None:
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=PICTURES / f"{name}.png")
    sys.stdout.write(f"{name}.png: {page.url}\n")


def play(browser: Browser, site: str, clock: time_machine.Traveller) -> None:
    from postroad.catalogue.models import Item, Record

    visitor = browser.new_page(viewport=SIZE, base_url=site)
    visitor.goto("/")
    take(visitor, "front")

    record = Record.objects.get(title=BOOK)
    barcode = Item.objects.get(record=record).barcode
    patron = signed_in(browser, site, "patron")
    patron.goto(f"/patron/ask/{record.pk}/")
    press(patron, "Ask for it")
    worker()

    clock.move_to(SHIPPED)
    lender = signed_in(browser, site, "lending")
    lender.goto("/staff/lending/ship/")
    scan(lender, barcode, "To Lee Library Association")
    take(lender, "ship")
    worker()
    patron.reload()
    take(patron, "patron")

    clock.move_to(RECEIVED)
    worker()
    clerk = signed_in(browser, site, "borrowing")
    clerk.goto("/staff/borrowing/receive/")
    scan(clerk, barcode, "On the hold shelf until")
    take(clerk, "receive")


def main() -> None:
    from tests.browser import running

    with (
        tempfile.TemporaryDirectory() as home,
        time_machine.travel(ASKED, tick=True) as clock,
        demonstration(Path(home)) as site,
        running() as browser,
    ):
        play(browser, site, clock)


if __name__ == "__main__":
    sys.path[:0] = [str(REPOSITORY / "src"), str(REPOSITORY)]
    main()
