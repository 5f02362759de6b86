"""The numbers of other systems have a table of their own; those of outside lenders move there."""

import django.db.models.deletion
from django.db import migrations, models

from postroad.ill import spelling

ASKED_THROUGH = {"OCLC WorldShare": "oclc", "Docline": "docline", "RapidILL": "rapidill"}


def move(apps, schema_editor):
    """Whatever stood there is kept, also what no longer counts as a number."""
    Supply = apps.get_model("ill", "Supply")
    Number = apps.get_model("ill", "Number")
    numbered = Supply.objects.exclude(ill_number="").order_by("pk")
    columns = ("pk", "request_id", "outside_system", "ill_number", "asked_at")
    rows = (
        Number(
            request_id=request,
            supply_id=supply,
            system=ASKED_THROUGH.get(system, "lender"),
            value=spelling.read(typed).value or typed.upper(),
            typed=typed,
            at=at,
        )
        for supply, request, system, typed, at in numbered.values_list(*columns).iterator()
    )
    Number.objects.bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('ill', '0010_events_of_every_room'),
    ]

    operations = [
        migrations.CreateModel(
            name='Number',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(choices=[('clio', 'Clio ID'), ('other', 'other number'), ('oclc', 'OCLC ILL number'), ('docline', 'DOCLINE number'), ('rapidill', 'RapidILL number'), ('lender', "lender's number")], max_length=10)),
                ('value', models.CharField(db_index=True, max_length=40)),
                ('typed', models.CharField(max_length=80)),
                ('entered_by', models.CharField(blank=True, max_length=150)),
                ('at', models.DateTimeField()),
                ('off_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='number',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='numbers', to='ill.request'),
        ),
        migrations.AddField(
            model_name='number',
            name='supply',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='numbers', to='ill.supply'),
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name='supply',
            name='one_open_supply_a_number',
        ),
        migrations.RemoveField(
            model_name='supply',
            name='ill_number',
        ),
        migrations.AddConstraint(
            model_name='number',
            constraint=models.UniqueConstraint(condition=models.Q(('off_at', None), ('system', 'clio')), fields=('value',), name='one_request_a_clio_id'),
        ),
        migrations.AddConstraint(
            model_name='number',
            constraint=models.UniqueConstraint(condition=models.Q(('off_at', None), ('system', 'clio')), fields=('request',), name='one_clio_id_a_request'),
        ),
        migrations.AddConstraint(
            model_name='number',
            constraint=models.UniqueConstraint(condition=models.Q(('off_at', None)), fields=('supply', 'system'), name='one_number_a_system_and_supply'),
        ),
        migrations.AddConstraint(
            model_name='number',
            constraint=models.CheckConstraint(condition=models.Q(('system__in', ['clio', 'other']), ('supply__isnull', False), _connector='XOR'), name='a_number_is_of_a_request_or_a_supply'),
        ),
        migrations.AddConstraint(
            model_name='number',
            constraint=models.CheckConstraint(condition=models.Q(('value', ''), _negated=True), name='a_number_has_a_value'),
        ),
    ]
