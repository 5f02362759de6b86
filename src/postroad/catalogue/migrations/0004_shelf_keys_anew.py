"""The keys by which copies stand in the order of their shelf, as the rules are now.

On PostgreSQL they are compared letter by letter, as Python and SQLite do it; in the order of a
language blanks and points would not count.
"""

from itertools import islice

from django.db import migrations

from postroad.catalogue.shelving import shelf_key

BATCH = 5000


def compare_by_letter(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            'ALTER TABLE catalogue_item ALTER COLUMN shelf_key TYPE varchar(160) COLLATE "C"'
        )


def renew(apps, schema_editor):
    Item = apps.get_model("catalogue", "Item")
    keyed = Item.objects.exclude(call_number="").only("pk", "call_number", "shelf_key")
    items = keyed.order_by("pk").iterator(chunk_size=BATCH)
    while batch := list(islice(items, BATCH)):
        changed = []
        for item in batch:
            key = shelf_key(item.call_number)
            if key != item.shelf_key:
                item.shelf_key = key
                changed.append(item)
        Item.objects.bulk_update(changed, ["shelf_key"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_barcodes_without_gaps")]

    operations = [
        migrations.RunPython(compare_by_letter, migrations.RunPython.noop),
        migrations.RunPython(renew, migrations.RunPython.noop),
    ]
