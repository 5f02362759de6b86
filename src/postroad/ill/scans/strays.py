"""Parcels of no request of this desk: one that was put down at the wrong library, and one that came
where it was sent."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from postroad.catalogue.models import Item
from postroad.delivery import custody, finding, parcels
from postroad.delivery.models import Custody, CustodyStep, Parcel, ParcelState
from postroad.directory.models import Library
from postroad.ill import lookup
from postroad.ill.acts import Act
from postroad.ill.models import Loan


@dataclass(frozen=True, slots=True)
class Stray:
    """It is under way between two other libraries, and is written down as seen here."""

    parcel: Parcel
    before: datetime  # when it was last seen, wherever
    repeats: bool  # that was here


def seen(library: Library, text: str, act: Act) -> Stray | None:
    """What a scan at any desk means that is of a parcel of other libraries; None, if it is not.

    Any number on it will do, whether or not the driver scanned it. A copy of this library's own
    that bears the same barcode may be what was scanned: then nothing is written down.
    """
    found = [parcel for parcel in finding.matching(text) if parcel.is_open]
    ends = {end for parcel in found for end in (parcel.from_library_id, parcel.to_library_id)}
    own = lookup.read(Item.objects.filter(library=library), text)
    if len(found) != 1 or library.pk in ends or own is not None:
        return None
    (parcel,) = found
    before = parcel.last_at
    noted = parcels.receive(parcel, library=library, by=act.by, at=act.at)
    return Stray(parcel, before, noted.repeats)


@dataclass(frozen=True, slots=True)
class Arrived:
    """It came where it was sent without a request; with this scan nothing more is due of it."""

    parcel: Parcel
    line: Custody


def arrived(library: Library, text: str, act: Act) -> Arrived | None:
    """What a scan at any desk means that is of a parcel for this library which no loan is about."""
    parcel = arrival(library, text)
    if parcel is None:
        return None
    noted = parcels.receive(parcel, library=library, by=act.by, at=act.at)
    return Arrived(parcel, noted.line)


def arrival(library: Library, text: str) -> Parcel | None:
    """The only open parcel of this number, if it comes here and no loan is about it."""
    found = [parcel for parcel in finding.matching(text) if parcel.is_open]
    if len(found) != 1:
        return None
    (parcel,) = found
    comes = parcel.state in (ParcelState.MOVING, ParcelState.DROPPED)
    if not comes or parcel.to_library_id != library.pk:
        return None
    of_a_loan = Loan.objects.filter(Q(parcel_out=parcel) | Q(parcel_home=parcel))
    return None if of_a_loan.exists() else parcel


def arrivals() -> QuerySet[Custody]:
    """What such a scan has written down."""
    written = Custody.objects.filter(step=CustodyStep.RECEIVED)
    return written.select_related("parcel__from_library", "library")


def undo(line: Custody, act: Act) -> None:
    """It has not come. Raises NothingToUndo."""
    custody.undo(line, by=act.by, at=act.at)
