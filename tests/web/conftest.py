from datetime import date, timedelta

import pytest
from django.utils import timezone

from postroad.accounts.models import Role
from postroad.directory import evidence, reading, saying
from postroad.directory.models import Closure, Library
from postroad.directory.saying import Words
from postroad.directory.standing import Service
from postroad.directory.statements import PauseSuggestion, Source, StatusAsk, StatusList
from postroad.ill import sweeps
from postroad.ill.lifecycle import State
from postroad.notices import tell
from postroad.situations.models import Situation
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin


@pytest.fixture
def story(cast: Cast) -> Story:
    """A book of Lenox is on its way to Ada, and late, as Lee's staff are told; Lee will close."""
    story = begin(cast).at(State.SHIPPED)
    sweeps.ring(MONDAY + timedelta(days=15))
    for event in story.ill.events.all():
        tell.people(event, event.at)
    Closure.objects.create(library=cast.lee, first_day=date(2027, 1, 1), last_day=date(2027, 1, 2))
    say_something(cast.lee)
    Situation.objects.create(
        name="Snowstorm",
        first_day=date(2027, 1, 1),
        entered_by="Carl",
        office=Role.CENTRE,
        entered_at=MONDAY,
    )
    return story


def say_something(library: Library) -> None:
    """A word that waits, a page that was seen, a suggestion, and a mail with a link."""
    words = Words({Service.LENDING: False})
    saying.say(library, words, source=Source.ANYONE, said_by="Sam", at=MONDAY)
    evidence.note(
        library,
        address="https://example.org/",
        seen="Staff are here",
        staff_on_site=True,
        seen_on=MONDAY.date(),
        initials="cl",
        by="Centre",
        at=MONDAY,
    )
    PauseSuggestion.objects.create(library=library, unanswered=5, since=MONDAY, made_at=MONDAY)
    crowd = StatusList.objects.create(name="Crowd", credit="Kept by all")
    sheet = b"Library,Lending\nLee Memorial,no\n"
    reading.begin(reading.receive(crowd, "list.csv", sheet, by="Centre", at=MONDAY)[0], MONDAY)
    reading.go_on(MONDAY)
    StatusAsk.objects.create(library=library, address=library.email, asked_at=timezone.now())
