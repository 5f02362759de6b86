"""What a driver's scan came to, in words: for the driver, and for the office that records it."""

from collections.abc import Mapping

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.delivery.models import Parcel, ParcelState
from postroad.delivery.offline import Taken
from postroad.delivery.scans import Answer, Meaning
from postroad.directory.models import Library
from postroad.web.shared.bin_words import at_stop
from postroad.web.shared.scanning import Tone


def said(found: Answer) -> tuple[Tone, str]:
    if found.meaning is Meaning.UNKNOWN:
        return Tone.NO, _(
            "This is not a parcel number. Scan the slip again, or set the item aside for the "
            "office."
        )
    if found.meaning is Meaning.SEVERAL:
        return Tone.NO, several(found)
    return said_of(found.meaning, found.parcel)


def several(found: Answer) -> str:
    """Each is named, so that the driver sees which slips to look for."""
    way = _("“%(title)s” from %(sender)s to %(receiver)s")
    named_each = [
        way
        % {
            "title": parcel.title[:40],
            "sender": parcel.from_library.town,
            "receiver": parcel.to_library.town,
        }
        for parcel in found.parcels[:4]
    ]
    said = _("Several parcels have this number: %(parcels)s. Scan the barcode on the slip.")
    return said % {"parcels": "; ".join(named_each)}


def said_of_taken(taken: Taken) -> tuple[Tone, str]:
    """What became of a scan that a phone kept, in the driver's words."""
    if taken.visit is not None:
        facts = {"left": taken.visit.left, "taken": taken.visit.taken}
        said_so = _("Confirmed this stop: %(left)s left there, %(taken)s taken along.")
        return Tone.OK, said_so % facts
    if taken.bin is not None:
        return at_stop(taken.hand, taken.bin)
    if taken.why is None and taken.answer is not None:
        return said(taken.answer)
    if taken.answer is not None:
        tone, sentence = said(taken.answer)
        return tone, _("%(answer)s The delivery office sees it too.") % {"answer": sentence}
    why = taken.why.label if taken.why else ""
    return Tone.WARN, _("Kept for the delivery office: %(why)s.") % {"why": why}


def said_of(meaning: Meaning, parcel: Parcel) -> tuple[Tone, str]:
    tone, sentence = OF_PARCELS[meaning]
    if meaning is Meaning.CLOSED and parcel.state == ParcelState.CANCELLED:
        sentence = KEPT_BACK
    if meaning is Meaning.CLOSED and parcel.state == ParcelState.LOST:
        sentence = GIVEN_UP
    facts = {"sender": named(parcel.from_library), "receiver": named(parcel.to_library)}
    if meaning in (Meaning.CLOSED, Meaning.LIES_HERE, Meaning.ON_THE_VAN):
        facts |= {"time": time_of(parcel), "place": place_of(parcel)}
    return tone, str(sentence) % facts


KEPT_BACK = gettext_lazy("%(place)s kept this parcel back (%(time)s). Leave it at the desk there.")
GIVEN_UP = gettext_lazy(
    "This parcel was given up as lost (%(time)s). It is good that you have it: bring it to "
    "%(receiver)s."
)
OF_PARCELS: Mapping[Meaning, tuple[Tone, Promise]] = {
    Meaning.CLOSED: (
        Tone.NO,
        gettext_lazy(
            "%(place)s received this parcel (%(time)s). Leave it at a desk, not on the van."
        ),
    ),
    Meaning.LIES_HERE: (
        Tone.WARN,
        gettext_lazy("Already dropped here (%(time)s). Leave it here."),
    ),
    Meaning.ON_THE_VAN: (
        Tone.WARN,
        gettext_lazy("Already on the van: picked up %(time)s at %(place)s."),
    ),
    Meaning.PICKED_UP: (Tone.OK, gettext_lazy("Picked up. It goes to %(receiver)s.")),
    Meaning.PICKED_UP_ELSEWHERE: (
        Tone.WARN,
        gettext_lazy("Picked up, although it was expected at %(sender)s. It goes to %(receiver)s."),
    ),
    Meaning.DROPPED: (Tone.OK, gettext_lazy("Dropped. It comes from %(sender)s.")),
    Meaning.MISDROPPED: (
        Tone.WARN,
        gettext_lazy(
            "This goes to %(receiver)s, not here. It is recorded as left here: undo, and keep it "
            "on the van."
        ),
    ),
}


def named(library: Library) -> str:
    return f"{library.name}, {library.town}"


def place_of(parcel: Parcel) -> str:
    return named(parcel.last_library) if parcel.last_library else ""


def time_of(parcel: Parcel) -> str:
    """ "2:05 p.m." of today, "Monday 30 November, 2:05 p.m." of another day."""
    at = timezone.localtime(parcel.last_at)
    time = words.clock(at)
    return time if at.date() == timezone.localdate() else f"{words.day(at.date())}, {time}"
