"""A route's sheet: what is handed in and picked up at each stop, and when it was confirmed."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from postroad.delivery import containers, manifests, parcels, visits
from postroad.delivery.containers import At
from postroad.delivery.models import Container, Route, Stop
from postroad.delivery.visits import Pieces
from tests.markup import tight

NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)  # a Monday
MONDAY = NOON.date()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SHEET = "/office/delivery/manifests/?route=WEST+2"


@pytest.fixture
def make(cast):
    def made(sender="lee", receiver="lenox", at=NOON - 3 * DAY):
        return parcels.make(
            from_library=getattr(cast, sender),
            to_library=getattr(cast, receiver),
            item_barcode="",
            title="Walden",
            ref="",
            by=None,
            at=at,
        )

    return made


@pytest.fixture
def world(cast, make):
    """On the van for Lenox two, one in a bin that was left there; two wait at Lee."""
    boxed, loose, _waits, _waits_too = (make() for _each in range(4))
    made = containers.put_to_use(2, Container.Kind.BIN, holder="HUB", at=NOON - 2 * DAY)
    for each in (boxed, loose):
        parcels.pick_up(each, by=cast.driver, at=NOON - DAY)
    parcels.sort(boxed, holder="HUB", by=None, at=NOON - DAY + HOUR, into=made[0])
    containers.drop(made[1], At(cast.driver, NOON - HOUR, cast.lenox, "WEST 2"))
    containers.ask_for_empties(cast.lenox, 3, by=None, at=NOON - DAY)
    stop = Stop.objects.select_related("library", "route").get(library=cast.lenox)
    visits.confirm(cast.driver, stop, Pieces(4, 1), key="a", at=NOON - HOUR, now=NOON)
    return loose


def of(day):
    sheet = manifests.of(Route.objects.get(code="WEST 2"), day, NOON)
    return sheet, {line.stop.library.code: line for line in sheet.lines}


def test_today_it_says_what_is_to_do_and_what_is_done(world, cast):
    sheet, lines = of(MONDAY)
    assert [line.stop.library.code for line in sheet.lines] == [
        "lee",
        "lenox",
        "pittsfield",
        "providence",
    ]
    lenox, lee = lines["lenox"], lines["lee"]
    assert (lenox.load.to_drop, lee.load.to_pick_up) == (2, 2)
    assert (lenox.bins.to_leave, lenox.bins.left, lenox.bins.standing) == (1, 1, 1)
    assert lenox.bins.wanted == 2
    assert [(each.left, each.taken) for each in lenox.visits] == [(4, 1)]
    assert (lines["providence"].calls, sheet.to_drop, sheet.to_pick_up) == (False, 2, 2)


def test_of_a_day_that_is_over_it_says_what_happened(world, cast):
    sheet, lines = of(MONDAY - DAY)
    assert sheet.over
    assert (lines["lee"].load.picked_up, lines["lenox"].load.to_drop) == (2, 0)
    assert lines["lenox"].bins == manifests.Bins()


def test_of_a_day_to_come_it_says_what_is_expected(world, cast, make):
    parcel = make(at=NOON)
    assert parcel.expected_on is not None
    sheet, lines = of(parcel.expected_on)
    assert sheet.ahead
    assert lines["lenox"].load.to_drop >= 1
    assert lines["lee"].load.to_pick_up == 3


def test_the_sheet_and_its_spreadsheet_say_the_time_of_the_stop(client, world, cast):
    with time_machine.travel(NOON, tick=False):
        client.force_login(cast.delivery)
        page = client.get(SHEET)
        assert "11 a.m.: 4 left, 1 taken" in tight(page).replace("\N{NO-BREAK SPACE}", " ")
        assert "2 empties wanted" in tight(page)
        text = b"".join(client.get(f"{SHEET}&format=csv").streaming_content).decode("utf-8-sig")
    lines = {row["Library code"]: row for row in csv.DictReader(io.StringIO(text))}
    assert lines["lenox"]["Confirmed at"] == "2026-11-30 11:00"
    assert (lines["lenox"]["To leave"], lines["lenox"]["Left, as confirmed"]) == ("2", "4")
    assert lines["providence"]["The van calls"] == "no"


@pytest.mark.parametrize("asked", ["", "?route=NOWHERE", "?route=%00&day=rubbish"])
def test_without_a_route_one_is_asked_for(client, cast, asked):
    client.force_login(cast.delivery)
    page = client.get(f"/office/delivery/manifests/{asked}")
    assert "Choose a route and a day." in tight(page)


@pytest.mark.parametrize("day", [MONDAY - DAY, MONDAY, MONDAY + DAY])
def test_a_sheet_costs_the_same_for_few_and_for_many(
    world, cast, make, day, django_assert_num_queries
):
    for _each in range(6):
        make()
    route = Route.objects.get(code="WEST 2")
    expected = {MONDAY - DAY: 5, MONDAY: 12, MONDAY + DAY: 10}[day]
    with django_assert_num_queries(expected):
        manifests.of(route, day, NOON)
