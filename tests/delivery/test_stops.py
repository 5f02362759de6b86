"""The days on which the van calls."""

from datetime import date

from postroad.delivery import stops
from postroad.delivery.lanes import Lane
from postroad.delivery.models import Courier, Hub, Region, Route, Stop, Transfer
from postroad.delivery.stops import NotBehind
from postroad.directory import closures
from postroad.directory.models import Library


def test_the_calendars_of_all_libraries_cost_one_query(cast, django_assert_num_queries):
    stops.pause(first_day=date(2026, 12, 25), last_day=date(2026, 12, 25), reason="Christmas")
    route = Route.objects.get()
    stops.pause(
        first_day=date(2026, 12, 3), last_day=date(2026, 12, 3), reason="snow on WEST 2", at=route
    )
    with django_assert_num_queries(1):
        known = stops.calendars([library.pk for library in cast.libraries], date(2026, 12, 1))
    assert cast.otis_school.pk not in known
    assert len(known) == 4
    for van in known.values():
        assert van.pick_up == van.drop
        assert [shut.reason for shut in van.drop.shut] == ["Christmas", "snow on WEST 2"]


def test_days_apart_and_the_lanes_between_hubs_come_with_them(cast, django_assert_num_queries):
    """A notice counts only where the van comes on demand."""
    stop = Stop.objects.get(library=cast.lee)
    day = date(2026, 12, 1)
    facts = {"drop_days": "M------", "pick_up_days": "--W----", "reason": "Summer"}
    stops.change_for_a_while(stop, first_day=day, last_day=None, **facts)
    Stop.objects.filter(library=cast.lenox).update(notice_hours=24, on_demand=True)
    Stop.objects.filter(library=cast.pittsfield).update(notice_hours=24)
    courier = Courier.objects.create(code="BAY", name="Bay", state="MA")
    hubs = [Hub.objects.create(code=code, name=code, courier=courier) for code in ("P", "W")]
    Region.objects.update(hub=hubs[0])
    Transfer.objects.create(from_hub=hubs[0], to_hub=hubs[1], nights=1, first_day=day)
    with django_assert_num_queries(1):
        known = stops.calendars([cast.lee.pk, cast.lenox.pk, cast.pittsfield.pk], day)
    lee = known[cast.lee.pk]
    assert lee.drop.next_open(day) == date(2026, 12, 7)
    assert lee.pick_up.next_open(day) == date(2026, 12, 2)
    assert lee.hub == hubs[0].pk
    assert [known[each.pk].notice_days for each in (cast.lenox, cast.pittsfield)] == [1, 0]
    assert known.lanes == (Lane(hubs[0].pk, hubs[1].pk, day, 1),) == stops.lanes()


def behind(satellite: Library, town: Library) -> None:
    Stop.objects.filter(library=satellite).update(behind=Stop.objects.get(library=town))


def test_a_satellite_has_the_days_of_its_hub_town_in_one_statement_more(
    cast, django_assert_num_queries
):
    behind(cast.lee, cast.lenox)
    closures.close(libraries=[cast.lenox], first_day=date(2026, 11, 30), source="library")
    with django_assert_num_queries(2):
        known = stops.calendars([cast.lee.pk, cast.pittsfield.pk], date(2026, 11, 30))
    town = known[cast.lee.pk].behind
    assert town is not None
    assert town.drop.shut_on(date(2026, 11, 30))
    assert known[cast.pittsfield.pk].behind is None
    assert set(known) == {cast.lee.pk, cast.pittsfield.pk}
    with django_assert_num_queries(1):
        stops.calendars([cast.lee.pk, cast.lenox.pk], date(2026, 11, 30))


def test_what_no_hub_town_can_be(cast):
    school = Library.objects.get(code="otis-school")
    assert stops.why_not_behind(cast.lee, school) == NotBehind.NO_VAN
    assert stops.why_not_behind(cast.lee, cast.lee) == NotBehind.SATELLITE
    assert stops.why_not_behind(cast.lee, cast.lenox) is None
    behind(cast.lee, cast.lenox)
    assert stops.why_not_behind(cast.pittsfield, cast.lee) == NotBehind.SATELLITE
    assert stops.why_not_behind(cast.lenox, cast.pittsfield) == NotBehind.HAS_OWN
