"""How a library's items are read: guessed on its first file by evidence, and kept.

`guess` and `preview` are pure, so that a page can show what a mapping makes of the library's own
records before anybody keeps it. There is no such page yet, but the command
`postroad mapping`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import pymarc

from postroad.accounts.models import User
from postroad.catalogue.marc import layouts, statuses, texts
from postroad.catalogue.marc.copies import Copy, Reading, copies_of, is_item, items_of
from postroad.catalogue.marc.fields import Fields, by_tag, control, one
from postroad.catalogue.marc.layouts import PRESETS, Layout
from postroad.catalogue.models import ItemMapping
from postroad.directory.models import Library

LOOKED_AT = 200  # records of a first file
SHOWN = 20
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


@dataclass(slots=True)
class Preview:
    rows: list[Row] = field(default_factory=list)
    records: int = 0
    without_copies: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    strange: Counter[str] = field(default_factory=Counter)  # words that nobody knows: how often


def guess(records: Iterable[pymarc.Record]) -> Guess:
    """By which preset these records' items are read best."""
    looked_at = [by_tag(record) for record in islice(records, LOOKED_AT)]
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


def preview(records: Iterable[pymarc.Record], reading: Reading) -> Preview:
    """What this mapping makes of these records; the first as rows."""
    made = Preview()
    for record in records:
        fields = by_tag(record)
        copies = copies_of(fields, reading)
        made.records += 1
        made.without_copies += not copies
        made.by_status.update(copy.status for copy in copies)
        made.strange.update(copy.strange for copy in copies if copy.strange)
        if len(made.rows) < SHOWN:
            title = texts.titles_of(fields)[0]
            made.rows.append(Row(control(fields, "001").strip(), title, copies))
    return made


def of(library: Library) -> Reading | None:
    """As this library's items are read, if that has been guessed or said."""
    kept = ItemMapping.objects.filter(library=library).first()
    if kept is None:
        return None
    layout = layouts.of_rules(kept.rules) if kept.rules else PRESETS.get(kept.system)
    return Reading(layout, only=kept.only, owns_without_items=kept.owns_without_items)


def keep(
    library: Library, reading: Reading, *, by: User | None = None, at: datetime | None = None
) -> None:
    """From now on its items are read so. Rules are kept only where they differ from the preset."""
    layout = reading.layout
    is_preset = layout is not None and PRESETS.get(layout.system) == layout
    ItemMapping.objects.update_or_create(
        library=library,
        defaults={
            "system": layout.system if layout else "",
            "rules": {} if is_preset or layout is None else layout.as_rules(),
            "only": reading.only,
            "owns_without_items": reading.owns_without_items,
            "by": by,
            "at": at,
        },
    )
