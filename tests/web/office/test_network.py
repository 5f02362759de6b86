"""The network of the van: couriers, hubs, nights between them, regions, routes."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from postroad.delivery import stops
from postroad.delivery.models import Courier, Hub, Region, Route, Transfer
from tests.cast import Cast
from tests.markup import tight

HOME = "/office/delivery/network/"


@pytest.fixture
def office(client: Client, cast: Cast) -> Client:
    client.force_login(cast.delivery)
    return client


@pytest.fixture
def hubs(cast: Cast) -> list[Hub]:
    courier = Courier.objects.create(code="BAY", name="Bay Couriers", state="MA")
    return [Hub.objects.create(code=x, name=x, courier=courier) for x in ("Plymouth", "Warwick")]


def test_a_courier_a_hub_and_a_region_are_entered_one_after_the_other(office: Client):
    facts = {"code": "BAY", "name": "Bay Couriers", "slip": "mls", "state": "MA"}
    assert office.post(f"{HOME}courier/add/", facts).status_code == 302
    hub = {"code": "P", "name": "Plymouth", "courier": Courier.objects.get().pk, "kind": "sort"}
    office.post(f"{HOME}hub/add/", hub)
    region = Region.objects.get()
    typed = {"code": "WEST", "name": "West", "letter": "W", "hub": Hub.objects.get().pk}
    office.post(f"{HOME}region/{region.pk}/", typed)
    assert Route.objects.select_related("region").get().letter == "W"
    shown = tight(office.get(HOME))
    for said in ("Bay Couriers", "Plymouth", "W, Plymouth", "West 2"):
        assert said in shown


def test_a_code_is_one_things_alone_and_what_is_missing_is_said(office: Client):
    twice = {"code": "WEST", "name": "West again"}
    refused = office.post(f"{HOME}region/add/", twice)
    assert refused.status_code == 422
    assert "already in use" in tight(refused)
    assert office.post(f"{HOME}hub/add/", {}).status_code == 422
    assert office.get(f"{HOME}rubbish/add/").status_code == 404


def test_nights_hold_from_their_day_both_ways_and_what_is_to_come_is_removed(
    office: Client, hubs: list[Hub]
):
    start, end = hubs
    today = timezone.localdate()
    facts = {"from_hub": start.pk, "to_hub": end.pk, "nights": 1, "first_day": today, "both": "on"}
    office.post(HOME, facts)
    office.post(HOME, facts | {"nights": 2, "first_day": today + timedelta(days=9)})
    assert sorted(lane.nights or 0 for lane in stops.lanes()) == [1, 1, 2, 2]
    assert "to come" in tight(office.get(HOME))
    for each in Transfer.objects.all():
        office.post(HOME, {"remove": each.pk})
    assert {lane.nights for lane in stops.lanes()} == {1}


@pytest.mark.parametrize(
    ("typed", "says"),
    [({"ahead": -1}, "This day is over."), ({"same": True}, "Choose another hub")],
)
def test_nights_that_cannot_be_are_refused(office: Client, hubs: list[Hub], typed, says: str):
    day = timezone.localdate() + timedelta(days=typed.get("ahead", 0))
    end = hubs[0] if typed.get("same") else hubs[1]
    sent = {"from_hub": hubs[0].pk, "to_hub": end.pk, "nights": 1, "first_day": day}
    refused = office.post(HOME, sent)
    assert refused.status_code == 422
    assert says in tight(refused)
    assert not Transfer.objects.exists()


def test_what_others_hang_on_stays(office: Client, hubs: list[Hub]):
    said = office.post(f"{HOME}courier/{Courier.objects.get().pk}/", {"remove": "yes"}, follow=True)
    assert "It is in use, so it stays." in tight(said)
    office.post(f"{HOME}hub/{hubs[1].pk}/", {"remove": "yes"})
    assert Hub.objects.get() == hubs[0]


@pytest.mark.parametrize("many", [1, 12])
def test_the_page_takes_as_many_statements_however_large(
    office: Client, hubs: list[Hub], many: int, django_assert_num_queries
):
    for number in range(many):
        Route.objects.create(code=f"R{number}", name=f"R {number}", region=Region.objects.get())
    with django_assert_num_queries(12):
        office.get(HOME)


@pytest.mark.parametrize("code", ["6A/B", "west 2", "\u00e9?#%2F", "6\nB"])
def test_whatever_a_route_a_hub_and_a_region_are_called_their_pages_open(office, cast, code):
    courier = Courier.objects.create(code="BAY", name="Bay", state="MA")
    facts = {"courier": courier.pk, "kind": Hub.Kind.values[0], "town": "Lee"}
    office.post(f"{HOME}hub/add/", {"code": code, "name": "Hub", **facts})
    hub, region, route = Hub.objects.get(), Region.objects.get(), Route.objects.get()
    office.post(
        f"{HOME}region/{region.pk}/", {"code": code, "name": "R", "letter": "S", "hub": hub.pk}
    )
    office.post(f"{HOME}route/{route.pk}/", {"code": code, "name": "6", "region": region.pk})
    said = " ".join(code.split())
    assert (hub.code, Region.objects.get().code, Route.objects.get().code) == (said, said, said)
    public = [f"/delivery/routes/{quote(said, '')}/", f"/delivery/hubs/{quote(said, '')}/"]
    for page in (
        "/delivery/",
        "/office/delivery/",
        "/libraries/lee",
        "/office/delivery/timetables/",
    ):
        assert office.get(page).status_code == 200
    for page in (*public, "/delivery/stops/lee/"):
        assert office.get(page).status_code == 200
    assert office.get(reverse("office-delivery-timetable-export", args=[said])).status_code == 200
