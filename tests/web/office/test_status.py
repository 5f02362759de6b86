"""The center speaks for libraries, reads what others say, and notes what websites say."""

from datetime import timedelta

import pytest

from postroad.directory import evidence, saying
from postroad.directory.models import Closure, Effect, Threshold
from postroad.directory.saying import Words
from postroad.directory.standing import Service
from postroad.directory.statements import Evidence, PauseSuggestion, Source, Statement, Verdict
from tests.ill.story import MONDAY
from tests.markup import tight

OFFICE = "/office/status/"
LEE = "/office/status/libraries/lee/"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def center(time_machine, client, cast):
    time_machine.move_to(MONDAY, tick=False)
    client.force_login(cast.centre)


def stopped():
    return {Effect(each.effect) for each in Closure.objects.current(MONDAY.date())}


def test_the_center_says_it_for_a_library(client, cast):
    assert client.post(LEE, {"say": "lending:no"}).url == LEE
    said = Statement.objects.get()
    assert (said.library, said.source, said.said_by) == (cast.lee, Source.TEAM, str(cast.centre))
    assert stopped() == {Effect.NO_LENDING}


def test_a_word_that_waits_is_taken_set_aside_and_undone(client, cast):
    words = Words({Service.LENDING: False}, note="<i>shut</i>")
    said = saying.say(
        cast.lee, words, source=Source.ANYONE, said_by="Sam", contact="555", at=MONDAY
    )
    page = tight(client.get(OFFICE))
    assert "&lt;i&gt;shut" in page
    assert "Sam (555)" in page
    decide = f"{OFFICE}words/{said.pk}/"
    for verdict, leaves in (
        ("take", {Effect.NO_LENDING}),
        ("undo", set()),
        ("refuse", set()),
        ("take", {Effect.NO_LENDING}),
        ("nonsense", {Effect.NO_LENDING}),
    ):
        assert client.post(decide, {"verdict": verdict}).status_code == 302
        assert stopped() == leaves
    assert "Undo" in client.get(OFFICE).content.decode()


def test_a_wrong_word_of_a_library_can_be_set_aside_too(client, cast):
    said = saying.say(cast.lee, Words({Service.OPEN: False}), source=Source.LINK, at=MONDAY)
    client.post(f"{OFFICE}words/{said.pk}/", {"verdict": "refuse", "back": "1"})
    assert stopped() == set()
    client.post(f"{OFFICE}words/{said.pk}/", {"verdict": "undo"})
    assert Statement.objects.get().verdict == Verdict.TAKEN
    assert stopped() == {Effect.CLOSED}


SEEN = {
    "website": "1",
    "address": "example.org/visit",
    "seen": "Staff are in the building",
    "staff_on_site": "yes",
    "seen_on": "2026-11-20",
    "initials": "cl",
}


def test_r3_what_a_website_says_is_noted_with_day_and_initials_and_runs_out(client, cast):
    for _twice in range(2):
        assert client.post(LEE, SEEN).url == LEE
    noted = Evidence.objects.get()
    assert (noted.address, noted.initials) == ("https://example.org/visit", "CL")
    today = MONDAY.date()
    assert evidence.standing(cast.lee, today) == noted
    assert evidence.standing(cast.lee, noted.seen_on + 14 * DAY) == noted
    assert evidence.standing(cast.lee, noted.seen_on + 15 * DAY) is None
    Threshold.objects.create(name="status-evidence", days=3, effective=noted.seen_on)
    assert evidence.standing(cast.lee, noted.seen_on + 4 * DAY) is None
    assert "Staff are in the building" in client.get("/status/lee").content.decode()


def test_evidence_is_withdrawn_and_put_back(client, cast):
    client.post(LEE, SEEN)
    withdraw = f"{OFFICE}evidence/{Evidence.objects.get().pk}/"
    client.post(withdraw)
    assert evidence.standing(cast.lee, MONDAY.date()) is None
    client.post(withdraw, {"put_back": "1"})
    assert evidence.standing(cast.lee, MONDAY.date()) is not None


def test_evidence_of_tomorrow_or_without_an_address_is_not_noted(client, cast):
    for wrong in ({"seen_on": "2026-11-24"}, {"address": "javascript:alert(1)"}, {"initials": ""}):
        assert client.post(LEE, {**SEEN, **wrong}).status_code == 422
    assert not Evidence.objects.exists()


def test_a_suggested_pause_is_one_press_and_can_be_dismissed_or_undone(client, cast):
    made = PauseSuggestion.objects.create(
        library=cast.lee, unanswered=5, since=MONDAY, made_at=MONDAY
    )
    address = f"{OFFICE}pauses/{made.pk}/"
    assert "5 requests in a row unanswered" in client.get(OFFICE).content.decode()
    client.post(address, {"pause": "1"})
    assert stopped() == {Effect.NO_LENDING}
    assert client.post(address, {"pause": "1"}).status_code == 409
    client.post(address, {"undo": "1"})
    assert stopped() == set()
    client.post(address)
    made.refresh_from_db()
    assert made.decided_at
    assert made.statement is None


def test_a_library_is_found_by_name_town_or_code(client, cast):
    page = client.get(f"{OFFICE}?q=athenaeum").content.decode()
    assert "/office/status/libraries/pittsfield/" in page
