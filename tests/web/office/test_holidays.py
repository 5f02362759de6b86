"""Holidays are proposed; what is entered counts, and is ended like any closure."""

from datetime import date

import pytest
import time_machine

from postroad.directory.models import Closure
from tests.markup import tight

HOLIDAYS = "/office/closures/holidays/?year=2027"


@pytest.fixture
def office(client, cast):
    with time_machine.travel("2026-11-27 15:00", tick=False):
        client.force_login(cast.centre)
        yield client


def names(page):
    field = page.context["form"].fields.get("days")
    return [label for _value, label in field.choices] if field else []


def test_the_next_year_is_proposed_with_each_states_own(office):
    page = office.get("/office/closures/holidays/")
    assert page.context["year"] == 2027
    said = " ".join(names(page))
    assert "Monday 9 August 2027: Victory Day (Rhode Island)" in said
    assert "Patriots' Day (Massachusetts)" in said
    assert len(names(page)) == 13


def test_this_year_has_only_what_is_to_come(office):
    assert names(office.get("/office/closures/holidays/?year=2026")) == [
        "Friday 25 December: Christmas Day (both states)"
    ]


@pytest.mark.parametrize("effect", ["closed", "no-delivery"])
def test_chosen_ones_are_entered_once_and_listed(office, effect):
    key = "9f1b6a52-3c1e-4b7a-9a55-0d8f6f6d2a11"
    sent = {"effect": effect, "days": ["2027-08-09 RI", "2027-07-05"], "key": key}
    for _press in range(2):
        office.post(HOLIDAYS, sent)
    found = [
        (each.first_day, each.state, each.effect, each.reason) for each in Closure.objects.all()
    ]
    assert found == [
        (date(2027, 7, 5), "", effect, "Independence Day"),
        (date(2027, 8, 9), "RI", effect, "Victory Day"),
    ]
    page = office.get(HOLIDAYS)
    assert len(names(page)) == 11
    assert "Entered already" in tight(page)


def test_an_entered_one_is_ended_and_proposed_again(office):
    office.post(HOLIDAYS, {"effect": "closed", "days": ["2027-08-09 RI"]})
    office.post("/office/closures/end/", {"entry": Closure.objects.get().entry})
    assert len(names(office.get(HOLIDAYS))) == 13


@pytest.mark.parametrize("days", [[], ["2027-08-10"], ["rubbish"]])
def test_what_is_no_holiday_is_not_entered(office, days):
    assert office.post(HOLIDAYS, {"effect": "closed", "days": days}).status_code == 422
    assert not Closure.objects.exists()
