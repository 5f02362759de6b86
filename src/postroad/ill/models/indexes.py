"""Indexes that only one kind of database needs, or takes."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.models import Index, Model


class SqliteIndex(Index):
    """An index on SQLite alone: it holds texts, of which PostgreSQL's take 2,700 bytes at most."""

    def create_sql(
        self,
        model: type[Model],
        schema_editor: BaseDatabaseSchemaEditor,
        using: str = "",
        **kwargs: Any,
    ) -> Statement:
        if schema_editor.connection.vendor == "sqlite":
            return super().create_sql(model, schema_editor, using, **kwargs)
        return Statement("-- %(name)s is an index of SQLite's", name=self.name)
