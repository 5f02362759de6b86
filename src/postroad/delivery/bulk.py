"""Many scans at once, of a file or of one container: a few statements for a thousand of them.

It says what `custody.note` says of each, in whatever order they come, and writes the same lines.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Field

from postroad.delivery import carrying, containment, custody, promises
from postroad.delivery.containment import ContainerStands
from postroad.delivery.custody import KEPT, Scan
from postroad.delivery.models import (
    Container,
    ContainerLine,
    Custody,
    CustodyStep,
    Parcel,
    ParcelState,
)
from postroad.directory.models import Library

IN_ONE = 500  # rows of one INSERT or UPDATE: SQLite bears so many values


@dataclass(slots=True)
class Written:
    """What came of many scans: the lines that were added, and those that were known."""

    lines: list[Custody] = field(default_factory=list)
    turns: list[ContainerLine] = field(default_factory=list)
    again: int = 0
    moved: int = 0  # lines that followed from containers' scans


def write(
    scans: Sequence[tuple[int, Scan]], turns: Sequence[ContainerLine], now: datetime
) -> Written:
    """Write down scans of parcels (by key) and of containers. In a transaction of its caller."""
    done = Written()
    _lock({turn.container_id for turn in turns} | {scan.container for _pk, scan in scans} - {None})
    _turn(turns, done)
    riding = _riding(turns)
    parcels = _locked({pk for pk, _scan in scans} | riding)
    lines = _lines(parcels)
    for pk, scan in scans:
        _note(parcels[pk], scan, lines[pk], done)
    _fold(parcels.values(), lines, done, now)
    return done


def fold_again(turns: Sequence[ContainerLine], now: datetime) -> Written:
    """A container's line was taken back: what followed from it is, too."""
    done = Written()
    _lock({turn.container_id for turn in turns})
    _stand(turns)
    parcels = _locked(_riding(turns))
    _fold(parcels.values(), _lines(parcels), done, now)
    return done


def _lock(containers: Iterable[int | None]) -> None:
    wanted = {each for each in containers if each}
    if wanted:
        list(Container.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))


def _turn(turns: Sequence[ContainerLine], done: Written) -> None:
    """Write what happened to the containers, and how each stands now."""
    if not turns:
        return
    wanted = {turn.key: turn for turn in turns}
    known = ContainerLine.objects.filter(key__in=wanted).values_list("key", flat=True)
    done.turns = [wanted[key] for key in wanted.keys() - set(known)]
    done.again += len(turns) - len(done.turns)
    ContainerLine.objects.bulk_create(done.turns, batch_size=IN_ONE, ignore_conflicts=True)
    _stand(turns)


def _stand(turns: Sequence[ContainerLine]) -> None:
    touched = {turn.container_id for turn in turns}
    shifts = carrying.shifts_of(touched, min(turn.at for turn in turns))
    stood = list(Container.objects.filter(pk__in=touched))
    for each in stood:
        now = containment.where(shifts[each.pk])
        each.state = now.state if now else ContainerStands.OPEN
        each.library_id = now.library if now else None
        each.holder = now.holder if now else ""
        each.inside_id = now.inside if now else None
        each.last_at = now.at if now else each.made_at
    fields = ["state", "library", "holder", "inside", "last_at"]
    Container.objects.bulk_update(stood, fields, batch_size=100)


def _riding(turns: Sequence[ContainerLine]) -> set[int]:
    if not turns:
        return set()
    return carrying.riders({turn.container_id for turn in turns}, min(turn.at for turn in turns))


def _locked(keys: set[int]) -> dict[int, Parcel]:
    found = Parcel.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    return {parcel.pk: parcel for parcel in found} if keys else {}


def _lines(parcels: dict[int, Parcel]) -> dict[int, list[Custody]]:
    found: dict[int, list[Custody]] = defaultdict(list)
    if parcels:
        for line in Custody.objects.filter(parcel__in=parcels.keys()).select_related("undoes"):
            found[line.parcel_id].append(line)
    return found


def _note(parcel: Parcel, scan: Scan, lines: list[Custody], done: Written) -> None:
    key = scan.key_in(parcel, lines)
    if any(line.key == key for line in lines):
        done.again += 1
        return
    line = scan.line(parcel, key)
    lines.append(line)
    done.lines.append(line)


def _fold(
    parcels: Iterable[Parcel], lines: dict[int, list[Custody]], done: Written, now: datetime
) -> None:
    """What the ledgers say now, in four statements."""
    parcels = list(parcels)
    shifts = carrying.shifts_around(line for parcel in parcels for line in lines[parcel.pk])
    moved: list[Custody] = []
    changed = []
    for parcel in parcels:
        own = lines[parcel.pk]
        if any(line.container_id for line in own):
            more = carrying.follow(parcel, own, shifts, now)
            moved += more
            own += more
        stood = _kept(parcel)
        custody.settle(parcel, own, shifts)
        if _kept(parcel) != stood:
            changed.append(parcel)
    done.moved = len(moved)
    Custody.objects.bulk_create([*done.lines, *moved], batch_size=IN_ONE, ignore_conflicts=True)
    _save(changed)
    _expect_again(parcels, [*done.lines, *moved])


def _kept_fields() -> list[Field[Any, Any]]:
    return [each for each in Parcel._meta.concrete_fields if each.name in KEPT]


def _kept(parcel: Parcel) -> tuple[object, ...]:
    return tuple(getattr(parcel, each.attname) for each in _kept_fields())


def _save(parcels: Sequence[Parcel]) -> None:
    """Update many rows, each to values of its own, in one statement for all."""
    fields = _kept_fields()
    names = [str(each.column) for each in fields]
    exact = connection.vendor == "postgresql"  # there a value in a list is text until it is cast
    values = [
        f"CAST(told.{name} AS {each.db_type(connection)})" if exact else f"told.{name}"
        for name, each in zip(names, fields, strict=True)
    ]
    changes = ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
    row = f"({', '.join(['%s'] * (len(names) + 1))})"
    for start in range(0, len(parcels), IN_ONE):
        part = parcels[start : start + IN_ONE]
        told: list[Any] = []
        for parcel in part:
            told.append(parcel.pk)
            told += [
                each.get_db_prep_save(getattr(parcel, each.attname), connection) for each in fields
            ]
        listed = ", ".join([row] * len(part))
        statement = (
            f"WITH told (id, {', '.join(names)}) AS (VALUES {listed}) UPDATE delivery_parcel "  # noqa: S608  # names of our own columns; values are parameters
            f"SET {changes} FROM told WHERE delivery_parcel.id = told.id"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, told)


def _expect_again(parcels: Sequence[Parcel], lines: Sequence[Custody]) -> None:
    """What the van took on a later day than was planned, and what goes on after it was held, gets
    new days, as by one scan."""
    steps = (CustodyStep.PICKED_UP, CustodyStep.RELEASED)
    last = {line.parcel_id: line for line in lines if line.step in steps}
    moving = [each for each in parcels if each.pk in last and each.state == ParcelState.MOVING]
    if not moving:
        return
    ends = {each.from_library_id for each in moving} | {each.to_library_id for each in moving}
    libraries = Library.objects.in_bulk(ends)
    for each in moving:
        each.from_library = libraries[each.from_library_id]
        each.to_library = libraries[each.to_library_id]
    late = [
        (each, last[each.pk].at)
        for each in moving
        if promises.wants_new_day(each, last[each.pk].step, last[each.pk].at)
    ]
    promises.expect_all_again(late)
