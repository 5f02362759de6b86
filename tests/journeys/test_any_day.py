"""The README's eight steps on the demonstration, whatever day it is loaded on.

In each run on the day of the run, with few requests; at night on days that are not as others, with
all of it. Nobody waits for another day between two steps, since whoever tries them does not.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from playwright.sync_api import Page, expect

from postroad.catalogue.models import Item
from postroad.delivery import claims
from postroad.delivery.models import Custody
from postroad.demo.facts import CENTRE
from postroad.demo.house import TRY
from postroad.demo.people import PASSWORD
from postroad.directory import closures
from postroad.directory.models import Library
from postroad.directory.opening import Standing
from postroad.ill.lifecycle import Verb
from postroad.ill.models import Event, Question
from tests.journeys.people import Person, Play
from tests.journeys.road import arrive_at, patron_renews_once

THERE = ZoneInfo("America/New_York")
PECOS, *_others, AT_HOME = TRY
TODAY = "today"
DAYS = {
    "Thanksgiving": (2026, 11, 26, 8),
    "Christmas Eve": (2026, 12, 24, 16),
    "New Year's Eve": (2026, 12, 31, 23),
    "a Sunday": (2027, 1, 10, 21),
    "the night on which an hour is missing": (2027, 3, 14, 3),
    "Patriots' Day, in Massachusetts": (2027, 4, 19, 10),
    "a Wednesday": (2027, 6, 9, 11),
    "Victory Day, in Rhode Island": (2027, 8, 9, 14),
    "the night on which an hour comes twice": (2027, 11, 7, 1),
    "29 February": (2028, 2, 29, 12),
    "the morning after Thanksgiving": (2027, 11, 26, 7),
}
TURNS = ("renewal", "recall", "lost", "claimed-returned", "missing-parts", "damaged")
FEW: dict[str, int] = {"requests": 100, "titles": 1_500}
ALL: dict[str, int] = {}


@pytest.fixture(params=[TODAY, *(pytest.param(day, marks=pytest.mark.nightly) for day in DAYS)])
def clock(request: pytest.FixtureRequest) -> Iterator[time_machine.Traveller]:
    """The moment at which the demonstration is loaded and played."""
    day = DAYS.get(request.param)
    moment = datetime(*day, 5, tzinfo=THERE) if day else datetime.now(UTC)
    with time_machine.travel(moment, tick=True) as traveller:
        yield traveller


@pytest.fixture
def demo(
    request: pytest.FixtureRequest,
    clock: time_machine.Traveller,
    browse: Callable[..., Page],
    settings: Any,
    tmp_path: Path,
) -> Play:
    """`./run demo`, and for each role somebody who knows its password."""
    settings.DEMO, settings.HOME, settings.MAIL_FOLDER = True, tmp_path, tmp_path / "mail"
    today = request.node.callspec.params["clock"] == TODAY
    call_command("demo", **(FEW if today else ALL), stdout=StringIO())
    assert at_closed_doors() == []
    assert claims.follow(datetime.now(UTC)) == 0  # nobody has scanned what is claimed as lost
    asked = set(Question.objects.open().values_list("kind", flat=True))
    assert {*TURNS} <= asked  # the guided list of turns leads to them
    return Play(lambda name: Person(name, browse(), lambda page: None, PASSWORD), clock)


# Whose desk it takes for what happens to a request. The center answers for a lender elsewhere.
BORROWERS = [Verb.RECEIVE, Verb.CHECK_OUT, Verb.RETURN, Verb.SHIP_RETURN]
LENDERS = [Verb.PROMISE, Verb.SHIP, Verb.REFUSE, Verb.CHECK_IN]
CENTRES = [Verb.REFER_OUTSIDE]


def at_closed_doors() -> list[str]:
    """What a desk or a driver of the story did where nobody was that day."""
    libraries = list(Library.objects.all())
    days = closures.calendars(libraries, date(2000, 1, 1))
    centre = Library.objects.get(code=CENTRE).pk
    events = Event.objects.filter(verb__in=[*BORROWERS, *LENDERS, *CENTRES])
    done = [
        (
            event.request.library_id
            if event.verb in BORROWERS
            else (event.supply and event.supply.lender_id) or centre,
            event.at,
            event.verb,
        )
        for event in events.select_related("request", "supply")
    ]
    done += Custody.objects.exclude(library=None).values_list("library", "at", "step")
    assert {verb for _library, _at, verb in done} >= {"ship", "receive", "picked-up", "dropped"}
    return [
        f"{verb} at {library} on {at:%A %d %B %Y}"
        for library, at, verb in done
        if days[library].standing(days[library].day_of(at)) == Standing.CLOSED
    ]


@pytest.mark.first
def test_the_eight_steps_of_the_readme(demo: Play, request: pytest.FixtureRequest):
    patron, lending, borrowing = demo["patron"], demo["lending"], demo["borrowing"]
    ref = patron_asks_for_what_pittsfield_has(patron)
    demo.worker()
    borrowing.goes(f"/staff/requests/{ref}/")
    borrowing.page.get_by_text("Why this library?").first.click()
    borrowing.reads("Berkshire Athenaeum")
    parcel, barcode = lender_ships(lending, ref)
    demo.worker()
    driver_carries(demo["driver"], parcel)
    patron.goes(f"/patron/requests/{ref}/")
    patron.reads("The van left it at Lee Library Association.")
    book_is_lent_and_comes_home(demo, ref, barcode)
    centre_answers_the_first(demo["centre"])
    borrowing.goes(f"/staff/requests/{ref}/")
    borrowing.reads("Nothing is owed, so the name is no longer kept.")
    expect(borrowing.page.locator(".history li p:first-of-type")).to_contain_text(
        ["Checked in at", "Sent to Berkshire Athenaeum", "Approved.", "Asked for."]
    )
    everybody_finds_something(demo, whole=request.node.callspec.params["clock"] != TODAY)


def patron_asks_for_what_pittsfield_has(patron: Person) -> str:
    """Step 1, and what she is told of a book that her own library has."""
    patron.goes("/accounts/login/")
    page = patron.searches(AT_HOME)
    patron.follows(AT_HOME)
    patron.reads("your own library, pick it up there")
    for words in ("frances crane blue street", "978-0-9631241-1-1", PECOS):
        patron.searches(words)
        expect(page.locator(".records > li").first).to_be_visible()
    patron.follows(PECOS)
    patron.reads("Berkshire Athenaeum")
    patron.follows("Ask for it")
    patron.presses("Ask for it")
    patron.is_told("We have your request.")
    return page.url.rstrip("/").rsplit("/", 1)[1]


def lender_ships(lending: Person, ref: str) -> tuple[str, str]:
    """Step 4: the number of the parcel, and that of the copy as the pull list has it."""
    page = lending.goes("/staff/lending/pull-list/")
    row = page.get_by_role("row").filter(has_text=PECOS)
    barcode = Item.objects.get(record__title=PECOS).barcode
    expect(row).to_contain_text(barcode)
    lending.goes("/staff/lending/ship/")
    lending.scans(barcode, "To Lee Library Association in Lee, there on")
    number = page.locator(".band .number").inner_text().strip()
    assert lending.prints("Print the slip to Lee").startswith(b"%PDF-")
    return number, barcode


def driver_carries(driver: Person, parcel: str) -> None:
    """Step 5, on a day with a stop or without."""
    arrive_at(driver, "WEST 1", "Pittsfield", "Berkshire Athenaeum")
    driver.clicks(driver.page.get_by_role("link", name="Pick up"))
    driver.scans(parcel, "Picked up. It goes to")
    arrive_at(driver, "WEST 3", "Lee", "Lee Library Association")
    driver.clicks(driver.page.get_by_role("link", name="Drop"))
    driver.scans(parcel, "Dropped. It comes from")


def book_is_lent_and_comes_home(demo: Play, ref: str, barcode: str) -> None:
    """Step 6, all of it on one day."""
    clerk, lending = demo["borrowing"], demo["lending"]
    clerk.goes("/staff/borrowing/receive/")
    clerk.scans(barcode, "On the hold shelf until")
    demo.worker()
    clerk.goes("/staff/borrowing/lend/")
    clerk.scans(barcode, "Lent until")
    demo.worker()
    patron_renews_once(demo["patron"], ref)
    clerk.goes("/staff/borrowing/take-back/")
    clerk.scans(barcode, "Send it home to Berkshire Athenaeum.")
    clerk.goes("/staff/borrowing/send-home/")
    clerk.scans(barcode, "Goes home to Berkshire Athenaeum in Pittsfield")
    lending.goes("/staff/lending/check-in/")
    lending.scans(barcode, "Shelve it:")
    demo.worker()


def centre_answers_the_first(centre: Person) -> None:
    """Step 7: an outside lender for what no member could supply, found again by its number."""
    page = centre.goes("/office/centre/")
    centre.clicks(page.locator("main table.queue a").nth(0))
    page.get_by_label("Asked through").select_option("OCLC WorldShare")
    page.get_by_label("Lender", exact=True).fill("xyal")
    page.get_by_label("ILL number").fill("198765432")
    centre.presses("Save")
    centre.is_told("Recorded.")
    centre.finds("198765432")
    centre.reads("Yale University")


SHOWN = {
    "patron": ["/patron/requests/"],
    "borrowing": [
        "/staff/",
        "/staff/borrowing/?show=review",
    ],
    "lending": ["/staff/lending/", "/staff/lending/pull-list/", "/staff/lending/out/"],
    "director": ["/staff/library/", "/staff/library/borrowed/"],
    "centre": ["/office/centre/"],
    "delivery": ["/office/delivery/", "/office/delivery/parcels/", "/office/delivery/stops/"],
}

# What few requests may leave empty for one library.
OF_MANY = [f"/staff/borrowing/?show={show}" for show in ("coming", "shelf", "lent", "homeward")]


def everybody_finds_something(demo: Play, whole: bool) -> None:
    """Step 8: whoever signs in sees work or figures, and there is news.

    What the editor finds is in tests/journeys/test_public_house.py.
    """
    bare = []
    shown = {**SHOWN, "borrowing": [*SHOWN["borrowing"], *(OF_MANY if whole else [])]}
    for name, addresses in shown.items():
        for address in addresses:
            page = demo[name].goes(address)
            if page.locator("main .empty").count():
                bare.append((address, page.locator("main .empty").first.inner_text()))
    assert not bare, "\n".join(f"{address}: {says}" for address, says in bare)
    page = demo["driver"].goes("/courier/")  # on a day without the van, what else is not today
    assert page.locator(".stops li, .lines li").count()
    page = demo["operator"].goes("/office/operations/")
    assert page.locator("main dd").count()
    page = demo["patron"].goes("/news/")
    assert page.locator("main article, main li").count()
    assert not re.search(r"\bNone\b", page.locator("main").inner_text())
