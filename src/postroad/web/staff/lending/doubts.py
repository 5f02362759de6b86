"""What the page Ship asks before it sends a copy that may be another than the one wanted."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from postroad import words
from postroad.ill import volumes
from postroad.ill.lifecycle import State, SupplyState
from postroad.ill.models import Supply
from postroad.ill.scans import lending as scans
from postroad.web.shared.scanning import Asks, Line, Scan, Tone

SHOWN = 8  # volumes that a sentence names


def of(asked: scans.Asked | scans.MovedOn, scan: Scan) -> Line:
    """The question; its button ships this copy."""
    match asked:
        case scans.MovedOn():
            return moved_on(asked, scan)
        case scans.WhichVolume():
            said = _(
                "This is %(volume)s of “%(title)s”; your library has %(several)s, and the request "
                "does not say which one is wanted. Nothing was changed yet."
            )
        case scans.WrongVolume():
            said = _(
                "This is %(volume)s of “%(title)s”, but %(wanted)s is wanted. Nothing was changed "
                "yet."
            )
        case scans.SentBefore():
            said = _(
                "%(volume)s of “%(title)s” was already sent for this request. Nothing was changed "
                "yet."
            )
    several = asked.volumes if isinstance(asked, scans.WhichVolume) else []
    said %= {
        "volume": asked.item.volume,
        "title": asked.supply.request.title[:80],
        "wanted": volumes.named(asked.supply.request.volume),
        "several": ", ".join(several[:SHOWN]),
    }
    label = _("Ship this one") if several else _("Ship it anyway")
    return Line(Tone.WARN, said, asked.supply.request.ref, asks=Asks(scan.text, label))


def moved_on(asked: scans.MovedOn, scan: Scan) -> Line:
    """Who has the request now, and that this copy may be sent all the same."""
    ill = asked.ended.request
    facts = {
        "title": ill.title[:80],
        "library": ill.library.name,
        "where": where(asked.ended),
    }
    said = _(
        "The request of %(library)s for “%(title)s” is no longer with your library: %(where)s. "
        "Put this back on its shelf, or send it all the same. Nothing was changed yet."
    )
    return Line(Tone.WARN, said % facts, ill.ref, asks=all_the_same(scan))


def where(ended: Supply) -> str:
    """At whom the request is now."""
    ill = ended.request
    if ill.state not in (State.REFERRED, State.SHIPPED, State.ARRIVED) or ill.current is None:
        return words.label(words.ill.STATES, ill.state)
    facts = {"lender": ill.current.lender_name}
    if ill.state == State.REFERRED:
        promised = ill.current.state == SupplyState.PROMISED
        said = _("%(lender)s has promised it") if promised else _("%(lender)s is being asked")
        return said % facts
    return _("%(lender)s has already sent it") % facts


def all_the_same(scan: Scan) -> Asks:
    return Asks(scan.text, _("Send it all the same"))


def to_follow(supply: Supply) -> str:
    """What is still to be sent with it."""
    if not supply.to_send:
        return ""
    return ngettext(
        "%(n)d more is to follow for this request: scan it too.",
        "%(n)d more are to follow for this request: scan them too.",
        supply.to_send,
    ) % {"n": supply.to_send}
