"""The count week at the office and at a library."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from postroad.reports import count_week
from postroad.reports.models import CountWeek, StopDay, WeekAnswer
from tests.markup import tight

WEEKS = "/office/delivery/count-weeks/"
OURS = "/staff/van/count-week/"


@pytest.fixture
def week(cast):
    first = timezone.localdate() - timedelta(days=10)
    StopDay.objects.create(day=first, library=cast.lee, due=True, left_scanned=3)
    StopDay.objects.create(day=first + timedelta(days=1), library=cast.lee, due=True)
    return count_week.plan(first, first + timedelta(days=4), by="Dan", at=timezone.now())


@pytest.fixture
def office(client, cast):
    client.force_login(cast.delivery)
    return client


@pytest.fixture
def lee(client, cast):
    client.force_login(cast.borrower)
    return client


def said():
    return WeekAnswer.objects.filter(withdrawn_at=None).first()


def test_the_office_names_a_week(office):
    days = {"first_day": "2026-10-05", "last_day": "2026-10-09"}
    assert office.post(WEEKS, days).headers["Location"] == f"{WEEKS}{CountWeek.objects.get().pk}/"
    page = office.post(WEEKS, {"first_day": "2026-10-09", "last_day": "2026-10-12"})
    assert page.status_code == 422
    assert "has some of these days" in tight(page)
    page = office.post(WEEKS, {"first_day": "2026-10-09", "last_day": "2026-11-12"})
    assert "at most two weeks" in tight(page)
    assert CountWeek.objects.count() == 1


def test_a_library_confirms_what_was_seen_with_one_press(lee, week):
    page = lee.get(OURS)
    assert "1 of 2 days of the van were scanned." in tight(page)
    assert "Of 1 day nothing is known." in tight(page)
    shown = {name: str(number) for name, number in page.context["shown"].items()}
    assert shown["items_received"] == "3"
    lee.post(OURS, {**shown, "numbers": "yes"})
    assert (said().items_received, said().items_sent) == (3, 0)
    assert "What you said" in tight(lee.get(OURS))


def test_it_corrects_and_takes_back(lee, week):
    lee.post(OURS, {"numbers": "yes", "items_sent": "12", "bins_sent": ""})
    assert (said().items_sent, said().bins_sent) == (12, None)
    lee.post(OURS, {"take_back": "yes"})
    assert said() is None


@pytest.mark.parametrize("number", ["-1", "many", "1000000"])
def test_what_is_no_number_is_named_and_nothing_is_saved(lee, week, number):
    assert lee.post(OURS, {"numbers": "yes", "items_sent": number}).status_code == 422
    assert said() is None


def test_without_a_week_there_is_nothing_to_answer(lee):
    assert "No count week is to be answered now" in tight(lee.get(OURS))
    assert lee.post(OURS, {"numbers": "yes", "items_sent": "1"}).status_code == 200
    assert said() is None


def test_the_office_sees_who_answered_and_takes_a_spreadsheet(office, cast, week):
    numbers = {"items_sent": 12, "items_received": 3, "bins_sent": 0, "bins_received": 0}
    count_week.answer(week, cast.lee, numbers, by=cast.borrower, at=timezone.now())
    page = office.get(f"{WEEKS}{week.pk}/?show=corrected")
    assert [each.library for each in page.context["page"]] == [cast.lee]
    assert [each.count for each in page.context["choices"]] == [4, 3, 1, 1]
    assert dict(page.context["sums"])["Items sent"] == 12
    answer = office.get(f"{WEEKS}{week.pk}/?format=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    first = next(iter(csv.DictReader(io.StringIO(text))))
    assert (first["Library code"], first["Seen: Items sent"], first["Said: Items sent"]) == (
        "lee",
        "0",
        "12",
    )
    assert (first["Days scanned"], first["Days of the van"], first["Corrected"]) == (
        "1",
        "2",
        "yes",
    )


def test_the_office_withdraws_a_week_and_puts_it_back(office, week):
    page = office.post(f"{WEEKS}{week.pk}/", {"withdraw": "yes"}, follow=True)
    assert "Withdrawn: libraries are not asked for it" in tight(page)
    office.post(f"{WEEKS}{week.pk}/", {"put_back": "yes"})
    week.refresh_from_db()
    assert week.withdrawn_at is None
