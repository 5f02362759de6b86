"""On PostgreSQL shelf keys are compared letter by letter, as Python and SQLite do it; in the order of a
language blanks and points would not count.
"""

from django.db import migrations


def compare_by_letter(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            'ALTER TABLE catalogue_item ALTER COLUMN shelf_key TYPE varchar(160) COLLATE "C"'
        )


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [migrations.RunPython(compare_by_letter, migrations.RunPython.noop)]
