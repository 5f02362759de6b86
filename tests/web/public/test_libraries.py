"""The list of libraries and the page of one."""

from datetime import date

import pytest

from postroad.delivery.models import ScheduleChange
from postroad.directory.models import Closure, Effect, Library, Policy


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to("2026-11-23 15:00:00+00:00", tick=False)


def listed(client, query: str = "") -> list[str]:
    return [row.library.code for row in client.get(f"/libraries?{query}").context["rows"]]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("q=lee", ["lee"]),
        ("q=library+providence", ["providence"]),
        ("state=RI", ["providence"]),
        ("kind=school", ["otis-school"]),
        ("network=berkshire", ["lee", "lenox"]),
        ("network=berkshire&q=lenox", ["lenox"]),
        ("network=nowhere", []),
        ("state=ZZ&kind=zoo", ["lee", "lenox", "otis-school", "pittsfield", "providence"]),
    ],
)
def test_the_list_is_narrowed_from_its_address(query, codes, client, cast):
    assert listed(client, query) == codes


def test_who_left_is_not_listed_and_still_has_its_page(client, cast):
    Library.objects.filter(pk=cast.lee.pk).update(active=False)
    assert "lee" not in listed(client)
    assert "no longer takes part" in client.get("/libraries/lee").content.decode()


def test_what_is_shut_today_is_said(client, cast):
    for library, effect in ((cast.lee, Effect.CLOSED), (None, Effect.NO_DELIVERY)):
        Closure.objects.create(
            library=library,
            effect=effect,
            first_day=date(2026, 11, 23),
            last_day=date(2026, 11, 27),
            reason="snow",
        )
    page = client.get("/libraries")
    assert [row.library.code for row in page.context["rows"] if row.shut] == ["lee"]
    assert "no delivery, Monday 23 November to Friday 27 November (snow)" in page.content.decode()
    assert "closed, Monday 23 November" in client.get("/libraries/lee").content.decode()


def test_a_weekday_on_which_it_is_closed_is_not_called_open(client, cast):
    Library.objects.filter(pk=cast.lee.pk).update(open_days="-TWTF--")
    rows = client.get("/libraries").context["rows"]
    assert [row.library.code for row in rows if not row.open_today] == ["lee"]


def test_the_page_of_a_library_says_how_it_takes_part(client, cast):
    Policy.objects.filter(library=cast.lenox).update(formats_not_lent=["film"], loan_days=21)
    page = client.get("/libraries/lenox").content.decode()
    assert "Monday, Wednesday, Friday; West 2" in page
    assert "yes, except: film" in page
    assert "21 days" in page
    assert "?library=lenox" in page


def test_a_library_without_van_or_policy_has_a_page(client, cast):
    Policy.objects.all().delete()
    ScheduleChange.objects.all().delete()
    page = client.get("/libraries/otis-school").content.decode()
    assert "The van does not stop here." in page


def test_what_is_invented_is_marked(client, cast, settings):
    assert client.get("/libraries?kind=school").content.count(b">invented</span>") == 1
    settings.DEMO = True
    page = client.get("/libraries/providence").content.decode()
    assert page.count(">invented</span>") == 3  # its stop, its code, Rhode Island's code


def test_each_library_in_the_list_is_open_or_shut_by_its_own_day(client, cast):
    """It is Monday in Massachusetts, and Tuesday already where Providence stands for now."""
    Library.objects.filter(pk=cast.providence.pk).update(
        time_zone="Pacific/Auckland", open_days="-T-----"
    )
    tuesday = date(2026, 11, 24)
    for library in (cast.lee, cast.providence):
        Closure.objects.create(library=library, first_day=tuesday, last_day=tuesday)
    found = {row.library.code: row for row in client.get("/libraries").context["rows"]}
    assert found["lee"].shut is None
    assert found["providence"].shut is not None
    assert (found["lee"].open_today, found["providence"].open_today) == (True, True)
