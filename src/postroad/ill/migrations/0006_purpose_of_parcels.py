from django.db import migrations
from django.db.models import Exists, F, OuterRef


def tell_purposes(apps, schema_editor):
    """What was made before parcels had a purpose: a return leaves the library that borrowed."""
    Parcel = apps.get_model("delivery", "Parcel")
    Request = apps.get_model("ill", "Request")
    known = Parcel.objects.filter(purpose="other").exclude(ref="")
    asked = Request.objects.filter(ref=OuterRef("ref"))
    back = known.filter(Exists(asked.filter(library=OuterRef("from_library"))))
    back.update(purpose="return", item_library=F("to_library"))
    out = known.filter(Exists(asked.filter(library=OuterRef("to_library"))))
    out.update(purpose="loan", item_library=F("from_library"))


class Migration(migrations.Migration):

    dependencies = [("ill", "0005_carriers_of_a_supply")]

    operations = [migrations.RunPython(tell_purposes, migrations.RunPython.noop)]
