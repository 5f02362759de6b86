"""Many rows at once, in one statement that is composed once.

Django's `bulk_create` and `bulk_update` write a statement for every hundred rows on SQLite, and
compose each anew: most of their time; `filter(x__in=...)` looks at each of its values. The values
are taken as the database has them: texts, whole numbers, bytes and JSON that is written out; a time
as its field prepares it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

Value = str | int | bytes | datetime | None


def insert(
    kind: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Value]]
) -> None:
    """Rows with these columns; every other column has the default of its field."""
    others = [
        field
        for field in kind._meta.concrete_fields
        if not field.primary_key and field.column not in columns
    ]
    defaults: list[Any] = [
        field.get_db_prep_save(field.get_default(), connection) for field in others
    ]
    names = [*columns, *(field.column for field in others)]
    quote = connection.ops.quote_name
    sql = (
        f"INSERT INTO {quote(kind._meta.db_table)} ({', '.join(map(quote, names))}) "  # noqa: S608  # names of ours
        f"VALUES ({', '.join(['%s'] * len(names))})"
    )
    many(sql, ([*row, *defaults] for row in rows))


def update(
    kind: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Value]]
) -> None:
    """What these columns are to be; each row ends in the key of what it is about."""
    quote = connection.ops.quote_name
    assert kind._meta.pk is not None
    sql = (
        f"UPDATE {quote(kind._meta.db_table)} SET "  # noqa: S608  # names of ours
        f"{', '.join(f'{quote(column)} = %s' for column in columns)} "
        f"WHERE {quote(kind._meta.pk.column)} = %s"
    )
    many(sql, rows)


def among(
    kind: type[models.Model],
    columns: Sequence[str],
    column: str,
    values: Iterable[str | int],
    *,
    of: tuple[str, int] | None = None,
) -> Iterator[tuple[Any, ...]]:
    """These columns of the rows that have one of the values in this one, in the order of their
    keys; only `of` one library, where it is told. As the database has them: JSON is text."""
    quote = connection.ops.quote_name
    table, names = quote(kind._meta.db_table), ", ".join(map(quote, columns))
    wanted: Any = list(values)
    if not wanted:
        return
    if connection.vendor == "postgresql":
        here = "= ANY(%s)"
    else:
        here, wanted = "IN (SELECT value FROM json_each(%s))", json.dumps(wanted)
    assert kind._meta.pk is not None
    also, of_them = (f"{quote(of[0])} = %s AND ", (of[1],)) if of else ("", ())
    sql = (
        f"SELECT {names} FROM {table} WHERE {also}{quote(column)} {here} "  # noqa: S608  # names of ours
        f"ORDER BY {quote(kind._meta.pk.column)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, (*of_them, wanted))
        yield from cursor.fetchall()


def many(sql: str, rows: Iterable[Sequence[Any]]) -> None:
    if listed := list(rows):
        with connection.cursor() as cursor:
            cursor.executemany(sql, listed)


def unmapped() -> None:
    """From now on this connection reads SQLite's file without mapping it into memory, of which a
    load would else take as much as the file is large. It is no slower."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA mmap_size=0")


def keys(kind: type[models.Model], count: int) -> Iterable[int]:
    """The next so many keys, for rows that refer to each other before they are written.

    To be asked within the transaction that writes them: on SQLite, whoever is in one that writes is
    alone.
    """
    if not count:
        return ()
    table = kind._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), "id", count],
            )
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
    return range((last[0] if last else 0) + 1, (last[0] if last else 0) + count + 1)
