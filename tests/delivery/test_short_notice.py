"""Rhode Island's courier wants to hear of a closure a day ahead."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from postroad.delivery.short_notice import is_short
from postroad.directory.models import Effect, Library

NOON = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    ("state", "effect", "day", "short"),
    [
        ("RI", Effect.CLOSED, date(2026, 11, 23), True),
        ("RI", Effect.CLOSED, date(2026, 11, 24), True),
        ("RI", Effect.CLOSED, date(2026, 11, 25), False),
        ("RI", Effect.NO_DELIVERY, date(2026, 11, 24), True),
        ("RI", Effect.NO_LENDING, date(2026, 11, 24), False),
        ("MA", Effect.CLOSED, date(2026, 11, 24), False),
    ],
)
def test_less_than_a_day_ahead_is_short(state, effect, day, short):
    assert is_short(Library(state=state), effect, day, NOON) is short


def test_exactly_a_day_ahead_is_in_time():
    midnight = NOON.replace(hour=0)
    assert not is_short(Library(state="RI"), Effect.CLOSED, date(2026, 11, 24), midnight)
