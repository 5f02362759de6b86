"""Telling of harvests that need somebody: of one that fails, and of one that would take much away.
One that goes on by itself is not told of."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from postroad.accounts.models import Role
from postroad.catalogue.harvest import turns
from postroad.catalogue.harvest.rows import Harvest
from postroad.notices import tell
from postroad.notices.models import Kind
from postroad.words import harvests

if TYPE_CHECKING:
    from postroad.directory.models import Library

SOURCE = "catalogue.harvest"


@dataclass(frozen=True, slots=True)
class HarvestFacts:
    """What the templates may say of a harvest."""

    library: str
    why: str = ""
    day: date | None = None  # on which records came last
    copies: int = 0


def tell_of(now: datetime) -> int:
    """Job: tell the library's desk and the center, once, of each harvest that failed three times or
    that asks; how many there were."""
    fails = Q(failures__gte=turns.TELLS, told_at=None, due_at__isnull=False)
    asks = Q(asks_at__isnull=False, asks_told_at=None)
    waiting = Harvest.objects.filter(fails | asks, connection__active=True)
    done = 0
    for harvest in waiting.select_related("connection__library")[:20]:
        if harvest.asks_at and not harvest.asks_told_at:
            note(Kind.HARVEST_ASKS, harvest, harvest.asks_at, now)
            done += 1
        if harvest.failures >= turns.TELLS and not harvest.told_at:
            note(Kind.HARVEST_FAILED, harvest, now, now)
            done += 1
    return done


@transaction.atomic
def note(kind: Kind, harvest: Harvest, at: datetime, now: datetime) -> None:
    library: Library = harvest.connection.library
    came = harvest.moved_at
    facts = HarvestFacts(
        library=library.name,
        why=harvests.trouble(harvest.trouble, harvest.trouble_facts),
        day=library.day_of(came) if came else None,
        copies=harvest.asks_copies,
    )
    for to in (library, Role.CENTRE):
        tell.note(
            kind,
            to,
            facts,
            source=SOURCE,
            source_key=f"{harvest.pk} {at:%Y-%m-%d %H:%M:%S}",
            now=now,
            about=f"harvest:{library.code}",
        )
    told = "asks_told_at" if kind is Kind.HARVEST_ASKS else "told_at"
    Harvest.objects.filter(pk=harvest.pk).update(**{told: now})
