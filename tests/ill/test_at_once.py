"""Two hands at one and the same moment, on real connections: one gets through, the other is told.

Whatever comes first, both sides agree afterwards. Each pair meets several times, since who comes
first is up to the machine.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from postroad.catalogue.models import Item, ItemStatus
from postroad.delivery import custody, delays, parcels, stops
from postroad.delivery.models import Delay, Parcel, ParcelState, ScheduleChange, Stop
from postroad.directory import closures
from postroad.directory.models import Closure, Policy
from postroad.errors import Refusal
from postroad.ill import (
    asking,
    borrowing,
    in_hand,
    lending,
    loans,
    numbering,
    referral,
    shipping,
    sweeps,
    undo,
)
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Ending, Outcome, Owner, Reason, State, SupplyState
from postroad.ill.models import Event, Loan, MovedMeanwhile, Number, Request, Supply, System, Tally
from postroad.worker import run
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, assert_whole, copy, out, title

ROUNDS = 4
LATER = MONDAY + timedelta(hours=1)
Hand = Callable[[], object]


@pytest.fixture
def everybody(transactional_db: None, cast: Cast) -> Cast:
    """Rows that other threads see; what the migrations wrote is put back afterwards."""
    Policy.objects.update(open_requests=1000)
    return cast


def at_once(*acts: Hand) -> list[Refusal | None]:
    """What each was told. Anything but a refusal is an error: also a deadlock."""
    together = Barrier(len(acts))

    def hand(act: Act) -> Refusal | None:
        together.wait(10)
        try:
            act()
        except Refusal as no:
            return no
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(acts)) as hands:
        return list(hands.map(hand, acts))


def begin_anew(cast: Cast, number: int, state: State) -> Story:
    """A request of its own for each round."""
    record = title(f"Walden {number}")
    copy(record, cast.lenox, f"3000{number}")
    ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
    return Story(cast, record, ill).at(state)


def fresh(story: Story) -> tuple[Request, Supply]:
    """The request and its supply, as another desk has them on its screen."""
    supply = Supply.objects.select_related("request__library", "lender", "item").get(
        request=story.ill, attempt=story.ill.attempts
    )
    return Request.objects.shown().get(pk=story.ill.pk), supply


def assert_agreed(story: Story) -> tuple[Request, Supply]:
    """Both sides tell one story: one open supply at most, one open parcel while it travels."""
    ill, supply = fresh(story)
    assert_whole(ill)
    last = Event.objects.filter(request=ill).order_by("pk").last()
    assert last is not None
    assert last.after == ill.state
    if supply.item is not None:
        gone = Loan.objects.open().filter(item=supply.item).exists()
        assert (supply.item.status == ItemStatus.AWAY) == gone
        assert gone or supply.state != SupplyState.SUPPLYING
    return ill, supply


def one_no(answers: list[Refusal | None]) -> Refusal:
    """The one that was refused."""
    refused = [no for no in answers if no is not None]
    assert len(refused) == 1, answers
    return refused[0]


def test_one_copy_shipped_for_two_requests_at_once_goes_to_one(everybody: Cast):
    for number in range(ROUNDS):
        first = begin_anew(everybody, number, State.REFERRED)
        other = asking.ask(
            first.record,
            Act(everybody.bea, MONDAY),
            patron=everybody.bea,
            library=everybody.pittsfield,
        )
        second = Story(everybody, first.record, other).at(State.REFERRED)

        def ship(story: Story) -> Hand:
            _ill, supply = fresh(story)
            item = Item.objects.select_related("library", "record").get(record=story.record)
            return lambda: shipping.ship(supply, Act(at=LATER), item=item)

        no = one_no(at_once(ship(first), ship(second)))
        assert isinstance(no, in_hand.ItemOut)
        states = {assert_agreed(story)[0].state for story in (first, second)}
        assert states == {State.SHIPPED, State.REFERRED}
        assert Parcel.objects.filter(item_barcode=f"3000{number}").count() == 1
    assert sum(tally.lent for tally in Tally.objects.all()) == ROUNDS


def test_two_clerks_ship_two_copies_for_one_request_and_one_leaves(everybody: Cast):
    for number in range(ROUNDS):
        story = begin_anew(everybody, number, State.REFERRED)
        copy(story.record, everybody.lenox, f"3001{number}")

        def ship(barcode: str, story: Story = story) -> Hand:
            _ill, supply = fresh(story)
            item = Item.objects.select_related("library", "record").get(barcode=barcode)
            return lambda: shipping.ship(supply, Act(at=LATER), item=item)

        no = one_no(at_once(ship(f"3000{number}"), ship(f"3001{number}")))
        assert isinstance(no, MovedMeanwhile)
        assert_agreed(story)
        away = Item.objects.filter(record=story.record, status=ItemStatus.AWAY)
        assert away.count() == 1


def test_cancelling_while_the_lender_ships_stops_it_or_comes_too_late(everybody: Cast):
    ends = set()
    for number in range(ROUNDS):
        story = begin_anew(everybody, number, State.REFERRED)
        ill, supply = fresh(story)
        item = Item.objects.select_related("library", "record").get(record=story.record)
        ship = partial(shipping.ship, supply, act=Act(at=LATER), item=item)
        cancel = partial(borrowing.cancel, ill, Act(everybody.ada, LATER))
        one_no(at_once(ship, cancel))
        ill, supply = assert_agreed(story)
        ends.add(ill.state)
        assert Item.objects.get(pk=item.pk).status == (
            ItemStatus.AWAY if ill.state == State.SHIPPED else ItemStatus.IN
        )
    assert ends <= {State.SHIPPED, State.CLOSED}


# Two verbs that both start from a state, and where the request may stand when both were tried.
PAIRS = [
    (State.SHIPPED, "receive", "come_back", {State.ARRIVED, State.REFERRED}),
    (State.SHIPPED, "receive", "undo_ship", {State.ARRIVED, State.REFERRED}),
    (State.SHIPPED, "receive", "receive", {State.ARRIVED}),
    (State.ARRIVED, "check_out", "check_in", {State.LENT, State.CLOSED}),
    (State.ARRIVED, "check_out", "ship_return", {State.LENT, State.HOMEWARD}),
    (State.BACK, "ship_return", "check_in", {State.HOMEWARD, State.CLOSED}),
    (State.BACK, "ship_return", "undo_return", {State.HOMEWARD, State.LENT}),
    (State.HOMEWARD, "undo_ship_return", "check_in", {State.BACK, State.CLOSED}),
    (State.REFERRED, "promise", "refuse", {State.REFERRED, State.APPROVED}),
    (State.REFERRED, "lapse", "promise", {State.APPROVED, State.REFERRED}),
    (State.REFERRED, "lapse", "cancel", {State.APPROVED, State.CLOSED}),
    (State.REFERRED, "expire", "promise", {State.CLOSED, State.REFERRED}),
]
VERBS: dict[str, Callable[[Request, Supply], object]] = {
    "promise": lambda ill, supply: lending.promise(supply, Act(at=LATER)),
    "refuse": lambda ill, supply: lending.refuse(supply, Act(at=LATER), reason=Reason.OTHER),
    "lapse": lambda ill, supply: lending.lapse(supply, Act(at=LATER)),
    "undo_ship": lambda ill, supply: shipping.undo_ship(out(ill), Act(at=LATER)),
    "come_back": lambda ill, supply: shipping.come_back(out(ill), Act(at=LATER)),
    "check_in": lambda ill, supply: shipping.check_in(out(ill), Act(at=LATER)),
    "receive": lambda ill, supply: loans.receive(out(ill), Act(at=LATER)),
    "check_out": lambda ill, supply: loans.check_out(out(ill), Act(at=LATER)),
    "undo_return": lambda ill, supply: loans.undo_return(out(ill), Act(at=LATER)),
    "ship_return": lambda ill, supply: loans.ship_return(out(ill), Act(at=LATER)),
    "undo_ship_return": lambda ill, supply: loans.undo_ship_return(out(ill), Act(at=LATER)),
    "cancel": lambda ill, supply: borrowing.cancel(ill, Act(at=LATER)),
    "expire": lambda ill, supply: borrowing.expire(ill, Act(at=LATER)),
}


def test_of_two_verbs_at_once_one_counts_and_both_sides_know(everybody: Cast):
    for number, (state, one, other, after) in enumerate(PAIRS * ROUNDS):
        story = begin_anew(everybody, number, state)
        hands = [partial(VERBS[verb], *fresh(story)) for verb in (one, other)]
        no = one_no(at_once(*hands))
        assert isinstance(no, MovedMeanwhile), (one, other)
        ill, _supply = assert_agreed(story)
        assert ill.state in after, (one, other)


def test_two_workers_that_refer_one_request_at_once_ask_one_lender(everybody: Cast):
    for number in range(ROUNDS):
        record = title(f"Walden {number}")
        for place in (everybody.lenox, everybody.pittsfield):
            copy(record, place, f"{place.code}-{number}")
        ill = asking.ask(
            record, Act(everybody.ada, MONDAY), patron=everybody.ada, library=everybody.lee
        )
        borrowing.approve(ill, Act(at=MONDAY))
        story = Story(everybody, record, ill)
        screens = [Request.objects.heard_of().get(pk=ill.pk) for _each in range(2)]
        hands = [lambda ill=ill: referral.refer_by_rota(ill, LATER) for ill in screens]
        no = one_no(at_once(*hands))
        assert isinstance(no, MovedMeanwhile)
        story.look()
        ill, supply = assert_agreed(story)
        assert (ill.state, ill.attempts, supply.attempt) == (State.REFERRED, 1, 1)


def test_two_workers_share_the_events_and_each_is_told_once(everybody: Cast):
    for number in range(ROUNDS):
        record = title(f"Walden {number}")
        copy(record, everybody.lenox, f"3000{number}")
        asking.ask(record, Act(everybody.ada, MONDAY), patron=everybody.ada, library=everybody.lee)
    at_once(lambda: run.until_idle(LATER), lambda: run.until_idle(LATER))
    run.until_idle(LATER)
    assert Request.objects.filter(state=State.REFERRED).count() == ROUNDS
    assert Event.objects.filter(verb="refer").count() == ROUNDS
    assert not Event.objects.exclude(trouble="").exists()


def test_two_sweeps_at_once_ring_each_clock_once(everybody: Cast):
    stories = [begin_anew(everybody, number, State.REFERRED) for number in range(ROUNDS)]
    due = max(story.supply.due_at or MONDAY for story in stories)
    at_once(lambda: sweeps.ring(due), lambda: sweeps.ring(due))
    assert Event.objects.filter(verb="lapse").count() == ROUNDS
    assert set(Supply.objects.values_list("ending", flat=True)) == {Ending.LAPSED}


def test_the_drivers_pick_up_and_the_undo_of_a_shipment_at_once(everybody: Cast):
    """Either the van has it and the desk is told so, or it stays and the driver is told so."""
    for number in range(ROUNDS):
        story = begin_anew(everybody, number, State.SHIPPED)
        event = (
            Event.objects.select_related("request__library", "supply__lender", "supply__item")
            .select_related("loan__parcel_out")
            .get(request=story.ill, verb="ship")
        )
        parcel = Parcel.objects.get(ref=story.ill.ref)
        noted: list[custody.Noted] = []

        def pick_up(parcel: Parcel = parcel, noted: list[custody.Noted] = noted) -> None:
            with transaction.atomic():
                noted.append(parcels.pick_up(parcel, by=None, at=LATER))

        told, _driver = at_once(partial(undo.undo, event, Act(everybody.lender, LATER)), pick_up)
        ill, _supply = assert_agreed(story)
        parcel.refresh_from_db()
        if told is None:
            assert noted[0].doubt == custody.Doubt.CANCELLED
            assert (ill.state, parcel.state) == (State.REFERRED, ParcelState.CANCELLED)
        else:
            assert isinstance(told, custody.AlreadyCollected)
            assert noted[0].doubt is None
            assert (ill.state, parcel.state) == (State.SHIPPED, ParcelState.MOVING)


def test_one_clio_id_written_on_two_requests_at_once_stands_on_one(everybody: Cast):
    clio = numbering.Place(System.CLIO)
    for number in range(ROUNDS):
        asked = []
        for reader, home in ((everybody.ada, everybody.lee), (everybody.bea, everybody.pittsfield)):
            record = title(f"Nowhere {number} {reader}")
            ill = asking.ask(record, Act(reader, MONDAY), patron=reader, library=home)
            asked.append(ill)
        enter = partial(numbering.enter, place=clio, typed=str(number), act=Act(role=Owner.CENTRE))
        no = one_no(at_once(*(partial(enter, ill) for ill in asked)))
        assert isinstance(no, numbering.NumberTaken)
        assert Number.objects.filter(value=str(number)).count() == 1


def test_two_presses_at_once_enter_a_number_once(everybody: Cast):
    record = title("Walden")
    ill = asking.ask(record, Act(at=MONDAY), patron=everybody.ada, library=everybody.lee)
    for number, system in enumerate((System.CLIO, System.OTHER) * ROUNDS):
        Number.objects.all().delete()
        place = numbering.Place(system)
        enter = partial(numbering.enter, ill, place, f"{number}", Act(role=Owner.CENTRE))
        assert at_once(enter, enter, enter) == [None] * 3
        assert Number.objects.filter(system=system).count() == 1


def test_two_presses_of_one_form_at_once_enter_a_closure_once(everybody: Cast):
    day = MONDAY.date() + timedelta(days=7)
    for number in range(ROUNDS):
        places = everybody.libraries if number % 2 else ()
        enter = partial(
            closures.close,
            libraries=places,
            first_day=day,
            last_day=day,
            reason=str(number),
            source="office",
            key=uuid4(),
        )
        assert at_once(enter, enter, enter) == [None] * 3
        entered = Closure.objects.filter(reason=str(number))
        assert entered.count() == max(len(places), 1)


def test_two_presses_at_once_say_one_delay(everybody: Cast):
    day = MONDAY.date()
    for _round in range(ROUNDS):
        say = partial(
            delays.announce,
            Delay.Kind.MOVED,
            at=everybody.lee,
            first_day=day,
            new_day=day + timedelta(days=1),
            reason="Ice",
            by="Dora",
            now=MONDAY,
            key=uuid4(),
        )
        assert at_once(say, say) == [None] * 2
    assert Delay.objects.count() == ScheduleChange.objects.count() == ROUNDS


def test_two_presses_at_once_change_the_days_of_a_stop_once(everybody: Cast):
    stop, day = Stop.objects.get(library=everybody.lee), MONDAY.date()
    for number in range(ROUNDS):
        facts: dict[str, Any] = {"first_day": day, "last_day": day, "drop_days": "--W----"}
        change = partial(
            stops.change_for_a_while, stop, pick_up_days="-T-----", reason=str(number), **facts
        )
        assert at_once(change, change) == [None] * 2
    assert ScheduleChange.objects.filter(stop=stop).count() == ROUNDS


def test_forgetting_twice_at_once_writes_one_line(everybody: Cast):
    for number in range(ROUNDS):
        begin_anew(everybody, number, State.CLOSED)
    at_once(lambda: sweeps.forget(LATER), lambda: sweeps.forget(LATER))
    assert Event.objects.filter(verb="forget").count() == ROUNDS
    assert set(Request.objects.values_list("outcome", flat=True)) == {Outcome.FILLED}
    assert not Request.objects.filter(patron__isnull=False).exists()
