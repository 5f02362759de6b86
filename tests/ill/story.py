"""A loan in the making, for tests that start in the middle."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from postroad.catalogue.models import Item, Record
from postroad.delivery.models import Parcel
from postroad.directory.models import Library
from postroad.ill import asking, intake, loans, referral, shipping
from postroad.ill.acts import Act
from postroad.ill.lifecycle import (
    ON_LOAN,
    OUT,
    WAITING,
    WISH_CLOCKS,
    LoanState,
    State,
    SupplyState,
    Wish,
    summary,
    wish_of,
)
from postroad.ill.models import Event, Loan, Request, Supply
from postroad.ill.models.loan import TRAVELS
from postroad.ill.models.request import together
from tests.cast import Cast

MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)  # ten in the morning in Lee


# Where a loan stands that was shipped, in its order.
ALONG = [*(state for state in State if state in ON_LOAN), State.CLOSED]


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
    def loan(self) -> Loan:
        """What is out, or was last, as the database has it now."""
        return out(Request.objects.shown().get(pk=self.ill.pk))

    @property
    def rings_at(self) -> datetime:
        """When its clock rings, on whichever row it stands."""
        supply, loan = self.ill.supply, self.ill.loan
        clocks = {each.due_at for each in (self.ill, supply, loan) if each} - {None}
        (rings,) = clocks
        assert rings is not None
        return rings

    def at(self, state: State) -> "Story":
        """Go on, verb by verb, until the request stands here."""
        steps = {
            State.REFERRED: self.listen,
            State.SHIPPED: self.ship,
            State.ARRIVED: lambda: loans.receive(self.loan, Act(self.cast.borrower, self.now)),
            State.LENT: lambda: loans.check_out(self.loan, Act(self.cast.borrower, self.now)),
            State.BACK: lambda: loans.return_item(self.loan, Act(self.cast.borrower, self.now)),
            State.HOMEWARD: lambda: loans.ship_return(self.loan, Act(self.cast.borrower, self.now)),
            State.CLOSED: lambda: shipping.check_in(self.loan, Act(self.cast.lender, self.now)),
        }
        for reached, go in steps.items():
            go()
            if reached == state:
                self.look()
                assert self.ill.state == state
                return self
        raise AssertionError(f"the story does not pass {state}")

    def ship(self) -> None:
        item = Item.objects.get(record=self.record, library=self.supply.lender)
        shipping.ship(self.supply, Act(self.cast.lender, self.now), item=item)


def out(of: Request | Supply) -> Loan:
    """What a test knows to be out, or to have been."""
    loan = of.loan if isinstance(of, Request) else together(of.request, of, of.loans.last())[2]
    assert loan is not None
    return loan


def assert_whole(ill: Request) -> Request:
    """All parts of a request tell one story, and exactly one row rings for each that waits; the
    request as it is now."""
    ill = Request.objects.shown().get(pk=ill.pk)
    supplies, loans = list(ill.supplies.all()), list(ill.loans.all())
    things = [loan for loan in loans if loan.state in OUT]
    waiting = [supply for supply in supplies if supply.state in WAITING]
    wish = wish_of(State(ill.state))
    assert ill.state == summary(wish, [LoanState(loan.state) for loan in things])
    assert ill.things_out == len(things)
    assert bool(things) == (wish == Wish.SUPPLIED)
    assert len(waiting) == (wish == Wish.REFERRED)
    for supply in supplies:
        mine = [loan for loan in things if loan.supply_id == supply.pk]
        delivered = wish == Wish.DELIVERED and supply == ill.current
        assert (supply.state == SupplyState.SUPPLYING) == (bool(mine) or delivered)
    every: list[Request | Supply | Loan] = [ill, *supplies, *loans]
    more = [each for each in supplies if each.state == SupplyState.SUPPLYING and each.to_send]
    expected: list[Request | Supply | Loan] = [*waiting, *more, *things]
    rings = [each for each in every if each.due_at is not None]
    assert rings == ([ill] if wish in WISH_CLOCKS else expected)
    assert_turn(ill)
    on_the_road = set(Parcel.objects.open().filter(ref=ill.ref).values_list("pk", flat=True))
    travels = [
        getattr(loan, f"{TRAVELS[LoanState(loan.state)]}_id")
        for loan in things
        if loan.state in TRAVELS
    ]
    assert on_the_road == {parcel for parcel in travels if parcel}
    return ill


def assert_turn(ill: Request) -> None:
    """Whose turn it is until when is copied from the row that rings, unless that has rung."""
    part = ill.loan if ill.state in ON_LOAN else ill.supply if ill.state == State.REFERRED else ill
    if ill.state == State.CLOSED:
        assert ill.turn_until is None
        return
    assert part is not None
    assert ill.turn_since is not None
    assert ill.turn_until is not None
    assert part.due_at is not None
    assert ill.owner == part.owner
    assert ill.outside == (ill.current is not None and ill.current.is_outside)
    rung = part.reminders > 0
    assert ill.turn_until < part.due_at if rung else ill.turn_until == part.due_at


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
    ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee, **more)
    return Story(cast, record, ill)
