"""Changes what one source entered as closures: a situation that lasts longer, or holds elsewhere.

What is missing is entered, what is no longer wanted ends, and days move. What somebody else ended
stays ended. Each library, and whoever follows it, hears only what changed there.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction

from postroad.directory import closures
from postroad.directory.models import Closure, Effect, Library
from postroad.directory.opening import Scope


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to hold by the word of one source."""

    source: str
    effects: Collection[str]
    many: Sequence[str]  # states, or "" for all; none: `libraries`, and no others
    libraries: frozenset[int]  # all that are concerned
    first_day: date  # of what is entered now
    last_day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What becomes of one effect: which rows, and at which libraries."""

    effect: Effect
    enter: Sequence[Scope]
    end: Sequence[Closure]
    keep: Sequence[Closure]
    before: Mapping[int, tuple[date, date]]  # the days on which it was to hold, by library
    after: frozenset[int]
    stays_ended: frozenset[int]  # somebody ended it there, and not this source

    @property
    def began(self) -> frozenset[int]:
        return self.after - set(self.before)

    @property
    def over(self) -> frozenset[int]:
        return frozenset(self.before) - self.after

    def moved(self, wanted: Wanted, today: date) -> frozenset[int]:
        """Where it held and holds, but not on the same days."""
        kept = self.after & set(self.before)
        return frozenset(each for each in kept if _moves(self.before[each], wanted, today))


def _moves(days: tuple[date, date], wanted: Wanted, today: date) -> bool:
    first, last = days
    return last != wanted.last_day or (first > today and first != wanted.first_day)


def differences(wanted: Wanted, today: date) -> list[Difference]:
    """What is to be done so that this holds, and nothing else of this source."""
    members = dict(Library.objects.members().values_list("pk", "state"))
    rows = defaultdict[str, list[Closure]](list)
    for row in Closure.objects.filter(source=wanted.source):
        rows[row.effect].append(row)
    return [_difference(each, rows[each], wanted, members, today) for each in Effect]


def _difference(
    effect: Effect,
    rows: Iterable[Closure],
    wanted: Wanted,
    members: Mapping[int, str],
    today: date,
) -> Difference:
    standing, ended = list[Closure](), set[int]()
    for row in rows:
        if row.was_until is not None and row.ended_source != wanted.source:
            ended |= _at(row.scope, members)
        elif row.was_until is None and row.last_day >= today:
            standing.append(row)
    scopes, after = set[Scope](), frozenset[int]()
    if effect in wanted.effects:
        scopes, after = _scopes(wanted, ended, members), wanted.libraries - ended
    return Difference(
        effect,
        enter=sorted(scopes - {row.scope for row in standing}, key=str),
        end=[row for row in standing if row.scope not in scopes],
        keep=[row for row in standing if row.scope in scopes],
        before={
            each: (row.first_day, row.last_day)
            for row in standing
            for each in _at(row.scope, members)
        },
        after=after,
        stays_ended=frozenset(ended & wanted.libraries if effect in wanted.effects else ()),
    )


def _scopes(wanted: Wanted, ended: set[int], members: Mapping[int, str]) -> set[Scope]:
    """One row for many, unless somebody of them ended it: then one for each of the others."""
    if not wanted.many:
        return set(wanted.libraries - ended)
    found = set[Scope]()
    for state in wanted.many:
        here = _at(state, members)
        found.update(here - ended if here & ended else [state])
    return found


def _at(scope: Scope, members: Mapping[int, str]) -> set[int]:
    if isinstance(scope, int):
        return {scope}
    return {pk for pk, state in members.items() if scope in ("", state)}


@transaction.atomic
def carry_out(
    wanted: Wanted, found: Iterable[Difference], *, by: str, at: datetime, today: date
) -> None:
    """Do what `differences` found."""
    members = dict(Library.objects.members().values_list("pk", "state"))
    for each in found:
        moved = each.moved(wanted, today)
        for rows in _by_entry(_keep(each, wanted, today)):
            _tell("amend", rows, moved, members, by, at)
        for rows in _by_entry(_end(each, wanted, by, at)):
            _tell("reopen", rows, each.over, members, by, at)
        for rows in _enter(each, wanted, by, at):
            _tell("close", rows, each.began, members, by, at)
            _tell("amend", rows, moved, members, by, at)
    _move_ended(wanted)
    closures.changed()


def _keep(found: Difference, wanted: Wanted, today: date) -> list[Closure]:
    for row in found.keep:
        row.last_day, row.reason = wanted.last_day, wanted.reason
        if row.first_day > today:  # what has held on some day keeps it
            row.first_day = wanted.first_day
    Closure.objects.bulk_update(found.keep, ["first_day", "last_day", "reason"])
    return list(found.keep)


def _end(found: Difference, wanted: Wanted, by: str, at: datetime) -> list[Closure]:
    libraries = Library.objects.in_bulk({row.library_id for row in found.end if row.library_id})
    for row in found.end:
        if row.library_id:
            row.library = libraries[row.library_id]
        closures.end(row, by=by, at=at, source=wanted.source)
    Closure.objects.bulk_update(found.end, closures.ENDING)
    return list(found.end)


def _enter(found: Difference, wanted: Wanted, by: str, at: datetime) -> list[list[Closure]]:
    """Of the libraries one entry, of each state one."""
    libraries = [scope for scope in found.enter if isinstance(scope, int)]
    entries: list[Sequence[Scope]] = [[scope] for scope in found.enter if isinstance(scope, str)]
    if libraries:
        entries.append(libraries)
    made = []
    for scopes in entries:
        entry = uuid4()
        made.append(
            Closure.objects.bulk_create(
                Closure(
                    library_id=scope if isinstance(scope, int) else None,
                    state=scope if isinstance(scope, str) else "",
                    effect=found.effect,
                    first_day=wanted.first_day,
                    last_day=wanted.last_day,
                    reason=wanted.reason,
                    entry=entry,
                    source=wanted.source,
                    said_by=by,
                    said_at=at,
                )
                for scope in scopes
            )
        )
    return made


def _move_ended(wanted: Wanted) -> None:
    """Where somebody ended it, to put it back means the days that the others have now."""
    rows = Closure.objects.filter(
        source=wanted.source, effect__in=wanted.effects, was_until__isnull=False
    )
    rows.exclude(ended_source=wanted.source).update(was_until=wanted.last_day)


def _by_entry(rows: Iterable[Closure]) -> Iterable[list[Closure]]:
    found = defaultdict[UUID, list[Closure]](list)
    for row in rows:
        found[row.entry].append(row)
    return found.values()


def _tell(
    verb: str,
    rows: Sequence[Closure],
    concerned: Collection[int],
    members: Mapping[int, str],
    by: str,
    at: datetime,
) -> None:
    """Write down what happened at those of these rows' libraries for which it is new."""
    everybody = set[int]().union(*(_at(row.scope, members) for row in rows))
    here = everybody & set(concerned)
    if not here:
        return
    as_one = rows[0].library_id is None and here == everybody
    closures.happened(verb, rows, at, by=by, these=None if as_one else sorted(here))
