"""Bins and bags at a stop, in words: one scan drops or picks up all that is in one."""

from django.utils.translation import gettext as _

from postroad.delivery import hub, stop_bins
from postroad.delivery.containers import Turned
from postroad.delivery.models import Container
from postroad.delivery.scans import AtStop
from postroad.web.shared.bin_words import at_stop
from postroad.web.shared.scanning import Line, Scan

UNDO = "container:"  # so begins what an undo of a bin's scan is told


def scanned(here: AtStop, scan: Scan, key: str) -> Line | None:
    """The answer to a bin's number; None: this is no bin."""
    turned = stop_bins.scan(here, scan.text, key=key, waited=scan.waited)
    if turned is None:
        return None
    tone, sentence = at_stop(here.hand, turned)
    return Line(tone, sentence, turned.container.number, undo=token(turned))


def token(turned: Turned) -> str:
    """What its undo is told; none of what was known before."""
    return f"{UNDO}{turned.line.pk}" if turned.line else ""


def undone(here: AtStop, token: str) -> str:
    thing = hub.undo(token, by=here.user, at=here.at)
    assert isinstance(thing, Container)  # its token said so
    return _("Undone, with all that was moved with it.")
