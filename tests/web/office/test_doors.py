"""Who drives which route, and door sheets through the pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from postroad.delivery import doors
from postroad.delivery.models import DoorReading, Duty, Route, Stop

DRIVERS, SHEETS, DOOR = (
    "/office/delivery/drivers/",
    "/office/delivery/doors/",
    "/office/delivery/doors/lenox/",
)
SECRET = "4711 under the mat"


@pytest.fixture
def office(client, cast):
    client.force_login(cast.delivery)
    return client


@pytest.fixture
def _written(cast):
    doors.write(cast.lenox, by="Dan", at=timezone.now(), alarm=SECRET, entrance="<i>side</i>")


def put_on(office, cast, **more):
    today = timezone.localdate()
    facts = {"form": "duty", "route": Route.objects.get().pk, "driver": cast.driver.pk}
    return office.post(DRIVERS, {**facts, "first_day": today, **more}, follow=True)


def stand(driver, library):
    driver.post("/courier/", {"stop": Stop.objects.get(library=library).pk, "sure": "yes"})


def test_the_office_puts_a_driver_on_a_route_and_takes_her_off(office, cast):
    put_on(office, cast, last_day=timezone.localdate() + timedelta(days=3))
    assert Duty.objects.count() == 4
    assert "WEST 2" in office.get(DRIVERS).content.decode()
    gone = Duty.objects.first()
    said = office.post(DRIVERS, {"off": gone.pk}, follow=True).content.decode()
    assert "is no longer on WEST 2" in said
    assert Duty.objects.count() == 3


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        (-1, None, "This day is over."),
        (2, 1, "The last day is before the first day."),
        (0, 90, "Choose two months at most"),
    ],
)
def test_days_that_cannot_be_are_refused(office, cast, first, last, says):
    today = timezone.localdate()
    more = {"first_day": today + timedelta(days=first)}
    if last is not None:
        more["last_day"] = today + timedelta(days=last)
    assert says in put_on(office, cast, **more).content.decode()
    assert not Duty.objects.exists()


def test_only_drivers_can_be_put_on_a_route(office, cast):
    put_on(office, cast, driver=cast.ada.pk)
    assert not Duty.objects.exists()


@pytest.mark.usefixtures("_written")
def test_the_driver_of_the_day_is_shown_it_by_a_press_only(office, client, cast):
    put_on(office, cast)
    client.force_login(cast.driver)
    stand(client, cast.lenox)
    before = client.get("/courier/door/")
    assert SECRET not in before.content.decode()
    shown = client.post("/courier/door/")
    assert SECRET in shown.content.decode()
    assert "&lt;i&gt;side" in shown.content.decode()
    assert shown["Cache-Control"] == "private, no-store"
    assert DoorReading.objects.get().reader == cast.driver


@pytest.mark.usefixtures("_written")
def test_another_driver_hears_why_not(client, cast):
    client.force_login(cast.driver)
    stand(client, cast.lenox)
    assert "only to the driver" in client.get("/courier/door/").content.decode()
    refused = client.post("/courier/door/")
    assert refused.status_code == 409
    assert SECRET not in refused.content.decode()
    assert not DoorReading.objects.exists()


@pytest.mark.usefixtures("_written")
def test_what_the_phone_keeps_has_nothing_of_it(office, client, cast):
    put_on(office, cast)
    client.force_login(cast.driver)
    stand(client, cast.lenox)
    for address in ("/courier/round.json", "/courier/round/", "/courier/", "/courier/scan/"):
        assert SECRET not in client.get(address).content.decode()


@pytest.mark.usefixtures("_written")
def test_the_office_reads_it_by_a_press_and_that_stands_in_the_list(office, cast):
    assert SECRET not in office.get(DOOR).content.decode()
    assert SECRET not in office.get(SHEETS).content.decode()
    shown = office.post(DOOR, {"show": "yes"})
    assert SECRET in shown.content.decode()
    assert shown["Cache-Control"] == "private, no-store"
    listed = office.get(SHEETS).content.decode()
    assert str(cast.delivery) in listed
    assert "delivery office" in listed


def test_the_office_writes_changes_and_ends_a_sheet(office, cast):
    sent = {"form": "door", "entrance": "", "keys": "", "alarm": "12"}
    office.post(DOOR, sent)
    assert doors.has_sheet(cast.lenox)
    office.post(DOOR, {**sent, "alarm": ""})
    assert not doors.has_sheet(cast.lenox)


def test_no_library_outside_has_a_door(office, cast):
    assert office.get("/office/delivery/doors/nowhere/").status_code == 404


def test_the_lists_cost_the_same_for_one_and_for_many(office, cast, django_assert_num_queries):
    for library in (cast.lee, cast.lenox, cast.pittsfield):
        doors.write(library, by="Dan", at=timezone.now(), alarm="1")
        doors.read_in_office(cast.delivery, library, timezone.now())
    put_on(office, cast, last_day=timezone.localdate() + timedelta(days=9))
    office.get(SHEETS)
    with django_assert_num_queries(8):
        office.get(SHEETS)
    with django_assert_num_queries(10):
        office.get(DRIVERS)
