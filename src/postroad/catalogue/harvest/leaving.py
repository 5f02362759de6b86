"""What a source says that it has no more: taken away at the end of its list, or not without a
person, where that is more than ever leaves in a day.

A system that was set up anew, or lost its items, says of nearly everything that it is deleted.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from postroad.catalogue import copies, loading, union
from postroad.catalogue.harvest import taking
from postroad.catalogue.harvest.rows import Harvest, Harvested, HarvestRun
from postroad.catalogue.loading import BATCH, FEW_ABSENT, MOST_ABSENT, Report
from postroad.catalogue.models import Item
from postroad.catalogue.written import Listed
from postroad.directory.models import Library

Leaving = Harvested.Leaving
MARKED = (Leaving.DELETED, Leaving.BARE)


def settle(harvest: Harvest, run: HarvestRun, library: Library, now: datetime) -> None:
    """At the end of a list: take away what is to leave, or ask."""
    kinds = kinds_of(run)
    gone, there = copies_of(harvest, library, kinds).count(), copies.on_record(library).count()
    if gone > most(there) and not harvest.agreed:
        Harvest.objects.filter(pk=harvest.pk).update(
            asks_at=harvest.asks_at or now, asks_copies=gone, asks_of=there
        )
        return
    take_away(harvest, run, library, kinds)


def kinds_of(run: HarvestRun | None) -> Sequence[str]:
    """Where no record at all lists copies, that none does says nothing: perhaps the source was told
    to leave them out. Until copies come again, those of bare records stay."""
    gives = run is not None and run.report.get("with_copies", 0) > 0
    return MARKED if gives else (Leaving.DELETED,)


def most(there: int) -> int:
    """Copies that leave without a question: as with a file of changes, and of a small library at
    most half."""
    return max(int(MOST_ABSENT * there), min(FEW_ABSENT, there // 2), 1)


def leaving(harvest: Harvest, kinds: Iterable[str]) -> QuerySet[Harvested]:
    """The rows that are to leave, unless the same record stays under another identifier."""
    stays = Harvested.objects.filter(
        harvest=harvest, control_number=OuterRef("control_number"), leaving__in=taking.STAYS
    )
    rows = Harvested.objects.filter(harvest=harvest, leaving__in=list(kinds))
    return rows.filter(~Exists(stays))


def copies_of(harvest: Harvest, library: Library, kinds: Iterable[str]) -> QuerySet[Item]:
    numbers = leaving(harvest, kinds).values("control_number")
    return copies.on_record(library).filter(control_number__in=numbers)


def take_away(
    harvest: Harvest, run: HarvestRun | None, library: Library, kinds: Iterable[str]
) -> None:
    """In short transactions; whoever is killed meanwhile leaves the rest marked."""
    kinds = list(kinds)
    while True:
        rows = Harvested.objects.filter(harvest=harvest, leaving__in=kinds).order_by("pk")[:BATCH]
        if not (batch := list(rows)):
            break
        with transaction.atomic():
            loading.take_turns()
            report = part(harvest, batch, library)
            if run is not None:
                taking.add(run.report, report, Counter())
                run.save(update_fields=["report"])
    Harvest.objects.filter(pk=harvest.pk).update(
        asks_at=None, asks_told_at=None, asks_copies=0, asks_of=0, agreed=False
    )


def part(harvest: Harvest, batch: list[Harvested], library: Library) -> Report:
    keys = [row.pk for row in batch]
    alone = set(leaving(harvest, MARKED).filter(pk__in=keys).values_list("pk", flat=True))
    report = Report(library.code)
    deleted = {r.control_number for r in batch if r.pk in alone and r.leaving == Leaving.DELETED}
    bare = {r.control_number for r in batch if r.pk in alone and r.leaving == Leaving.BARE}
    if deleted:
        report.written += union.delete(sorted(deleted), library, Listed())
    if bare - deleted:
        there = copies.on_record(library).filter(control_number__in=bare - deleted)
        report.written += copies.withdraw(there)
    here = Harvested.objects.filter(pk__in=keys)
    here.filter(leaving=Leaving.DELETED).delete()
    here.filter(leaving=Leaving.BARE).update(leaving=Leaving.NO)
    return report


def agree(harvest: Harvest, now: datetime) -> None:
    """Somebody said: take them away. The next turn does."""
    Harvest.objects.filter(pk=harvest.pk).update(agreed=True, asks_at=None, due_at=now)


@transaction.atomic
def keep(harvest: Harvest) -> None:
    """Somebody said: keep them. What their system says of them later counts anew."""
    Harvested.objects.filter(harvest=harvest, leaving__in=MARKED).update(leaving=Leaving.KEPT)
    Harvest.objects.filter(pk=harvest.pk).update(
        asks_at=None, asks_told_at=None, asks_copies=0, asks_of=0, agreed=False
    )


def forget_unseen(harvest: Harvest, run: HarvestRun) -> None:
    """Identifiers that a whole list does not have are not in use. What they named stays."""
    if run.whole and run.read and not run.restarts:
        rows = Harvested.objects.filter(harvest=harvest, leaving__in=taking.STAYS)
        unseen = rows.exclude(run=run.pk)
        unseen._raw_delete(unseen.db)  # nothing points at them


@transaction.atomic
def forget(harvest: Harvest) -> None:
    """Its identifiers are those of another server now."""
    rows = Harvested.objects.filter(harvest=harvest)
    rows._raw_delete(rows.db)  # nothing points at them
    Harvest.objects.filter(pk=harvest.pk).update(
        asks_at=None, asks_told_at=None, asks_copies=0, asks_of=0, agreed=False
    )
