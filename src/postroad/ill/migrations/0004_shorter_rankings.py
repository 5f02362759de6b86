"""Rankings as `ill.referral.explain` keeps them now, and room for every reason of ISO 10161."""

from typing import Any

from django.db import migrations, models

TOLD = 20


def shorter(rota: dict[str, Any]) -> dict[str, Any]:
    """The first twenty keep their facts; of the others the code is kept."""
    order, over = rota["order"], dict[str, list[str]]()
    for each in rota["passed_over"]:
        over.setdefault(each["why_not"], []).append(each["code"])
    return {
        "order": order[:TOLD],
        "then": [each["code"] for each in order[TOLD:]],
        "passed_over": over,
    }


def shorten(apps: Any, _editor: object) -> None:
    supplies = apps.get_model("ill", "Supply").objects.exclude(rota={}).only("rota")
    for supply in supplies.iterator(chunk_size=500):
        if isinstance(supply.rota["passed_over"], list):
            supply.rota = shorter(supply.rota)
            supply.save(update_fields=["rota"])
    events = apps.get_model("ill", "Event").objects.filter(verb="escalate").only("facts")
    for event in events.iterator(chunk_size=500):
        rota = event.facts.get("rota") or {"passed_over": {}}
        if isinstance(rota["passed_over"], list):
            event.facts["rota"] = shorter(rota)
            event.save(update_fields=["facts"])


class Migration(migrations.Migration):
    dependencies = [("ill", "0003_barcodes_without_gaps")]

    operations = [
        migrations.AlterField(
            model_name="supply",
            name="reason",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.RunPython(shorten, migrations.RunPython.noop),
    ]
