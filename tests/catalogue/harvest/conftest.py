"""A source, a library that is connected to it, and a day that passes."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest

from postroad.catalogue.harvest import turns
from postroad.catalogue.harvest.rows import Harvest, HarvestRun
from postroad.catalogue.models import Item, ItemStatus
from postroad.directory.models import Connection, Library
from tests.catalogue.harvest.source import Source, serving

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def source(settings: Any) -> Iterator[Source]:
    settings.FETCH_PRIVATE = True
    with serving(Source()) as serves:
        yield serves


class Serves(Protocol):
    """Whatever has an address."""

    address: str


class Walk:
    """A harvest under way: whose, and how late it is."""

    def __init__(self, source: Serves, library: Library) -> None:
        self.library, self.now = library, NOON
        self.connection = Connection.objects.create(
            library=library, address=source.address, active=True, options={"prefix": "marcxml"}
        )
        turns.switch(self.connection, self.now)

    def go(self, later: timedelta = timedelta(0)) -> HarvestRun:
        """One turn of the job, after a while; the latest run."""
        self.now += later
        turns.go_on(self.now)
        return self.run

    def tomorrow(self) -> HarvestRun:
        return self.go(timedelta(hours=25))

    @property
    def run(self) -> HarvestRun:
        return HarvestRun.objects.filter(harvest__connection=self.connection).latest("pk")

    @property
    def harvest(self) -> Harvest:
        return Harvest.objects.get(connection=self.connection)

    @property
    def barcodes(self) -> list[str]:
        """What the library has now."""
        here = Item.objects.filter(library=self.library).exclude(status=ItemStatus.WITHDRAWN)
        return sorted(here.values_list("barcode", flat=True))


@pytest.fixture
def walk(source: Source, cast: Any) -> Callable[[], Walk]:
    return lambda: Walk(source, cast.lenox)
