"""Whether a library is written to each morning."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0003_one_record_of_being_open'),
    ]

    operations = [
        migrations.AddField(
            model_name='policy',
            name='daily_mail',
            field=models.BooleanField(default=True),
        ),
    ]
