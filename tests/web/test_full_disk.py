"""The disk is full, for real: what the reader is told, what the log says, and that it goes on."""

import logging
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from postroad.ill.lifecycle import State
from postroad.ill.models import Event
from postroad.worker import run
from tests.cast import Cast
from tests.disk import full_disk
from tests.ill.story import MONDAY, begin

WALDEN = "30001000000017"
SHIP = "/staff/lending/ship/"
NOW = {"HX-Request": "true"}

# SQLite writes in our process; a PostgreSQL server has a disk of its own.
pytestmark = [
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
]


def words_of(answer: Any) -> str:
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return " ".join(unescape(text).split())


def test_a_full_disk_half_does_nothing_and_all_goes_on_when_there_is_room(
    cast: Cast, caplog: pytest.LogCaptureFixture
):
    story = begin(cast).at(State.REFERRED)
    clerk = Client(raise_request_exception=False)
    clerk.force_login(cast.lender)
    before = list(Event.objects.values())
    promise = f"/staff/supplies/{story.ill.ref}/1/promise/"
    with full_disk(), caplog.at_level(logging.ERROR):
        answers = [clerk.post(promise), clerk.post(SHIP, {"scan": WALDEN})]
        refused = clerk.post(SHIP, {"scan": "999"}, headers=NOW)
        without_script = clerk.post(SHIP, {"scan": "999"})
        with pytest.raises(Exception, match="disk"):
            run.once(MONDAY)
    for answer in answers:
        assert answer.status_code == 503
        assert "disk is full, so this could not be saved" in words_of(answer)
        assert "Nothing was half done." in words_of(answer)
    # A no is a line of the list too: what cannot be written down is not answered as if it were.
    for no in (refused, without_script):
        assert no.status_code == 503
        assert "Nothing was half done." in words_of(no)
    said = [record.getMessage() for record in caplog.records]
    assert any(story.ill.ref in line for line in said)
    assert any(WALDEN in line for line in said)
    assert list(Event.objects.values()) == before
    assert clerk.post(SHIP, {"scan": WALDEN}, headers=NOW).status_code == 200
    story.look()
    assert story.ill.state == State.SHIPPED
    run.until_idle(MONDAY)
    assert not Event.objects.untold().filter(due_at__lte=MONDAY).exists()
