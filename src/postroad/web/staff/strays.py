"""A parcel that was put down at the wrong library: whose it is, and that it was seen here."""

from django.utils import timezone
from django.utils.translation import gettext as _

from postroad import words
from postroad.accounts.models import User
from postroad.catalogue.models import Item
from postroad.delivery import finding, parcels
from postroad.delivery.models import Parcel
from postroad.directory.models import Library
from postroad.ill import lookup
from postroad.web.shared.scanning import Line, Scan, Tone


def stray(library: Library, user: User, scan: Scan) -> Line | None:
    """The answer to a scan of something under way between two other libraries, if it is that.

    Any number on it will do, whether or not the driver scanned it. A copy of this library's own
    that bears the same barcode may be what was scanned: then nothing is written down.
    """
    found = [parcel for parcel in finding.matching(scan.text) if parcel.is_open]
    ends = {end for parcel in found for end in (parcel.from_library_id, parcel.to_library_id)}
    own = lookup.read(Item.objects.filter(library=library), scan.text)
    if len(found) != 1 or library.pk in ends or own is not None:
        return None
    return seen(library, user, found[0], scan)


def seen(library: Library, user: User, parcel: Parcel, scan: Scan) -> Line:
    """Write down that it lies here, once a visit."""
    before = parcel.last_at
    noted = parcels.receive(parcel, library=library, by=user, at=timezone.now())
    facts = {
        "library": parcel.to_library.name,
        "town": parcel.to_library.town,
        "time": words.clock(before),
    }
    said = (
        _(
            "This goes to %(library)s in %(town)s. It was seen here before, at %(time)s: put it "
            "out for the van again."
        )
        if noted.repeats
        else _(
            "This goes to %(library)s in %(town)s. It is recorded as seen here: put it out for "
            "the van again."
        )
    )
    return Line(Tone.WARN, said % facts, parcel.number)
