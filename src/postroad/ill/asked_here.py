"""What was asked for by one record, and how it ended: without whoever asked."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from postroad.catalogue.models import Record
from postroad.directory.models import Library
from postroad.ill.lifecycle import State
from postroad.ill.models import Request

MOST = 20


@dataclass(frozen=True, slots=True)
class AskedHere:
    """One request. No reader: that is nobody's business but her own library's."""

    ref: str
    library: Library
    asked_at: datetime
    state: str
    outcome: str
    reason: str
    lender: Library | None  # who sent it, or was the last to be asked
    days: int  # until it was there, or until it ended without; of an open one, until now
    arrived: bool

    @property
    def closed(self) -> bool:
        return self.state == State.CLOSED


def of_record(record: int, now: datetime) -> list[AskedHere]:
    """The newest first, also those that were asked for by a record that was joined to this one."""
    joined = Record.objects.filter(Q(pk=record) | Q(moved_to=record))
    there = Request.objects.filter(record__in=joined.values("pk"))
    shown = there.select_related("library", "current__lender", "current_loan__lender")
    return [one(each, now) for each in shown.order_by("-asked_at", "-pk")[:MOST]]


def one(ill: Request, now: datetime) -> AskedHere:
    loan, supply = ill.current_loan, ill.current
    arrived = loan.received_at if loan else None
    end = arrived or ill.closed_at or now
    return AskedHere(
        ref=ill.ref,
        library=ill.library,
        asked_at=ill.asked_at,
        state=ill.state,
        outcome=ill.outcome,
        reason=ill.reason,
        lender=loan.lender if loan else supply.lender if supply else None,
        days=max((end.date() - ill.asked_at.date()).days, 0),
        arrived=arrived is not None,
    )
