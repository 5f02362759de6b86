"""Many new rows at once, of whose keys nobody needs to hear.

Django's `bulk_create` writes a statement for every hundred rows on SQLite, and composes each anew:
most of its time. Here one statement serves for all.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def insert(
    kind: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[str | int | None]]
) -> None:
    """Rows with these columns; every other column has the default of its field.

    The values are taken as they are: plain texts and whole numbers, no JSON, no times.
    """
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
    with connection.cursor() as cursor:
        cursor.executemany(sql, [[*row, *defaults] for row in rows])
