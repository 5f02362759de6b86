import django.db.models.deletion
from django.db import migrations, models

NAMES = {"delivery": "courier-late", "mail": "mail-late"}
DEFAULTS = {"courier-late": 14, "mail-late": 21}


def reckon_late_days(apps, schema_editor):
    """Parcels under way keep the threshold of the day on which they were made (R14)."""
    Parcel = apps.get_model("delivery", "Parcel")
    Threshold = apps.get_model("directory", "Threshold")
    rows = list(Threshold.objects.filter(name__in=DEFAULTS).order_by("effective"))
    open_ones = Parcel.objects.filter(due_at__isnull=False)
    for pk, via, to, made in open_ones.values_list("pk", "via", "to_library", "made_at"):
        days, own = DEFAULTS[NAMES[via]], None
        for row in rows:
            if row.name == NAMES[via] and row.effective <= made.date():
                if row.library_id is None:
                    days = row.days
                elif row.library_id == to:
                    own = row.days
        Parcel.objects.filter(pk=pk).update(late_days=days if own is None else own)


class Migration(migrations.Migration):

    dependencies = [
        ("delivery", "0001_initial"),
        ("directory", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="parcel",
            name="purpose",
            field=models.CharField(choices=[("loan", "loan"), ("return", "return"), ("transfer", "transfer"), ("claim", "claim"), ("other", "other")], default="other", max_length=8),
        ),
        migrations.AddField(
            model_name="parcel",
            name="item_library",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.library"),
        ),
        migrations.AddField(
            model_name="parcel",
            name="carrier",
            field=models.CharField(blank=True, choices=[("usps", "USPS"), ("ups", "UPS"), ("fedex", "FedEx"), ("post", "the post of another country")], max_length=5),
        ),
        migrations.AddField(
            model_name="parcel",
            name="late_days",
            field=models.PositiveSmallIntegerField(default=14),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="parcel",
            name="tracking_number",
            field=models.CharField(blank=True, db_index=True, max_length=40),
        ),
        migrations.CreateModel(
            name="Outlook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("days", models.JSONField(default=dict)),
                ("changed", models.JSONField(default=list)),
                ("reached", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.RunPython(reckon_late_days, migrations.RunPython.noop),
    ]
