"""Which copy to fetch for a supply: those of the lender, the one most likely on its shelf first."""

from collections.abc import Iterable
from dataclasses import dataclass

from postroad.catalogue.models import Item, ItemStatus
from postroad.directory.models import Library
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
    def gone(self) -> str:
        """What the catalogue says of the first where that is not "on the shelf"."""
        first = self.first
        return first.get_status_display() if first and first.status != ItemStatus.IN else ""


def of(supplies: Iterable[Supply], library: Library) -> dict[int, Copies]:
    """By the record that is asked for, in one query."""
    records = {supply.request.record_id for supply in supplies}
    found: dict[int, list[Item]] = {}
    listed = Item.objects.filter(library=library, record__in=records - {None})
    for item in listed.exclude(status=ItemStatus.WITHDRAWN).order_by("shelf_key", "pk"):
        found.setdefault(item.record_id, []).append(item)
    return {record: Copies(tuple(sorted(items, key=likely))) for record, items in found.items()}


def likely(item: Item) -> int:
    return LIKELY.index(ItemStatus(item.status))
