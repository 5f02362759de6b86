"""Who owns a record, which copies could be lent now, and the moves of one copy."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from postroad.catalogue.models import Doubt, Item, ItemStatus, Record, Unindexed
from postroad.directory.models import Membership
from postroad.errors import Refusal

BATCH = 500  # doubts that go along at once


class ItemNotHere(Refusal):
    """The copy is not where this would need it to be; somebody else was quicker."""

    code = "item-not-here"


@dataclass(frozen=True, slots=True)
class Holding:
    """What one library owns of one record."""

    library_id: int
    copies: int
    on_shelf: int  # none, where it is in doubt (`Doubt`) or the library takes no part now
    in_library_only: int


def counts(record: Record) -> list[Holding]:
    """What each library owns of the record, in one query."""
    return counts_of([record.pk]).get(record.pk, [])


def counts_of(records: Iterable[int]) -> dict[int, list[Holding]]:
    """The same for a page of records, by their keys, in one query."""
    takes_part = Q(library__membership=Membership.MEMBER, library__active=True)
    there = Q(status=ItemStatus.IN) & takes_part & ~Q(are_doubted("record", "library"))
    rows = (
        Item.objects.filter(record__in=list(records))
        .exclude(status=ItemStatus.WITHDRAWN)
        .values_list("record_id", "library_id")
        .annotate(
            copies=Count("pk"),
            on_shelf=Count("pk", filter=there),
            in_library_only=Count("pk", filter=Q(status=ItemStatus.REFERENCE)),
        )
        .order_by("record_id", "library_id")
    )
    found: dict[int, list[Holding]] = {}
    for record, *facts in rows:
        found.setdefault(record, []).append(Holding(*facts))
    return found


def likeliest(record: int | None, library: int) -> Item | None:
    """The copy that a library would fetch first: on its shelf, in the order of the shelf."""
    there = Item.objects.filter(record=record, library=library, status=ItemStatus.IN)
    return there.order_by("shelf_key", "pk").first() if record else None


def _move(item: Item, before: ItemStatus, after: ItemStatus) -> None:
    """Change the status if it is still `before`: of two clerks only one succeeds."""
    if not Item.objects.filter(pk=item.pk, status=before).update(status=after):
        raise ItemNotHere(item=item.pk, barcode=item.barcode, wanted=before.value)
    item.status = after


def take(item: Item) -> None:
    """The copy leaves with us, whatever was last known of it: somebody has it in hand."""
    _move(item, ItemStatus(item.status), ItemStatus.AWAY)


def give_back(item: Item, to: ItemStatus = ItemStatus.IN) -> None:
    """The copy that was away with us is on its shelf again, or what else was known of it."""
    _move(item, ItemStatus.AWAY, to)


def mark_missing(item: Item) -> None:
    """The copy should be on its shelf and is not."""
    _move(item, ItemStatus.IN, ItemStatus.MISSING)


def lose(item: Item) -> None:
    """The copy that is away with us is given up: it will not stand on its shelf."""
    _move(item, ItemStatus.AWAY, ItemStatus.MISSING)


def undo_lose(item: Item) -> None:
    """It is not lost, but away with us as before."""
    _move(item, ItemStatus.MISSING, ItemStatus.AWAY)


def mark_found(item: Item) -> None:
    """The missing copy has turned up on its shelf."""
    _move(item, ItemStatus.MISSING, ItemStatus.IN)


def doubt(library: int, record: int, at: datetime) -> bool:
    """The catalogue says that this library has the record, and the library does not find it.
    Whether that is new."""
    row, new = Doubt.objects.get_or_create(
        library_id=library, record_id=record, defaults={"doubted_at": at}
    )
    cleared = Doubt.objects.filter(pk=row.pk, cleared_at__isnull=False)
    if not new and not cleared.update(doubted_at=at, cleared_at=None):
        return False
    Unindexed.objects.note([record])
    return True


def are_doubted(record: str, library: str) -> Exists:
    """In a query of what names a record and a library: whether that holding is doubted."""
    doubts = Doubt.objects.filter(record=OuterRef(record), library=OuterRef(library))
    return Exists(doubts.filter(cleared_at=None))


def trust(library: int, record: int, at: datetime) -> bool:
    """It is there after all. Whether it was doubted."""
    doubts = Doubt.objects.filter(library=library, record=record, cleared_at=None)
    ended = bool(doubts.update(cleared_at=at))
    if ended:
        Unindexed.objects.note([record])
    return ended


def moved_doubts() -> list[Doubt]:
    """Doubts about records that turned out to be others."""
    moved = Doubt.objects.filter(record__moved_to__isnull=False).order_by("pk")
    return list(moved.select_related("record__moved_to", "library")[:BATCH])


def pass_on(doubt: Doubt, to: Record) -> None:
    """It is about the record that stands. Where both were doubted, the last word on either counts.
    Call it in a transaction."""
    Unindexed.objects.note([to.pk])
    there = Doubt.objects.filter(record=to, library=doubt.library_id).first()
    if there is None:
        Doubt.objects.filter(pk=doubt.pk).update(record=to)
        return
    if (doubt.cleared_at or doubt.doubted_at) > (there.cleared_at or there.doubted_at):
        said = {"doubted_at": doubt.doubted_at, "cleared_at": doubt.cleared_at}
        Doubt.objects.filter(pk=there.pk).update(**said)
    Doubt.objects.filter(pk=doubt.pk).delete()


def trusted_at(library: int, record: int) -> datetime | None:
    """When a doubt of this holding ended, if it did."""
    ended = Doubt.objects.filter(library=library, record=record)
    return ended.values_list("cleared_at", flat=True).first()
