"""Queries that are composed once a thread. To compose one with all that hangs on a row takes Django
longer than the database takes to answer it, and what differs from one time to the next is a key."""

from collections.abc import Callable, Collection
from copy import copy
from threading import local
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import CharField, Model, QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row", bound=Model)


class Composed(Generic[Row]):
    """Rows by the keys of one column. All else in the query stays as it is first composed: nothing
    in it may be of today, or of whoever asks."""

    def __init__(self, rows: Callable[[], QuerySet[Row]], by: str = "id") -> None:
        self.rows, self.by = rows, by
        self.known = local()  # a statement is composed for a connection, and that is a thread's

    def first(self, key: Any) -> Row | None:
        """The row of this key, if there is one."""
        return next(iter(self.find([key])), None)

    def find(self, keys: Collection[Any]) -> list[Row]:
        """The rows that there are of these keys."""
        if not keys:
            return []
        name = f"of {len(keys)}"
        known = getattr(self.known, name, None)
        if known is None or not known.is_of_this_connection:
            known = self._compose(len(keys))
            setattr(self.known, name, known)
        return list(known.of(keys))

    def _compose(self, count: int) -> "_Known[Row]":
        rows = self.rows()
        text = isinstance(rows.model._meta.get_field(self.by), CharField)
        # No row has such a key, and no other value of the query is like it.
        keys = [f"\x00{place}" if text else -1 - place for place in range(count)]
        return _Known(rows.filter(**{f"{self.by}__in": keys}), keys)


class _Known(Generic[Row]):
    """A query for so many keys, with its statement."""

    def __init__(self, rows: QuerySet[Row], keys: Collection[Any]) -> None:
        self.rows = rows
        self.composer = _Composer(rows.query, connections[rows.db], rows.db)
        self.values = self.composer.compose()
        self.places = [self.values.index(key) for key in keys]
        self.rows.query = rows.query.chain(klass=_Asked)

    @property
    def is_of_this_connection(self) -> bool:
        """Or the thread has another by now, with another database behind it."""
        return self.composer.connection is connections[self.rows.db]

    def of(self, keys: Collection[Any]) -> QuerySet[Row]:
        """The same with these keys. To be read, and narrowed no further."""
        values = self.values.copy()
        for place, key in zip(self.places, keys, strict=True):
            values[place] = key
        composer = copy(self.composer)  # a read may begin while another goes on
        composer.values = tuple(values)
        rows = self.rows.all()
        rows.query.composed = composer  # type: ignore[attr-defined]  # it is `_Asked`
        return rows


class _Composer(SQLCompiler):
    """Django's, which keeps what it made of a query."""

    statement: str
    values: tuple[Any, ...]
    converters: dict[int, Any]

    def compose(self) -> list[Any]:
        """The values that stand in the statement, which is kept."""
        self.statement, values = super().as_sql()
        self.converters = super().get_converters([column for column, *_ in self.select])
        return list(values)

    def as_sql(self, *_: Any, **__: Any) -> tuple[str, tuple[Any, ...]]:
        return self.statement, self.values

    def get_converters(self, *_: Any) -> dict[int, Any]:
        return self.converters


class _Asked(Query):
    """Django's, which leads to what was composed."""

    composed: _Composer

    def get_compiler(self, *_: Any, **__: Any) -> _Composer:
        return self.composed
