"""Letters to desks, and what they hear of a reader and of a loan."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0003_days_moved'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('asked', 'we have it'), ('on-its-way', 'on its way'), ('not-yet', 'not yet after all'), ('arrived', 'come and fetch it'), ('held-longer', 'held longer'), ('lent', 'yours until'), ('new-due-day', 'due later'), ('renewed', 'renewed'), ('not-renewed', 'not renewed'), ('due-soon', 'due soon'), ('overdue', 'overdue'), ('cannot-supply', 'cannot be supplied'), ('cancelled', 'cancelled'), ('expired', 'not found in time'), ('needs-review', 'staff: needs you'), ('late', 'staff: late'), ('unclaimed', 'staff: nobody came for it'), ('unreached', 'staff: no mail reaches the reader'), ('overdue-lent', 'staff: overdue at the borrower'), ('morning', 'staff: what waits this morning'), ('newly-asked', 'staff: newly asked')], max_length=24),
        ),
    ]
