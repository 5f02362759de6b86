"""What the hub's desk and the driver read of bins and bags."""

from django.utils.translation import ngettext

from postroad.delivery.codes import grouped
from postroad.delivery.models import Container


def moved_with(carried: int) -> list[str]:
    """How many went with a container; nothing to say of none."""
    if not carried:
        return []
    said = ngettext(
        "%(n)d parcel that is in it was moved with it.",
        "%(n)d parcels that are in it were moved with it.",
        carried,
    )
    return [said % {"n": carried}]


def of(container: Container) -> dict[str, str]:
    return {"kind": container.get_kind_display(), "number": grouped(container.number)}
