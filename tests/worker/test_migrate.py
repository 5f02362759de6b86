"""What `migrate` does not touch."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.both


def test_a_database_of_before_the_first_migrations_were_written_anew_is_left_as_it_is(db):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ill_loan RENAME TO of_another_day")
    before = MigrationRecorder(connection).applied_migrations().keys()
    with pytest.raises(CommandError, match="earlier Postroad"):
        call_command("migrate", verbosity=0)
    assert MigrationRecorder(connection).applied_migrations().keys() == before
