"""Thresholds with a date: what holds, what is to come, and what stays."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from postroad.accounts.models import Role
from postroad.directory import thresholds
from postroad.directory.models import Agreement, Threshold
from postroad.situations import switching
from postroad.situations.models import Area, Situation
from postroad.web.shared import live

ALL = "/office/thresholds/"
LATE = ALL + "courier-late/"


@pytest.fixture
def office(client, cast):
    client.force_login(cast.centre)
    return client


def text(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def ahead(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_r14_a_new_number_holds_from_its_day_and_the_old_one_before(office):
    sent = {"scope": "all", "days": "21", "effective": ahead(10)}
    page = office.post(LATE, {**sent, "look": "1"})
    assert "What it means for all libraries Today: 14 days" in text(page)
    assert not Threshold.objects.exists()
    for _ in range(2):  # a double press
        page = office.post(LATE, sent, follow=True)
    row = Threshold.objects.get()
    assert row.entered_by == "Centre"
    today = timezone.localdate()
    assert thresholds.days("courier-late", on=today + timedelta(days=9)) == 14
    assert thresholds.days("courier-late", on=today + timedelta(days=10)) == 21
    assert "14 days from the beginning" in text(page)
    assert "21 days from" in text(office.get(ALL))


def test_a_number_is_for_a_library_or_under_an_agreement(office, cast):
    agreement = Agreement.objects.create(name="With Rhode Island", effective=date(2026, 1, 1))
    office.post(LATE, {"scope": "library:lee", "days": "30", "effective": ahead(0)})
    sent = {"scope": f"agreement:{agreement.pk}", "days": "40", "effective": ahead(0)}
    page = office.post(LATE, {**sent, "look": "1"})
    assert "What it means for With Rhode Island" in text(page)
    office.post(LATE, sent)
    today = timezone.localdate()
    assert thresholds.days("courier-late", on=today, library=cast.lee) == 30
    assert thresholds.days("courier-late", on=today, library=cast.lenox) == 14
    assert thresholds.days("courier-late", on=today, library=cast.lee, agreement=agreement) == 40
    assert "2 exceptions" in text(office.get(ALL))


@pytest.mark.parametrize(
    "sent",
    [
        {"days": "-1"},
        {"days": "1000"},
        {"days": "x"},
        {"effective": "2020-01-01"},
        {"effective": "2199-01-01"},
        {"effective": ""},
        {"scope": "library:nowhere"},
    ],
)
def test_what_cannot_hold_is_not_entered(office, sent):
    page = office.post(LATE, {"scope": "all", "days": "21", "effective": ahead(1), **sent})
    assert page.status_code == 422
    assert not Threshold.objects.exists()


def test_two_numbers_of_one_day_are_refused(office):
    sent = {"scope": "all", "days": "21", "effective": ahead(5)}
    office.post(LATE, sent)
    assert "21 is entered from" in text(office.post(LATE, {**sent, "days": "22"}))


def test_a_number_is_taken_back_before_it_begins_and_never_after(office):
    office.post(LATE, {"scope": "all", "days": "21", "effective": ahead(5)})
    office.post(LATE, {"scope": "all", "days": "20", "effective": ahead(0)})
    coming, begun = Threshold.objects.order_by("-effective")
    office.post(LATE, {"withdraw": str(coming.pk)})
    page = office.post(LATE, {"withdraw": str(begun.pk)}, follow=True)
    assert "so it stays in the history" in text(page)
    assert Threshold.objects.get() == begun
    assert office.post(LATE, {"withdraw": "9" * 30}).status_code == 404


def test_there_are_no_others(office):
    assert office.get(ALL + "nothing/").status_code == 404


def situation(**more) -> Situation:
    now = timezone.now()
    facts = {"area": Area.ALL, "thresholds": {"courier-late": 21}, "first_day": now.date()}
    named = {"name": "Strike", "entered_by": "Carl", "office": Role.CENTRE, "entered_at": now}
    made = Situation.objects.create(**{**facts, **named, **more})
    return switching.switch_on(made, by="Carl", at=now)


@pytest.fixture
def noon(time_machine):
    time_machine.move_to("2026-11-23T17:00:00+00:00", tick=False)
    return time_machine


def test_r14_where_a_situation_has_another_number_it_is_told_with_its_link(noon, office, cast):
    bridge = situation(name="Bridge <b>", area=Area.STATE, places=["RI"])
    address = f'href="/office/situations/{bridge.pk}/"'
    for page in (office.get(ALL), office.get(LATE)):
        said = "21 days for Rhode Island (state), by Bridge &lt;b&gt; , until further notice"
        assert said in text(page)
        assert page.content.decode().count(address) == 1
        assert "14 days" in text(page)  # what holds elsewhere
    assert "through" not in text(office.get(ALL + "mail-late/"))
    switching.end(bridge, by="Carl", at=timezone.now())
    assert address not in office.get(ALL).content.decode()
    assert address not in office.get(LATE).content.decode()  # it held no day


def test_r14_a_number_for_all_is_told_with_what_holds_again_after_it(noon, office, cast):
    begins, ends = date(2026, 11, 26), date(2026, 12, 2)
    strike = situation(last_day=ends)
    situation(name="Storm", first_day=begins, last_day=begins, thresholds={"courier-late": 30})
    page = text(office.get(ALL))
    assert (
        "21 days for all libraries, by Strike , through Wednesday 2 December; otherwise 14" in page
    )
    assert "by Storm , on Thursday 26 November" in page
    noon.move_to("2026-11-25T17:00:00+00:00", tick=False)
    switching.end(strike, by="Carl", at=timezone.now())
    office.force_login(cast.centre)  # two days later
    assert "Monday 23 November to Tuesday 24 November, by Strike" in text(office.get(LATE))


def test_however_many_libraries_it_holds_for_it_is_told_once(noon, office, cast):
    situation(area=Area.NETWORK, places=["berkshire"])
    assert text(office.get(ALL)).count("Berkshire Libraries (network), by Strike") == 1
    preview = office.post(LATE, {"scope": "all", "days": "9", "effective": ahead(1), "look": "1"})
    assert "its number goes before this one" in text(preview)


def test_r14_a_guide_names_the_number_of_a_situation_for_all_as_long_as_it_lasts(noon, cast):
    today = timezone.localdate()
    strike = situation(last_day=today + timedelta(days=9))
    assert live.threshold("courier-late", today)["value"] == "21 days"
    assert live.days_of("courier-late", today + timedelta(days=10)) == "14 days"
    switching.end(strike, by="Carl", at=timezone.now())
    assert live.days_of("courier-late", today) == "14 days"
