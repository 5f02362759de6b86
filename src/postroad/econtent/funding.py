"""What falls away when the money ends: which resources, and for which libraries.

`end` sets the last day of all that a payer pays for, and `undo` puts back what stood before. That
libraries hear of it, once each, is written by `notices.funding` from the row that `end` leaves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from postroad.directory.models import Library
from postroad.econtent import editing
from postroad.econtent.models import FundingEnd, Resource, ResourceChange
from postroad.econtent.opening import Members, rights_of
from postroad.errors import Refusal


class NothingEnds(Refusal):
    """All that this payer pays for ends by then already, or it pays for nothing."""

    code = "funding-ends-already"


class TakenBackAlready(Refusal):
    """Somebody took it back before."""

    code = "funding-taken-back-already"


@dataclass(frozen=True, slots=True)
class Loss:
    """A resource with the libraries that lose it, and the last day on which they have it."""

    resource: Resource
    libraries: Sequence[Library]
    members: int  # how many there are at all

    @property
    def is_for_all(self) -> bool:
        return len(self.libraries) == self.members > 1

    @property
    def last_day(self) -> date | None:
        return self.resource.last_day


def paid(today: date, payer: str | None = None, until: date | None = None) -> list[Resource]:
    """What somebody pays for and what can be used today; that of one payer, or what ends by a
    day."""
    rows = Resource.objects.usable(today).exclude(payer="")
    if payer is not None:
        rows = rows.filter(payer=payer)
    if until is not None:
        rows = rows.filter(Q(ends_on__lte=until) | Q(trial_until__lte=until))
    return list(rows.order_by("payer", "name", "pk"))


def losses(resources: Sequence[Resource]) -> list[Loss]:
    """Three statements, however many they are."""
    if not resources:
        return []
    rights, members = rights_of(resources), Members.read()
    return [
        Loss(each, members.reached(rights.get(each.pk, ())), len(members.libraries))
        for each in resources
    ]


def ending(payer: str, on: date, today: date) -> list[Resource]:
    """For what that day would be an earlier end than it has now."""
    return [each for each in paid(today, payer) if each.ends_on is None or each.ends_on > on]


@transaction.atomic
def end(payer: str, on: date, *, by: str, at: datetime, today: date) -> FundingEnd:
    """The payer's money ends: this is the last day of all that it pays for. What ends before stays
    as it is."""
    resources = ending(payer, on, today)
    if not resources:
        raise NothingEnds(payer=payer, day=on)
    ended = FundingEnd.objects.create(payer=payer, ends_on=on, at=at, by=by)
    facts = {"ends_on": on}
    changes = [editing.change(each, facts, by=by, at=at, ending=ended) for each in resources]
    if not any(changes):
        raise NothingEnds(payer=payer, day=on)  # a second press came first
    return ended


@transaction.atomic
def undo(ended: FundingEnd, *, by: str, at: datetime) -> int:
    """Put back each last day that nobody has changed since; how many that were."""
    row = FundingEnd.objects.select_for_update(no_key=True).get(pk=ended.pk)
    if row.undone_at is not None:
        raise TakenBackAlready(payer=row.payer)
    FundingEnd.objects.filter(pk=row.pk).update(undone_at=at, undone_by=by)
    done = 0
    for changed in row.changes.filter(undoes=None).select_related("ending"):
        try:
            editing.undo(changed, by=by, at=at)
        except (editing.ChangedSince, editing.UndoneAlready):
            continue  # somebody has said otherwise of this one, and that counts
        done += 1
    return done


def losses_by_library(losses: Iterable[Loss]) -> dict[Library, list[Resource]]:
    """The same, as each library reads it."""
    found: dict[Library, list[Resource]] = {}
    for loss in losses:
        for library in loss.libraries:
            found.setdefault(library, []).append(loss.resource)
    return found


def lost(ended: FundingEnd) -> list[Resource]:
    """What still ends on that day by it."""
    return list(Resource.objects.filter(pk__in=_changed(ended), ends_on=ended.ends_on))


def regained(ended: FundingEnd) -> list[Resource]:
    """What goes on, since it was taken back."""
    longer = Q(ends_on=None) | Q(ends_on__gt=ended.ends_on)
    return list(Resource.objects.filter(longer, pk__in=_changed(ended)))


def _changed(ended: FundingEnd) -> QuerySet[ResourceChange, int]:
    return ResourceChange.objects.filter(ending=ended, undoes=None).values_list(
        "resource", flat=True
    )
