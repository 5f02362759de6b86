"""A region's timetable by spreadsheet: the difference first, then all of it or nothing."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from postroad.delivery import stops, timetables
from postroad.delivery.models import Region, Route, ScheduleChange, Stop, TimetableFile
from postroad.directory.models import Library
from tests.cast import Cast
from tests.markup import tight

HOME = "/office/delivery/timetables/"


@pytest.fixture
def office(client: Client, cast: Cast) -> Client:
    client.force_login(cast.delivery)
    return client


def send(office: Client, text: str, name: str = "west.csv", first_day: str = ""):
    file = SimpleUploadedFile(name, text.encode())
    region = Region.objects.get().pk
    facts = {"region": region, "file": file, "key": str(uuid4()), "first_day": first_day}
    return office.post(HOME, facts, follow=True)


def press(office: Client, page, **more: str):
    (seen,) = re.findall(r'name="seen" value="(\w+)"', page.content.decode())
    file = TimetableFile.objects.latest("pk")
    return office.post(f"{HOME}{file.pk}/", {"seen": seen, **more}, follow=True)


def whole(office: Client) -> str:
    return office.get(f"{HOME}WEST.csv").getvalue().decode().lstrip("\ufeff")


def test_what_is_taken_away_and_sent_back_changes_nothing(office: Client):
    page = send(office, whole(office))
    assert "It changes nothing" in tight(page)
    assert "4 stops stay as they are." in tight(page)


def test_three_wrong_cells_are_named_and_the_others_take_effect(office: Client, cast: Cast):
    text = (
        "Community,Code,Route,Order,Delivery days,Pick-up days\n"
        "Lee,lee,WEST 2,1,Mon Thu,Tue\n"
        "Lenox,lenox,WEST 2,second,M-W-F--,\n"
        "Atlantis,atlantis,WEST 2,3,MTWTF,\n"
        "Pittsfield,pittsfield,WEST 2,3,soon,\n"
        "Otis,otis-school,WEST 9,9,F,\n"
        "Providence,providence,,,,\n"
    )
    page = send(office, text)
    shown = tight(page)
    assert [cell[:2] for cell in page.context["bad"]] == [
        (3, "Order"),
        (4, "Library"),
        (5, "Delivery days"),
    ]
    assert "New routes: WEST 9" in shown
    assert "Mon, Thu" in shown
    before = dict(Stop.objects.values_list("library", "drop_days"))
    assert "In effect, by" in tight(press(office, page))
    lee, otis = (Stop.objects.get(library=each) for each in (cast.lee, cast.otis_school))
    assert (lee.drop_days, lee.pick_up_days) == ("M--T---", "-T-----")
    assert (otis.route.code, otis.drop_days, otis.active) == ("WEST 9", "----F--", True)
    for each in (cast.lenox, cast.pittsfield, cast.providence):  # a wrong row gives nothing up
        stop = Stop.objects.get(library=each)
        assert (stop.drop_days, stop.active) == (before[each.pk], True)
    file = TimetableFile.objects.get()
    office.post(f"{HOME}{file.pk}/", {"undo": "yes"})
    assert dict(Stop.objects.filter(active=True).values_list("library", "drop_days")) == before
    again = office.post(f"{HOME}{file.pk}/", {"undo": "yes"})
    assert again.status_code == 409


def test_what_the_file_does_not_name_is_given_up_and_comes_back(office: Client, cast: Cast):
    page = send(office, "Code,Days\nlee,MTWTF\n")
    assert "Stops that are given up" in tight(page)
    press(office, page)
    assert list(Stop.objects.filter(active=True).values_list("library", flat=True)) == [cast.lee.pk]
    file = TimetableFile.objects.get()
    office.post(f"{HOME}{file.pk}/", {"undo": "yes"})
    assert Stop.objects.filter(active=True).count() == 4


def test_who_gives_up_many_types_their_number(office: Client, cast: Cast):
    route = Route.objects.get()
    for place in range(3):
        facts = {"name": f"X {place}", "town": "X", "state": "MA", "kind": "public"}
        library = Library.objects.create(code=f"x{place}", **facts)
        Stop.objects.create(library=library, route=route, place=20 + place)
    page = send(office, "Code,Days\nlee,MTWTF\n")
    assert "The van would stop calling at 6 libraries" in tight(page)
    for typed in ("", "5", "all"):
        refused = press(office, page, number=typed)
        assert refused.status_code == 409
        assert "Nothing was changed" in tight(refused)
    assert Stop.objects.filter(active=True).count() == 7
    assert "In effect, by" in tight(press(office, page, number="6"))
    assert Stop.objects.filter(active=True).count() == 1


def test_what_somebody_changed_meanwhile_is_looked_at_again(office: Client, cast: Cast):
    page = send(office, "Code,Days\nlee,F\nlenox,M\npittsfield,M\nprovidence,M\n")
    Stop.objects.filter(library=cast.lee).update(drop_days="-T-----")
    refused = press(office, page)
    assert refused.status_code == 409
    assert "changed since you looked" in tight(refused)
    assert Stop.objects.get(library=cast.lee).drop_days == "-T-----"
    assert "In effect, by" in tight(press(office, refused))


def test_two_who_press_at_once_apply_it_once(office: Client):
    page = send(office, "Code,Days\nlee,F\nlenox,M\npittsfield,M\nprovidence,M\n")
    assert "In effect, by" in tight(press(office, page))
    second = press(office, page)
    assert second.status_code == 409
    assert "took effect or was undone already" in tight(second)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Code\nlee\n", "Delivery days"),
        ("Days,Order\nMWF,1\n", "It needs a column with the library"),
        ("%PDF-1.4", "not a spreadsheet"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(office: Client, text: str, says: str):
    answer = send(office, text)
    assert answer.status_code == 422
    assert says in tight(answer)
    assert not TimetableFile.objects.exists()


@pytest.mark.parametrize("many", [1, 300])
def test_the_difference_takes_as_many_statements_however_long(
    office: Client, many: int, django_assert_num_queries
):
    rows = "".join(f"unknown {n},MWF\n" for n in range(many))
    send(office, f"Code,Days\nlee,F\n{rows}")
    file = TimetableFile.objects.get()
    with django_assert_num_queries(9):
        office.get(f"{HOME}{file.pk}/")


def test_nobody_else_comes_here(client: Client, cast: Cast):
    for user in (cast.director, cast.driver, cast.centre):
        client.force_login(user)
        assert client.get(HOME).status_code == 404
        assert client.get(f"{HOME}WEST.csv").status_code == 404


def test_satellites_are_read_and_what_is_no_hub_town_is_named(office: Client, cast: Cast):
    head = "Community,Code,Delivery days,Satellite of\n"
    rest = "Providence,providence,,\n"
    rows = "Lee,lee,MTWTF,lenox\nLenox,lenox,MTWTF,none\nPittsfield,pittsfield,MTWTF,lee\n"
    page = send(office, head + rows + rest)
    assert [cell[:2] for cell in page.context["bad"]] == [(4, "Satellite of")]
    assert "<del>no other library</del>" in tight(page)
    press(office, page)
    lee = Stop.objects.get(library=cast.lee)
    assert lee.behind == Stop.objects.get(library=cast.lenox)
    assert "lee,lee" not in whole(office)
    file = TimetableFile.objects.latest("pk")
    office.post(f"{HOME}{file.pk}/", {"undo": "1"})
    lee.refresh_from_db()
    assert lee.behind is None


MONDAYS = "Code,Route,Delivery days\nlee,WEST 5,M\nlenox,,\nprovidence,,\n"


def in_a_month() -> date:
    return timezone.localdate() + timedelta(days=30)


def test_a_timetable_of_a_later_day_is_promised_and_takes_effect_by_itself(
    office: Client, cast: Cast
):
    page = press(office, send(office, MONDAYS, first_day=in_a_month().isoformat()))
    assert "it takes effect by itself" in tight(page)
    lee, gone = (Stop.objects.get(library=each) for each in (cast.lee, cast.pittsfield))
    assert lee.drop_days != "M------"
    assert gone.active
    known = stops.calendars([cast.lee.pk, cast.pittsfield.pk], timezone.localdate())
    assert known[cast.lee.pk].drop.days_on(in_a_month()) == {0}
    assert known[cast.pittsfield.pk].drop.days_on(in_a_month()) == frozenset()
    assert timetables.follow(timezone.now()) == 0
    day = timezone.now() + timedelta(days=31)
    assert timetables.follow(day) == 1
    assert timetables.follow(day) == 0
    lee.refresh_from_db()
    gone.refresh_from_db()
    assert (lee.drop_days, lee.route.code, gone.active) == ("M------", "WEST 5", False)
    assert not ScheduleChange.objects.exists()
    file = TimetableFile.objects.get()
    office.post(f"{HOME}{file.pk}/", {"undo": "1"})
    gone.refresh_from_db()
    assert gone.active


def test_a_plan_is_taken_back_before_its_day(office: Client, cast: Cast):
    press(office, send(office, MONDAYS, first_day=in_a_month().isoformat()))
    file = TimetableFile.objects.get()
    office.post(f"{HOME}{file.pk}/", {"undo": "1"})
    assert not ScheduleChange.objects.exists()
    assert timetables.follow(timezone.now() + timedelta(days=31)) == 0
    assert Stop.objects.get(library=cast.pittsfield).active


def test_a_stop_that_came_after_a_plan_was_shown_is_not_given_up_by_it(office: Client, cast: Cast):
    press(office, send(office, MONDAYS, first_day=in_a_month().isoformat()))
    new = Library.objects.members().exclude(pk__in=Stop.objects.values("library"))[0]
    route = Stop.objects.get(library=cast.lee).route
    Stop.objects.create(library=new, route=route, drop_days="M------", pick_up_days="M------")
    assert timetables.follow(timezone.now() + timedelta(days=31)) == 1
    assert Stop.objects.get(library=new).active
    assert not Stop.objects.get(library=cast.pittsfield).active


@pytest.mark.parametrize("act", [{"code": "WEST 7", "name": "West 7"}, {"remove": "1"}])
def test_it_is_undone_though_a_route_was_renamed_or_removed_since(office: Client, cast: Cast, act):
    was = Stop.objects.get(library=cast.lee).route
    text = whole(office).replace(was.code, "WEST 8")
    press(office, send(office, text))
    office.post(f"/office/delivery/network/route/{was.pk}/", {"region": was.region_id, **act})
    assert not Route.objects.filter(code=was.code).exists()
    office.post(f"{HOME}{TimetableFile.objects.get().pk}/", {"undo": "1"})
    assert Stop.objects.get(library=cast.lee).route.code == was.code


def test_a_route_is_itself_however_its_code_is_written(office: Client, cast: Cast):
    Route.objects.update(code="West 2")
    assert "It changes nothing" in tight(send(office, whole(office)))
    assert "It changes nothing" in tight(send(office, whole(office).replace("West 2", "WEST 2")))


def test_of_a_small_region_too_all_stops_are_given_up_by_their_number_alone(
    office: Client, cast: Cast
):
    new = Library.objects.members().exclude(pk__in=Stop.objects.values("library"))[0]
    page = send(office, f"Code,Route,Delivery days\n{new.code},WEST 2,Mon\n")
    assert "type" in tight(page).lower()
    assert press(office, page).status_code == 409
    number = str(Stop.objects.filter(active=True).count())
    assert press(office, page, number=number).status_code == 200
    assert [each.library for each in Stop.objects.filter(active=True)] == [new]
