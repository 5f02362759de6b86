from datetime import date, timedelta

import pytest

from postroad.directory.models import Closure
from postroad.ill import sweeps
from postroad.ill.lifecycle import State
from postroad.notices import tell
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin
from tests.web.public_house import something_of_each


@pytest.fixture
def story(cast: Cast) -> Story:
    """A book of Lenox is on its way to Ada, and late, as Lee's staff are told; Lee will close."""
    story = begin(cast).at(State.SHIPPED)
    sweeps.ring(MONDAY + timedelta(days=15))
    for event in story.ill.events.all():
        tell.people(event, event.at)
    Closure.objects.create(library=cast.lee, first_day=date(2027, 1, 1), last_day=date(2027, 1, 2))
    something_of_each(cast.lee)
    return story
