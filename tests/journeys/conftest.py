"""The stage of the journeys: a clock that the play moves, and a browser for each person."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page, expect

from postroad.catalogue import search
from postroad.catalogue.models import Identifier, Item, Record
from postroad.delivery import parcels
from postroad.delivery.models import Parcel, Stop
from tests.browser import assert_accessible
from tests.cast import Cast
from tests.ill.story import MONDAY
from tests.journeys.people import Person, Play
from tests.journeys.phone import WAIT
from tests.journeys.seeing import look

BARCODE = "30001000000017"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Ten in the morning on a Monday; the play moves it on."""
    with time_machine.travel(MONDAY, tick=True) as traveller:
        yield traveller


@pytest.fixture
def walden(cast: Cast, settings: Any, tmp_path: Path) -> Record:
    """A book that only Lenox owns, among a few that others own, in an index of this test's own."""
    settings.HOME = tmp_path
    book = title("Walden", "Thoreau, Henry David", 1854)
    Identifier.objects.create(record=book, kind="isbn", value="9780691096124")
    copy(book, cast.lenox, BARCODE)
    copy(title("Walden", "Thoreau, Henry David", 1997, format="audiobook"), cast.pittsfield, "32")
    copy(title("Walden two", "Skinner, B. F.", 1948), cast.pittsfield, "33")
    copy(title("Walden oder Leben in den Wäldern", "Thoreau", 1897, language="ger"), cast.lee, "34")
    search.rebuild()
    return book


def title(name: str, author: str, year: int, **more: str) -> Record:
    facts = {"format": "book", "language": "eng", "match_key": f"{name} {year}", **more}
    return Record.objects.create(title=name, author=author, year=year, **facts)


def copy(record: Record, library: Any, barcode: str) -> Item:
    return Item.objects.create(
        record=record, library=library, barcode=barcode, call_number="818 THO", location="STACKS"
    )


@pytest.fixture
def play(browse: Callable[..., Page], clock: time_machine.Traveller, walden: Record) -> Play:
    """Everybody in a browser of their own, with somebody who looks at each page."""
    return Play(lambda name: Person(name, browse(), look), clock)


@pytest.fixture
def plain_play(browse: Callable[..., Page], clock: time_machine.Traveller, walden: Record) -> Play:
    """The same in browsers that run no scripts."""
    return Play(lambda name: Person(name, browse(scripts=False), lambda page: None), clock)


@pytest.fixture
def stage(
    browse: Callable[..., Page], clock: time_machine.Traveller, walden: Record
) -> Callable[[int], Play]:
    """The same in browsers of some width, each page looked at with axe."""
    return lambda width: Play(lambda name: Person(name, browse(width=width), seen), clock)


def seen(page: Page) -> None:
    """Looked at, and kept as a picture where somebody asks for pictures."""
    assert_accessible(page)
    if folder := os.environ.get("PICTURES"):
        size = page.viewport_size or {"width": 0}
        name = re.sub(r"\W+", "-", page.url.split("/", 3)[-1])[:60]
        page.screenshot(path=f"{folder}/{size['width']}-{name}.png", full_page=True)


@pytest.fixture
def driver(browse: Callable[..., Page], cast: Cast) -> Person:
    Stop.objects.update(drop_days="MTWTFSS", pick_up_days="MTWTFSS")
    page = browse(width=360)
    return Person("driver", page, lambda page: assert_accessible(page, always=True))


@pytest.fixture
def make(cast: Cast) -> Callable[..., Parcel]:
    def parcel(sender: str, receiver: str, *, on_the_van: bool = False) -> Parcel:
        made = timezone.now() - timedelta(days=3)
        facts: Any = {"item_barcode": "", "title": "Walden", "ref": "", "by": cast.lender}
        found = parcels.make(
            from_library=getattr(cast, sender), to_library=getattr(cast, receiver), at=made, **facts
        )
        if on_the_van:
            parcels.pick_up(found, by=cast.driver, at=made + timedelta(hours=1))
        return found

    return parcel


@pytest.fixture
def patience() -> Iterator[None]:
    """The page may be between two tries, and the machine busy with other tests."""
    expect.set_options(timeout=WAIT)
    yield
    expect.set_options(timeout=5_000)  # as playwright has it
