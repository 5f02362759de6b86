"""`postroad migrate`: Django's, but for a database that it would leave halfway."""

from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

FIRST = ("ill", "0001_initial")
SINCE = "ill_loan"  # the first migrations were written anew with this table


class Command(migrate.Command):
    help = "Bring the database up to date; `serve` does it by itself. Its options are Django's."

    def handle(self, *args: Any, **options: Any) -> None:
        require_ours(options["database"])
        super().handle(*args, **options)


def require_ours(alias: str) -> None:
    """Refuse a database of before, to which the first migrations of today were never applied,
    though it has some of the same name."""
    connection = connections[alias]
    if FIRST not in MigrationRecorder(connection).applied_migrations():
        return
    if SINCE not in connection.introspection.table_names():
        raise CommandError(
            "This database was made by an earlier Postroad and is not brought up to date. Nothing "
            "in it was changed. Start with an empty one (another POSTROAD_HOME and, on PostgreSQL, "
            "another DATABASE_URL), and load records and cards there."
        )
