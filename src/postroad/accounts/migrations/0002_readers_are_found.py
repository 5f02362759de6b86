"""Readers are found by their names and by cards whose numbers are unique in their library only."""

from django.db import migrations, models

import postroad.accounts.models
from postroad import barcodes
from postroad.accounts import names


def write_keys(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    for user in User.objects.only("pk", "first_name", "last_name", "username").iterator():
        name = f"{user.first_name} {user.last_name}".strip() or user.username
        User.objects.filter(pk=user.pk).update(name_key=names.key(name)[:320])


def close_gaps(apps, schema_editor):
    """Where the gaps alone told two cards apart, both stay as they are, for the library to see."""
    Card = apps.get_model("accounts", "Card")
    for card in Card.objects.only("pk", "barcode", "library_id").iterator():
        plain = barcodes.plain(card.barcode)
        same = Card.objects.filter(library_id=card.library_id, barcode=plain)
        if plain != card.barcode and not same.exists():
            Card.objects.filter(pk=card.pk).update(barcode=plain)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('directory', '0002_closure_days'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='name_key',
            field=postroad.accounts.models.NameKey(default='', editable=False, max_length=320),
        ),
        migrations.RunPython(write_keys, migrations.RunPython.noop),
        migrations.RunPython(close_gaps, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='card',
            name='barcode',
            field=postroad.accounts.models.CardNumber(max_length=30),
        ),
        migrations.AddConstraint(
            model_name='card',
            constraint=models.UniqueConstraint(fields=('library', 'barcode'), name='one_card_number_a_library'),
        ),
    ]
