"""Bins and bags at a stop: one scan drops or picks up all that is in one."""

from django.utils.translation import gettext as _

from postroad.delivery import containers, hub
from postroad.delivery.containers import At
from postroad.delivery.models import Container
from postroad.delivery.scans import AtStop, Hand
from postroad.web.shared.bin_words import moved_with, of
from postroad.web.shared.scanning import Line, Scan, Tone

UNDO = "container:"  # so begins what an undo of a bin's scan is told


def scanned(here: AtStop, scan: Scan) -> Line | None:
    """The answer to a bin's number; None: this is no bin."""
    container = containers.find(scan.text)
    if container is None:
        return None
    at = At(
        here.user,
        here.at - scan.waited,
        here.library,
        here.stop.route.code,
        here.noted_at,
        scan.key[:48],
    )
    drops = here.hand is Hand.DROP
    turned = (containers.drop if drops else containers.load)(container, at)
    facts = of(container)
    if turned.line is None:
        return Line(Tone.WARN, _("This was recorded before."), container.number)
    said = _("Dropped: %(kind)s %(number)s.") if drops else _("On the van: %(kind)s %(number)s.")
    undo = f"{UNDO}{turned.line.pk}"
    return Line(
        Tone.OK, " ".join([said % facts, *moved_with(turned.carried)]), container.number, undo=undo
    )


def undone(here: AtStop, token: str) -> str:
    thing = hub.undo(token, by=here.user, at=here.at)
    assert isinstance(thing, Container)  # its token said so
    return _("Undone, with all that was moved with it.")
