"""Editors may name parts of the catalogue, as they may keep boxes and topics."""

from django.db import migrations

ACTIONS = {"add": "Can add", "change": "Can change", "delete": "Can delete", "view": "Can view"}


def admit(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    group = apps.get_model("auth", "Group").objects.filter(name="Moderators").first()
    kind, _new = ContentType.objects.get_or_create(app_label="catalogue", model="collection")
    for action, name in ACTIONS.items():
        permission, _new = Permission.objects.get_or_create(
            content_type=kind,
            codename=f"{action}_collection",
            defaults={"name": f"{name} collection"},
        )
        if group:
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("web", "0002_scan_lines"),
        ("catalogue", "0002_shelf_keys_by_letter"),
        ("guides", "0003_answers_list"),
    ]

    operations = [migrations.RunPython(admit, migrations.RunPython.noop)]
