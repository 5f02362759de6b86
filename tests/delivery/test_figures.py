"""The last four weeks of a stop, from the ledger."""

from datetime import timedelta

import pytest

from postroad.delivery import custody, figures, parcels
from postroad.delivery.models import Courier, Hub
from tests.delivery.conftest import MONDAY_NOON

TODAY = MONDAY_NOON.date() + timedelta(days=3)


@pytest.fixture
def carried(make_parcel, cast):
    """From Lee to Lenox: taken on Monday, left so many days later."""

    def carry(days=2, taken=True):
        parcel = make_parcel(item_barcode="")
        if taken:
            parcels.pick_up(parcel, by=cast.driver, at=MONDAY_NOON)
        at = MONDAY_NOON + timedelta(days=days)
        return parcels.drop(parcel, library=cast.lenox, by=cast.driver, at=at)

    return carry


def counted(library):
    return {
        each.day: (each.dropped, each.picked_up)
        for each in figures.by_day([library.pk], TODAY)
        if each.dropped or each.picked_up
    }


def test_items_are_counted_on_the_day_and_at_the_library_where_it_happened(carried, cast):
    carried()
    carried(days=3)
    monday = MONDAY_NOON.date()
    assert counted(cast.lee) == {monday: (0, 2)}
    assert counted(cast.lenox) == {
        monday + timedelta(days=2): (1, 0),
        monday + timedelta(days=3): (1, 0),
    }
    assert counted(cast.pittsfield) == {}


def test_every_day_of_the_span_is_there_and_what_is_older_is_not(carried, cast):
    carried()
    later = TODAY + timedelta(days=figures.SPAN)
    found = figures.by_day([cast.lee.pk, cast.lenox.pk], later)
    assert [each.day for each in found] == figures.days_until(later)
    assert not any(each.dropped or each.picked_up for each in found)


def test_what_was_undone_counts_nowhere(carried, cast):
    noted = carried()
    custody.undo(noted.line, by=cast.driver, at=MONDAY_NOON + timedelta(days=3))
    assert counted(cast.lenox) == {}
    assert figures.on_the_road([cast.lenox.pk], TODAY).days == ()


def test_days_on_the_road_are_from_pick_up_to_drop_where_both_were_seen(carried, cast):
    for facts in ({"days": 1}, {"days": 2}, {"days": 2}, {"days": 2, "taken": False}):
        carried(**facts)
    found = figures.on_the_road([cast.lenox.pk], TODAY)
    assert (found.days, found.unknown, found.known) == (((1, 1), (2, 2)), 1, 3)


def test_what_strayed_is_dropped_there_and_took_no_days(make_parcel, cast):
    parcel = make_parcel()
    parcels.pick_up(parcel, by=cast.driver, at=MONDAY_NOON)
    parcels.drop(parcel, library=cast.pittsfield, by=cast.driver, at=MONDAY_NOON)
    assert counted(cast.pittsfield) == {MONDAY_NOON.date(): (1, 0)}
    assert figures.on_the_road([cast.pittsfield.pk], TODAY).known == 0


def test_each_figure_costs_one_query(carried, cast, django_assert_num_queries):
    hub = Hub.objects.create(
        code="P", name="Plymouth", courier=Courier.objects.create(code="B", name="B", state="MA")
    )
    sorted_one = carried().line.parcel
    parcels.sort(sorted_one, holder="P", by=cast.delivery, at=MONDAY_NOON + timedelta(hours=9))
    everywhere = [each.pk for each in cast.libraries]
    with django_assert_num_queries(3):
        figures.by_day(everywhere, TODAY)
        figures.on_the_road(everywhere, TODAY)
        by_day = dict(figures.sorted_at(hub, TODAY))
    assert by_day[MONDAY_NOON.date()] == 1
    assert sum(by_day.values()) == 1
