"""How often a clock rang where its record stands, kept on the record."""

from typing import Any

from django.db import migrations, models
from django.db.models import Exists, OuterRef


def count(apps: Any, _editor: object) -> None:
    """What has rung where it stands now; of what moved on since, nothing."""
    events = apps.get_model("ill", "Event").objects
    for model, verb, state, key in (
        (apps.get_model("ill", "Request"), "nudge", "after", "request"),
        (apps.get_model("ill", "Supply"), "nudge_lender", "supply_after", "supply"),
    ):
        rung = events.filter(**{"verb": verb, state: OuterRef("state"), key: OuterRef("pk")})
        reminded = model.objects.exclude(state="closed").filter(Exists(rung))
        reminded.update(reminders=1)


class Migration(migrations.Migration):

    dependencies = [
        ('ill', '0006_purpose_of_parcels'),
    ]

    operations = [
        migrations.AddField(
            model_name='request',
            name='reminders',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='supply',
            name='reminders',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
