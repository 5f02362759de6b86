"""What everybody may see of the van: the map, stops, routes, hubs, the week of a stop."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from postroad.delivery import delays, parcels, stops
from postroad.delivery.models import Courier, Delay, Hub, Region, Route, Stop, Transfer
from postroad.directory.models import Library
from tests.markup import tight

MONDAY = date(2026, 11, 30)
PLACES = {"lee": (42.31, -73.25), "lenox": (42.36, -73.28), "pittsfield": (42.45, -73.25)}
STOP, ROUTE = "/delivery/stops/lee/", "/delivery/routes/WEST%202/"
WEEK = f"{STOP}week/"


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to("2026-11-30 17:00:00+00:00", tick=False)


@pytest.fixture
def placed(cast):
    for code, (latitude, longitude) in PLACES.items():
        Library.objects.filter(code=code).update(latitude=latitude, longitude=longitude)


@pytest.fixture
def hub(cast):
    """Where all but Providence is sorted, a night from where Providence is."""
    courier = Courier.objects.create(code="BAY", name="Bay", state="MA")
    west, coast = (
        Hub.objects.create(code=code, name=f"{code} sort", courier=courier) for code in "PW"
    )
    Region.objects.update(hub=west)
    region = Region.objects.create(code="RI", name="Rhode Island", hub=coast)
    route = Route.objects.create(code="RI 1", name="RI 1", region=region)
    Stop.objects.filter(library=cast.providence).update(route=route)
    Transfer.objects.create(from_hub=west, to_hub=coast, nights=1, first_day=MONDAY)
    return west


@pytest.fixture
def left_at_lenox(cast):
    def leave(count=3):
        now = timezone.now()
        facts = {"item_barcode": "", "title": "Walden", "ref": "", "by": cast.lender}
        for _each in range(count):
            made = parcels.make(
                from_library=cast.lee,
                to_library=cast.lenox,
                at=now - timedelta(days=3),
                **facts,
            )
            parcels.pick_up(made, by=cast.driver, at=now - timedelta(days=2))
            parcels.drop(made, library=cast.lenox, by=cast.driver, at=now - timedelta(hours=1))

    return leave


def late(at=None, kind=Delay.Kind.LATE):
    facts: dict[str, Any] = {"first_day": MONDAY, "reason": "Ice", "by": "Dora", "key": uuid4()}
    return delays.announce(kind, at=at, now=timezone.now(), **facts)


def test_the_map_draws_each_stop_with_its_link_and_says_who_has_no_place(client, placed):
    page = client.get("/delivery/")
    drawn = page.context["map"]
    assert drawn.marks.count("<a href=") == 3
    assert f'href="{STOP}" tabindex="-1"' in drawn.marks
    assert drawn.unplaced == 1
    assert len(drawn.ways) == 1
    assert "1 stop is not on the map" in tight(page)


def test_the_list_has_the_same_links_and_all_that_the_map_leaves_out(client, placed, cast):
    page = tight(client.get("/delivery/"))
    for code in ("lee", "lenox", "pittsfield", "providence"):
        assert f'<a href="/delivery/stops/{code}/">' in page


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("region=RI", ["providence"]),
        ("route=RI+1", ["providence"]),
        ("hub=P", ["lee", "lenox", "pittsfield"]),
        ("hub=P&region=RI", []),
        ("region=%00&route=rubbish", ["providence", "lee", "lenox", "pittsfield"]),
    ],
)
def test_the_map_is_narrowed_from_its_address(query, codes, client, hub, placed):
    page = client.get(f"/delivery/?{query}")
    shown = [at.stop.library.code for each in page.context["listed"] for at in each.stops]
    assert shown == codes


def test_a_delay_is_a_square_and_a_word_and_not_only_a_color(client, placed, cast):
    assert "<rect" not in client.get("/delivery/").context["map"].marks
    late(cast.lee)
    page = client.get("/delivery/")
    assert page.context["map"].marks.count("<rect") == 1
    assert "the van is late" in tight(page)
    assert "delayed</span>" in tight(page)


def test_the_map_of_a_route_is_near_and_numbers_its_stops(client, placed):
    far, near = (client.get(each).context["map"] for each in ("/delivery/", ROUTE))
    assert float(near.box.split()[2]) < float(far.box.split()[2])
    assert ">1</text>" in near.marks


def test_a_stop_tells_its_days_and_what_falls_out(client, cast):
    stops.pause(first_day=MONDAY, last_day=MONDAY, reason="Holiday")
    page = client.get("/delivery/stops/lenox/")
    assert "No van today: Holiday" in tight(page)
    assert page.context["brings"][0] == MONDAY + timedelta(days=2)
    told = {each.day: each for each in page.context["ahead"]}
    assert told[MONDAY].kept_away
    assert told[MONDAY + timedelta(days=2)].brings
    assert not told[MONDAY + timedelta(days=1)].comes


def test_a_satellite_names_the_stop_by_way_of_which_its_things_come(client, cast):
    Stop.objects.filter(library=cast.lee).update(behind=Stop.objects.get(library=cast.lenox))
    assert '<a href="/delivery/stops/lenox/">Lenox Library, Lenox</a>' in tight(client.get(STOP))


def test_a_stop_shows_counts_and_draws_the_last_weeks(client, cast, left_at_lenox):
    left_at_lenox()
    page = client.get("/delivery/stops/lenox/")
    assert page.context["standing"].dropped == 3
    assert [line.most for line in page.context["lines"]] == [3]
    assert [(bar.label, bar.value) for bar in page.context["road"].bars] == [("2 days", 3)]
    assert "Walden" not in tight(page)  # numbers only


def test_where_the_van_does_not_call_there_is_no_page_of_a_stop(client, cast):
    Stop.objects.filter(library=cast.lee).update(active=False)
    for address in (STOP, WEEK, "/delivery/stops/otis-school/", "/delivery/routes/X/"):
        assert client.get(address).status_code == 404


def test_a_hub_tells_its_routes_and_the_nights_to_others(client, hub, cast):
    page = client.get("/delivery/hubs/P/")
    assert [(other.code, nights) for other, nights in page.context["nights"]] == [("W", 1)]
    assert page.context["count"] == 3
    assert "1 night more" in tight(page)
    assert client.get("/delivery/hubs/X/").status_code == 404


def test_only_the_office_is_led_to_its_own_pages(client, cast, hub):
    addresses = (STOP, ROUTE, "/delivery/hubs/P/")
    assert not any("/office/" in tight(client.get(each)) for each in addresses)
    client.force_login(cast.delivery)
    for address in addresses:
        assert "/office/delivery/" in tight(client.get(address)).split("<main")[1]


def test_the_week_tells_days_of_arrival_both_ways(client, cast):
    page = client.get(WEEK)
    told = {row.stop.library.code: (row.there, row.here) for row in page.context["rows"]}
    assert told["lenox"] == (
        "Wednesday, Friday, Monday 7 December",
        "Tuesday, Thursday, Monday 7 December",
    )
    assert set(told) == {"lenox", "pittsfield", "providence"}


def test_the_week_says_what_falls_out_here_and_there(client, cast):
    stops.pause(first_day=MONDAY, last_day=MONDAY, reason="Holiday")
    stops.pause(
        first_day=MONDAY + timedelta(days=2),
        last_day=MONDAY + timedelta(days=2),
        reason="Flood",
        at=cast.lenox,
    )
    page = client.get(WEEK)
    assert "Monday 30 November: the van does not come here (Holiday)" in tight(page)
    notes = {row.stop.library.code: row.note for row in page.context["rows"]}
    assert notes["lenox"] == "no van on Wednesday (Flood)"
    assert notes["pittsfield"] == ""


def test_one_other_library_is_told_step_by_step(client, cast):
    page = client.get(f"{WEEK}?with=lenox")
    (_start, end, days), back = page.context["ways"]
    assert end.library == cast.lenox
    assert [way.days[-1] for way in days][:2] == [MONDAY + timedelta(days=2)] * 2
    assert len(back[2]) == 3  # the van takes from Lenox on three days


@pytest.mark.parametrize(
    "query", ["day=2026-13-40", "day=1900-01-01", "day=x&state=ZZ&with=%00", "with=lee"]
)
def test_what_the_address_says_wrongly_is_this_week_of_all(query, client, cast):
    page = client.get(f"{WEEK}?{query}")
    assert page.context["asked"].week[0] == MONDAY
    assert len(page.context["rows"]) == 3
    assert not page.context["ways"]


def test_the_week_is_narrowed_and_given_as_a_spreadsheet(client, cast):
    page = client.get(f"{WEEK}?q=lenox&day=2026-12-09")
    assert [row.stop.library.code for row in page.context["rows"]] == ["lenox"]
    answer = client.get(f"{WEEK}?format=csv&state=MA")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("lenox,Lenox Library,Lenox,MA,2026-12-02 2026-12-04 2026-12-07,")


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/delivery/", 4),
        (STOP, 8),
        (ROUTE, 9),
        ("/delivery/hubs/P/", 13),
        (WEEK, 4),
    ],
)
def test_each_page_costs_the_same_for_few_and_for_many(
    address, most, client, hub, cast, left_at_lenox, django_assert_max_num_queries
):
    left_at_lenox(9)
    late()
    with django_assert_max_num_queries(most):
        client.get(address)
