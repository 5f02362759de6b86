"""A copy in its lender's hand: it leaves whatever the catalogue said, and comes home to that."""

from postroad.catalogue import holdings
from postroad.catalogue.models import Item, ItemStatus
from postroad.errors import Refusal
from postroad.ill.models import Loan


class ItemOut(Refusal):
    """The copy is away on another loan of ours, which has to be ended first."""

    code = "item-out"


def take(item: Item) -> str:
    """What is in hand wins over what the last file said of it, which is returned.

    Missing, lent out, in the library only, no longer listed: it lies here and goes. Only what is
    out on another loan of ours cannot be here too, until that loan is ended.
    """
    was = item.status
    out = Loan.objects.open().filter(item=item)
    try:
        if was == ItemStatus.AWAY and out.exists():
            raise ItemOut(barcode=item.barcode, status=was)
        holdings.take(item)
    except holdings.ItemNotHere as gone:
        raise ItemOut(barcode=item.barcode, status=item.status) from gone
    return was


def status_before(loan: Loan) -> ItemStatus:
    """What the catalogue said of the copy when it was shipped."""
    return ItemStatus(loan.status_before or ItemStatus.IN)


def status_at_home(loan: Loan) -> ItemStatus:
    """Of a copy that came home: on its shelf, and there for use in the library only if it was."""
    before = status_before(loan)
    return ItemStatus.REFERENCE if before == ItemStatus.REFERENCE else ItemStatus.IN


def exchange(loan: Loan, came: Item, *, undo: bool = False) -> dict[str, object]:
    """Another copy is out than the one that was scanned; of that one nobody knows where it is. To
    `undo` that puts back what was known."""
    was = take(came)
    if loan.item is not None:
        before = status_before(loan)
        is_in = before == ItemStatus.IN and not undo
        holdings.give_back(loan.item, ItemStatus.UNKNOWN if is_in else before)
    return {
        "item": came,
        "barcode": came.barcode,
        "call_number": came.call_number,
        "label": came.volume,
        "status_before": "" if was == ItemStatus.IN or undo else was,
    }
