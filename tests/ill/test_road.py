"""The clocks of a loan on the road are those of its parcel, also when that is late later (R6)."""

from datetime import timedelta

import pytest

from postroad.delivery import outlook, stops
from postroad.delivery.models import Parcel
from postroad.directory.models import Closure
from postroad.ill import road, sweeps
from postroad.ill.lifecycle import State
from tests.ill.story import MONDAY, begin


@pytest.mark.parametrize(("state", "library"), [(State.SHIPPED, "lee"), (State.HOMEWARD, "lenox")])
def test_a_suspension_entered_after_shipping_stops_the_loans_clock_too(cast, state, library):
    outlook.follow(MONDAY)
    story = begin(cast).at(state)
    before, soon = story.rings_at, MONDAY + timedelta(days=1)
    parcel = Parcel.objects.latest("pk")
    assert before == parcel.late_at
    first = MONDAY.date() + timedelta(days=2)
    there = getattr(cast, library)
    stops.pause(first_day=first, last_day=first + timedelta(days=8), reason="Flood", at=there)
    outlook.follow(soon)
    assert road.follow(soon) == 1
    story.look()
    assert story.rings_at == before + timedelta(days=9)
    assert road.follow(soon) == 0
    assert sweeps.ring(before + timedelta(seconds=1)) == 0
    Closure.objects.all().delete()
    outlook.follow(soon)
    road.follow(soon)
    story.look()
    assert story.rings_at == before


def test_what_has_rung_rings_again_in_its_own_time(cast):
    story = begin(cast).at(State.SHIPPED)
    late = story.rings_at + timedelta(hours=1)
    assert sweeps.ring(late) == 1
    story.look()
    again = story.rings_at
    assert road.follow(late) == 0
    story.look()
    assert story.rings_at == again
