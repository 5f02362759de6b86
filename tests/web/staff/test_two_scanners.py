"""Two scanners, or one that is impatient, send at one moment: each acts once, no line is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Event
from postroad.web.shared.scanning import Tone
from tests.ill.story import MONDAY, Story, begin, copy, title

RECEIVE = "/staff/borrowing/receive/"


@pytest.fixture
def sent(transactional_db, cast):
    """Send these scans at once from windows of one sign-in, and tell what each was answered."""
    first = Client()
    first.force_login(cast.borrower)

    def send(*scans):
        together = Barrier(len(scans))

        def window(given):
            client = Client()
            client.cookies.load(first.cookies.output(header="", sep=";"))
            together.wait(10)
            try:
                told = client.post(RECEIVE, given, headers={"HX-Request": "true"})
                return told.context["sitting"].answer
            finally:
                connection.close()

        with ThreadPoolExecutor(len(scans)) as windows:
            answers = list(windows.map(window, scans))
        return answers, first.get(RECEIVE).context["sitting"].lines

    return send


def test_one_scan_that_is_sent_again_while_the_first_is_on_its_way_acts_once(sent, cast):
    story = begin(cast).at(State.SHIPPED)
    scan = {"scan": "30001000000017", "key": "one"}
    answers, lines = sent(scan, scan)
    assert [each.tone for each in answers] == [Tone.OK, Tone.OK]
    assert Event.objects.filter(request=story.ill, verb="receive").count() == 1
    assert len(lines) == 1


def test_two_scanners_of_one_sign_in_at_one_moment_keep_both_lines(sent, cast):

    begin(cast).at(State.SHIPPED)
    record = title("Emma")
    copy(record, cast.lenox, "3002")
    ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
    Story(cast, record, ill).at(State.SHIPPED)
    answers, lines = sent({"scan": "30001000000017", "key": "one"}, {"scan": "3002", "key": "two"})
    assert [each.tone for each in answers] == [Tone.OK, Tone.OK]
    assert {line.key for line in lines} == {"one", "two"}
