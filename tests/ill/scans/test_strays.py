"""A parcel at the wrong library, without a page."""

from datetime import timedelta

import pytest

from postroad.delivery import parcels
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.scans import strays
from tests.ill.story import begin

BARCODE = "30001000000017"


@pytest.fixture
def story(cast):
    story = begin(cast).at(State.SHIPPED)
    parcel = story.loan.parcel_out
    assert parcel is not None
    parcels.pick_up(parcel, by=cast.driver, at=story.now)
    return story


def seen(story, library, minutes):
    at = story.now + timedelta(minutes=minutes)
    return strays.seen(library, BARCODE, Act(story.cast.neighbour, at))


def test_a_parcel_of_two_other_libraries_is_written_down_as_seen_once(story):
    first = seen(story, story.cast.pittsfield, 5)
    assert (first.parcel.number, first.repeats) == (story.loan.parcel_out.number, False)
    assert first.before == story.now
    assert story.loan.parcel_out.last_library == story.cast.pittsfield
    assert seen(story, story.cast.pittsfield, 9).repeats


def test_at_either_end_it_is_no_stray(story):
    assert seen(story, story.cast.lee, 5) is None
    assert seen(story, story.cast.lenox, 5) is None
