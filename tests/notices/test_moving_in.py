"""Rows of the version before, as the migration to this one leaves them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from postroad.ill.lifecycle import State
from postroad.notices import living
from postroad.notices.models import Notice
from tests.cast import gather
from tests.ill.story import MONDAY, begin

BEFORE, NOW = "0007_kinds_in_plain_words", "0009_about_anything"


def migrate(to: str) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate([("notices", to)])
    return executor.loader.project_state([("notices", to)]).apps


@pytest.mark.nightly
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_followed_from_an_event_still_does_and_a_letter_of_a_day_too():
    story = begin(gather()).at(State.SHIPPED)
    event = story.ill.events.latest("pk")
    try:
        old = migrate(BEFORE).get_model("notices", "Notice")
        common = {"kind": "late", "subject": "Late", "made_at": MONDAY}
        to_lee = {"library_id": story.cast.lee.pk, **common}
        old.objects.create(event_id=event.pk, ref=story.ill.ref, **to_lee)
        day = {"source": "desk", "source_key": "2026-11-23 07", "about": "desk"}
        old.objects.create(**day, **(to_lee | {"made_at": MONDAY + timedelta(hours=1)}))
    finally:
        migrate(NOW)
    of_day, of_event = Notice.objects.all()
    assert (of_event.source, of_event.source_key) == (living.EVENT, str(event.pk))
    assert (of_event.about, of_event.ref) == (f"request:{story.ill.ref}", story.ill.ref)
    assert (of_day.source, of_day.source_key, of_day.about) == tuple(day.values())
    assert list(living.living(Notice.objects.all())) == [of_day, of_event]
