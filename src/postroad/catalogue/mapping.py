"""How a library's items are read: guessed on its first file by evidence, and kept.

`guess` and `preview` are pure, so that the page (`web/shared/items.py`) and the command
`postroad mapping` can show what a mapping makes of the library's own records before anybody keeps
it. The one before is kept, and so is by which one the items on record were read.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

import pymarc
from django.db import transaction

from postroad.accounts.models import User
from postroad.catalogue import sampling
from postroad.catalogue.marc import layouts, statuses
from postroad.catalogue.marc.copies import (
    UNKNOWN_COPY,
    Copy,
    Reading,
    copies_of,
    is_item,
    items_of,
    words_in,
)
from postroad.catalogue.marc.fields import Fields, one
from postroad.catalogue.marc.layouts import PRESETS, Layout
from postroad.catalogue.models import ItemMapping
from postroad.catalogue.sampling import Seen
from postroad.directory.models import Library

LOOKED_AT = 200  # records of a first file
SHOWN = 20
REMEMBERED = 5  # mappings by which items on record may have been read
OWN_WORDS = 3  # of one library, before its own preset is believed
# What only one of the systems that share a field writes: a subfield beside the barcode.
MARKS = {"evergreen": "j", "polaris": "r", "destiny": "9", "alma": "0", "koha": "o", "sierra": "l"}
NEEDS_MARKS = frozenset({"evergreen", "polaris", "destiny", "tlc", "symphony-psu", "alma"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a preset: how many items it finds in these records, and what it makes of
    their words."""

    system: str
    items: int = 0
    barcodes: int = 0
    call_numbers: int = 0
    marks: int = 0  # items with what only this system writes
    strange: int = 0  # items of which it does not know what is said

    @property
    def weight(self) -> int:
        return (
            4 * self.barcodes + self.items + self.call_numbers + 2 * self.marks - 3 * self.strange
        )


@dataclass(frozen=True, slots=True)
class Guess:
    """The preset that fits best, if any finds items, and how each fits."""

    layout: Layout | None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A record in a preview: what is made of its items."""

    control_number: str
    title: str
    copies: tuple[Copy, ...]
    lines: tuple[str, ...] = ()  # the fields that may be items, as they came


@dataclass(slots=True)
class Preview:
    rows: list[Row] = field(default_factory=list)
    records: int = 0
    without_copies: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    strange: Counter[str] = field(default_factory=Counter)  # words that nobody knows: how often
    words: Counter[str] = field(default_factory=Counter)  # all that stand where a status does
    copies: int = 0  # that are listed: not those that only stand for being an owner


def guess(records: Iterable[pymarc.Record | Seen]) -> Guess:
    """By which preset these records' items are read best."""
    looked_at = [as_seen(each).fields for each in islice(records, LOOKED_AT)]
    found = [evidence_for(layout, looked_at) for layout in PRESETS.values()]
    enough = len(looked_at) / 2  # fields of these tags hold other matters too
    told = tuple(each for each in found if each.barcodes or each.items >= max(enough, 1))
    told = tuple(each for each in told if each.marks or each.system not in NEEDS_MARKS)
    best = max(told, key=lambda each: each.weight, default=None)
    return Guess(PRESETS[best.system] if best else None, told)


def evidence_for(layout: Layout, records: list[Fields]) -> Evidence:
    copies = [copy for fields in records for copy in items_of(fields, layout)]
    return Evidence(
        layout.system,
        items=len(copies),
        barcodes=sum(bool(copy.barcode) for copy in copies),
        call_numbers=sum(bool(copy.call_number) for copy in copies),
        marks=marks_of(layout, records),
        strange=sum(bool(copy.strange) for copy in copies),
    )


def marks_of(layout: Layout, records: list[Fields]) -> int:
    items = [
        each
        for fields in records
        for each in fields.get(layout.tag, ())
        if each.subfields and is_item(each, layout) and one(each, layout.barcode).strip()
    ]
    if layout.system == "symphony-psu":
        own = {statuses.plain(sub.value) for each in items for sub in each.subfields}
        return len(items) if len(own & set(statuses.PENN_STATE)) >= OWN_WORDS else 0
    mark = MARKS.get(layout.system, "")
    return sum(bool(one(each, mark).strip()) for each in items if mark)


def preview(
    records: Iterable[pymarc.Record | Seen],
    reading: Reading,
    shown: Container[Seen] | None = None,
) -> Preview:
    """What this mapping makes of these records. As rows those to be `shown`, or else the first."""
    made = Preview()
    for each in map(as_seen, records):
        copies = copies_of(each.fields, owning(reading, each))
        listed = [copy for copy in copies if copy != UNKNOWN_COPY]
        made.records += 1
        made.without_copies += not listed
        made.copies += len(listed)
        made.by_status.update(copy.status for copy in copies)
        made.strange.update(copy.strange for copy in copies if copy.strange)
        made.words.update(words_in(each.fields, reading.layout))
        if (shown is None and len(made.rows) < SHOWN) or (shown is not None and each in shown):
            lines = tuple(sampling.item_lines(each, reading.layout))
            made.rows.append(Row(each.control_number, each.title, copies, lines))
    return made


def as_seen(record: pymarc.Record | Seen) -> Seen:
    return record if isinstance(record, Seen) else sampling.seen([record])


def owning(reading: Reading, record: Seen) -> Reading:
    return replace(reading, owns_without_items=False) if record.unowned else reading


def of(library: Library) -> Reading | None:
    """As this library's items are read, if that has been guessed or said."""
    kept = ItemMapping.objects.filter(library=library).first()
    return of_row(kept) if kept else None


def of_row(kept: ItemMapping) -> Reading:
    return of_written(
        {
            "system": kept.system,
            "rules": kept.rules,
            "only": kept.only,
            "owns_without_items": kept.owns_without_items,
        }
    )


def written(reading: Reading) -> dict[str, Any]:
    """As it is kept. Rules are kept only where they differ from the preset."""
    layout = reading.layout
    is_preset = layout is not None and PRESETS.get(layout.system) == layout
    return {
        "system": layout.system if layout else "",
        "rules": {} if is_preset or layout is None else layout.as_rules(),
        "only": reading.only,
        "owns_without_items": reading.owns_without_items,
    }


def of_written(kept: Mapping[str, Any]) -> Reading:
    rules = kept["rules"]
    layout = layouts.of_rules(rules) if rules else PRESETS.get(kept["system"])
    return Reading(layout, only=kept["only"], owns_without_items=kept["owns_without_items"])


def keep(
    library: Library, reading: Reading, *, by: User | None = None, at: datetime | None = None
) -> None:
    """From now on its items are read so. What was said before can be put back; what is only
    guessed, on the file that is just read, has no time and nothing before it."""
    said = written(reading)
    with transaction.atomic():
        kept = ItemMapping.objects.select_for_update().filter(library=library).first()
        was = written(of_row(kept) if kept else Reading())
        if kept and was == said:
            return
        row = kept or ItemMapping(library=library)
        if at is not None:
            row.read_as = unread(row.read_as or [], was, said)
            row.before = was
        put(row, said, by, at)


def go_back(library: Library, *, by: User | None, at: datetime) -> bool:
    """Put back what was kept before; pressed again, what is kept now comes back. Whether there is
    anything to be put back."""
    with transaction.atomic():
        kept = ItemMapping.objects.select_for_update().filter(library=library).first()
        if kept is None or kept.before is None:
            return False
        keep(library, of_written(kept.before), by=by, at=at)
    return True


def unread(
    before: list[dict[str, Any]], was: dict[str, Any], said: dict[str, Any]
) -> list[dict[str, Any]] | None:
    """By which mappings the items on record may have been read, unless by this one alone."""
    all_of_them = [*(each for each in before if each != was), was][-REMEMBERED:]
    return None if all_of_them == [said] else all_of_them


def put(kept: ItemMapping, said: dict[str, Any], by: User | None, at: datetime | None) -> None:
    for name, value in said.items():
        setattr(kept, name, value)
    kept.by, kept.at = by, at
    kept.save()
