"""The search index knows the networks and the collections of what libraries have. It follows
whoever moves a library to another network, or names a collection anew."""

from typing import Any

from django.db import migrations

ALL_OF = (
    "INSERT INTO catalogue_unindexed (record_id) "
    "SELECT DISTINCT record_id FROM catalogue_item WHERE library_id = "
)
# the table, what happens to it, whether it matters, and whose records are written anew
TRIGGERS = {
    "library_changes_network": (
        "directory_library",
        "UPDATE OF network_id",
        "OLD.network_id IS NOT NEW.network_id",
        ("NEW.id",),
    ),
    "collection_comes": ("catalogue_collection", "INSERT", "1 = 1", ("NEW.library_id",)),
    "collection_goes": ("catalogue_collection", "DELETE", "1 = 1", ("OLD.library_id",)),
    "collection_moves": (
        "catalogue_collection",
        "UPDATE OF library_id, location, slug",
        "1 = 1",
        ("OLD.library_id", "NEW.library_id"),
    ),
}


def make(apps: Any, schema_editor: Any) -> None:
    for name, (table, happens, matters, libraries) in TRIGGERS.items():
        notes = " ".join(f"{ALL_OF}{library};" for library in libraries)
        head = f"CREATE TRIGGER {name} AFTER {happens} ON {table} FOR EACH ROW"
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"{head} WHEN {matters} BEGIN {notes} END")
            continue
        schema_editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {notes} RETURN NULL; END $$"
        )
        distinct = matters.replace("IS NOT", "IS DISTINCT FROM")
        schema_editor.execute(f"{head} WHEN ({distinct}) EXECUTE FUNCTION {name}()")


def take_away(apps: Any, schema_editor: Any) -> None:
    for name, (table, *_rest) in TRIGGERS.items():
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER {name}")
            continue
        schema_editor.execute(f"DROP TRIGGER {name} ON {table}")
        schema_editor.execute(f"DROP FUNCTION {name}()")


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0014_what_the_index_follows_first")]

    operations = [migrations.RunPython(make, take_away)]
