"""What was deleted does not lie on the disk."""

from pathlib import Path

import pytest
from django.db import connection

from postroad.ill.models import Request
from postroad.notices.models import Notice
from postroad.worker import scrub
from tests.cast import gather
from tests.ill.story import MONDAY, begin

SECRET = "Xantippe Zorobabel wants it"


def on_the_disk() -> int:
    name = str(connection.settings_dict["NAME"])
    there = [Path(name + end) for end in ("", "-wal")]
    return sum(file.read_bytes().count(SECRET.encode()) for file in there if file.exists())


@pytest.mark.once
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_neither_the_database_nor_its_log_of_writes_keeps_what_was_deleted():
    story = begin(gather(), note=SECRET)
    facts = {"user": story.cast.ada, "kind": "asked", "source": "day", "made_at": MONDAY}
    for number in range(50):  # whole pages of them
        Notice.objects.create(source_key=str(number), text=SECRET * 50, html="", **facts)
    assert on_the_disk()
    Notice.objects.all().delete()
    Request.objects.update(note="")
    assert on_the_disk()
    assert scrub.overwrite(MONDAY) == 1
    assert on_the_disk() == 0


@pytest.mark.once
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_patience_of_the_connection_is_afterwards_as_before():
    begin(gather())
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        before = cursor.fetchone()
    scrub.overwrite(MONDAY)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == before
