"""Scans that are filed by the cover sheet on top of them, each for its request."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from postroad.directory.models import Library
from postroad.documents import checks, incoming
from postroad.documents.checks import Ready, Upload
from postroad.documents.models import Copy, Incoming
from postroad.documents.troubles import NotSent
from postroad.errors import Refusal
from postroad.ill import document_delivery
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Service, SupplyState
from postroad.ill.models import Supply


class Why(StrEnum):
    """Why a scan was not sent by itself, and waits."""

    NO_COVER = "no-cover"
    TWO_COVERS = "two-covers"
    NOT_OURS = "not-ours"  # of another library's request, or of none
    DELIVERED = "delivered"
    OVER = "over"
    NOT_NOW = "not-now"


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of one file."""

    name: str
    supply: Supply | None = None  # to which it was sent
    again: bool = False  # the same file was sent for it before
    waits: Incoming | None = None
    refused: Refusal | None = None  # it can be sent to nobody


def file(library: Library, act: Act, upload: Upload) -> Filed:
    """Look into it, and deliver it if its cover sheet says for what it is. Not in a transaction.
    Whatever can be delivered at all is delivered, or kept."""
    try:
        with checks.ready(upload, covered=True) as scan:
            return _filed(library, act, scan)
    except NotSent as no:
        return Filed(upload.name, refused=no)


def _filed(library: Library, act: Act, scan: Ready) -> Filed:
    found = _meant(library, scan)
    if isinstance(found, Why):
        return Filed(scan.name, waits=incoming.keep(library, scan, found, act.at))
    if found.state not in WAITS:
        if _is_sent(found, scan):
            return Filed(scan.name, supply=found, again=True)
        why = Why.DELIVERED if found.state == SupplyState.SUPPLYING else Why.OVER
        return Filed(scan.name, waits=incoming.keep(library, scan, why, act.at))
    try:
        document_delivery.deliver_ready(found, act, scan)
    except NotSent as no:
        return Filed(scan.name, refused=no)
    except Refusal:  # somebody was quicker, or its borrower has still to say something
        return Filed(scan.name, waits=incoming.keep(library, scan, Why.NOT_NOW, act.at))
    return Filed(scan.name, supply=found)


WAITS = frozenset({SupplyState.ASKED, SupplyState.PROMISED, SupplyState.OFFERED})


def _meant(library: Library, scan: Ready) -> Supply | Why:
    """The attempt of this library that the cover sheet names; the last of them."""
    if not scan.numbers:
        return Why.NO_COVER
    asked = Supply.objects.at(library).filter(
        request__ref__in=scan.numbers, request__service=Service.COPY
    )
    last = {each.request_id: each for each in asked.shown().order_by("attempt")}
    if len(last) > 1:
        return Why.TWO_COVERS
    return next(iter(last.values()), Why.NOT_OURS)


def _is_sent(supply: Supply, scan: Ready) -> bool:
    same = Copy.objects.here().of_request(supply.request.ref)
    return same.filter(supplier=supply.lender_id, sha256=scan.sha256).exists()


def assign(row: Incoming, supply: Supply, act: Act) -> None:
    """Somebody says for which request it is. Raises what `deliver_ready` raises, and
    FileNotFoundError where somebody else has filed it, so that nobody reads another's copy."""
    with incoming.taken(row) as scan, transaction.atomic():
        if not incoming.discard(row):
            raise FileNotFoundError(row.stored_as)
        document_delivery.deliver_ready(supply, act, scan)
