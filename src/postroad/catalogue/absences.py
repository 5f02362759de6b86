"""Copies that a file should list and does not: withdrawn, asked about, and put back.

What they were is kept with the load, so that a withdrawal can be undone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator

from django.db.models import Q

from postroad.catalogue import copies
from postroad.catalogue.load_models import (
    IN_LINE,
    Load,
    LoadAbsence,
    LoadState,
    packed,
    unpacked,
)
from postroad.catalogue.marks import Seen
from postroad.catalogue.models import Item, ItemStatus, Unindexed
from postroad.catalogue.written import Written
from postroad.directory.models import Library

BATCH = 500  # copies a transaction
ByStatus = dict[str, list[int]]


def of(load: Load) -> ByStatus:
    kept = LoadAbsence.objects.filter(load=load).values_list("items", flat=True).first()
    if kept is None:
        return {}
    said: ByStatus = unpacked(kept)
    return said


def add(load: Load, items: Collection[int]) -> None:
    """Note them with the status that they have."""
    held = defaultdict(list, of(load))
    keys = list(items)
    for begin in range(0, len(keys), BATCH):
        rows = Item.objects.filter(pk__in=keys[begin : begin + BATCH])
        for pk, status in rows.values_list("pk", "status"):
            held[status].append(pk)
    write(load, held)


def write(load: Load, held: ByStatus) -> None:
    LoadAbsence.objects.update_or_create(load=load, defaults={"items": packed(held)})
    load.absent = sum(map(len, held.values()))
    Load.objects.filter(pk=load.pk).update(absent=load.absent)


def batches(load: Load) -> Iterator[tuple[str, list[int]]]:
    for status, keys in sorted(of(load).items()):
        for begin in range(0, len(keys), BATCH):
            yield status, keys[begin : begin + BATCH]


def withdraw(load: Load, keys: list[int]) -> Written:
    """Those of them that are still there, not away with us, and listed by nothing meanwhile."""
    held = {pk for some in of(load).values() for pk in some}
    absent = [pk for pk in keys if pk in held]
    return copies.withdraw(copies.on_record(load.library).filter(pk__in=absent))


def put_back(load: Load, status: str, keys: list[int]) -> int:
    """Those of them that are still withdrawn, as they were."""
    gone = Item.objects.filter(library=load.library, pk__in=keys, status=ItemStatus.WITHDRAWN)
    records = list(gone.values_list("record_id", flat=True))
    if records:
        gone.update(status=status)
        Unindexed.objects.note(records)
    return len(records)


# Copies that may still be withdrawn: it is asked; it was a no, which can be thought over; or it was
# a yes and waits behind a later file.
UNDECIDED = (
    Q(state=LoadState.ASKS)
    | Q(state=LoadState.DONE, answer="keep")
    | Q(state__in=IN_LINE, task=Load.Task.WITHDRAW)
)


def listed_later(library: Library, items: Seen[int], *, by: Load | None = None) -> None:
    """A later file of the library, or a harvest, lists these copies: they are not absent. A file
    that lists all asks for itself. Within a transaction."""
    others = Load.objects.filter(UNDECIDED, library=library, absent__gt=0).select_for_update()
    for each in others.exclude(pk=by.pk) if by else others:
        held = {status: [pk for pk in keys if pk not in items] for status, keys in of(each).items()}
        held = {status: keys for status, keys in held.items() if keys}
        if not held or (by and by.kind == Load.Kind.FULL):
            Load.objects.filter(UNDECIDED, pk=each.pk).update(state=LoadState.DONE, answer="lapsed")
        elif sum(map(len, held.values())) < each.absent:
            write(each, held)


def can_be_put_back(load: Load) -> bool:
    """Only before another file of the library has come in: that may have withdrawn them, too. Which
    was sent first says nothing: one may be looked at for days."""
    if load.state != LoadState.DONE or not load.absent or load.started_at is None:
        return False
    later = Load.objects.filter(library=load.library, started_at__gt=load.started_at)
    return not later.exists()
