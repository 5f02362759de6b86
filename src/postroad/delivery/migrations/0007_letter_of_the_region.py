from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [('delivery', '0006_couriers_hubs_regions')]

    operations = [migrations.RemoveField('route', 'letter')]
