import secrets

from django.db import migrations

ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'


def chosen(length):
    return ''.join(secrets.choice(ALPHABET) for _ in range(length))


def libraries_of_names(apps, schema_editor):
    """One library for each name that was written down, however it was spaced or capitalized."""
    Supply = apps.get_model('ill', 'Supply')
    Library = apps.get_model('directory', 'Library')
    known = {}
    for supply in Supply.objects.filter(lender=None).only('pk', 'outside_lender').order_by('pk').iterator():
        name = ' '.join(supply.outside_lender.split()) or 'Name not known'
        if name.casefold() not in known:
            known[name.casefold()] = Library.objects.create(
                code=f'x-{chosen(8).lower()}', name=name, membership='outside', open_days=''
            )
        Supply.objects.filter(pk=supply.pk).update(lender=known[name.casefold()])


def names_of_libraries(apps, schema_editor):
    Supply = apps.get_model('ill', 'Supply')
    for supply in Supply.objects.filter(lender__membership='outside').select_related('lender').iterator():
        Supply.objects.filter(pk=supply.pk).update(outside_lender=supply.lender.name[:120], lender=None)


def parcels_of_the_mail(apps, schema_editor):
    """What an outside lender has sent is a parcel by mail, and so is what goes back to it."""
    from postroad.delivery.codes import new_number

    Supply = apps.get_model('ill', 'Supply')
    Event = apps.get_model('ill', 'Event')
    Parcel = apps.get_model('delivery', 'Parcel')
    Custody = apps.get_model('delivery', 'Custody')
    Threshold = apps.get_model('directory', 'Threshold')
    from datetime import timedelta

    rows = Threshold.objects.filter(name='mail-late', library=None, agreement=None)
    patience = list(rows.order_by('effective').values_list('effective', 'days'))

    def day_of(supply, verb):
        rows = Event.objects.filter(supply=supply, verb=verb).order_by('-pk')
        return rows.values_list('at', 'by').first()

    def parcel(supply, ends, purpose, carrier, number, made, received, expected):
        at, by = made
        days = ([count for day, count in patience if day <= at.date()] or [21])[-1]
        late_at = at + timedelta(days=days + 1)
        step, last_at, last_by = ('received', *received) if received else ('made', at, by)
        made_now = Parcel.objects.create(
            number=new_number(),
            from_library=ends[0],
            to_library=ends[1],
            purpose=purpose,
            item_library=supply.lender,
            item_barcode=supply.item_barcode,
            title=supply.request.title[:300],
            ref=supply.request.ref,
            via='mail',
            carrier=carrier,
            tracking_number=number,
            made_at=at,
            expected_on=expected,
            late_days=days,
            late_at=late_at,
            due_at=None if received else late_at,
            state='arrived' if received else 'ready',
            last_step=step,
            last_at=last_at,
            last_how='declared',
            last_library=ends[1] if received else ends[0],
            last_user_id=last_by,
        )
        lines = [('made', ends[0], at, by)]
        if received:
            lines.append(('received', ends[1], *received))
        for step, library, when, who in lines:
            Custody.objects.create(
                parcel=made_now,
                key=f'{made_now.pk}:{step}',
                step=step,
                at=when,
                noted_at=when,
                how='declared',
                library=library,
                user_id=who,
            )
        return made_now

    sent = Supply.objects.filter(lender__membership='outside', shipped_at__isnull=False)
    for supply in sent.select_related('lender', 'request__library').iterator():
        here, there = supply.request.library, supply.lender
        received = day_of(supply, 'receive') if supply.state != 'shipped' else None
        if supply.state != 'shipped':
            received = received or (supply.closed_at or supply.shipped_at, None)
        supply.parcel_out = parcel(
            supply, (there, here), 'loan', supply.carrier, supply.tracking_number,
            (supply.shipped_at, None), received, supply.expected_on,
        )
        home = day_of(supply, 'send_home')
        numbered = supply.return_tracking_number
        if supply.state == 'homeward' or (supply.state == 'closed' and (home or numbered)):
            back = day_of(supply, 'check_in') or (supply.closed_at, None) if supply.closed_at else None
            supply.parcel_home = parcel(
                supply, (here, there), 'return', supply.return_carrier, numbered,
                home or (supply.closed_at or supply.shipped_at, None), back, None,
            )
        supply.save(update_fields=['parcel_out', 'parcel_home'])


def numbers_of_the_supply(apps, schema_editor):
    Supply = apps.get_model('ill', 'Supply')
    sent = Supply.objects.filter(lender__membership='outside').exclude(parcel_out=None)
    for supply in sent.select_related('parcel_out', 'parcel_home').iterator():
        out, home = supply.parcel_out, supply.parcel_home
        supply.carrier, supply.tracking_number = out.carrier, out.tracking_number
        if home is not None:
            supply.return_carrier, supply.return_tracking_number = home.carrier, home.tracking_number
        supply.parcel_out = supply.parcel_home = None
        supply.save()


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0003_american_spelling'),
        ('directory', '0007_institutions'),
        ('ill', '0011_numbers_of_other_systems'),
    ]

    operations = [
        migrations.RunPython(libraries_of_names, names_of_libraries),
        migrations.RunPython(parcels_of_the_mail, numbers_of_the_supply),
    ]
