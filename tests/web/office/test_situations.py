"""The pages of situations, as the center uses them."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine

from postroad.delivery.models import Route
from postroad.directory.models import Closure
from postroad.situations.models import Area, Situation
from postroad.web.office import situation_form
from postroad.web.office import situations as office
from tests.ill.story import MONDAY
from tests.markup import tight

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
    return unescape(tight(answer))


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
    for value, label in situation_form.places():
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


def switched_on(client, **more: object) -> tuple[str, Situation]:
    """Entered and on; the address of its changes."""
    client.post("/office/situations/add/", form(**more))
    situation = Situation.objects.get()
    client.post(f"/office/situations/{situation.pk}/switch/", {"do": "on"})
    situation.refresh_from_db()
    return f"/office/situations/{situation.pk}/change/", situation


def hidden(page) -> dict[str, list[str]]:
    """What the button below the preview sends."""
    (made,) = re.findall(
        r'<form method="post" action="[^"]*change/">(.*?)</form>', text(page), re.S
    )
    found: dict[str, list[str]] = {"do": ["change"]}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', made):
        found.setdefault(name, []).append(value)
    return found


LONGER = (TODAY + timedelta(days=5)).isoformat()


def test_a_change_is_shown_then_made_by_one_button_and_stands_in_the_report(centre):
    address, situation = switched_on(centre)
    assert 'value="2026-11-25"' in text(centre.get(address))  # the form says how it is
    page = centre.post(address, form(last_day=LONGER, version="1", look="1"))
    said = text(page)
    assert "<del>Wednesday 25 November</del>" in said
    assert "<ins>Saturday 28 November</ins>" in said
    assert "Before, that was through Wednesday 25 November." in said  # the letter
    assert Closure.objects.get().last_day == situation.last_day  # still
    button = hidden(page)
    assert "look" not in button
    done = centre.post(address, button, follow=True)
    assert re.search(r"Changed\. \d people are told\.", text(done))
    assert "<ins>Saturday 28 November</ins>" in text(done)
    assert "Times it was changed while on" in text(done)
    again = centre.post(address, button, follow=True)  # a double press
    assert "It is so already" in text(again)
    assert Closure.objects.get().last_day == TODAY + timedelta(days=5)


def test_the_second_editor_hears_who_changed_what_and_keeps_what_she_typed(centre, client, cast):
    address, situation = switched_on(centre)
    hers = form(banner="<i>Hers</i>", version="1")
    centre.post(address, {**form(last_day=LONGER, version="1"), "do": "change"})
    client.force_login(cast.delivery)
    for press in ("look", "do"):
        page = client.post(address, {**hers, press: "change"})
        assert page.status_code == 409
        said = text(page)
        assert "Centre changed “Snowstorm” in the meantime." in said
        assert "<ins>Saturday 28 November</ins>" in said
        assert "&lt;i&gt;Hers" in page.content.decode()
        assert 'name="version" value="2"' in said  # so she may look again
    situation.refresh_from_db()
    assert situation.banner == form()["banner"]


def test_its_beginning_stays_once_it_has_come(centre):
    address, _situation = switched_on(centre)
    assert "It has begun, so this day stays." in text(centre.get(address))
    later = (TODAY + timedelta(days=1)).isoformat()
    page = centre.post(address, form(first_day=later, version="1"))
    assert page.status_code == 422
    sent = {name: value for name, value in form(version="1").items() if name != "first_day"}
    assert "This is how it stands already." in text(centre.post(address, sent))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"last_day": "2026-11-20"}, "It would end before it begins."),
        ({"where": "libraries"}, "Say which libraries."),
        ({"name": ""}, "Not sent yet."),
    ],
)
def test_a_change_that_cannot_be_gets_its_sentence_and_changes_nothing(centre, wrong, said):
    address, situation = switched_on(centre)
    for press in ("look", "do"):
        page = centre.post(address, {**form(**wrong), "version": "1", press: "change"})
        assert page.status_code == 422
        assert said in text(page)
    situation.refresh_from_db()
    assert situation.version == 1


def test_a_draft_is_changed_without_further_ado_and_switched_on_only_as_it_was_seen(centre):
    centre.post("/office/situations/add/", form())
    situation = Situation.objects.get()
    address = f"/office/situations/{situation.pk}/"
    page = centre.post(f"{address}change/", form(name="Blizzard", version="1"), follow=True)
    assert "Saved. It still changes nothing." in text(page)
    assert "Blizzard" in text(page)
    old = centre.post(f"{address}switch/", {"do": "on", "version": "1"}, follow=True)
    assert "changed “Blizzard” in the meantime" in text(old)
    assert not Closure.objects.exists()


def test_what_is_over_is_not_changed(centre):
    address, situation = switched_on(centre)
    centre.post(f"/office/situations/{situation.pk}/switch/", {"do": "end"})
    assert address not in text(centre.get(f"/office/situations/{situation.pk}/"))
    for answer in (centre.get(address, follow=True), centre.post(address, form(), follow=True)):
        assert "has ended in the meantime. Nothing was changed." in text(answer)


def test_a_place_that_is_there_no_more_is_not_exchanged_for_another(cast):
    gone = Situation(area=Area.ROUTE, places=["GONE 9"], first_day=TODAY)
    shown = situation_form.SituationForm(of=gone)
    assert str(shown["where"]).count("selected") == 1
    assert '<option value="route:GONE 9" selected>' in str(shown["where"])
