"""All that waits at a hub for a route, with one press."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from postroad.delivery import all_at_hub, containers, custody, parcels
from postroad.delivery.hub import AtHub, Hand
from postroad.delivery.models import (
    HELD,
    Container,
    Courier,
    CustodyStep,
    How,
    Hub,
    ParcelState,
    Route,
)
from postroad.directory.models import Closure, Effect

HOUR = timedelta(hours=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def hub(cast):
    courier = Courier.objects.create(code="BAY", name="Bay", state="MA")
    return Hub.objects.create(code="PLYMOUTH", name="Plymouth sort", courier=courier)


@pytest.fixture
def sorted_one(cast, hub, now):
    """A parcel that was scanned at the hub an hour ago."""

    def made(to="lenox", at=hub, into=None):
        parcel = parcels.make(
            from_library=cast.lee,
            to_library=getattr(cast, to),
            item_barcode="",
            title="Walden",
            ref="",
            by=None,
            at=now - 5 * HOUR,
        )
        parcels.sort(parcel, holder=at.code, by=None, at=now - HOUR, into=into)
        return parcel

    return made


@pytest.fixture
def here(cast, hub, now):
    return AtHub(cast.delivery, hub, Hand.LOAD, now, route=Route.objects.get(code="WEST 2"))


@pytest.fixture
def bin_(now):
    return containers.put_to_use(1, Container.Kind.BIN, holder="PLYMOUTH", at=now - 9 * HOUR)[0]


def waiting(here):
    return list(all_at_hub.waiting(here.hub, here.route, here.at).parcels)


def take(here, key="k"):
    return all_at_hub.take(here, [each.number for each in waiting(here)], key)


def test_what_is_loose_at_this_hub_for_this_route_waits(cast, hub, here, sorted_one, bin_, now):
    mine = sorted_one()
    sorted_one(into=bin_)
    sorted_one(at=Hub.objects.create(code="OTHER", name="Other", courier=hub.courier))
    parcels.hold(sorted_one(), holder=hub.code, by=None, at=now - HOUR / 2)
    sorted_one(to="otis_school")  # off every route
    found = sorted_one()
    parcels.found(found, holder=hub.code, by=None, at=now - HOUR / 2)
    assert waiting(here) == [mine, found]


def test_for_whom_bins_are_held_nothing_is_taken(cast, hub, here, sorted_one, now):
    sorted_one()
    today = timezone.localdate(now)
    shut = {"first_day": today, "last_day": today, "effect": Effect.NO_DELIVERY}
    Closure.objects.create(library=cast.lenox, source=f"{HELD}:1", **shut)
    found = all_at_hub.waiting(here.hub, here.route, here.at)
    assert (list(found.parcels), found.kept) == ([], 1)


def test_one_press_takes_them_all_and_says_that_nobody_scanned_them(here, sorted_one, cast):
    parcel = sorted_one()
    sorted_one("pittsfield")
    assert len(take(here)) == 2
    parcel.refresh_from_db()
    assert (parcel.last_step, parcel.last_holder) == (CustodyStep.PICKED_UP, "WEST 2")
    assert (parcel.last_how, parcel.last_user) == (How.DECLARED, cast.delivery)
    assert waiting(here) == []


def test_what_was_not_shown_is_not_taken(here, sorted_one):
    shown, later = sorted_one(), sorted_one()
    assert len(all_at_hub.take(here, [shown.number], "k")) == 1
    assert waiting(here) == [later]


def test_the_same_press_twice_is_one(here, sorted_one):
    parcel = sorted_one()
    numbers = [parcel.number]
    assert len(all_at_hub.take(here, numbers, "k")) == 1
    assert all_at_hub.take(here, numbers, "k") == []
    assert parcel.custody.filter(step=CustodyStep.PICKED_UP).count() == 1


def test_it_is_undone_with_one_press_and_the_ledger_keeps_both(here, sorted_one, cast, now):
    parcel, other = sorted_one(), sorted_one("pittsfield")
    lines = [line.pk for line in take(here)]
    assert all_at_hub.undo(lines, by=cast.delivery, at=now + HOUR) == 2
    assert waiting(here) == sorted([parcel, other], key=lambda each: each.pk)
    assert [line.was_undone for line in custody.chain(parcel)].count(True) == 1
    assert all_at_hub.undo(lines, by=cast.delivery, at=now + HOUR) == 0
    assert len(take(here, "again")) == 2


def test_all_of_them_go_into_the_bin_that_is_chosen(cast, hub, sorted_one, bin_, now):
    parcel = sorted_one()
    route = Route.objects.get(code="WEST 2")
    sorts = AtHub(cast.delivery, hub, Hand.SORT, now, into=bin_, route=route)
    lines = take(sorts)
    parcel.refresh_from_db()
    assert (parcel.container, parcel.last_how) == (bin_, How.DECLARED)
    assert waiting(sorts) == []
    all_at_hub.undo([line.pk for line in lines], by=None, at=now + HOUR)
    parcel.refresh_from_db()
    assert (parcel.container, parcel.state) == (None, ParcelState.MOVING)


def test_without_a_bin_or_a_route_nothing_is_taken(cast, hub, sorted_one, now):
    parcel = sorted_one()
    route = Route.objects.get(code="WEST 2")
    for here in (
        AtHub(cast.delivery, hub, Hand.SORT, now, route=route),
        AtHub(cast.delivery, hub, Hand.LOAD, now),
    ):
        assert all_at_hub.take(here, [parcel.number], "k") == []


def test_a_press_costs_the_same_statements_for_few_and_for_many(here, sorted_one):
    def statements(key):
        with CaptureQueriesContext(connection) as asked:
            take(here, key)
        return len(asked)

    sorted_one()
    few = statements("few")
    for _each in range(12):
        sorted_one()
    assert statements("many") == few <= 22


def test_of_each_route_it_is_said_how_much_lies_here(
    hub, here, sorted_one, django_assert_num_queries
):
    Route.objects.create(code="EAST 1", name="East 1")
    sorted_one()
    sorted_one("pittsfield")
    sorted_one("otis_school")
    with django_assert_num_queries(2):
        found = all_at_hub.by_route(hub)
    assert [(route.code, count) for route, count in found] == [("EAST 1", 0), ("WEST 2", 2)]
