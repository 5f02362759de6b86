"""Which copy to fetch for a supply: those of the lender, the one most likely on its shelf first."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from postroad.catalogue.models import Item, ItemStatus
from postroad.directory.models import Library
from postroad.ill import volumes
from postroad.ill.models import Supply

LIKELY = [
    *(ItemStatus.IN, ItemStatus.UNKNOWN, ItemStatus.REFERENCE),
    *(ItemStatus.OUT, ItemStatus.MISSING, ItemStatus.AWAY),
]


@dataclass(frozen=True, slots=True)
class Copies:
    """The copies of one title at one library; none if it no longer lists any."""

    items: tuple[Item, ...] = ()

    @property
    def first(self) -> Item | None:
        return self.items[0] if self.items else None

    @property
    def more(self) -> int:
        """How many others are on the shelf too."""
        return sum(item.status == ItemStatus.IN for item in self.items[1:])

    @property
    def volumes(self) -> str:
        """In which volumes they are, each once."""
        return ", ".join(volumes.distinct(item.volume for item in self.items))

    @property
    def gone(self) -> str:
        """What the catalogue says of the first where that is not "on the shelf"."""
        first = self.first
        return first.get_status_display() if first and first.status != ItemStatus.IN else ""


def of(supplies: Iterable[Supply], library: Library) -> dict[int, Copies]:
    """By the supply, in one query. A copy that was catalogued anew is found where it went."""
    every = list(supplies)
    records = {supply.request.record_id for supply in every} - {None}
    in_mind = {supply.item_id for supply in every} - {None}
    there = Q(record__in=records) | Q(pk__in=in_mind)
    listed = Item.objects.filter(there, library=library).exclude(status=ItemStatus.WITHDRAWN)
    of_record: dict[int, list[Item]] = {}
    by_key: dict[int, Item] = {}
    for item in listed.order_by("shelf_key", "pk"):
        of_record.setdefault(item.record_id, []).append(item)
        by_key[item.pk] = item
    found = {}
    for supply in every:
        mine = of_record.get(supply.request.record_id or 0, [])
        if not mine and supply.item_id in by_key:
            mine = [by_key[supply.item_id]]
        wanted = supply.request.volume
        mine = [item for item in mine if volumes.fits(wanted, item.volume)] or mine
        if mine:
            found[supply.pk] = Copies(tuple(sorted(mine, key=likely)))
    return found


def likely(item: Item) -> int:
    return LIKELY.index(ItemStatus(item.status))


def looked_for(supply: Supply) -> Item | None:
    """The copy that a lender is sent to fetch: the one in mind, or the likeliest."""
    at_hand = of([supply], supply.lender).get(supply.pk)
    return at_hand.first if at_hand else None
