"""What is on the van for a stop: what the hub sorted in the night, and what it loaded."""

from datetime import UTC, datetime

import pytest

from postroad.delivery import custody, manifests, offline, parcels, rounds
from postroad.delivery.models import Route, Stop
from tests.delivery.conftest import later

TUESDAY = datetime(2026, 12, 1, 5, tzinfo=UTC)  # midnight in Massachusetts
DAY = TUESDAY.date()


@pytest.fixture
def on_the_road(cast, parcel):
    """From Lee to Lenox: taken on Monday."""
    parcels.pick_up(parcel, by=cast.driver, at=later(hours=2))
    return parcel


def known(library):
    """What a list, the driver's page and the phone know of a stop on Tuesday, as one."""
    load = rounds.loads([library.pk], DAY)[library.pk]
    stop = Stop.objects.get(library=library)
    assert len(rounds.to_drop(stop, DAY)) == load.to_drop
    calls = rounds.calls(Route.objects.get(stops=stop), DAY)
    assert len(offline.pieces(calls, DAY)[library.pk].drop) == load.to_drop
    return load


@pytest.mark.parametrize(("hour", "brought"), [(-3, 1), (2, 1), (5, 1), (6, 0), (15, 0)], ids=str)
def test_what_a_hub_sorts_by_the_end_of_the_night_comes_on_that_day(
    cast, on_the_road, hour, brought
):
    at = TUESDAY.replace(hour=5 + hour) if hour >= 0 else later(hours=9)
    parcels.sort(on_the_road, holder="PLYMOUTH", by=cast.driver, at=at)
    assert known(cast.lenox).to_drop == brought


def test_what_is_loaded_in_the_morning_is_on_the_van_and_was_not_picked_up_again(cast, on_the_road):
    parcels.load(on_the_road, holder="WEST 3", by=cast.driver, at=TUESDAY.replace(hour=13))
    assert known(cast.lenox).to_drop == 1
    assert known(cast.lee).picked_up == 0


def test_what_is_picked_up_on_the_day_itself_is_sorted_first(cast, parcel):
    parcels.pick_up(parcel, by=cast.driver, at=TUESDAY.replace(hour=15))
    assert known(cast.lenox).to_drop == 0
    assert known(cast.lee).picked_up == 1


def test_what_is_done_stays_done_when_the_desk_and_the_hub_go_on(cast, parcel):
    """The sheet of a day says in the evening what it said at noon, and on the next day the same."""
    other = TUESDAY.replace(hour=15)
    parcels.pick_up(parcel, by=cast.driver, at=other)
    parcels.drop(parcel, library=cast.lenox, by=cast.driver, at=other.replace(hour=16))
    parcels.receive(parcel, library=cast.lenox, by=cast.lender, at=other.replace(hour=17))
    route = Route.objects.get(stops__library=cast.lee)
    for at in (other.replace(hour=20), other.replace(day=2)):
        sheet = manifests.of(route, DAY, at)
        assert (sheet.picked_up, sheet.dropped) == (1, 1)
    undone = custody.chain(parcel)[1]
    custody.undo(undone, by=cast.driver, at=other.replace(hour=21))
    assert known(cast.lee).picked_up == 0
