"""Who keeps a library hears once of a harvest that fails three times, and of one that asks."""

from datetime import timedelta

import pytest

from postroad.catalogue.harvest import turns
from postroad.catalogue.harvest.rows import Harvest
from postroad.directory.models import Connection
from postroad.notices import harvests
from postroad.notices.models import Kind, Notice
from tests.catalogue.harvest.conftest import NOON, Walk
from tests.catalogue.harvest.source import Source, serving

pytestmark = pytest.mark.django_db


def test_the_third_failure_is_told_once_to_the_desk_and_the_center_and_going_on_is_not(
    cast, settings
):
    settings.FETCH_PRIVATE = True
    source = Source()
    source.add("a")
    source.instead = lambda asked: (500, {}, b"")
    with serving(source):
        walk = Walk(source, cast.lenox)
        for times in range(1, 5):
            walk.go(timedelta(hours=5))
            harvests.tell_of(walk.now)
            assert Notice.objects.count() == (2 if times >= turns.TELLS else 0)
        told = Notice.objects.filter(kind=Kind.HARVEST_FAILED)
        assert {(each.library_id, each.office) for each in told} == {
            (cast.lenox.pk, ""),
            (None, "centre"),
        }
        assert "The server answered, but not with the file" in told[0].text
        source.instead = lambda asked: None
        walk.go(timedelta(hours=5))
        assert walk.harvest.failures == 0
        harvests.tell_of(walk.now)
        assert Notice.objects.count() == 2
        source.instead = lambda asked: (500, {}, b"")
        for _time in range(3):
            walk.go(timedelta(hours=25))
        harvests.tell_of(walk.now)
        assert Notice.objects.count() == 4


def test_a_question_is_told_once(cast):
    connection = Connection.objects.create(
        library=cast.lee, address="https://x.example/oai", active=True
    )
    Harvest.objects.create(connection=connection, asks_at=NOON, asks_copies=27, asks_of=30)
    assert harvests.tell_of(NOON) == 1
    assert harvests.tell_of(NOON) == 0
    told = Notice.objects.get(library=cast.lee)
    assert told.kind == Kind.HARVEST_ASKS
    assert "27 copies" in told.subject
