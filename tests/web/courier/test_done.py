"""The driver confirms a stop; the library's desk counts; the office sees both."""

from datetime import timedelta

import pytest
from django.utils import timezone

from postroad.delivery import parcels
from postroad.delivery.models import Custody, Stop, Visit
from tests.web.courier.test_phone import answers, scan, send

DONE, VAN = "/courier/done/", "/staff/van/"


@pytest.fixture
def driver(client, cast):
    client.force_login(cast.driver)
    stop = Stop.objects.get(library=cast.lenox).pk
    client.post("/courier/", {"stop": stop, "sure": "yes"})
    return client


def test_a_key_with_a_sign_that_no_database_of_ours_need_take(driver):
    assert driver.post(DONE, {"left": "3", "taken": "2", "key": "a\0b"}).status_code == 302
    assert Visit.objects.get().key.endswith("-ab")


def test_a_stop_is_confirmed_with_its_time_and_can_be_taken_back(driver, cast):
    driver.post(DONE, {"left": "3", "taken": "2", "key": "k"})
    driver.post(DONE, {"left": "3", "taken": "2", "key": "k"})
    visit = Visit.objects.get()
    assert (visit.library, visit.driver, visit.left, visit.taken) == (cast.lenox, cast.driver, 3, 2)
    assert "3 left here, 2 taken along" in driver.get(DONE).content.decode()
    assert "3 left here, 2 taken along" in driver.get("/courier/").content.decode()
    driver.post(DONE, {"withdraw": visit.pk})
    assert "taken along" not in driver.get("/courier/").content.decode()
    assert "Confirm this stop" in driver.get(DONE).content.decode()


@pytest.mark.parametrize("left", ["", "-1", "x", "9" * 30, "100000"])
def test_what_is_no_number_is_refused(driver, left):
    assert driver.post(DONE, {"left": left, "taken": "1"}).status_code == 409
    assert not Visit.objects.exists()


def test_the_desk_counts_and_the_office_sees_where_they_differ(driver, client, cast):
    driver.post(DONE, {"left": "3", "taken": "2"})
    client.force_login(cast.lender)
    assert "3 left here, 2 taken along" in client.get(VAN).content.decode()
    client.post(VAN, {"visit": Visit.objects.get().pk, "left": "2", "taken": "2"})
    client.force_login(cast.delivery)
    page = client.get("/office/delivery/drivers/").content.decode()
    assert "Counted otherwise by the library" in page


def test_another_library_s_visit_cannot_be_counted(driver, client, cast):
    driver.post(DONE, {"left": "3", "taken": "2"})
    client.force_login(cast.borrower)
    client.post(VAN, {"visit": Visit.objects.get().pk, "left": "9", "taken": "9"})
    assert Visit.objects.get().counted_at is None


def test_without_a_network_too_all_are_taken_and_the_stop_is_confirmed(driver, cast):
    made = timezone.now() - timedelta(days=3)
    facts = {"item_barcode": "", "title": "Walden", "ref": "", "by": cast.lender, "at": made}
    parcel = parcels.make(from_library=cast.lenox, to_library=cast.lee, **facts)
    told = send(
        driver,
        cast.driver,
        scan(parcel, cast.lenox, "a", hand="pick-up", what="taken-along"),
        scan("", cast.lenox, "b", what="done"),
    )
    assert [tone for tone, _sentence in answers(told)] == ["ok", "ok"]
    assert Custody.objects.get(parcel=parcel, step="picked-up").how == "declared"
    assert (Visit.objects.get().left, Visit.objects.get().taken) == (0, 1)
