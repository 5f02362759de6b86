from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("delivery", "0002_purpose_and_carrier"),
        ("ill", "0004_shorter_rankings"),
    ]

    operations = [
        migrations.AddField(
            model_name="supply",
            name="carrier",
            field=models.CharField(blank=True, choices=[("usps", "USPS"), ("ups", "UPS"), ("fedex", "FedEx"), ("post", "the post of another country")], max_length=5),
        ),
        migrations.AddField(
            model_name="supply",
            name="return_carrier",
            field=models.CharField(blank=True, choices=[("usps", "USPS"), ("ups", "UPS"), ("fedex", "FedEx"), ("post", "the post of another country")], max_length=5),
        ),
        migrations.AddField(
            model_name="supply",
            name="return_tracking_number",
            field=models.CharField(blank=True, db_index=True, max_length=40),
        ),
        migrations.AlterField(
            model_name="supply",
            name="tracking_number",
            field=models.CharField(blank=True, db_index=True, max_length=40),
        ),
    ]
