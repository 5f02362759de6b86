"""The change of contractor: two tables of codes side by side, and the day from which the new one
holds. A slip bears the code of who drives on the day on which its journey ends."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from postroad import spreadsheet
from postroad.delivery.models import Changeover, Courier, Stop, StopCode
from postroad.delivery.routing import Later
from postroad.delivery.row_libraries import Libraries
from postroad.delivery.timetable_rows import Asked
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.spreadsheet import WrongCell

HEADINGS: Mapping[str, Sequence[str]] = {
    "library": ("Library", "Name", "Institution", "Library code"),
    "town": ("Community", "Town", "City"),
    "sign": ("Sign", "Route code", "Region letter", "Letter"),
    "word": ("Code", "Town code", "Stop code"),
}
LONGEST = {"sign": 4, "word": 40}
COURIER = "route__region__hub__courier"  # of a stop


class ChangesAlready(Refusal):
    """This courier is followed by another already."""

    code = "changeover-already"


class NoChange(Refusal):
    """It was ended, or somebody else was faster."""

    code = "changeover-over"


class Why(StrEnum):
    """Why a row of codes cannot be taken."""

    LIBRARY = "library"
    TWICE = "twice"
    MISSING = "missing"
    TOO_LONG = "too-long"


Wrong = WrongCell[Why]


@dataclass(frozen=True, slots=True)
class Step:
    """What would become of a library's code."""

    library: Library
    before: str
    sign: str
    word: str


@dataclass(slots=True)
class Difference:
    steps: list[Step] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    same: int = 0


def difference(courier: Courier, table: spreadsheet.Table) -> Difference:
    """What a spreadsheet would change in a courier's codes; who is not in it keeps its code."""
    libraries, found, seen = Libraries(), Difference(), set[int]()
    rows = StopCode.objects.filter(courier=courier)
    known = {each.library_id: each for each in rows}
    for row in table.rows:
        cells = {name: table.cell(row, name).strip() for name in HEADINGS if name in table.columns}
        library = libraries.meant(Asked(row.line, cells.get("library", ""), cells.get("town", "")))
        wrong = _wrong(library, cells, seen)
        if wrong is not None or library is None:
            name, why = wrong or ("library", Why.LIBRARY)
            at = table.columns.get(name)
            letters = spreadsheet.column(at) if at is not None else ""
            found.wrong.append(Wrong(row.line, letters, why, cells.get(name, "")[:60]))
            continue
        seen.add(library.pk)
        before = known.get(library.pk)
        step = Step(library, str(before or ""), cells.get("sign", ""), cells["word"])
        if before is not None and (before.sign, before.word) == (step.sign, step.word):
            found.same += 1
        else:
            found.steps.append(step)
    return found


def _wrong(
    library: Library | None, cells: Mapping[str, str], seen: set[int]
) -> tuple[str, Why] | None:
    if library is None:
        return "library" if cells.get("library") else "town", Why.LIBRARY
    if library.pk in seen:
        return "library" if cells.get("library") else "town", Why.TWICE
    if not cells.get("word"):
        return "word", Why.MISSING
    long = [name for name, most in LONGEST.items() if len(cells.get(name, "")) > most]
    return (long[0], Why.TOO_LONG) if long else None


@transaction.atomic
def enter(courier: Courier, steps: Iterable[Step]) -> int:
    """Write a courier's codes down, all or nothing; how many were others before."""
    rows = [
        StopCode(courier=courier, library=step.library, sign=step.sign, word=step.word)
        for step in steps
    ]
    StopCode.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["courier", "library"],
        update_fields=["sign", "word", "invented"],
        batch_size=200,
    )
    return len(rows)


def standing() -> QuerySet[Changeover]:
    return Changeover.objects.filter(ended_at=None).select_related("old", "new")


@transaction.atomic
def change(
    old: Courier, new: Courier, first_day: date, *, by: str, now: datetime, key: UUID | None
) -> Changeover:
    """Say from which day on another courier drives. By the `key` of its form a second press finds
    the first. Raises ChangesAlready."""
    key = key or uuid4()
    list(Courier.objects.select_for_update().filter(pk=old.pk))
    if standing().filter(old=old).exclude(key=key).exists():
        raise ChangesAlready(courier=old.name)
    said = {"old": old, "new": new, "first_day": first_day, "said_by": by, "said_at": now}
    return Changeover.objects.get_or_create(key=key, defaults=said)[0]


@transaction.atomic
def go_back(changeover: Changeover, *, by: str, now: datetime) -> Changeover:
    """The old courier's codes hold again, from now on and whatever was printed. Raises NoChange."""
    changed = Changeover.objects.filter(pk=changeover.pk, ended_at=None)
    if not changed.update(ended_by=by, ended_at=now):
        raise NoChange
    return Changeover.objects.get(pk=changeover.pk)


@transaction.atomic
def put_back(changeover: Changeover, *, now: datetime) -> Changeover:
    """To go back was a mistake: it holds as it was said. Raises NoChange and ChangesAlready."""
    row = Changeover.objects.select_for_update().get(pk=changeover.pk)
    if row.ended_at is None:
        raise NoChange
    if standing().filter(old=row.old_id).exists():
        raise ChangesAlready(courier=Courier.objects.get(pk=row.old_id).name)
    row.ended_by, row.ended_at = "", None
    row.save(update_fields=["ended_by", "ended_at"])
    return row


def driven_by(courier: Courier) -> QuerySet[Stop]:
    """The stops that a courier's hubs send their rounds to."""
    stops = Stop.objects.filter(active=True, **{COURIER: courier})
    return stops.select_related("library", "route").order_by("library__town", "library__name", "pk")


def missing(changeover: Changeover) -> QuerySet[Stop]:
    """Stops of the old courier that have no code of the new one yet: no slip to them can be printed
    for a journey that ends on its first day or later."""
    coded = StopCode.objects.filter(courier=changeover.new_id, library=OuterRef("library"))
    return driven_by(changeover.old).filter(~Exists(coded))


class OnSlips(NamedTuple):
    """What slips bear of a library where the van stops."""

    route: str
    letter: str
    word: str
    later: Later | None


def on_slips(libraries: Collection[int]) -> dict[int, OnSlips]:
    """What slips to these libraries bear, today and after a change of contractor, in one statement;
    who has no stop is absent."""
    code = StopCode.objects.filter(library=OuterRef("library"))
    change = Changeover.objects.filter(old=OuterRef(COURIER), ended_at=None)
    new = Changeover.objects.filter(old=OuterRef(OuterRef(COURIER)), ended_at=None).values("new")
    now, then = code.filter(courier=OuterRef(COURIER)), code.filter(courier__in=new)
    rows = (
        Stop.objects.filter(library__in=libraries, active=True)
        .order_by()
        .annotate(
            now_sign=Subquery(now.values("sign")[:1]),
            now_word=Subquery(now.values("word")[:1]),
            then_sign=Subquery(then.values("sign")[:1]),
            then_word=Subquery(then.values("word")[:1]),
            changes_on=Subquery(change.values("first_day")[:1]),
        )
        .values_list(
            *("library", "route__code", "route__region__letter"),
            *("now_sign", "now_word", "then_sign", "then_word", "changes_on"),
        )
    )
    found = {}
    for library, route, *facts in rows:
        found[library] = borne(route, *facts)
    return found


def borne(
    route: str,
    letter: str | None,
    sign: str | None,
    word: str | None,
    then_sign: str | None,
    then_word: str | None,
    first_day: date | None,
) -> OnSlips:
    """By the region's letter, the code of who drives now, and that of who drives from a day on."""
    later = Later(first_day, then_sign or "", then_word or "") if first_day else None
    return OnSlips(route, (sign if word else letter) or "", word or "", later)
