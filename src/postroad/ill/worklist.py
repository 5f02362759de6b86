"""The one list of all that is open, as the ILL center filters and counts it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from postroad import reference_numbers
from postroad.ill.lifecycle import OPEN, Owner, State
from postroad.ill.models import Request, RequestQuerySet, Supply

OPEN_NOW = Q(turn_until__isnull=False)  # as a constraint holds; so an index knows them
LONGEST = 80  # of a text that is looked for


@dataclass(frozen=True, slots=True)
class Filter:
    """Which open requests a list shows: those of which all of this is so."""

    states: frozenset[State] = frozenset()  # any of these; none: any at all
    turn: Owner | None = None  # who is to act
    late: bool = False  # and was to, before now
    outside: bool | None = None  # with a lender that is no member
    manager: int | None = None  # the key of the person of the center who looks after it
    nobody: bool = False  # looks after it
    libraries: frozenset[int] | None = None  # one of these borrows it, or is its lender now
    text: str = ""  # of title, author or number

    @property
    def is_broad(self) -> bool:
        """Whether the columns by which the counts are grouped tell it."""
        return self.libraries is None and not self.text

    def fits(self, group: Mapping[str, Any]) -> bool:
        """Whether it shows the requests of this group, where it `is_broad`."""
        return (
            (not self.states or group["state"] in self.states)
            and (self.turn is None or group["owner"] == self.turn)
            and (self.outside is None or group["outside"] == self.outside)
            and (self.manager is None or group["managed_by"] == self.manager)
            and not (self.nobody and group["managed_by"] is not None)
        )

    def which(self, now: datetime) -> Q:
        found = Q()
        if self.states:
            found &= Q(state__in=sorted(self.states))
        if self.turn is not None:
            found &= Q(owner=self.turn)
        if self.late:
            found &= late(now)
        if self.outside is not None:
            found &= Q(outside=self.outside)
        if self.manager is not None:
            found &= Q(managed_by=self.manager)
        if self.nobody:
            found &= Q(managed_by=None)
        if self.libraries is not None:
            of = sorted(self.libraries)
            theirs = Supply.objects.filter(lender__in=of).values("pk")
            found &= Q(library__in=of) | Q(current__in=theirs)
        return found & said(self.text)


def late(now: datetime) -> Q:
    """Whoever is to act was to before now: `Request.is_late`, of many at once."""
    return Q(turn_until__lt=now)


def said(text: str) -> Q:
    text = text.replace("\0", "").strip()[:LONGEST]
    if not text:
        return Q()
    words = Q()
    for word in text.split():
        words &= Q(title__icontains=word) | Q(author__icontains=word)
    return words | Q(ref=reference_numbers.tidy(text)[:8])


def listed(of: Filter, now: datetime) -> RequestQuerySet:
    return Request.objects.filter(OPEN_NOW & of.which(now))


GROUPED = ("state", "owner", "outside", "managed_by")


def counted(filters: Sequence[Filter], now: datetime) -> list[int]:
    """How many each of these shows: one grouped statement, that reads the open requests once, by an
    index alone where no list asks for a library or a text."""
    narrow = {
        f"of_{place}": Count("pk", filter=each.which(now))
        for place, each in enumerate(filters)
        if not each.is_broad
    }
    open_now = Request.objects.filter(OPEN_NOW).order_by().values(*GROUPED)
    groups = list(open_now.annotate(n=Count("pk"), late=Count("pk", filter=late(now)), **narrow))
    return [sum(_of(place, each, groups)) for place, each in enumerate(filters)]


def _of(place: int, each: Filter, groups: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    for group in groups:
        if not each.is_broad:
            yield group[f"of_{place}"]
        elif each.fits(group):
            yield group["late" if each.late else "n"]


STATES = tuple(state for state in State if state in OPEN)  # in the order of the road
