"""After a loan nothing tells whose it was: every column of every table is looked at."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from postroad.accounts.models import Card, User
from postroad.ill import lending, loans, shipping, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Reason, State
from postroad.ill.models import Request
from postroad.notices import post
from postroad.worker import run
from tests.cast import Cast
from tests.ill.story import MONDAY, begin, copy

# Where a person stands as herself, whatever she borrowed.
HERSELF = {"accounts_user", "accounts_card"}
NAMES = ("Adalgisa", "Quincy-Adams", "ada@example.org", "20000000000001")


def rows() -> list[tuple[str, str]]:
    """Every row of every table of the database, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in HERSELF:
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [(table, repr(row)) for row in cursor.fetchall()]
    return found


def test_nothing_in_the_database_the_mail_or_the_log_tells_who_had_the_book(
    cast: Cast, mail_folder: Path, caplog: pytest.LogCaptureFixture
):
    User.objects.filter(pk=cast.ada.pk).update(first_name=NAMES[0], last_name=NAMES[1])
    assert Card.objects.get(user=cast.ada).barcode == NAMES[-1]
    caplog.set_level("INFO")
    story = begin(cast, note="Adalgisa wants it for her thesis")
    copy(story.record, cast.pittsfield, "30002000000016")
    story.at(State.REFERRED)
    words = "Not for Adalgisa, she keeps them long."
    lending.refuse(story.supply, Act(cast.lender, MONDAY), reason=Reason.OTHER, note=words)
    story.listen()
    story.ship()
    for verb in (loans.receive, loans.check_out):
        verb(story.loan, Act(cast.borrower, MONDAY))
    story.look()
    loans.renew(story.loan, Act(cast.ada, MONDAY))
    run.until_idle(MONDAY)
    assert post.send(MONDAY) > 2
    assert any("Adalgisa" in text for _table, text in rows())
    assert any(NAMES[2].encode() in file.read_bytes() for file in mail_folder.iterdir())
    for verb in (loans.return_item, loans.ship_return):
        verb(story.loan, Act(cast.borrower, MONDAY))
    shipping.check_in(story.loan, Act(cast.lender, MONDAY))
    later = MONDAY + timedelta(hours=1)
    run.until_idle(later)
    post.send(later)
    assert sweeps.forget(later) == 1
    run.until_idle(later)
    for name in NAMES:
        assert [table for table, text in rows() if name in text] == []
        assert not [file for file in mail_folder.iterdir() if name.encode() in file.read_bytes()]
        assert name not in caplog.text
    assert Request.objects.get().patron is None
    pointing = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is User
        and model._meta.db_table not in HERSELF
        and model._default_manager.filter(**{field.name: cast.ada}).exists()
    ]
    assert pointing == []
