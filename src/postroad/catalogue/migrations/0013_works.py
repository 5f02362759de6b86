"""The titles of works, and the keys under which their editions are gathered.

What a cataloger said of a work is not in the rows of before: it comes with the next load.
"""

from typing import Any

from django.db import migrations, models

from postroad.catalogue import works

BATCH = 1000


def gather(apps: Any, schema_editor: Any) -> None:
    records = apps.get_model("catalogue", "Record").objects.order_by("pk")
    last = 0
    while batch := list(records.filter(pk__gt=last)[:BATCH]):
        for record in batch:
            record.work_key = works.keys(record).own
        records.bulk_update(batch, ["work_key"])
        last = batch[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0012_harvests'),
    ]

    operations = [
        migrations.AddField(
            model_name='record',
            name='known_key',
            field=models.CharField(max_length=210, null=True),
        ),
        migrations.AddField(
            model_name='record',
            name='place',
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name='record',
            name='uniform_title',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='record',
            name='work_key',
            field=models.CharField(blank=True, db_index=True, max_length=210),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(condition=models.Q(('known_key__isnull', False)), fields=['known_key'], name='record_known_as'),
        ),
        migrations.RunPython(gather, migrations.RunPython.noop, elidable=True),
    ]
