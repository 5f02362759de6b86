"""A parcel that was put down at the wrong library: whose it is, and that it was seen there."""

from dataclasses import dataclass
from datetime import datetime

from postroad.catalogue.models import Item
from postroad.delivery import finding, parcels
from postroad.delivery.models import Parcel
from postroad.directory.models import Library
from postroad.ill import lookup
from postroad.ill.acts import Act


@dataclass(frozen=True, slots=True)
class Stray:
    """It is under way between two other libraries, and is written down as seen here."""

    parcel: Parcel
    before: datetime  # when it was last seen, wherever
    repeats: bool  # that was here


def seen(library: Library, text: str, act: Act) -> Stray | None:
    """What a scan at any desk means that is of a parcel of other libraries; None, if it is not.

    Any number on it will do, whether or not the driver scanned it. A copy of this library's own
    that bears the same barcode may be what was scanned: then nothing is written down.
    """
    found = [parcel for parcel in finding.matching(text) if parcel.is_open]
    ends = {end for parcel in found for end in (parcel.from_library_id, parcel.to_library_id)}
    own = lookup.read(Item.objects.filter(library=library), text)
    if len(found) != 1 or library.pk in ends or own is not None:
        return None
    (parcel,) = found
    before = parcel.last_at
    noted = parcels.receive(parcel, library=library, by=act.by, at=act.at)
    return Stray(parcel, before, noted.repeats)
