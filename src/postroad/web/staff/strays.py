"""Parcels of no request of this desk, in words: what belongs elsewhere, and what came here."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from postroad.accounts.models import User
from postroad.delivery.models import Purpose
from postroad.directory.models import Library
from postroad.ill.access import NoSuchRequest
from postroad.ill.scans import strays
from postroad.web.shared import gates
from postroad.web.shared.gates import STAFF
from postroad.web.shared.scanning import Line, Scan, Tone
from postroad.web.staff.counter import works


def stray(library: Library, user: User, scan: Scan) -> Line | None:
    """The answer to a scan of what was sent here without a request, or is under way between two
    other libraries; None, if it is neither."""
    if here := strays.arrived(library, scan.text, gates.act(user)):
        return arrived(here)
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


ARRIVED = "parcel-"  # before the key of a line of the ledger, in the token of a line of the page


def arrived(here: strays.Arrived) -> Line:
    facts = {"title": here.parcel.title[:80], "library": here.parcel.from_library.name}
    said = (
        _("Home: “%(title)s”, sent back by %(library)s. Shelve it.")
        if here.parcel.purpose == Purpose.RETURN
        else _("Received: “%(title)s”, sent by %(library)s without a request.")
    )
    token = f"{ARRIVED}{here.line.pk}"
    return Line(Tone.OK, said % facts, here.parcel.number, undo=token)


def undo(user: User, token: str) -> str:
    """It has not come after all. As if there were nothing, to who works elsewhere."""
    line = strays.arrivals().filter(pk=token.removeprefix(ARRIVED)).first()
    if line is None or not works(user, line.library, STAFF):
        raise NoSuchRequest(ref="")
    strays.undo(line, gates.act(user))
    facts = {"title": line.parcel.title[:80]}
    return _("Undone. “%(title)s” is on its way here.") % facts
