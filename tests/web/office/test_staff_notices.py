"""Notices to staff on the pages of the offices, and on the page Today."""

from typing import Any

import pytest
from django.test import Client

from postroad.notices.staff import Receipt, StaffNotice
from tests.cast import Cast

PAGE = "/office/staff-notices/"


def typed(**more: Any) -> dict[str, Any]:
    facts = {
        "about": "delay",
        "title": "No van on Friday",
        "text": "Ice <b>on the roads</b>.",
        "reach": "route",
        "route": "WEST 2",
        "roles": ["borrowing", "director"],
        "key": "5a1f3e0c-58f0-4c0f-9a2e-1c5f0f7f7a11",
    }
    return {**facts, **more}


@pytest.fixture
def office(cast: Cast, client: Client) -> Client:
    client.force_login(cast.delivery)
    return client


def test_it_says_to_whom_it_goes_before_it_goes(cast: Cast, office: Client):
    looked = office.post(PAGE, typed(look="1"))
    assert "It goes to 4 people at 2 libraries." in looked.content.decode()
    assert not StaffNotice.objects.exists()
    sent = office.post(PAGE, typed())
    notice = StaffNotice.objects.get()
    assert sent["Location"] == f"{PAGE}{notice.pk}/"
    assert notice.office == "delivery"
    office.post(PAGE, typed())
    assert StaffNotice.objects.count() == 1


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        ({"title": ""}, "Please fill this in."),
        ({"title": "x" * 111}, "Use at most 110 characters; you have 111."),
        ({"text": "x" * 4001}, "Use at most 4000 characters; you have 4001."),
        ({"reach": "moon"}, "That is no longer in the list."),
        ({"route": ""}, "Say which, since you chose to name it."),
        ({"route": "NOWHERE"}, "That is no longer in the list."),
        ({"reach": "libraries", "libraries": "Atlantis"}, "We know no library called"),
        ({"reach": "libraries", "libraries": ""}, "Say which, since you chose to name it."),
        ({"roles": []}, "Choose one or more."),
        ({"roles": ["operator"]}, "One of these is no longer in the list."),
        ({"until": "2020-01-01"}, "This day has already passed."),
        ({"reach": "libraries", "libraries": "otis-school"}, "nobody would read it"),
    ],
)
def test_a_mistake_has_its_sentence_and_nothing_is_lost(
    office: Client, mistake: dict[str, Any], said: str
):
    for look in ({}, {"look": "1"}):
        page = office.post(PAGE, typed(**mistake, **look))
        assert page.status_code == 422
        assert said in page.content.decode()
        if "text" not in mistake:
            assert "Ice &lt;b&gt;on the roads&lt;/b&gt;." in page.content.decode()
    assert not StaffNotice.objects.exists()


def test_one_press_on_today_acknowledges_it_and_the_office_sees_who(cast: Cast, office: Client):
    office.post(PAGE, typed())
    notice = StaffNotice.objects.get()
    clerk = Client()
    clerk.force_login(cast.borrower)
    today = clerk.get("/staff/").content.decode()
    assert "No van on Friday" in today
    assert "Ice &lt;b&gt;on the roads&lt;/b&gt;." in today
    assert clerk.post(f"/staff/acknowledge/{notice.pk}/")["Location"] == "/staff/"
    assert "No van on Friday" not in clerk.get("/staff/").content.decode()
    page = office.get(f"{PAGE}{notice.pk}/")
    assert [each.user for each in page.context["done"]] == [cast.borrower]
    assert cast.borrower not in [each.user for each in page.context["waiting"]]
    assert "1 of 4 have read it" in office.get(PAGE).content.decode()


def test_nobody_acknowledges_what_did_not_go_to_them(cast: Cast, office: Client):
    office.post(PAGE, typed())
    other = Client()
    other.force_login(cast.lender)
    assert other.post(f"/staff/acknowledge/{StaffNotice.objects.get().pk}/").status_code == 404
    assert other.post("/staff/acknowledge/99/").status_code == 404
    assert not Receipt.objects.exclude(acknowledged_at=None).exists()


def test_a_notice_is_withdrawn_and_put_back(cast: Cast, office: Client):
    office.post(PAGE, typed())
    notice = StaffNotice.objects.get()
    clerk = Client()
    clerk.force_login(cast.borrower)
    office.post(f"{PAGE}{notice.pk}/withdraw/")
    assert "No van on Friday" not in clerk.get("/staff/").content.decode()
    assert "Withdrawn by" in office.get(f"{PAGE}{notice.pk}/").content.decode()
    office.post(f"{PAGE}{notice.pk}/withdraw/", {"put_back": "1"})
    assert "No van on Friday" in clerk.get("/staff/").content.decode()
