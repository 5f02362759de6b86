"""A library's system is connected, tried and harvested; a worker is killed, and another goes on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from postroad.catalogue.harvest import turns
from postroad.catalogue.harvest.rows import Harvest, HarvestRun
from postroad.catalogue.models import Contribution, Item
from postroad.directory.models import Connection, Library
from tests.cast import Cast
from tests.catalogue.harvest.provider import Row, providing
from tests.catalogue.harvest.source import marc
from tests.journeys.people import Person
from tests.journeys.seeing import look, look_on_a_phone_at_night
from tests.worker.test_kill import address

RECORDS, PAGE = 80, 4
FIRST = datetime(2026, 3, 1)  # noqa: DTZ001  # as the other server wants them
WORKER = Path(__file__).parents[1] / "worker" / "harvesting.py"
ROOT = Path(__file__).parents[2]


def rows() -> list[Row]:
    made: list[Row] = [
        (str(n), FIRST + timedelta(hours=n), marc(f"k{n}", f"b{n}", title=f"Title {n}"))
        for n in range(RECORDS)
    ]
    made[7] = ("7", made[7][1], None)
    return made


@pytest.mark.first
def test_a_harvest_is_killed_and_goes_on(
    browse: Callable[..., Page], cast: Cast, settings: Any, tmp_path: Path
):
    settings.FETCH_PRIVATE, settings.HOME = True, tmp_path
    director = Person("director", browse(), look)
    with providing(rows(), PAGE) as shelf:
        connects(director, shelf.address)
        run = is_killed_in_the_middle(tmp_path)
        director.goes("/office/libraries/lee/harvest/")
        director.reads(f"{run.read} records so far")
        goes_on()
        director.goes("/office/libraries/lee/harvest/")
        director.reads(f"{RECORDS} records came")
        look_on_a_phone_at_night(director.page)
        whole = Connection.objects.create(
            library=cast.lenox, address=shelf.address, active=True, options={"prefix": "marcxml"}
        )
        turns.switch(whole, timezone.now())
        goes_on()
    assert what_has(cast.lee) == what_has(cast.lenox)
    assert len(what_has(cast.lee)[1]) == RECORDS - 1


def connects(director: Person, address: str) -> None:
    """Enter the address, look at the sample, switch it on."""
    page = director.goes("/staff/library/")
    director.follows("Harvest of our records")
    page.get_by_label("Address of the OAI-PMH server").fill(f"{address}?verb=Identify")
    director.presses("Try it")
    director.is_told("It is being tried.")
    turns.go_on(timezone.now())
    director.goes("/office/libraries/lee/harvest/")
    director.reads("It can be harvested")
    director.reads("Title 0")
    director.look(page)
    page.get_by_label("Harvest it").check()
    page.get_by_role("button", name="Save", exact=True).click()
    director.is_told("Saved.")


def is_killed_in_the_middle(home: Path) -> HarvestRun:
    around = {
        **os.environ,
        "DATABASE_URL": address(),
        "POSTROAD_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "postroad.settings",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "FETCH_PRIVATE": "yes",
    }
    command = [sys.executable, str(WORKER)]
    with subprocess.Popen(command, env=around, stdout=subprocess.DEVNULL) as worker:
        end = time.monotonic() + 60
        while not HarvestRun.objects.filter(pages__gte=3).exists():
            assert time.monotonic() < end, "it does not begin"
            time.sleep(0.01)
        worker.send_signal(signal.SIGKILL)
    run = HarvestRun.objects.get()
    assert run.state == HarvestRun.State.READING, "it was done before it was killed"
    assert 0 < run.read < RECORDS
    return run


def goes_on() -> None:
    """As another worker does, once the lease of the first is over."""
    now = timezone.now() + turns.LEASE
    end = time.monotonic() + 60
    while Harvest.objects.filter(due_at__lte=now).exists():
        assert time.monotonic() < end, "it does not end"
        turns.go_on(now)


def what_has(library: Library) -> tuple[set[Any], set[Any]]:
    said = Contribution.objects.filter(library=library)
    copies = Item.objects.filter(library=library)
    return (
        {
            (number, bytes(digest or b""), s)
            for number, digest, s in said.values_list("control_number", "digest", "state")
        },
        set(copies.values_list("barcode", "control_number", "status", "record__title")),
    )
