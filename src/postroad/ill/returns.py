"""Where and how an item goes home (R4 to R7), and the numbers under which the mail carries it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postroad.accounts.models import User
from postroad.delivery import parcels, tracking
from postroad.delivery.models import Parcel, Purpose, Via
from postroad.directory import closures, thresholds
from postroad.directory.models import Address, Library
from postroad.directory.opening import Shut
from postroad.errors import Refusal
from postroad.ill.lifecycle import SupplyState
from postroad.ill.models import Request, Supply


class WrongTrackingNumber(Refusal):
    """No carrier's numbers look like this, or its check digit is wrong."""

    code = "wrong-tracking-number"


class Way(StrEnum):
    """In which direction something travels by mail."""

    OUT = "out"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class Posting:
    """What goes by mail, and the number by which its carrier knows it."""

    supply: Supply
    way: Way
    parcel: Parcel

    @property
    def number(self) -> str:
        return self.parcel.tracking_number


def parcel_home(
    ill: Request, supply: Supply, *, by: User | None, at: datetime, tracking_number: str = ""
) -> Parcel:
    """The parcel that takes the item back to its library, by the van or by mail."""
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
        tracking_number=tracking_number,
    )


def checked(number: str, *, sure: bool = False) -> str:
    """The number as it is kept. What is nobody's is refused, unless somebody has looked again."""
    tidied = tracking.tidy(number)
    if tidied and not sure and not tracking.candidates(tidied):
        raise WrongTrackingNumber(number=tidied)
    return tidied


def postings(supply: Supply) -> list[Posting]:
    """What of this loan goes or went by mail, the way out first."""
    ways = ((Way.OUT, supply.parcel_out), (Way.HOME, supply.parcel_home))
    return [
        Posting(supply, way, parcel)
        for way, parcel in ways
        if parcel is not None and parcel.via == Via.MAIL
    ]


def home_by_mail(supply: Supply) -> Posting | None:
    """The way home, if it is on it by mail."""
    ways = postings(supply) if supply.state == SupplyState.HOMEWARD else []
    return next((posting for posting in ways if posting.way == Way.HOME), None)


def address_home(supply: Supply) -> Address | None:
    """Where the post takes it home to, if that is known: the desk for returns, or for all mail."""
    return supply.lender.address_for(*Address.TO_RETURN)


def takes_none(lender: Library, at: datetime) -> Shut | None:
    """Why a library takes no return by mail these days, if it said so (R4). What is over before the
    mail is there keeps nothing back."""
    today = lender.day_of(at)
    shut = closures.calendar(lender, today, closures.RETURNS).shut_on(today)
    patience = thresholds.days("closure-patience", on=today, library=lender)
    return shut if shut and (shut.last - today).days > patience else None


def track(posting: Posting, number: str, *, sure: bool = False) -> str:
    """Write down, mend or (with none) take off the number; R5: without one it goes all the same."""
    number = checked(number, sure=sure)
    found = {"carrier": parcels.carrier_of(number), "tracking_number": number}
    Parcel.objects.filter(pk=posting.parcel.pk).update(**found)
    return number
