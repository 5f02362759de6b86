"""What the hub's desk and the driver read of bins and bags."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from postroad.delivery.codes import grouped
from postroad.delivery.containers import Turned
from postroad.delivery.models import Container
from postroad.delivery.scans import Hand
from postroad.web.shared.scanning import Tone


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


def at_stop(hand: Hand, turned: Turned) -> tuple[Tone, str]:
    """What became of a bin at a stop, by what the driver was doing."""
    if turned.again:
        return Tone.WARN, _("This was recorded before.")
    drops = hand is Hand.DROP
    said = _("Dropped: %(kind)s %(number)s.") if drops else _("On the van: %(kind)s %(number)s.")
    return Tone.OK, " ".join([said % of(turned.container), *moved_with(turned.carried)])
