"""What the demonstration's sorters know: holds that libraries told, a barcode of two libraries, a
key. The barcode that is doubled is invented as the copies are."""

from datetime import datetime, timedelta

from django.utils import timezone

from postroad.accounts import keys
from postroad.accounts.models import ProgramKey
from postroad.catalogue.models import Item, ItemStatus
from postroad.demo.house import TRY
from postroad.demo.people import HOME, LENDER
from postroad.directory.models import Library
from postroad.ill import told_holds
from postroad.ill.models import ToldHold
from postroad.ill.told_holds import Telling

HOLDS = 4


def tell(now: datetime) -> None:
    """The demo's two libraries told of holds for each other; one was taken back."""
    home, lender = (Library.objects.get(code=code) for code in (HOME, LENDER))
    until = timezone.localdate(now) + told_holds.FOR
    for library, pick_up in ((home, lender), (lender, home)):
        barcodes = shelved(library)[:HOLDS]
        said = [Telling(each, library.pk, pick_up.pk, until) for each in barcodes]
        told_holds.tell(said, library, by="Library system", now=now - timedelta(hours=3))
    mistaken = ToldHold.objects.filter(told_by=home).first()
    if mistaken is not None:
        told_holds.take_back(mistaken.pk, home, by="Library system", now=now)
    twice(lender, home)
    keys.make(
        "Sorter in Plymouth", ProgramKey.May.SORT, library=None, by="Delivery office", now=now
    )
    keys.make("Library system", ProgramKey.May.HOLDS, library=home, by="Delivery office", now=now)


def shelved(library: Library) -> list[str]:
    """Barcodes of copies that are in, and that no page of the README plays with."""
    rows = Item.objects.filter(library=library, status=ItemStatus.IN).exclude(barcode="")
    rows = rows.exclude(record__title__in=TRY).order_by("-pk")
    return list(rows.values_list("barcode", flat=True)[: HOLDS + 1])


def twice(one: Library, other: Library) -> None:
    """A copy of one library gets the number that a copy of the other bears."""
    theirs, ours = shelved(one)[HOLDS:], shelved(other)[HOLDS:]
    if theirs and ours:
        Item.objects.filter(library=other, barcode=ours[0]).update(barcode=theirs[0])
