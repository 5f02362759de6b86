"""Holds that libraries tell us of: read from a spreadsheet or a program, told, taken back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from postroad import barcodes, spreadsheet
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill.models import ToldHold
from postroad.spreadsheet import WrongCell

HEADINGS: Mapping[str, Sequence[str]] = {
    "barcode": ("Barcode", "Item barcode"),
    "pick_up": ("Pick-up library", "Pick-up", "Pickup location", "Destination"),
    "owner": ("Owner", "Owning library", "Library"),
    "until": ("Until", "Expires", "Expiration date"),
}
NEEDED = ["barcode", "pick_up"]
FOR = timedelta(days=14)  # where no last day is told
LONGEST = timedelta(days=90)
KEPT = timedelta(days=31)  # after its last day
BATCH = 500


class Why(StrEnum):
    """Why a row cannot be taken."""

    NO_BARCODE = "no-barcode"
    TOO_LONG = "too-long"
    ROUNDED = "rounded"
    NO_LIBRARY = "no-library"
    NOT_A_DAY = "not-a-day"
    PAST = "past"
    TOO_FAR = "too-far"


class HoldOver(Refusal):
    """It was taken back, put back or forgotten meanwhile."""

    code = "told-hold-over"


Wrong = WrongCell[Why]


@dataclass(frozen=True, slots=True)
class Telling:
    """What one row says; libraries are their keys."""

    barcode: str
    owner: int
    pick_up: int | None  # None: it is for pick-up nowhere any more
    until: date


@dataclass(slots=True)
class Reading:
    tellings: list[Telling] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    taken: int
    again: int  # said before, so nothing was written


def read(table: spreadsheet.Table, library: Library, today: date) -> Reading:
    """What the rows say; nothing is written by this. A row without an owner speaks of the library's
    own item; without a pick-up library, of a hold that is over."""
    rows = Library.objects.members().order_by().values_list("code", "pk")
    codes = {code.upper(): pk for code, pk in rows}
    found = Reading()
    for row in table.rows:
        cells = {name: table.cell(row, name).strip() for name in table.columns}
        told = _telling(cells, codes, library, today)
        if isinstance(told, Telling):
            found.tellings.append(told)
            continue
        name, why = told
        letters = spreadsheet.column(table.columns[name]) if name in table.columns else ""
        found.wrong.append(Wrong(row.line, letters, why, cells.get(name, "")[:60]))
    return found


def _telling(
    cells: Mapping[str, str], codes: Mapping[str, int], library: Library, today: date
) -> Telling | tuple[str, Why]:
    """The row, or the cell that is wrong."""
    barcode = barcodes.plain(cells["barcode"])
    if not barcode:
        return "barcode", Why.NO_BARCODE
    if len(barcode) > _longest():
        return "barcode", Why.TOO_LONG
    if barcodes.is_rounded(barcode):
        return "barcode", Why.ROUNDED
    for name in ("pick_up", "owner"):
        if cells.get(name) and cells[name].upper() not in codes:
            return name, Why.NO_LIBRARY
    until = spreadsheet.day(cells["until"]) if cells.get("until") else today + FOR
    if until is None:
        return "until", Why.NOT_A_DAY
    if until < today:
        return "until", Why.PAST
    if until > today + LONGEST:
        return "until", Why.TOO_FAR
    owner = codes[cells["owner"].upper()] if cells.get("owner") else library.pk
    pick_up = codes[cells["pick_up"].upper()] if cells["pick_up"] else None
    return Telling(barcode, owner, pick_up, until)


def _longest() -> int:
    return ToldHold._meta.get_field("barcode").max_length or 0


@transaction.atomic
def tell(tellings: Iterable[Telling], library: Library, *, by: str, now: datetime) -> Told:
    """Write down what is said, in its order; what stands already is not written twice."""
    said = list(tellings)
    new = []
    for at in range(0, len(said), BATCH):
        part = said[at : at + BATCH]
        stands = _standing({each.barcode for each in part})
        for each in part:
            key = each.owner, each.barcode
            if stands.get(key) == each:
                continue
            stands[key] = each
            new.append(_written(each, library, by, now))
    ToldHold.objects.bulk_create(new, batch_size=BATCH)
    return Told(len(new), len(said) - len(new))


def _standing(wanted: Iterable[str]) -> dict[tuple[int, str], Telling]:
    """What was said last of each item."""
    rows = ToldHold.objects.filter(barcode__in=set(wanted), taken_back_at=None)
    last = rows.order_by("said_at", "pk")
    return {
        (row.owner_id, row.barcode): Telling(row.barcode, row.owner_id, row.pick_up_id, row.until)
        for row in last
    }


def _written(told: Telling, library: Library, by: str, now: datetime) -> ToldHold:
    return ToldHold(
        told_by=library,
        owner_id=told.owner,
        barcode=told.barcode,
        pick_up_id=told.pick_up,
        until=told.until,
        said_at=now,
        said_by=by,
    )


def take_back(pk: int, library: Library, *, by: str, now: datetime) -> ToldHold:
    """It was said by mistake: what was said before counts again."""
    return _mark(pk, library, was_back=False, by=by, now=now)


def put_back(pk: int, library: Library) -> ToldHold:
    """It was right after all."""
    return _mark(pk, library, was_back=True, by="", now=None)


@transaction.atomic
def _mark(pk: int, library: Library, *, was_back: bool, by: str, now: datetime | None) -> ToldHold:
    row = ToldHold.objects.filter(
        pk=pk, told_by=library, taken_back_at__isnull=not was_back
    ).select_related("pick_up")
    if not row.update(taken_back_at=now, taken_back_by=by):
        raise HoldOver
    return ToldHold.objects.select_related("pick_up").get(pk=pk)


def of(library: Library, today: date) -> QuerySet[ToldHold]:
    """What this library told that is not over, the last first."""
    rows = ToldHold.objects.filter(told_by=library, until__gte=today)
    return rows.select_related("owner", "pick_up")


def forget(now: datetime) -> int:
    """What is over for a month is gone; how many there were. Of an item it stays as long as
    something else that was told of it: what was said before would count again."""
    over = timezone.localdate(now) - KEPT
    alive = ToldHold.objects.filter(
        owner=OuterRef("owner"), barcode=OuterRef("barcode"), until__gte=over
    )
    return ToldHold.objects.filter(~Exists(alive), until__lt=over).delete()[0]
