"""Couriers, hubs, the nights between them, regions; days that bring apart from days that take.

A route's letter becomes its region's: routes whose names differ by a number alone are one region.
"""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


def a_region_for_each_name(apps, schema_editor):
    routes, regions = (apps.get_model("delivery", name).objects for name in ("Route", "Region"))
    for route in routes.order_by("code"):
        name = route.name.rstrip("0123456789 ") or route.name
        region, _new = regions.get_or_create(
            name=name,
            letter=route.letter,
            defaults={"code": route.code, "invented": route.invented},
        )
        routes.filter(pk=route.pk).update(region=region)


def the_van_takes_as_it_brings(apps, schema_editor):
    for name in ("Stop", "ScheduleChange"):
        rows = apps.get_model("delivery", name).objects
        rows.update(pick_up_days=models.F("drop_days"))


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0005_searches'),
    ]

    operations = [
        migrations.CreateModel(
            name='Courier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('slip', models.CharField(choices=[('mls', 'Massachusetts: region letter and town'), ('lori', 'Rhode Island: three letters')], default='mls', max_length=4)),
                ('state', models.CharField(choices=[('MA', 'Massachusetts'), ('RI', 'Rhode Island')], max_length=2)),
                ('invented', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['code'],
            },
        ),
        migrations.RenameField('schedulechange', 'days', 'drop_days'),
        migrations.RenameField('stop', 'days', 'drop_days'),
        migrations.AlterField(
            model_name='schedulechange',
            name='drop_days',
            field=models.CharField(default='MTWTF--', max_length=7, validators=[django.core.validators.RegexValidator('\\A[M-][T-][W-][T-][F-][S-][S-]\\Z')]),
        ),
        migrations.AddField(
            model_name='schedulechange',
            name='pick_up_days',
            field=models.CharField(default='MTWTF--', max_length=7, validators=[django.core.validators.RegexValidator('\\A[M-][T-][W-][T-][F-][S-][S-]\\Z')]),
        ),
        migrations.AddField(
            model_name='schedulechange',
            name='source',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='stop',
            name='closes',
            field=models.TimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='stop',
            name='drop_days',
            field=models.CharField(default='MTWTF--', max_length=7, validators=[django.core.validators.RegexValidator('\\A[M-][T-][W-][T-][F-][S-][S-]\\Z')]),
        ),
        migrations.AddField(
            model_name='stop',
            name='notice_hours',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='stop',
            name='on_demand',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='stop',
            name='opens',
            field=models.TimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='stop',
            name='pick_up_days',
            field=models.CharField(default='MTWTF--', max_length=7, validators=[django.core.validators.RegexValidator('\\A[M-][T-][W-][T-][F-][S-][S-]\\Z')]),
        ),
        migrations.CreateModel(
            name='Hub',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('kind', models.CharField(choices=[('sort', 'sorting hub'), ('gateway', 'gateway between couriers')], default='sort', max_length=7)),
                ('town', models.CharField(blank=True, max_length=80)),
                ('invented', models.BooleanField(default=False)),
                ('courier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hubs', to='delivery.courier')),
            ],
            options={
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Region',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('letter', models.CharField(blank=True, max_length=2)),
                ('invented', models.BooleanField(default=False)),
                ('hub', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='regions', to='delivery.hub')),
            ],
            options={
                'ordering': ['code'],
            },
        ),
        migrations.AddField(
            model_name='route',
            name='region',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='routes', to='delivery.region'),
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nights', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('first_day', models.DateField()),
                ('from_hub', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transfers', to='delivery.hub')),
                ('to_hub', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='delivery.hub')),
            ],
            options={
                'ordering': ['from_hub', 'to_hub', 'first_day'],
                'constraints': [models.UniqueConstraint(fields=('from_hub', 'to_hub', 'first_day'), name='one_transfer_from_a_day'), models.CheckConstraint(condition=models.Q(('from_hub', models.F('to_hub')), _negated=True), name='a_transfer_goes_elsewhere')],
            },
        ),
        migrations.RunPython(a_region_for_each_name, migrations.RunPython.noop),
        migrations.RunPython(the_van_takes_as_it_brings, migrations.RunPython.noop),
    ]
