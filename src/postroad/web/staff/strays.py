"""A parcel that was put down at the wrong library, in words."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from postroad.accounts.models import User
from postroad.directory.models import Library
from postroad.ill.scans import strays
from postroad.web.shared import gates
from postroad.web.shared.scanning import Line, Scan, Tone


def stray(library: Library, user: User, scan: Scan) -> Line | None:
    """The answer to a scan of something under way between two other libraries, if it is that."""
    got = strays.seen(library, scan.text, gates.act(user))
    if got is None:
        return None
    facts = {
        "library": got.parcel.to_library.name,
        "town": got.parcel.to_library.town,
        "time": date_format(timezone.localtime(got.before), "TIME_FORMAT"),
    }
    said = (
        _(
            "This goes to %(library)s in %(town)s. It was seen here before, at %(time)s: put it "
            "out for the van again."
        )
        if got.repeats
        else _(
            "This goes to %(library)s in %(town)s. It is recorded as seen here: put it out for "
            "the van again."
        )
    )
    return Line(Tone.WARN, said % facts, got.parcel.number)
