"""The ledger's words as columns keep them: where a parcel stands, what happened, how we know."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.delivery import ledger


class ParcelState(models.TextChoices):
    """Where a parcel stands; what the ledger says, kept at hand."""

    READY = ledger.Stands.READY.value, _("ready for the van")
    MOVING = ledger.Stands.MOVING.value, _("on its way")
    DROPPED = ledger.Stands.DROPPED.value, _("dropped at the library")
    ARRIVED = ledger.Stands.ARRIVED.value, _("received")
    CANCELLED = ledger.Stands.CANCELLED.value, _("kept by its sender")
    LOST = ledger.Stands.LOST.value, _("given up as lost")


class CustodyStep(models.TextChoices):
    """What happened to a parcel, as a line of the ledger."""

    MADE = ledger.Move.MADE.value, _("made ready")
    PICKED_UP = ledger.Move.PICKED_UP.value, _("picked up")
    SORTED = ledger.Move.SORTED.value, _("sorted")
    HELD = ledger.Move.HELD.value, _("held at the hub")
    RELEASED = ledger.Move.RELEASED.value, _("released")
    FOUND = ledger.Move.FOUND.value, _("found")
    MISROUTED = ledger.Move.MISROUTED.value, _("misrouted")
    DAMAGED = ledger.Move.DAMAGED.value, _("damaged")
    DROPPED = ledger.Move.DROPPED.value, _("dropped")
    RECEIVED = ledger.Move.RECEIVED.value, _("received")
    CANCELLED = ledger.Move.CANCELLED.value, _("canceled")
    LOST = ledger.Move.LOST.value, _("given up as lost")
    UNDONE = ledger.Move.UNDONE.value, _("undone")


class How(models.TextChoices):
    """How we know."""

    SCANNED = ledger.How.SCANNED.value, _("scanned")
    DECLARED = ledger.How.DECLARED.value, _("declared")
    CONTAINED = ledger.How.CONTAINED.value, _("in a bin that was scanned")
    INFERRED = ledger.How.INFERRED.value, _("inferred")


AT_A_HUB = tuple(CustodyStep(step.value) for step in ledger.AT_A_HUB)
SCANS = (CustodyStep.PICKED_UP, *AT_A_HUB, CustodyStep.DROPPED)  # of the van and its hubs
ON_THE_ROAD = (CustodyStep.PICKED_UP, *AT_A_HUB)
TOLD_LATER = timedelta(hours=1)
LEFT_AT_A_LIBRARY = (CustodyStep.DROPPED, CustodyStep.RECEIVED)
OPEN_STATES = tuple(state.value for state in ledger.OPEN)
