"""How many members lend these days: what the rota asks of each, asked of all at once."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from postroad.directory import closures, thresholds
from postroad.directory.models import Kind, Library
from postroad.ill import rota
from postroad.ill.rota import Lender, WhyNot

NOT_THESE_DAYS = frozenset({WhyNot.CLOSED, WhyNot.NO_LENDING_NOW})


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


def count(now: datetime) -> Lending:
    """In three statements, whatever their number."""
    libraries = list(
        Library.objects.members().exclude(kind=Kind.CENTRE).select_related("policy").order_by()
    )
    since = now.date() - timedelta(days=1)  # somewhere it is that day still
    desks = closures.calendars(libraries, since)
    lending = closures.calendars(libraries, since, closures.LENDING)
    found: Counter[WhyNot | None] = Counter()
    for library in libraries:
        desk = desks[library.pk]
        today = desk.day_of(now)
        found[
            rota.why_not(
                Lender(
                    code=library.code,
                    name=library.name,
                    town=library.town,
                    on_shelf=1,
                    lends=library.rules.lends,
                    days_known=desk.known,
                    open_on=desk.next_open(today),
                    lending_on=lending[library.pk].next_open(today),
                    arrives=today,  # the van is another question
                    today=today,
                    patience=thresholds.days("closure-patience", on=today),
                )
            )
        ] += 1
    return Lending(
        lend=found[None],
        not_these_days=sum(found[why] for why in NOT_THESE_DAYS),
        never=found[WhyNot.NOT_LENDING],
        not_known=found[WhyNot.NOT_KNOWN],
    )
