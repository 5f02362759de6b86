"""Scans that come at one and the same moment, from several scanners."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from postroad.delivery import containers, custody, delays, ledger, parcels
from postroad.delivery.containers import At, ContainerInItself
from postroad.delivery.models import Container, Delay, Parcel
from postroad.errors import Refusal

NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)


@pytest.fixture
def kept(transactional_db):
    """Rows that other threads see; what the migrations wrote is put back afterwards."""


def a_parcel(cast):
    """From Lee to Lenox, made ready at noon."""
    return parcels.make(
        from_library=cast.lee,
        to_library=cast.lenox,
        item_barcode="",
        title="",
        ref="",
        at=NOON,
        by=None,
    )


def test_no_scan_overlooks_another_that_comes_at_the_same_time(kept, cast):
    for _round in range(4):
        parcel = a_parcel(cast)

        def scan(number, parcel=parcel):
            """Eight pick-ups and drops, each told twice."""
            at = NOON + timedelta(hours=1 + number // 2)
            mine = Parcel.objects.get(pk=parcel.pk)
            try:
                with transaction.atomic():
                    if number // 2 % 2:
                        parcels.drop(mine, library=cast.lenox, by=cast.driver, at=at)
                    else:
                        parcels.pick_up(mine, by=cast.driver, at=at)
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as scanners:
            list(scanners.map(scan, range(15, -1, -1)))

        parcel.refresh_from_db()
        entries = [custody.entry_of(line) for line in custody.chain(parcel)]
        assert len(entries) == 1 + 8
        standing = ledger.standing(entries, parcel.from_library_id, parcel.to_library_id)
        assert (parcel.state, parcel.last_at) == (standing.state, standing.last.at)
        assert parcel.state == "dropped"


def test_of_a_cancellation_and_a_pick_up_at_once_one_wins_and_all_agree(kept, cast):
    for _round in range(6):
        parcel = a_parcel(cast)

        def act(verb, parcel=parcel):
            mine = Parcel.objects.get(pk=parcel.pk)
            try:
                with transaction.atomic():
                    noted = getattr(parcels, verb)(mine, by=None, at=NOON + timedelta(hours=1))
                return noted.doubt
            except custody.AlreadyCollected:
                return "too late"
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as hands:
            cancelled, picked_up = hands.map(act, ("cancel", "pick_up"))
        parcel.refresh_from_db()
        if cancelled == "too late":
            assert (picked_up, parcel.state) == (None, "moving")
        else:
            assert (picked_up, parcel.state) == ("cancelled", "cancelled")


def test_two_drivers_who_pick_up_at_once_write_one_line(kept, cast):
    for _round in range(6):
        parcel = a_parcel(cast)

        def pick_up(key, parcel=parcel):
            mine = Parcel.objects.get(pk=parcel.pk)
            try:
                with transaction.atomic():
                    return parcels.pick_up(mine, by=cast.driver, at=NOON, key=key).again
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as drivers:
            assert sorted(drivers.map(pick_up, ("one", "other"))) == [False, True]
        assert parcel.custody.filter(step="picked-up").count() == 1


def at_once(*acts):
    """What each came to, or the refusal that it met."""
    gate = Barrier(len(acts))

    def do(act):
        gate.wait()
        try:
            with transaction.atomic():
                return act()
        except Refusal as no:
            return no
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as hands:
        return list(hands.map(do, acts))


def stop_all(day):
    return delays.announce(
        Delay.Kind.SUSPENDED,
        at=None,
        first_day=day,
        reason="Strike",
        by="Dora",
        now=NOON,
        key=None,
    )


def test_of_two_offices_that_stop_the_whole_service_at_once_one_does(kept, cast):
    def stop(ahead):
        day = NOON.date() + timedelta(days=ahead)
        return lambda: stop_all(day)

    for _round in range(3):
        found = at_once(stop(0), stop(1), stop(2))
        [said] = [each for each in found if isinstance(each, Delay)]
        assert {type(each) for each in found if each is not said} == {delays.StoppedAlready}
        delays.end(said, by="Dora", now=NOON)


def test_of_two_ends_that_are_taken_back_at_once_one_is(kept, cast):
    said = []
    for _each in range(2):
        said.append(stop_all(NOON.date()))
        delays.end(said[-1], by="Dora", now=NOON)
    for _round in range(3):
        found = at_once(
            *(lambda each=each: delays.put_back(each, by="Dora", now=NOON) for each in said)
        )
        [back] = [each for each in found if isinstance(each, Delay)]
        delays.end(back, by="Dora", now=NOON)


def test_of_two_bags_that_are_put_into_each_other_at_once_one_is(kept, cast):
    here = At(None, NOON, holder="HUB")
    for _round in range(6):
        bag, other = containers.put_to_use(2, Container.Kind.BAG, holder="HUB", at=NOON)
        found = at_once(
            lambda bag=bag, other=other: containers.put_inside(bag, other, here),
            lambda bag=bag, other=other: containers.put_inside(other, bag, here),
        )
        assert [isinstance(each, ContainerInItself) for each in found].count(True) == 1
