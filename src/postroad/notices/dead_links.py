"""Telling the ILL center, once, which links to licensed resources are dead."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from postroad.accounts.models import Role
from postroad.econtent import links
from postroad.econtent.models import FailingLink
from postroad.notices import tell
from postroad.notices.models import Kind

SOURCE = "econtent.links"
LISTED = 50


@dataclass(frozen=True, slots=True)
class DeadFacts:
    """Addresses that failed on three days."""

    links: int
    lines: tuple[str, ...] = ()


def bare(address: str) -> str:
    """What is dead is no link in a letter."""
    return address.partition("://")[2]


@transaction.atomic
def tell_of(now: datetime) -> int:
    """Job: one notice of all that nobody was told of; how many there were."""
    found = list(links.dead().filter(told_at=None))
    if found:
        lines = tuple(f"{each.resource.name}: {bare(each.address)}" for each in found[:LISTED])
        tell.note(
            Kind.LINKS_DEAD,
            Role.CENTRE,
            DeadFacts(len(found), lines),
            source=SOURCE,
            source_key=f"{max(each.pk for each in found)} {now:%Y-%m-%d %H:%M}",
            now=now,
            about="title lists",
        )
        FailingLink.objects.filter(pk__in=[each.pk for each in found]).update(told_at=now)
    return len(found)
