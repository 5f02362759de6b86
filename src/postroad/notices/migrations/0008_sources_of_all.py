"""What pointed at an event and bore a request's number follows from a source and is about it.

By itself: PostgreSQL changes no table in the transaction that has just changed its rows.
"""

from django.db import migrations
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat


def follow(apps, _editor):
    notices = apps.get_model("notices", "Notice").objects.order_by()
    key = Cast("event_id", CharField())
    notices.filter(event__isnull=False).update(source="ill.event", source_key=key)
    notices.exclude(ref="").update(about=Concat(Value("request:"), F("ref")))


class Migration(migrations.Migration):

    dependencies = [
        ("notices", "0007_kinds_in_plain_words"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='notice',
            name='a_notice_follows_from_one_thing',
        ),
        migrations.RunPython(follow, migrations.RunPython.noop),
    ]
