"""Staff split what was joined wrongly and join what was not: it holds in every later load.

A record from which contributions are taken off keeps its requests, but for those that followed
what is taken off (`ill.moved`); a record that is joined to another leads there (`moved_to`). Each
is undone by its opposite.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from postroad.accounts.models import User
from postroad.catalogue import description, loading
from postroad.catalogue.entry import Contributed, Entry
from postroad.catalogue.models import Contribution, Decision, Item, Record, Unindexed
from postroad.catalogue.pool import Pool
from postroad.errors import Refusal

Kind = Decision.Kind


class NotToSplit(Refusal):
    """All or none of its contributions were named, or what one of them says is not known."""

    code = "not-to-split"


class NotToJoin(Refusal):
    """A record to itself, or to one that is no more."""

    code = "not-to-join"


def split(record: Record, off: Collection[int], by: User | None, at: datetime, why: str) -> Record:
    """Take these contributions (keys) off a record, onto a new one that they are alone on; their
    copies go along. Raises NotToSplit."""
    with transaction.atomic():
        loading.take_turns()
        pool, entry = gathered(record)
        moved = [each for each in entry.contributions if each.pk in off]
        rest = [each for each in entry.contributions if each.pk not in off]
        if not moved or not rest or any(each.said is None for each in moved):
            raise NotToSplit(record=record.pk)
        other = Entry()
        pool.new.append(other)
        for each in moved:
            entry.contributions.remove(each)
            put(pool, each, other)
        entry.describe()
        pool.save()
        assert other.pk is not None
        carry(record.pk, other.pk, moved)
        for one in moved:
            for another in rest:
                decide(Kind.APART, one, another, by, at, why)
        made = Record.objects.get(pk=other.pk)
        lead_back(record.pk, made)
        return made


def join(record: Record, into: Record, by: User | None, at: datetime, why: str) -> None:
    """All that is said of the one is said of the other from now on. Raises NotToJoin."""
    with transaction.atomic():
        loading.take_turns()
        record = Record.objects.get(pk=record.pk)
        into = Record.objects.get(pk=into.pk)
        if record == into or record.moved_to_id or into.moved_to_id:
            raise NotToJoin(record=record.pk, into=into.pk)
        pool, entry, target = gathered(record, into)
        moved, there = entry.live(), target.live()
        if not moved or any(each.said is None for each in moved):
            raise NotToJoin(record=record.pk, into=into.pk)
        for each in moved:
            entry.contributions.remove(each)
            put(pool, each, target)
        entry.moved_to, entry.moved = target, True
        pool.save()
        Unindexed.objects.note([record.pk, into.pk])
        for one in moved:
            for another in there[:1]:
                decide(Kind.TOGETHER, one, another, by, at, why)


def pin(contribution: Contribution, by: User | None, at: datetime, why: str) -> None:
    """It stays on its record, whatever it says."""
    Decision.objects.update_or_create(
        library=contribution.library,
        control_number=contribution.control_number,
        other_library=None,
        other_control_number="",
        defaults={"kind": Kind.PINNED, "by": by, "at": at, "why": why[:300]},
    )


def unpin(contribution: Contribution) -> None:
    """The next load weighs it again."""
    Decision.objects.filter(
        kind=Kind.PINNED,
        library=contribution.library,
        control_number=contribution.control_number,
    ).delete()


def gathered(*records: Record) -> tuple[Any, ...]:
    """A pool, and each record at work in it, with all that was said of it."""
    pool = Pool()
    pool.gather({record.pk for record in records})
    pool.learn(pool.entries.values())
    return pool, *(pool.entries[record.pk] for record in records)


def put(pool: Pool, each: Contributed, on: Entry) -> None:
    assert each.said is not None
    each.packed = description.packed(description.written(each.said))
    pool.told[each] = on
    on.add(each)


def carry(source: int, target: int, moved: list[Contributed]) -> None:
    """Their copies go along, and the index follows."""
    for each in moved:
        Item.objects.filter(
            record=source, library=each.library, control_number=each.control_number
        ).update(record=target)
    Unindexed.objects.note([source, target])


def lead_back(source: int, made: Record) -> None:
    """Records that were joined to the source, and are what is taken off it now, lead there again.
    What a record was that others had been joined to before is not known: it stays."""
    if Record.objects.filter(pk=source, match_key=made.match_key).exists():
        return  # they may be either
    led = [source]
    while led:
        led = list(Record.objects.filter(moved_to__in=led).values_list("pk", flat=True))
        others = Record.objects.filter(moved_to__in=led).values_list("moved_to", flat=True)
        own = set(led) - set(others)
        Record.objects.filter(pk__in=own, match_key=made.match_key).update(moved_to=made)


def decide(
    kind: Kind, one: Contributed, other: Contributed, by: User | None, at: datetime, why: str
) -> None:
    """In place of what was decided about the two before."""
    either = Q(
        library=one.library,
        control_number=one.control_number,
        other_library=other.library,
        other_control_number=other.control_number,
    ) | Q(
        library=other.library,
        control_number=other.control_number,
        other_library=one.library,
        other_control_number=one.control_number,
    )
    Decision.objects.filter(either).delete()
    Decision.objects.create(
        kind=kind,
        library_id=one.library,
        control_number=one.control_number,
        other_library_id=other.library,
        other_control_number=other.control_number,
        by=by,
        at=at,
        why=why[:300],
    )
