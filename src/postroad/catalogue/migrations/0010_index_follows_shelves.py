"""The search index knows on whose shelf a copy is. It follows whoever moves one, without another
statement: a desk, a scan, a loan, a file."""

from typing import Any

from django.db import migrations

MOVED = "OLD.status <> NEW.status AND (OLD.status = 'in' OR NEW.status = 'in')"
NOTE = "INSERT INTO catalogue_unindexed (record_id) VALUES (NEW.record_id);"
TRIGGER = (
    "CREATE TRIGGER item_leaves_or_fills_shelf AFTER UPDATE OF status ON catalogue_item "
    f"FOR EACH ROW WHEN ({MOVED})"
)
FUNCTION = "CREATE FUNCTION note_unindexed() RETURNS trigger LANGUAGE plpgsql"
MAKE = {
    "sqlite": (f"{TRIGGER} BEGIN {NOTE} END",),
    "postgresql": (
        f"{FUNCTION} AS $$ BEGIN {NOTE} RETURN NULL; END $$",
        f"{TRIGGER} EXECUTE FUNCTION note_unindexed()",
    ),
}
TAKE_AWAY = {
    "sqlite": ("DROP TRIGGER item_leaves_or_fills_shelf",),
    "postgresql": (
        "DROP TRIGGER item_leaves_or_fills_shelf ON catalogue_item",
        "DROP FUNCTION note_unindexed()",
    ),
}


def make(apps: Any, schema_editor: Any) -> None:
    for statement in MAKE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def take_away(apps: Any, schema_editor: Any) -> None:
    for statement in TAKE_AWAY[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0009_serials")]

    operations = [migrations.RunPython(make, take_away)]
