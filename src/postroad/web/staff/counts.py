"""How many things stand in each queue of a desk."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count

from postroad.accounts.models import Role
from postroad.directory.models import Library
from postroad.ill import dates
from postroad.web.shared.gates import Desk
from postroad.web.staff.queues import TO_BORROW, TO_LEND, Queue, borrowing, lending, out


@dataclass(frozen=True, slots=True)
class Counts:
    """How many things stand in each queue of a desk; of a side that is not its own, none."""

    borrowing: dict[str, int] = field(default_factory=dict)
    lending: dict[str, int] = field(default_factory=dict)  # with what is out
    out: list[Queue] = field(default_factory=list)
    desk_day: date | None = None  # of the borrowing side

    @property
    def navigation(self) -> dict[str, int]:
        """What needs somebody here, by the name of the way."""
        found = {}
        if self.borrowing:
            found["staff-borrowing"] = sum(self.borrowing[part] for part in TO_BORROW)
        if self.lending:
            found["staff-lending"] = sum(self.lending[part] for part in TO_LEND)
        return found


def counts(desk: Desk, now: datetime) -> Counts:
    """A query for each table of each side."""
    borrows = not desk.roles.isdisjoint({Role.BORROWING, Role.DIRECTOR})
    lends = not desk.roles.isdisjoint({Role.LENDING, Role.DIRECTOR})
    away = out(now, desk.library) if lends else []
    day = dates.desk_day(desk.library, now) if borrows else None
    return Counts(
        count(desk.library, borrowing(now, day)) if borrows else {},
        count(desk.library, [*lending(now), *away]) if lends else {},
        away,
        day,
    )


def count(library: Library, of: Sequence[Queue]) -> dict[str, int]:
    """How many stand in each of these queues; one query for each kind of rows."""
    found: dict[str, int] = {}
    for rows in dict.fromkeys(queue.rows for queue in of):
        mine = {queue.key: Count("pk", filter=queue.which) for queue in of if queue.rows is rows}
        found |= rows(library).aggregate(**mine)
    return found
