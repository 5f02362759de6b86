"""A library's own people say how it stands, in two clicks."""

import pytest

from postroad.delivery.models import Stop
from postroad.directory.models import Closure, Effect
from postroad.directory.statements import Source, Statement
from tests.ill.story import MONDAY

SAY = "/staff/status/"


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(MONDAY, tick=False)


def press(client, what, **more):
    return client.post(SAY, {"say": what, **more})


def test_today_shows_how_we_stand_and_one_press_confirms_it(client, cast):
    client.force_login(cast.borrower)
    assert "Everything is as usual" in client.get("/staff/").content.decode()
    assert press(client, "usual").url == "/staff/"
    said = Statement.objects.get()
    assert (said.library, said.source, said.said_by) == (cast.lee, Source.OWN, str(cast.borrower))
    page = client.get("/staff/").content.decode()
    assert "Nothing has changed" in page
    press(client, "same")
    assert Statement.objects.count() == 2


def test_the_second_click_stops_one_thing_and_leaves_the_others(client, cast):
    client.force_login(cast.lender)  # of Lenox
    press(client, "usual")
    page = client.get(SAY).content.decode()
    assert "We do not lend now" in page
    press(client, "lending:no")
    assert Closure.objects.get().effect == Effect.NO_LENDING
    page = client.get(SAY).content.decode()
    assert "We lend" in page
    press(client, "lending:yes")
    assert not Closure.objects.current(MONDAY.date()).exists()


def test_nothing_has_changed_leaves_a_no_as_it_is(client, cast):
    client.force_login(cast.borrower)
    press(client, "returns:no")
    press(client, "same")
    assert Closure.objects.current(MONDAY.date()).get().effect == Effect.NO_RETURNS


def test_the_form_says_days_and_a_note(client, cast):
    client.force_login(cast.director)
    sent = {"open": "no", "since": "2026-11-30", "until": "2026-12-04", "note": "New floor"}
    assert client.post(SAY, {**sent, "stay": "1"}).url == SAY
    closure = Closure.objects.get()
    assert (closure.effect, closure.reason) == (Effect.CLOSED, "New floor")
    assert (f"{closure.first_day}", f"{closure.last_day}") == ("2026-11-30", "2026-12-04")
    assert "New floor" in client.get(SAY).content.decode()


def test_two_presses_of_one_form_are_one_statement_but_two_buttons_are_two(client, cast):
    client.force_login(cast.borrower)
    key = client.get(SAY).context["form"]["key"].value()
    for _press in range(2):
        press(client, "lending:no", key=key)
    assert Statement.objects.count() == 1
    press(client, "returns:no", key=key)
    assert Statement.objects.count() == 2


def test_a_library_without_a_stop_is_not_asked_for_deliveries(client, cast):
    client.force_login(cast.neighbour)
    assert "Deliveries" in client.get(SAY).content.decode()
    Stop.objects.filter(library=cast.pittsfield).delete()
    assert "Deliveries" not in client.get(SAY).content.decode()
    press(client, "usual")
    assert Statement.objects.get().not_asked == ["delivery"]


def test_a_holiday_of_the_calendar_is_not_ended_by_a_word(client, cast):
    closure = Closure.objects.create(
        library=cast.lee,
        first_day=MONDAY.date(),
        last_day=MONDAY.date(),
        source="library",
        reason="Staff day",
        said_at=MONDAY,
    )
    client.force_login(cast.borrower)
    page = client.get(SAY).content.decode()
    assert "entered as a closure" in page
    press(client, "usual")
    closure.refresh_from_db()
    assert closure.was_until is None
