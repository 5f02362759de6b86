"""Opening hours are typed, kept, confirmed and shown."""

import re

import pytest
from django.utils import timezone

from postroad.directory import closures
from postroad.directory.models import Library
from postroad.directory.opening import weekdays
from postroad.web.office.hours import DAYS

HOURS = "/office/libraries/lee/hours/"
SPECIAL = HOURS + "special/add/"
WEEK = ("9-5", "9 am – 5:30 pm", "noon-8", "9-12, 1-5", "9-5", "closed", "closed")


@pytest.fixture(autouse=True)
def wednesday(time_machine):
    time_machine.move_to("2026-11-25 15:00:00+00:00", tick=False)  # ten in the morning


@pytest.fixture
def director(client, cast):
    client.force_login(cast.director)
    return client


def text(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def typed(*days: str) -> dict[str, str]:
    return dict(zip(DAYS, days, strict=True))


def lee() -> Library:
    return Library.objects.get(code="lee")


def test_a_director_types_the_hours_and_everybody_sees_them(director, client, cast):
    page = text(director.post(HOURS, typed(*WEEK), follow=True))
    assert "Readers see: Monday 9 a.m. to 5 p.m.; Tuesday 9 a.m. to 5:30 p.m.; Wednesday" in page
    assert lee().open_days == "MTWTF--"
    assert lee().confirmations.get(field="hours").confirmed_by == "Director"
    client.logout()
    page = text(client.get("/libraries/lee"))
    assert "Closed now, opens at noon." in page
    assert "Wednesday today noon to 8 p.m." in page
    assert "These hours · confirmed Wed 25 Nov, Director" in page.replace("\xa0", " ")
    assert "Lee Library" in text(client.get("/libraries"))
    assert "open noon to 8 p.m." in text(client.get("/libraries?q=lee"))


def test_the_form_shows_what_it_would_understand_again(director, cast):
    director.post(HOURS, typed(*WEEK))
    initial = director.get(HOURS).context["form"].initial
    assert initial["thursday"] == "9 am - noon, 1 pm - 5 pm"
    page = director.post(HOURS, initial, follow=True)
    assert "Nothing was different." in text(page)


@pytest.mark.parametrize(
    ("day", "says", "sentence"),
    [
        ("tuesday", "9-", "Tuesday: “9-” does not read as hours."),
        ("friday", "5pm-9am", "Friday: in “5pm-9am” it closes before it opens."),
        ("monday", "9-12, 11-5", "Monday: the hours in “9-12, 11-5” overlap."),
        ("sunday", "", "Sunday: type the hours, or “closed”"),
        ("monday", "<b>" * 60, "Monday: “&lt;b&gt;"),
        ("monday", "9" * 300, "Use at most 200 characters"),
    ],
)
def test_a_mistake_is_said_of_its_day_and_nothing_is_changed(director, cast, day, says, sentence):
    before = (lee().open_days, lee().hours)
    page = director.post(HOURS, {**typed(*WEEK), day: says})
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert list(page.context["form"].errors) == [day]
    assert (lee().open_days, lee().hours) == before


def test_a_week_without_an_open_day_is_refused_and_an_empty_one_is_unknown(director, cast):
    page = director.post(HOURS, typed(*["closed"] * 7))
    assert "enter a closure" in text(page)
    director.post(HOURS, typed(*WEEK))
    director.post(HOURS, {})
    assert (lee().open_days, lee().hours) == ("", "")
    assert "Hours not known." in text(director.get("/libraries/lee"))


def test_hours_on_a_day_make_it_an_opening_day_for_clocks_too_and_the_form_says_so(director, cast):
    Library.objects.filter(pk=cast.lee.pk).update(open_days="MTWTF--")
    page = director.post(HOURS, {**typed(*WEEK), "saturday": "10-1"}, follow=True)
    assert "New opening days: Saturday." in text(page)
    calendar = closures.calendar(lee(), lee().day_of(timezone.now()))
    assert calendar.days == weekdays("MTWTFS-")


def test_a_day_that_is_no_opening_day_any_more_has_no_hours(director, cast):
    director.post(HOURS, typed(*WEEK))
    director.post("/office/libraries/lee/record/", {"open_days": ["0", "1"]})
    assert lee().hours == "09:00-17:00|09:00-17:30|||||"
    page = text(director.get("/office/libraries/lee/"))
    assert "Opening hours was Monday 9 a.m. to 5 p.m.; Tuesday" in page


def test_a_closure_goes_before_the_hours_on_every_page(director, cast, time_machine):
    director.post(HOURS, typed(*WEEK))
    day = lee().day_of(timezone.now()).replace(day=26)
    closures.close(first_day=day, last_day=day, reason="Thanksgiving Day", source="office")
    page = text(director.get("/libraries/lee"))
    assert "Thursday closed on Thursday 26 November: Thanksgiving Day" in page
    time_machine.move_to("2026-11-26 15:00:00+00:00", tick=False)
    page = text(director.get("/libraries/lee"))
    assert "Closed today; opens again on Friday 27 November at 9 a.m." in page
    assert "Thanksgiving Day. On any other Thursday: 9 a.m. to noon, 1 p.m. to 5 p.m." in page
    assert "Open now" not in page
    assert "open 9 a.m." not in text(director.get("/libraries?q=lee"))


def test_other_hours_for_a_while_are_shown_and_go_with_their_days(director, cast, time_machine):
    director.post(HOURS, typed(*WEEK))
    sent = {"name": "Winter hours", "first_day": "2026-11-25", "last_day": "2026-12-31"}
    page = director.post(SPECIAL, {**sent, "wednesday": "10-3"}, follow=True)
    director.post(SPECIAL, {**sent, "wednesday": "10-3"})  # a double press
    row = lee().special_hours.get()
    assert row.confirmed_by == "Director"
    assert "Winter hours" in text(page)
    page = text(director.get("/libraries/lee"))
    assert "Open now until 3 p.m." in page
    assert "10 a.m. to 3 p.m. Winter hours; usually noon to 8 p.m." in page
    one = f"{HOURS}special/{row.pk}/"
    assert "Remove “Winter hours (11/25/2026 to 12/31/2026)”?" in text(
        director.post(one, {"remove": "1"})
    )
    time_machine.move_to("2027-01-06 15:00:00+00:00", tick=False)
    assert "Winter hours" not in text(director.get("/libraries/lee"))
    director.force_login(cast.director)  # weeks later
    director.post(one, {"remove": "1", "sure": "1"})
    assert not lee().special_hours.exists()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"saturday": "9-1"}, "saturday"),
        ({"monday": "closed"}, "monday"),
        ({"monday": ""}, "__all__"),
        ({"last_day": "2026-11-01"}, "last_day"),
        ({"last_day": "2028-11-01"}, "last_day"),
        ({"first_day": "9999-12-31", "last_day": "9999-12-31"}, "first_day"),
        ({"first_day": "soon"}, "first_day"),
        ({"name": ""}, "name"),
    ],
)
def test_special_hours_that_cannot_be_are_refused(director, cast, sent, field):
    Library.objects.filter(pk=cast.lee.pk).update(open_days="MTWTF--")
    whole = {"name": "Summer", "first_day": "2026-12-01", "last_day": "2026-12-24", "monday": "9-1"}
    page = director.post(SPECIAL, {**whole, **sent})
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert not lee().special_hours.exists()


@pytest.mark.parametrize("address", [HOURS, SPECIAL])
def test_the_hours_of_another_library_are_not_there(client, cast, address):
    client.force_login(cast.neighbour)
    assert client.get(address).status_code == 404


def test_special_hours_of_another_library_are_not_there(director, cast):
    kept = "09:00-17:00||||||"
    other = cast.lenox.special_hours.create(
        name="Summer", first_day="2026-12-01", last_day="2026-12-24", hours=kept
    )
    assert director.get(f"{HOURS}special/{other.pk}/").status_code == 404


def test_all_of_it_is_right_says_so_of_the_hours_too(director, cast):
    director.post(HOURS, typed(*WEEK))
    lee().confirmations.all().delete()
    director.post("/office/libraries/lee/confirm/")
    assert lee().confirmations.filter(field="hours").exists()
