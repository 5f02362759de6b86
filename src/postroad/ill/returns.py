"""Where and how an item goes home (R4 to R7)."""

from datetime import datetime

from postroad.accounts.models import User
from postroad.delivery import parcels
from postroad.delivery.models import Parcel, Purpose
from postroad.ill.models import Request, Supply


def parcel_home(ill: Request, supply: Supply, *, by: User | None, at: datetime) -> Parcel | None:
    """The parcel that takes the item back to its library.

    None for an outside lender: its address is not ours to drive to, so the item goes by mail.
    """
    if supply.lender is None:
        return None
    return parcels.make(
        from_library=ill.library,
        to_library=supply.lender,
        purpose=Purpose.RETURN,
        item_library=supply.lender,
        item_barcode=supply.item_barcode,
        title=ill.title,
        ref=ill.ref,
        at=at,
        by=by,
    )
