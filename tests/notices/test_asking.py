"""A silent library is asked by mail how it stands, once, with a link that answers."""

from datetime import timedelta

from django.test import Client

from postroad.directory import saying
from postroad.directory.saying import Words
from postroad.directory.standing import ALL
from postroad.directory.statements import Source, Statement
from postroad.notices import asking
from postroad.notices.models import Kind, Notice
from tests.ill.story import MONDAY

DAY = timedelta(days=1)


def test_a_silent_library_is_asked_once_and_its_link_answers(cast, time_machine):
    time_machine.move_to(MONDAY, tick=False)
    usual = Words(dict.fromkeys(ALL, True))
    saying.say(cast.lee, usual, source=Source.OWN, at=MONDAY - 2 * DAY)
    assert asking.ask(MONDAY) == 4
    assert asking.ask(MONDAY + DAY) == 0
    told = Notice.objects.filter(kind=Kind.STATUS_ASKED)
    assert not told.filter(library=cast.lee).exists()
    letter = told.get(library=cast.lenox)
    assert letter.mail_to == "lenox@example.org"
    assert "Is Lenox Library open, lending" in letter.subject
    assert letter.link.startswith("/say/")
    assert letter.link in letter.text
    answer = Client().post(letter.link, {"say": "lending:no"})
    assert answer.status_code == 200
    assert Statement.objects.get(library=cast.lenox).lends is False


def test_who_stays_silent_is_asked_again_after_the_days_of_silence(cast):
    assert asking.ask(MONDAY) == 5
    assert asking.ask(MONDAY + 29 * DAY) == 0
    assert asking.ask(MONDAY + 31 * DAY) == 5
