"""Scans from phones that wait for the delivery office."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from postroad.delivery import offline, parcels
from postroad.delivery.models import Custody, SetAside, Stop
from postroad.delivery.offline import KeptScan
from postroad.delivery.scans import Hand

PAGE = "/office/delivery/phone-scans/"


@pytest.fixture
def office(client, cast):
    client.force_login(cast.delivery)
    return client


@pytest.fixture
def parcel(cast):
    at = timezone.now() - timedelta(days=20)
    facts = {"item_barcode": "", "title": "Walden", "ref": "", "by": cast.lender}
    found = parcels.make(from_library=cast.lee, to_library=cast.lenox, at=at, **facts)
    with transaction.atomic():
        parcels.pick_up(found, by=cast.driver, at=at)
    return found


@pytest.fixture
def kept(cast):
    def send(text, ago=timedelta(days=8), key="k"):
        stop = Stop.objects.get(library=cast.lenox).pk
        scan = KeptScan(key, text, Hand.DROP, stop, ago)
        offline.take(cast.driver, [scan], timezone.now())
        return SetAside.objects.latest("pk")

    return send


def said(client):
    return client.get(PAGE).content.decode()


def test_each_says_what_is_wrong_with_it_and_whose_it_is(office, kept, parcel):
    kept(parcel.number)
    kept("<b>12345</b>", timedelta(), "other")
    page = said(office)
    assert "more than 7 days before it came" in page
    assert "&lt;b&gt;12345&lt;/b&gt;" in page
    assert "no parcel has this number" in page
    assert "2 scans from drivers" in office.get("/office/delivery/").content.decode()


@pytest.mark.parametrize("years", [2000, 3000, -3000])
def test_a_clock_that_tells_of_no_day_at_all_shuts_the_page_for_nobody(office, kept, years):
    first = timezone.now() - datetime(1, 1, 1, 1, tzinfo=UTC)  # before any day where we are
    row = kept("12345", first if years == 2000 else timedelta(days=366 * years))
    assert row.at is None
    assert "12345" in said(office)


def test_the_office_records_it_at_the_time_that_the_phone_told(office, kept, parcel, cast):
    row = kept(parcel.number)
    office.post(PAGE, {"record": row.pk})
    line = Custody.objects.get(parcel=parcel, step="dropped")
    assert line.user == cast.driver
    assert timezone.now() - line.at > timedelta(days=7)
    row.refresh_from_db()
    assert (row.recorded, row.settled_by) == (True, cast.delivery)
    office.post(PAGE, {"record": row.pk})
    assert Custody.objects.filter(parcel=parcel, step="dropped").count() == 1
    office.post(PAGE, {"again": row.pk})  # what is in the ledger is undone at its parcel
    row.refresh_from_db()
    assert row.settled_at is not None


def test_nothing_to_record_is_settled_and_can_wait_again(office, kept):
    row = kept("12345", timedelta())
    office.post(PAGE, {"done": row.pk})
    assert offline.waiting() == 0
    assert "Settled lately" in said(office)
    office.post(PAGE, {"again": row.pk})
    assert offline.waiting() == 1


@pytest.mark.parametrize("pk", ["", "x", "0", "9" * 40, "²"])
def test_what_is_no_row_changes_nothing(office, kept, pk):
    kept("12345", timedelta())
    for name in ("record", "done", "again"):
        assert office.post(PAGE, {name: pk}).status_code == 302
    assert offline.waiting() == 1


def test_what_is_of_no_parcel_cannot_be_recorded(office, kept):
    row = kept("12345", timedelta())
    answer = office.post(PAGE, {"record": row.pk}, follow=True)
    assert "Nothing was recorded." in answer.content.decode()
    assert offline.waiting() == 1


def test_the_list_costs_the_same_for_one_and_for_many(office, kept, django_assert_num_queries):
    for number in range(9):
        kept(f"nothing {number}", timedelta(), f"k{number}")
    office.get(PAGE)
    with django_assert_num_queries(7):
        office.get(PAGE)
