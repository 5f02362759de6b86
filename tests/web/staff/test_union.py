"""Why records are one and why not, on a page; what staff decide there."""

import re

import pytest
from django.test import Client

from postroad.catalogue import search
from postroad.catalogue.models import Decision, Record
from tests.cast import Cast
from tests.catalogue.records import item, load, record

pytestmark = pytest.mark.django_db
ISBN = ("020", {"a": "0141439513"})


@pytest.fixture
def joined(cast: Cast) -> Record:
    load(cast.lee, record("b1", ISBN, item("31")))
    load(cast.lenox, record("x1", ISBN, item("41"), title="Pride & prejudice"))
    load(cast.pittsfield, record("p1", ISBN, ("250", {"a": "3rd ed."}), item("51"), year="1850"))
    return Record.objects.order_by("pk")[0]


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_staff_read_why_these_are_one_and_why_others_are_not(joined: Record, cast: Cast):
    desk = at(cast.borrower)
    assert f"/staff/records/{joined.pk}/" in desk.get(f"/record/{joined.pk}").content.decode()
    page = desk.get(f"/staff/records/{joined.pk}/")
    first, second = (each for each, _ in page.context["said"])
    assert first.verdict is None
    assert {each.of for each in second.verdict.evidence if each.says == "same"} >= {
        *("number", "title", "author", "year"),
    }
    search.refresh()
    page = desk.get(f"/staff/records/{joined.pk}/")
    (other,) = page.context["near"]
    assert not other.verdict.same
    text = " ".join(re.sub("<[^>]*>", "", page.content.decode()).split())
    assert "Against it: Year: 1813 here, 1850 there" in text


def test_the_center_splits_and_joins_and_reads_what_was_decided(joined: Record, cast: Cast):
    center = at(cast.centre)
    here = f"/staff/records/{joined.pk}/"
    lenox_s = joined.contributions.get(library=cast.lenox)
    page = center.post(here, {"step": "split", "off": [lenox_s.pk], "why": "other"}, follow=True)
    assert "stay apart" in page.content.decode()
    other = Record.objects.order_by("-pk")[0]
    assert other.contributions.get() == lenox_s
    assert [each.other for each in page.context["decided"]] == [other]
    page = center.post(here, {"step": "join", "record": str(other.pk)}, follow=True)
    assert joined.contributions.count() == 2
    assert center.get(f"/staff/records/{other.pk}/").headers["Location"] == here
    assert center.get(f"/record/{other.pk}").headers["Location"] == f"/record/{joined.pk}"


def test_a_director_decides_about_her_own_librarys_alone(joined: Record, cast: Cast):
    director, here = at(cast.director), f"/staff/records/{joined.pk}/"
    lee_s = joined.contributions.get(library=cast.lee)
    lenox_s = joined.contributions.get(library=cast.lenox)
    director.post(here, {"step": f"pin:{lenox_s.pk}"})
    director.post(here, {"step": "split", "off": [lenox_s.pk]})
    director.post(here, {"step": "join", "record": str(Record.objects.order_by("-pk")[0].pk)})
    assert not Decision.objects.exists()
    assert joined.contributions.count() == 2
    director.post(here, {"step": f"pin:{lee_s.pk}"})
    assert Decision.objects.get().kind == Decision.Kind.PINNED
    director.post(here, {"step": f"unpin:{lee_s.pk}"})
    assert not Decision.objects.exists()
    director.post(here, {"step": "split", "off": [lee_s.pk]})
    assert joined.contributions.get() == lenox_s


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"step": "split"},
        {"step": "split", "off": ["x", "99999999999999999999"]},
        {"step": "join", "record": "9" * 40},
        {"step": "join:" + "9" * 17},
        {"step": "pin:0"},
        {"step": "unpin:" + "x" * 5000},
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(joined: Record, cast: Cast, sent):
    page = at(cast.centre).post(f"/staff/records/{joined.pk}/", sent, follow=True)
    assert page.status_code == 200
    assert "Nothing was changed" in page.content.decode()
    assert not Decision.objects.exists()


def test_what_no_database_keeps_is_left_out_of_a_reason(joined: Record, cast: Cast):
    first = joined.contributions.get(library=cast.lee)
    sent = {"step": f"pin:{first.pk}", "why": "a\0b"}
    assert at(cast.centre).post(f"/staff/records/{joined.pk}/", sent).status_code == 302
    assert Decision.objects.get().why == "ab"
