"""The pages of situations, as the center uses them."""

from datetime import date, timedelta
from html import unescape

import pytest
import time_machine

from postroad.delivery.models import Route
from postroad.directory.models import Closure
from postroad.situations.models import Area, Situation
from postroad.web.office import situations as office
from tests.ill.story import MONDAY

TODAY = MONDAY.date()


@pytest.fixture
def centre(cast, client):
    with time_machine.travel(MONDAY, tick=False):
        client.force_login(cast.centre)
        yield client


def form(**more: object) -> dict[str, object]:
    return {
        "name": "Snowstorm",
        "where": "state:MA",
        "first_day": TODAY.isoformat(),
        "last_day": (TODAY + timedelta(days=2)).isoformat(),
        "effects": ["no-delivery"],
        "days-courier-late": "21",
        "banner": "No van <b>until</b> Thursday.",
        **more,
    }


def text(answer) -> str:
    return unescape(str(answer.content.decode()))


def test_it_shows_what_it_will_change_before_it_changes_anything(centre):
    page = centre.post("/office/situations/add/", form(), follow=True)
    assert "4 libraries are concerned." in text(page)
    assert "The van leaves out" in text(page)
    assert "now 14, while it lasts 21" in text(page)
    assert not Closure.objects.exists()


def test_on_it_stands_at_the_top_of_every_page_and_ended_it_does_not(centre, client):
    centre.post("/office/situations/add/", form())
    address = f"/office/situations/{Situation.objects.get().pk}/"
    on = centre.post(f"{address}switch/", {"do": "on"}, follow=True)
    assert "Switched on. Dates of loans, holds and parcels change" in text(on)
    assert "Closures entered" in text(on)
    assert "No van <b>until</b> Thursday." not in client.get("/libraries").content.decode()
    assert "No van <b>until</b> Thursday." in text(client.get("/libraries"))  # its signs as text
    over = centre.post(f"{address}switch/", {"do": "end"}, follow=True)
    assert "Ended. What it changed has returned" in text(over)
    assert "Thursday." not in text(client.get("/libraries"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"last_day": "2026-11-20", "first_day": "2026-11-22"}, "It would end before it begins."),
        ({"first_day": "2026-11-02", "last_day": "2026-11-03"}, "These days have already passed."),
        ({"last_day": "2099-01-01"}, "Choose a day within the next three years."),
        (
            {"where": "libraries", "libraries": "lee\nnowhere"},
            "We know no library called “nowhere”.",
        ),
        ({"where": "libraries"}, "Say which libraries."),
        ({"days-courier-late": "900"}, "365"),
    ],
)
def test_what_cannot_be_gets_its_sentence(centre, wrong, said):
    answer = centre.post("/office/situations/add/", form(**wrong))
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Situation.objects.exists()


def test_no_two_places_read_alike_and_the_routes_stand_by_region(cast):
    Route.objects.create(code="RI 1", name="Rhode Island 1")
    flat: list[str] = []
    groups: list[str] = []
    for value, label in office.places():
        if isinstance(label, list):
            groups.append(str(value))
            flat += [str(each) for _value, each in label]
        else:
            flat.append(str(label))
    assert {"Rhode Island (state)", "Rhode Island (delivery region)"} <= set(flat)
    assert len(set(flat)) == len(flat)
    assert groups == [
        "State",
        "Delivery region",
        "Network",
        "Delivery route in the region Rhode Island",
        "Delivery route in the region West",
    ]


def test_a_place_is_told_with_what_it_is(cast):
    told = {
        (Area.STATE, "RI"): "Rhode Island (state)",
        (Area.NETWORK, "berkshire"): "Berkshire Libraries (network)",
        (Area.LIBRARIES, "lee"): "Lee Library",
    }
    made = [Situation(area=area, places=[place]) for area, place in told]
    assert [each.where for each in office.Shown.of(made)] == list(told.values())


def test_a_draft_can_be_thrown_away_and_what_is_on_cannot(centre):
    centre.post("/office/situations/add/", form(last_day=""))
    address = f"/office/situations/{Situation.objects.get().pk}/switch/"
    centre.post(address, {"do": "on"})
    centre.post(address, {"do": "throw-away"})
    assert Situation.objects.exists()
    assert Closure.objects.get().last_day == date(9999, 12, 31)
