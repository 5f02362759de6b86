"""A loan in the making, for tests that start in the middle."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from postroad.catalogue.models import Item, Record
from postroad.directory.models import Library
from postroad.ill import asking, borrowing, intake, lending, referral
from postroad.ill.lifecycle import State
from postroad.ill.models import Event, Request, Supply
from tests.cast import Cast

MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)  # ten in the morning in Lee


@dataclass
class Story:
    """One request and what is needed to move it on."""

    cast: Cast
    record: Record
    ill: Request
    now: datetime = MONDAY

    def listen(self) -> None:
        """What the worker does with the events so far, without a worker."""
        heard: set[int] = set()
        while new := list(Event.objects.filter(request=self.ill.pk).exclude(pk__in=heard)):
            for event in new:
                intake.check(event, self.now)
                referral.refer(event, self.now)
            heard |= {event.pk for event in new}
        self.look()

    def look(self) -> None:
        self.ill = Request.objects.shown().get(pk=self.ill.pk)

    @property
    def supply(self) -> Supply:
        return Supply.objects.select_related("request__library", "lender", "item").get(
            request=self.ill, attempt=self.ill.attempts
        )

    @property
    def rings_at(self) -> datetime:
        """When the clock of the request rings."""
        assert self.ill.due_at is not None
        return self.ill.due_at

    def at(self, state: State) -> "Story":
        """Go on, verb by verb, until the request stands here."""
        steps = {
            State.REFERRED: self.listen,
            State.SHIPPED: self.ship,
            State.ARRIVED: lambda: borrowing.receive(self.ill, by=self.cast.borrower, at=self.now),
            State.LENT: lambda: borrowing.lend(self.ill, by=self.cast.borrower, at=self.now),
            State.BACK: lambda: borrowing.take_back(self.ill, by=self.cast.borrower, at=self.now),
            State.HOMEWARD: lambda: borrowing.send_home(
                self.ill, by=self.cast.borrower, at=self.now
            ),
            State.CLOSED: lambda: lending.check_in(self.supply, by=self.cast.lender, at=self.now),
        }
        for reached, go in steps.items():
            go()
            self.look()
            assert self.ill.state == reached
            if reached == state:
                return self
        raise AssertionError(f"the story does not pass {state}")

    def ship(self) -> None:
        item = Item.objects.get(record=self.record, library=self.supply.lender)
        lending.ship(self.supply, item=item, by=self.cast.lender, at=self.now)


def title(name: str = "Walden", **more: object) -> Record:
    return Record.objects.create(title=name, author="Thoreau, Henry David", match_key=name, **more)


def copy(record: Record, library: Library, barcode: str, **more: object) -> Item:
    return Item.objects.create(
        record=record, library=library, barcode=barcode, call_number="818 THO", **more
    )


def begin(cast: Cast, **more: Any) -> Story:
    """Ada of Lee asks for Walden, which Lenox owns."""
    record = title()
    copy(record, cast.lenox, "30001000000017")
    ill = asking.ask(record, patron=cast.ada, library=cast.lee, by=cast.ada, at=MONDAY, **more)
    return Story(cast, record, ill)
