"""The database as the tests found it, put back after a test that wrote for good.

Django flushes every table after such a test, Wagtail's too, and lets the next do without what the
migrations put there, or loads that again row by row. To lay the first state back is quicker by far,
and leaves it whole: no test finds less than another.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import TransactionTestCase


class OnSqlite:
    """A copy of the file, in memory."""

    def __init__(self) -> None:
        connection.ensure_connection()
        self.copy = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(self.copy)

    def put_back(self) -> None:
        connection.ensure_connection()
        self.copy.backup(connection.connection)


class OnPostgresql:
    """A copy of each table that has rows, in a schema of its own."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA kept")
            with_rows = []
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
                if cursor.fetchone()[0]:
                    cursor.execute(f'CREATE TABLE kept."{table}" AS TABLE public."{table}"')
                    with_rows.append(table)
            everything = connection.introspection.table_names(cursor)
        self.statements = "; ".join(
            [
                "SET session_replication_role = replica",  # no foreign key is looked at meanwhile
                *(f'DELETE FROM "{table}"' for table in everything),
                *(f'INSERT INTO "{table}" TABLE kept."{table}"' for table in with_rows),
                "SET session_replication_role = origin",
            ]
        )

    def put_back(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self.statements)


@contextmanager
def kept() -> Iterator[OnSqlite | OnPostgresql]:
    """From now on each test that writes for good is followed by this."""
    state = OnSqlite() if connection.vendor == "sqlite" else OnPostgresql()
    # A mark may still ask Django to load what is never away.
    vars(connection).pop("_test_serialized_contents", None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: state.put_back())
        yield state
