"""The list of libraries and the page of one."""

from datetime import date

import pytest

from postroad.delivery.models import ScheduleChange
from postroad.directory import closures
from postroad.directory.models import Closure, Effect, Library, Policy
from tests.cast import outside
from tests.markup import tight


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to("2026-11-23 15:00:00+00:00", tick=False)


def listed(client, query: str = "") -> list[str]:
    return [today.library.code for today in todays(client.get(f"/libraries?{query}"))]


def todays(page) -> list[closures.Today]:
    """Each library of the list with its own day."""
    return [today for today, _hours in page.context["listed"]]


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
    assert "is no longer a member" in client.get("/libraries/lee").content.decode()


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
    assert [row.library.code for row in todays(page) if row.is_shut] == ["lee"]
    assert "no delivery, Monday 23 November to Friday 27 November (snow)" in tight(page)
    assert "closed, Monday 23 November" in client.get("/libraries/lee").content.decode()


def test_a_weekday_on_which_it_is_closed_is_not_called_open(client, cast):
    Library.objects.filter(pk=cast.lee.pk).update(open_days="-TWTF--")
    rows = todays(client.get("/libraries"))
    assert [row.library.code for row in rows if not row.is_open] == ["lee"]


def test_the_page_of_a_library_says_how_it_takes_part(client, cast):
    Policy.objects.filter(library=cast.lenox).update(formats_not_lent=["film"], loan_days=21)
    page = tight(client.get("/libraries/lenox"))
    assert "Monday, Wednesday, Friday;" in page
    assert '<a href="/delivery/routes/WEST%202/">West 2</a>' in page
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
    found = {row.library.code: row for row in todays(client.get("/libraries"))}
    assert (found["lee"].is_open, found["providence"].is_open) == (True, False)


def test_on_a_holiday_of_one_state_only_its_libraries_are_closed(client, cast):
    day = date(2026, 11, 23)
    closures.close(state="RI", first_day=day, last_day=day, reason="Victory Day", source="office")
    page = client.get("/libraries")
    assert [row.library.code for row in todays(page) if not row.is_open] == ["providence"]
    assert "All libraries in Rhode Island:" in page.content.decode()
    assert "Open today." in client.get("/libraries/lee").content.decode()
    shut = client.get("/libraries/providence").content.decode()
    assert "Closed today; opens again on Tuesday 24 November." in shut
    assert "Victory Day" in shut


def test_until_further_notice_is_said_so(client, cast):
    closures.close(
        libraries=[cast.lee], first_day=date(2026, 11, 20), reason="Fire", source="library"
    )
    page = client.get("/libraries/lee").content.decode()
    assert "Closed until further notice." in page
    assert "9999" not in page + client.get("/libraries").content.decode()


def test_of_a_library_whose_days_are_not_known_neither_open_nor_closed_is_said(client, cast):
    Library.objects.filter(pk=cast.lee.pk).update(open_days="-------")
    page = client.get("/libraries/lee").content.decode()
    assert "We do not know its opening days." in page
    assert ">not known<" in client.get("/libraries?q=lee").content.decode()


def test_a_library_outside_stands_in_no_list_of_members_and_its_page_promises_nothing(client, cast):
    outside("Yale University", code="x-yale", town="New Haven", state="CT")
    assert "Yale University" not in client.get("/libraries").content.decode()
    page = tight(client.get("/libraries/x-yale"))
    assert "New Haven, Connecticut" in page
    assert "not a member" in page
    for promise in ("Lends to other libraries", "Holds items for pickup", "See what it owns"):
        assert promise not in page
