"""Closing for a state or for all, at the office."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from postroad.directory import closures
from postroad.directory.models import Closure
from postroad.ill.lifecycle import State
from tests.ill.story import begin

ADDRESS = "/office/closures/"


@pytest.fixture
def office(client, cast):
    client.force_login(cast.centre)
    return client


def days(ahead=5, last=6):
    today = timezone.localdate()
    first, end = today + timedelta(days=ahead), today + timedelta(days=last)
    return {"first_day": first.isoformat(), "last_day": end.isoformat(), "reason": "Snow"}


@pytest.mark.parametrize("state", ["", "MA", "RI"])
def test_the_office_closes_a_state_or_all(office, cast, state):
    office.post(ADDRESS, {"effect": "closed", "state": state or "all", **days()})
    closure = Closure.objects.get()
    assert (closure.library, closure.state, closure.source) == (None, state, "office")
    assert closure.said_by == str(cast.centre)
    known = closures.calendars(cast.libraries, closure.first_day)
    shut = {each.code for each in cast.libraries if known[each.pk].shut_on(closure.first_day)}
    assert shut == {each.code for each in cast.libraries if state in ("", each.state)}


def test_what_it_touches_is_said_before_it_is_entered(office, cast):
    story = begin(cast).at(State.LENT)
    due = story.loan.due_back - timezone.localdate()
    sent = {"effect": "closed", "state": "MA", "look": "1", **days(due.days, due.days)}
    page = office.post(ADDRESS, sent)
    assert page.status_code == 200
    assert "1 loan is due on these days" in page.content.decode()
    assert not Closure.objects.exists()
    page = office.post(ADDRESS, {**sent, "state": "RI"})
    assert "It affects no loan, no item on the hold shelf" in page.content.decode()


def test_until_further_notice_is_ticked_and_not_left_out_by_mistake(office):
    sent = {"effect": "closed", "state": "all", "first_day": days()["first_day"]}
    assert office.post(ADDRESS, sent).status_code == 422
    both = {**sent, "further_notice": "on", "last_day": days()["last_day"]}
    assert office.post(ADDRESS, both).status_code == 422
    assert office.post(ADDRESS, {**sent, "further_notice": "on"}).status_code == 302
    assert Closure.objects.get().open_ended
    assert "until further notice" in office.get(ADDRESS).content.decode()


def test_an_end_can_be_put_back(office, cast):
    office.post(ADDRESS, {"effect": "closed", "state": "all", **days(0, 6)})
    entry = Closure.objects.get().entry
    office.post(f"{ADDRESS}end/", {"entry": entry})
    assert not Closure.objects.held().exists()
    assert "ended by" in office.get(ADDRESS).content.decode()
    office.post(f"{ADDRESS}end/", {"entry": entry, "put_back": "1"})
    assert Closure.objects.held().get().last_day == timezone.localdate() + timedelta(days=6)


def test_the_closure_of_a_single_library_is_not_the_offices_to_end(office, cast):
    (theirs,) = closures.close(
        libraries=[cast.lee], first_day=date(2026, 1, 1), last_day=None, source="library"
    )
    for entry in (theirs.entry, "none", ""):
        assert office.post(f"{ADDRESS}end/", {"entry": entry}).status_code == 404
    assert Closure.objects.get().open_ended


def test_two_presses_of_one_form_enter_it_once(office):
    (key,) = re.findall(r'name="key" value="([^"]+)"', office.get(ADDRESS).content.decode())
    sent = {"effect": "closed", "state": "RI", "key": key, **days()}
    looked = office.post(ADDRESS, {**sent, "look": "1"})
    assert f'name="key" value="{key}"' in looked.content.decode()
    for _press in range(2):
        assert office.post(ADDRESS, sent).status_code == 302
    assert Closure.objects.count() == 1
    office.post(ADDRESS, {**sent, "key": "none of ours"})
    assert Closure.objects.count() == 2


@pytest.mark.parametrize(
    ("state", "ahead", "short"),
    [("RI", 0, True), ("all", 0, True), ("MA", 0, False), ("RI", 3, False)],
)
def test_rhode_islands_courier_is_called_if_it_hears_too_late(office, state, ahead, short):
    sent = {"effect": "closed", "state": state, **days(ahead, ahead)}
    look = office.post(ADDRESS, {**sent, "look": "1"})
    saved = office.post(ADDRESS, sent, follow=True)
    for page in (look, saved):
        assert ("Call the courier now." in page.content.decode()) is short
