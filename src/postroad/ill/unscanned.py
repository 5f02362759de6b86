"""Shipping and checking in without a scanner: a lender says which copy left, and on which day."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from postroad.catalogue.models import Item
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import copies, in_hand, lookup, returns, shipping
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanState
from postroad.ill.models import Loan, Supply


class ShippedTooEarly(Refusal):
    """The day lies before it was asked for, or is still to come."""

    code = "shipped-too-early"


def copies_to_send(supply: Supply) -> tuple[Item, ...]:
    """Those of the lender that would do, the likeliest first."""
    found = copies.of([supply], supply.lender).get(supply.pk)
    return found.items if found else ()


@transaction.atomic
def ship(
    supply: Supply,
    act: Act,
    *,
    item: Item | None = None,
    barcode: str = "",
    on: date | None = None,
    tracking_number: str = "",
    sure: bool = False,
) -> Loan:
    """It left on a day, today or before; the likeliest copy unless another is named.

    Where the catalog lists none, it is known by the `barcode` that somebody read on it, or by its
    slip alone. Raises ItemOut if another thing of the lender is out under that barcode.

    A tracking number that is nobody's is refused, unless somebody has looked again (`sure`).
    """
    number = returns.checked(tracking_number, sure=sure)
    at = when(supply, on, act.at)
    item = item or next(iter(copies_to_send(supply)), None)
    if item is None:
        item = by_barcode(supply.lender, barcode)
    moved = Act(act.by, at, act.role, act.library, act.door)
    return shipping.ship(supply, moved, item=item, barcode=barcode, tracking_number=number)


def by_barcode(lender: Library, barcode: str) -> Item | None:
    """The copy of a lender that bears it, if the catalog knows it all the same. Raises ItemOut."""
    if not barcode:
        return None
    if Loan.objects.open().lent_by(lender).filter(barcode=barcode).exists():
        raise in_hand.ItemOut(barcode=barcode)
    return lookup.read(Item.objects.filter(library=lender), barcode)


def when(supply: Supply, on: date | None, now: datetime) -> datetime:
    """The moment that counts for a day: noon there, but never before the answer nor in future."""
    lender = supply.lender
    today, asked = lender.day_of(now), lender.day_of(supply.asked_at)
    if on is None or on == today:
        return now
    if not asked <= on < today:
        raise ShippedTooEarly(first_day=asked)
    noon = datetime.combine(on, time(12), ZoneInfo(lender.time_zone))
    return max(noon, supply.answered_at or supply.asked_at)


@transaction.atomic
def home(loan: Loan, act: Act) -> None:
    """It is at its lender again: from its borrower, or without having got there."""
    if loan.state == LoanState.SHIPPED:
        shipping.back_again(loan, act)
    else:
        shipping.check_in(loan, act)
