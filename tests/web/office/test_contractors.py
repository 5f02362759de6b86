"""The page of the change of contractor: codes brought in, the day, what is missing, going back."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from postroad.delivery.models import Changeover, Courier, Hub, Region, StopCode
from tests.markup import tight

PAGE = "/office/delivery/contractor/"


@pytest.fixture
def office(client, cast):
    client.force_login(cast.delivery)
    old = Courier.objects.create(code="OLD", name="Old Vans", state="MA")
    Courier.objects.create(code="NEW", name="New Vans", state="MA")
    Region.objects.update(hub=Hub.objects.create(code="HUB", name="Hub", courier=old))
    return client


def enter(office, **more):
    old, new = (Courier.objects.get(code=code).pk for code in ("OLD", "NEW"))
    facts = {"old": old, "new": new, "first_day": timezone.localdate().isoformat(), **more}
    return office.post(PAGE, facts, follow=True)


def send(office, text):
    courier = Courier.objects.get(code="NEW").pk
    file = SimpleUploadedFile("codes.csv", text.encode())
    return office.post(f"{PAGE}file/", {"courier": courier, "file": file})


def test_what_is_missing_is_listed_until_it_is_brought_in(office, cast):
    page = enter(office)
    assert "4 stops have no code of the new contractor yet" in tight(page)
    page = send(office, "Library,Sign,Code\nlee,1,LEE\natlantis,1,ATL\n")
    assert "no library here, or several, are called that" in tight(page)
    assert not StopCode.objects.exists()
    [kept] = re.findall(r'name="kept" value="([^"]+)"', page.content.decode())
    page = office.post(f"{PAGE}accept/", {"kept": kept}, follow=True)
    assert "3 stops have no code of the new contractor yet" in tight(page)
    page = office.get(PAGE, {"courier": "NEW"})
    assert [code.word for code in page.context["page"]] == ["LEE"]


def test_a_table_that_is_none_is_refused_in_words(office):
    assert send(office, "nothing").status_code == 422
    page = office.post(f"{PAGE}accept/", {"kept": "forged"}, follow=True)
    assert "Choose the file once more" in tight(page)


def test_the_way_back_and_back_again(office):
    enter(office)
    [change] = Changeover.objects.all()
    page = office.post(PAGE, {"changeover": change.pk}, follow=True)
    assert "Changes that were taken back" in tight(page)
    page = office.post(PAGE, {"changeover": change.pk}, follow=True)
    assert "Somebody else was faster" in tight(page)
    office.post(PAGE, {"changeover": change.pk, "put_back": "1"})
    change.refresh_from_db()
    assert change.ended_at is None


@pytest.mark.parametrize("wrong", ["day", "same", "twice"])
def test_what_makes_no_sense_is_said(office, wrong):
    if wrong == "twice":
        enter(office)
    old = Courier.objects.get(code="OLD").pk
    more: dict[str, dict[str, object]] = {"day": {"first_day": "2020-01-01"}, "same": {"new": old}}
    assert enter(office, **more.get(wrong, {})).status_code == 422
    assert Changeover.objects.count() == (wrong == "twice")
