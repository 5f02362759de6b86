"""A closure of which Rhode Island's courier hears too late: it comes all the same, and may charge
for the stop."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from postroad.directory.models import Effect, Library, State

NOTICE = timedelta(hours=24)


def is_short(library: Library, effect: str, first_day: date, now: datetime) -> bool:
    """Whether less than a day is left until the first day on which the van finds nobody."""
    return is_short_in(library.state, effect, first_day, now, library.time_zone)


def is_short_in(
    state: str, effect: str, first_day: date, now: datetime, zone: str = settings.TIME_ZONE
) -> bool:
    """The same wherever it is to hold: in a state, or with none everywhere."""
    keeps_it_out = effect in (Effect.CLOSED, Effect.NO_DELIVERY)
    begins = datetime.combine(first_day, time(), ZoneInfo(zone))
    return state in ("", State.RHODE_ISLAND) and keeps_it_out and begins - now < NOTICE
