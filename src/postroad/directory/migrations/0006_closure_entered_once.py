import uuid

from django.db import migrations, models


def each_once(apps, schema_editor):
    """Where one entry has a library twice, since it was entered by two presses: the second row is
    an entry of its own, so that each can be ended."""
    Closure = apps.get_model('directory', 'Closure')
    seen = set()
    for closure in Closure.objects.order_by('pk').iterator():
        if (closure.entry, closure.library_id) in seen:
            Closure.objects.filter(pk=closure.pk).update(entry=uuid.uuid4())
        seen.add((closure.entry, closure.library_id))


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0005_american_spelling'),
    ]

    operations = [
        migrations.RunPython(each_once, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='closure',
            constraint=models.UniqueConstraint(fields=('entry', 'library'), name='closure_entered_once'),
        ),
        migrations.AddConstraint(
            model_name='closure',
            constraint=models.UniqueConstraint(condition=models.Q(('library', None)), fields=('entry',), name='closure_for_many_entered_once'),
        ),
    ]
