"""Notices to staff: to whom they go, who has acknowledged them, and one reminder."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from postroad.accounts.models import Role, User
from postroad.notices import post, staff_notices
from postroad.notices.models import Kind, Notice
from postroad.notices.staff import Reach, Receipt, StaffNotice, Subject
from tests.cast import Cast

MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)
DAY = timedelta(days=1)
ICE = {
    "about": Subject.DELAY,
    "title": "No van on Friday",
    "text": "Ice on the roads.\n<b>What is ready</b> goes on Monday.",
    "office": Role.DELIVERY,
    "by": "Dan Dewey",
    "at": MONDAY,
}


def send(reach: Reach = Reach.ALL, *places: str, **more: Any) -> StaffNotice:
    return staff_notices.send(**{**ICE, "reach": reach, "places": places, **more})


def told(notice: StaffNotice) -> set[str]:
    return {each.user.username for each in notice.receipts.select_related("user")}


LEE = {"borrower", "director"}
PITTSFIELD = {"allrounder", "neighbour"}


@pytest.mark.parametrize(
    ("reach", "places", "people"),
    [
        (Reach.ALL, (), LEE | PITTSFIELD | {"lender"}),
        (Reach.STATE, ("MA",), LEE | PITTSFIELD | {"lender"}),
        (Reach.NETWORK, ("berkshire",), LEE | {"lender", "allrounder"}),
        (Reach.ROUTE, ("WEST 2",), LEE | PITTSFIELD | {"lender"}),
        (Reach.LIBRARIES, ("lee",), LEE),
        (Reach.LIBRARIES, ("lee", "pittsfield"), LEE | PITTSFIELD),
    ],
)
def test_it_goes_to_who_works_at_the_libraries_concerned(
    cast: Cast, reach: Reach, places: tuple[str, ...], people: set[str]
):
    notice = send(reach, *places)
    assert told(notice) == people
    letters = Notice.objects.filter(kind=Kind.STAFF_NOTICE)
    assert {each.user.username for each in letters if each.user} == people


def test_it_goes_to_the_roles_that_were_chosen_and_to_nobody_who_has_left(cast: Cast):
    User.objects.filter(pk=cast.neighbour.pk).update(is_active=False)
    assert told(send(roles=[Role.DIRECTOR])) == {"director"}
    cast.pittsfield.active = False
    cast.pittsfield.save()
    assert told(send(roles=[Role.LENDING])) == {"lender", "allrounder"}


@pytest.mark.parametrize(
    ("reach", "places"),
    [(Reach.LIBRARIES, ("otis-school",)), (Reach.ROUTE, ("NOWHERE",)), (Reach.STATE, ())],
)
def test_a_notice_that_nobody_would_read_is_not_sent(
    cast: Cast, reach: Reach, places: tuple[str, ...]
):
    with pytest.raises(staff_notices.NobodyThere):
        send(reach, *places)
    assert not StaffNotice.objects.exists()


def test_a_form_that_is_sent_twice_is_one_notice(cast: Cast):
    key = uuid4()
    assert send(key=key) == send(key=key)
    assert Notice.objects.filter(user=cast.director).count() == 1


def test_who_has_no_address_reads_it_on_the_screen(cast: Cast):
    User.objects.update(email="")
    cast.director.refresh_from_db()
    send()
    assert not Notice.objects.exists()
    assert staff_notices.to_read(cast.director, MONDAY.date()).count() == 1


def test_each_acknowledges_for_herself_and_once(cast: Cast):
    notice = send(Reach.LIBRARIES, "lee")
    today = MONDAY.date()
    assert staff_notices.acknowledge(notice.pk, cast.director, at=MONDAY)
    assert staff_notices.acknowledge(notice.pk, cast.director, at=MONDAY + DAY)
    assert not staff_notices.acknowledge(notice.pk, cast.lender, at=MONDAY)
    receipt = Receipt.objects.get(user=cast.director)
    assert receipt.acknowledged_at == MONDAY
    assert not staff_notices.to_read(cast.director, today).exists()
    assert staff_notices.to_read(cast.borrower, today).exists()


def reminders() -> set[str]:
    letters = Notice.objects.filter(source_key__endswith=staff_notices.REMINDER)
    return {each.user.username for each in letters.select_related("user") if each.user}


def test_who_has_not_acknowledged_is_reminded_once(cast: Cast):
    notice = send(Reach.LIBRARIES, "lee")
    staff_notices.acknowledge(notice.pk, cast.director, at=MONDAY)
    staff_notices.remind(MONDAY + 3 * DAY - timedelta(seconds=1))
    assert reminders() == set()
    for hours in range(100):
        staff_notices.remind(MONDAY + 3 * DAY + timedelta(hours=hours))
    assert reminders() == {"borrower"}
    assert Notice.objects.filter(user=cast.borrower).count() == 2
    last = Notice.objects.filter(user=cast.borrower).latest("pk")
    assert last.subject == "Please acknowledge: No van on Friday"


def test_nobody_is_reminded_of_what_is_over_or_withdrawn(cast: Cast):
    send(until=MONDAY.date() + 2 * DAY)
    staff_notices.withdraw(send(), by="Dan", at=MONDAY)
    assert staff_notices.remind(MONDAY + 3 * DAY) == 2
    assert reminders() == set()
    assert not staff_notices.to_read(cast.director, MONDAY.date() + 3 * DAY).exists()


def test_what_is_withdrawn_leaves_no_more_and_can_be_put_back(cast: Cast, mail_folder: Any):
    notice = send(Reach.LIBRARIES, "lee")
    staff_notices.withdraw(notice, by="Dan", at=MONDAY)
    assert post.send(MONDAY) == 0
    assert not staff_notices.to_read(cast.director, MONDAY.date()).exists()
    staff_notices.put_back(notice, at=MONDAY)
    assert staff_notices.to_read(cast.director, MONDAY.date()).exists()
    assert post.send(MONDAY) == 2


def test_the_letter_says_who_writes_and_quotes_the_text(cast: Cast):
    send(Reach.LIBRARIES, "lee")
    letter = Notice.objects.filter(user=cast.director).get()
    assert letter.subject == "No van on Friday"
    assert "delivery office writes to Lee Library" in letter.text
    assert "> <b>What is ready</b> goes on Monday." in letter.text
    assert "<b>" not in letter.html
    assert letter.link == "/staff/"
    assert letter.read_at  # it stands on Today, and not among a reader's own notices
