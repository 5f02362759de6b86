"""How many members lend these days: what the rota asks of each, asked of all at once."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Value
from django.db.models.functions import Coalesce

from postroad.directory import closures, opening, thresholds
from postroad.directory.models import Closure, Kind, Library, Policy
from postroad.directory.opening import Calendar, Scope, Shut
from postroad.ill import rota
from postroad.ill.rota import Lender, WhyNot

NOT_THESE_DAYS = frozenset({WhyNot.CLOSED, WhyNot.NO_LENDING_NOW})
LENDS = Policy().lends  # where nobody wrote a policy


@dataclass(frozen=True, slots=True)
class Lending:
    """The members by what may be said of their lending; each is counted once."""

    lend: int
    not_these_days: int  # closed for longer than a request waits, or not lending for a while
    never: int  # by their policy
    not_known: int  # nobody knows when they are open

    @property
    def members(self) -> int:
        return self.lend + self.not_these_days + self.never + self.not_known


@dataclass(frozen=True, slots=True)
class Alike:
    """What two libraries have in common of which the same may be said."""

    open_days: str
    time_zone: str
    state: str
    lends: bool
    alone: int = 0  # the key of one that has closures of its own

    def calendar(self, shut: Mapping[Scope, Sequence[Shut]]) -> Calendar:
        scopes = opening.scopes(self.alone, self.state)
        return opening.calendar(self.open_days, self.time_zone, scopes, shut)


def count(now: datetime) -> Lending:
    """In two statements, whatever their number; what libraries have in common is asked once."""
    since = now.date() - timedelta(days=1)  # somewhere it is that day still
    rows = list(Closure.objects.current(since).filter(effect__in=closures.LENDING))
    locked, no_lending = (closures.by_scope(rows, e) for e in (closures.DESK, closures.LENDING))
    found: Counter[WhyNot | None] = Counter()
    for each, libraries in Counter(members(no_lending)).items():
        desk, lending = each.calendar(locked), each.calendar(no_lending)
        found[why_not(each, desk, lending, now)] += libraries
    return Lending(
        lend=found[None],
        not_these_days=sum(found[why] for why in NOT_THESE_DAYS),
        never=found[WhyNot.NOT_LENDING],
        not_known=found[WhyNot.NOT_KNOWN],
    )


def members(shut: Collection[Scope]) -> Iterator[Alike]:
    """One for each member; who is shut by itself is like no other."""
    lenders = Library.objects.members().exclude(kind=Kind.CENTRE).order_by()
    for key, days, zone, state, lends in lenders.values_list(
        "pk", "open_days", "time_zone", "state", Coalesce("policy__lends", Value(LENDS))
    ):
        yield Alike(days, zone, state, lends, key if key in shut else 0)


def why_not(each: Alike, desk: Calendar, lending: Calendar, now: datetime) -> WhyNot | None:
    """As the rota says it of a library that has the thing on its shelf; the van is another
    question."""
    today = desk.day_of(now)
    return rota.why_not(
        Lender(
            code="",
            name="",
            town="",
            on_shelf=1,
            lends=each.lends,
            days_known=desk.known,
            open_on=desk.next_open(today),
            lending_on=lending.next_open(today),
            arrives=today,
            today=today,
            patience=thresholds.days("closure-patience", on=today),
        )
    )
