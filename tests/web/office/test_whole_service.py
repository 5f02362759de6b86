"""The page of the whole service: shown first, then pressed, ended, put back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from postroad.delivery import parcels
from postroad.delivery.models import Delay, Purpose, Via
from tests.markup import tight

PAGE = "/office/delivery/service/"


@pytest.fixture
def office(client, cast):
    client.force_login(cast.delivery)
    return client


def typed(**facts):
    today = timezone.localdate()
    usual = {"kind": "suspended", "first_day": today, "instead": "mail", "reason": "Strike"}
    return usual | facts


def send(office, **facts):
    """What the page asks, answered with what it sends back."""
    page = office.post(PAGE, typed(**facts))
    assert page.status_code == 200
    form = page.context["form"]
    return office.post(PAGE, {**form.data.dict(), "sure": "yes"}, follow=True)


def test_it_is_shown_before_it_is_done(office):
    page = office.post(PAGE, typed())
    assert "What this will change" in tight(page)
    assert "The delivery service is suspended" in tight(page)
    assert not Delay.objects.exists()


def test_one_press_stops_it_another_ends_it_and_a_third_takes_that_back(office):
    page = send(office, last_pick_up="")
    [delay] = Delay.objects.all()
    assert (delay.kind, delay.instead, delay.open_ended) == ("suspended", "mail", True)
    assert "until further notice" in tight(page)
    page = office.post(PAGE, {"form": "end-delay", "delay": delay.pk}, follow=True)
    assert "What was ended" in tight(page)
    office.post(PAGE, {"form": "put-back-delay", "delay": delay.pk})
    delay.refresh_from_db()
    assert delay.ended_at is None


def test_wound_down_needs_its_last_pick_up(office):
    page = office.post(PAGE, typed(kind="wound-down"))
    assert page.status_code == 422
    last = timezone.localdate() + timedelta(days=3)
    send(office, kind="wound-down", last_pick_up=last, instead="copies")
    assert Delay.objects.get().last_pick_up == last


def test_a_second_stop_in_the_same_days_is_refused_in_words(office):
    send(office)
    page = office.post(PAGE, {**typed(reason="Again"), "sure": "yes"})
    assert page.status_code == 422
    assert "stops already: Strike" in tight(page)
    assert Delay.objects.count() == 1


def test_everybody_reads_of_it(office, cast):
    send(office)
    page = office.get(f"/libraries/{cast.lee.code}")
    assert "The delivery service is suspended" in tight(page)
    assert "what is lent goes by mail" in tight(page)


def test_a_parcel_says_that_it_goes_by_mail(office, cast):
    send(office)
    parcel = parcels.make(
        from_library=cast.lee,
        to_library=cast.lenox,
        item_barcode="",
        title="Walden",
        ref="",
        at=timezone.now(),
        by=None,
        purpose=Purpose.LOAN,
    )
    assert parcel.via == Via.MAIL
