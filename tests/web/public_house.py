"""Something of each kind that the pages of the public house show and act on."""

from datetime import date

from django.utils import timezone

from postroad.accounts.models import Role
from postroad.directory import evidence, reading, saying
from postroad.directory.models import Library
from postroad.directory.saying import Words
from postroad.directory.standing import Service
from postroad.directory.statements import PauseSuggestion, Source, StatusAsk, StatusList
from postroad.situations.models import Situation
from tests.ill.story import MONDAY


def something_of_each(library: Library) -> None:
    """A word that waits, a page that was seen, a suggestion, a mail with a link, a situation."""
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
    Situation.objects.create(
        name="Snowstorm",
        first_day=date(2027, 1, 1),
        entered_by="Carl",
        office=Role.CENTRE,
        entered_at=MONDAY,
    )
