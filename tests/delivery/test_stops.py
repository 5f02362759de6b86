"""The days on which the van calls."""

from datetime import date

from postroad.delivery import stops
from postroad.delivery.models import Route


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
    for calendar in known.values():
        assert [shut.reason for shut in calendar.shut] == ["Christmas", "snow on WEST 2"]
