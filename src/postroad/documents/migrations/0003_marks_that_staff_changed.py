from typing import Any

from django.db import migrations, models
from django.db.models import F


def as_marked(apps: Any, schema_editor: Any) -> None:
    """What was recorded until now bears the mark of the count."""
    apps.get_model("documents", "Use").objects.update(first_basis=F("basis"))


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0002_copies"),
    ]

    operations = [
        migrations.AddField(
            model_name="use",
            name="first_basis",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ccg", "CCG: within the guidelines"),
                    ("ccl", "CCL: allowed by the law in another way"),
                    ("own", "The library has the title itself"),
                    ("licensed", "Under a license"),
                    ("", "Not marked"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="use",
            name="marked_by",
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.RunPython(as_marked, migrations.RunPython.noop, elidable=True),
    ]
