"""What was sent is found by its label: the barcodes of supplies, in the form that is compared."""

from django.db import migrations
from django.db.models import Q

from postroad import barcodes


def close_gaps(apps, schema_editor):
    Supply = apps.get_model("ill", "Supply")
    gaps = Q(item_barcode__contains=" ") | Q(item_barcode__regex=r"[^!-~]")
    for supply in Supply.objects.filter(gaps).only("pk", "item_barcode").iterator():
        plain = barcodes.plain(supply.item_barcode)
        Supply.objects.filter(pk=supply.pk).update(item_barcode=plain)


class Migration(migrations.Migration):
    dependencies = [("ill", "0002_one_open_supply_a_number")]

    operations = [migrations.RunPython(close_gaps, migrations.RunPython.noop)]
