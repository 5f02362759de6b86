"""The day on which an outside lender wants its item back."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ill', '0007_reminders'),
    ]

    operations = [
        migrations.AddField(
            model_name='supply',
            name='lender_due_on',
            field=models.DateField(blank=True, null=True),
        ),
    ]
