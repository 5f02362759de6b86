"""Which parcel is meant by a number that was scanned or typed."""

from datetime import datetime, timedelta

from postroad import barcodes
from postroad.composed import Composed
from postroad.delivery import codes, tracking
from postroad.delivery.models import Parcel
from postroad.reference_numbers import tidy

LATELY = timedelta(days=31)  # what arrived before is nobody's errand any more
MOST = 20
BY_NUMBER = Composed(Parcel.objects.with_ends, by="number")


def find(number: str) -> Parcel | None:
    """The parcel whose number was scanned or typed."""
    known = codes.read_number(number)
    if known is None:
        return None
    return BY_NUMBER.first(known)


def matching(text: str) -> list[Parcel]:
    """Parcels by any number on them: theirs, the item's, the request's, the carrier's."""
    if (parcel := find(text)) is not None:
        return [parcel]
    meant = barcodes.readings(text[: codes.LONGEST_SCAN])
    found: dict[int, tuple[int, Parcel]] = {}
    parcels = Parcel.objects.with_ends().order_by("-made_at", "-pk")
    for column, spelled in (
        ("number", [codes.read_number(each) or "" for each in meant]),
        ("item_barcode", meant),
        ("ref", [tidy(each) for each in meant]),
        ("tracking_number", [tracking.tidy(each) or each for each in meant]),
    ):
        for parcel in (
            parcels.filter(**{f"{column}__in": {*spelled} - {""}})[:MOST] if meant else ()
        ):
            rank = spelled.index(getattr(parcel, column))
            found[parcel.pk] = (min(rank, found.get(parcel.pk, (rank,))[0]), parcel)
    best = min((rank for rank, _parcel in found.values()), default=0)
    likeliest = (parcel for rank, parcel in found.values() if rank == best)
    return sorted(likeliest, key=lambda parcel: not parcel.is_open)


def of_these_days(text: str, now: datetime) -> list[Parcel]:
    """Those with this number that are under way, or were until a short time ago."""
    since = now - LATELY
    return [each for each in matching(text) if each.is_open or each.last_at > since][:MOST]
