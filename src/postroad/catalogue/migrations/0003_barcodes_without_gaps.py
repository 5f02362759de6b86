"""Barcodes that came with gaps, in the form in which they are compared from now on."""

from django.db import migrations
from django.db.models import Q

from postroad import barcodes


def close_gaps(apps, schema_editor):
    """Where the library has the same number without gaps already, that copy keeps it: the other is
    withdrawn by the next file, which lists only one of them."""
    Item = apps.get_model("catalogue", "Item")
    gaps = Q(barcode__contains=" ") | Q(barcode__regex=r"[^!-~]")
    for item in Item.objects.filter(gaps).only("pk", "barcode", "library_id").iterator():
        plain = barcodes.plain(item.barcode)
        same = Item.objects.filter(library_id=item.library_id, barcode=plain)
        if plain != item.barcode and not same.exists():
            Item.objects.filter(pk=item.pk).update(barcode=plain)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_item_of_record")]

    operations = [migrations.RunPython(close_gaps, migrations.RunPython.noop)]
