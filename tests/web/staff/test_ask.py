"""Asking for a patron at the desk."""

import uuid

import pytest
from django.utils import timezone

from postroad.ill.models import Request
from postroad.reference_numbers import grouped
from tests.ill.story import copy, title
from tests.markup import tight
from tests.web.staff.crowd import read

ADA = "20000000000001"  # her card, of Lee
BEA = "20000000000002"  # of Pittsfield


@pytest.fixture
def walden(cast):
    record = title()
    copy(record, cast.lenox, "30001000000017")
    return record


def address(record, card=ADA):
    return f"/staff/ask/?card={card}&record={record.pk}"


def test_the_same_verb_as_her_own(cast, at, walden):
    desk = at(cast.borrower)
    assert "Ada" in desk.get(address(walden)).content.decode()
    answer = desk.post(address(walden), {"need_by": "2026-12-24", "note": "Large print, please"})
    ill = Request.objects.get()
    assert answer["Location"] == f"/staff/requests/{ill.ref}/"
    assert (ill.patron, ill.library, ill.record) == (cast.ada, cast.lee, walden)
    event = ill.events.get()
    assert (event.by, event.role) == (cast.borrower, "borrowing")


def test_pressed_twice_it_is_asked_once(cast, at, walden):
    desk, key = at(cast.borrower), str(uuid.uuid4())
    first = desk.post(address(walden), {"key": key})
    assert desk.post(address(walden), {"key": key})["Location"] == first["Location"]
    assert Request.objects.count() == 1


def test_what_is_on_the_shelf_here_is_fetched_there_unless_one_insists(cast, at, walden):
    copy(walden, cast.lee, "1")
    desk = at(cast.borrower)
    told = desk.post(address(walden))
    assert told.status_code == 409
    assert "It is in at Lee Library" in told.content.decode()
    assert not Request.objects.exists()
    assert desk.post(address(walden), {"insists": "on"}).status_code == 302


def test_what_she_has_asked_for_already_is_said(cast, at, walden):
    desk = at(cast.borrower)
    desk.post(address(walden))
    told = desk.post(address(walden))
    assert told.status_code == 409
    assert grouped(Request.objects.get().ref) in told.content.decode()


@pytest.mark.parametrize("card", [BEA, "1", "x" * 5000, "%00", "%ff", "' OR 1=1 --"])
def test_a_card_of_elsewhere_is_as_unknown_as_none(cast, at, walden, card):
    desk = at(cast.borrower)
    page = desk.get(address(walden, card))
    assert page.context["asked"].card is None
    assert "Bea" not in read(page)
    assert desk.post(address(walden, card)).status_code == 422
    assert not Request.objects.exists()


@pytest.mark.parametrize("record", ["0", "-1", "9" * 40, "x", "%00", "²"])
def test_a_record_that_is_none_leads_back_to_the_search(cast, at, record):
    page = at(cast.borrower).get(f"/staff/ask/?card={ADA}&record={record}")
    assert page.context["asked"].record is None
    assert "What it is" in page.content.decode()


@pytest.mark.parametrize(
    "given",
    [
        {"need_by": "2026-11-20"},  # passed
        {"need_by": "tomorrow"},
        {"need_by": "2199-01-01"},
        {"note": "x" * 501},
        {"note": "\x00"},
        {"key": "not-a-key"},
    ],
)
def test_a_wish_that_cannot_be_is_not_sent(cast, at, walden, given):
    answer = at(cast.borrower).post(address(walden), given)
    assert answer.status_code in (409, 422)
    assert not Request.objects.exists()


def test_without_an_index_the_search_says_so(cast, at):
    page = at(cast.borrower).get(f"/staff/ask/?card={ADA}&q=walden")
    assert page.status_code == 200
    assert page.context["later"] or not page.context["hits"]


def test_a_day_that_nobody_can_keep_may_be_put_right_or_insisted_on(cast, at, walden):
    desk = at(cast.borrower)
    told = desk.post(address(walden), {"need_by": "2020-01-01"})
    assert told.status_code == 409
    assert 'type="submit" name="insists"' not in tight(told)  # it has passed: no use
    day = timezone.localdate().isoformat()
    told = tight(desk.post(address(walden), {"need_by": day}))
    assert '<input type="hidden" name="insists"' not in told
    assert '<button type="submit" class="main">Ask for it</button>' in told
    assert '<button type="submit" name="insists" value="on">Ask anyway</button>' in told
