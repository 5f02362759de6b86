"""Some of a library's own records, as it sent them, to show what a mapping makes of their items.

They are taken from all over its records, since a library moves from system to system and its
oldest and newest do not look alike. Those that are shown are chosen so that each way in which an
item is written, and each word that is said of one, is seen.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

import pymarc
from django.core.cache import caches

from postroad.catalogue import description
from postroad.catalogue.marc import texts
from postroad.catalogue.marc.fields import Fields, by_tag, control
from postroad.catalogue.marc.forms import format_of
from postroad.catalogue.marc.layouts import PRESETS, Layout
from postroad.catalogue.models import Contribution, RawForm, RawRecord
from postroad.directory.models import Library
from postroad.protocols.marc import reading
from postroad.protocols.marc.results import NotMarc, Read

PLACES, AT_EACH = 8, 50  # from so many places of its control numbers, so many records
SHOWN = 20
MOMENT = 60  # seconds for which a sample is good: staff try one thing after the other
KEPT = "items-sample"
FEW, SHORT = 12, 24  # values of a subfield, and their letters, if they are words of a system
NO_ITEM = ("none",)
ITEM_TAGS = frozenset({each.tag for each in PRESETS.values()} | {"866", "867", "868"})
# What of a record may tell of items; the rest is not kept at hand.
FRONT = frozenset({"049", "090", "099"})

Feature = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as a library sent it, as far as it may tell of items."""

    control_number: str
    title: str
    fields: Fields
    unowned: bool = False  # of what nobody has on a shelf: without an item it never makes an owner


def seen(records: Sequence[pymarc.Record]) -> Seen:
    """A record, or the parts into which its system has split it."""
    first = by_tag(records[0])
    fields: Fields = {}
    for record in records:
        for field in record.fields:
            if may_tell(field.tag):
                fields.setdefault(field.tag, []).append(field)
    return Seen(
        control(first, "001").strip(),
        texts.titles_of(first)[0],
        fields,
        format_of(str(records[0].leader), first) in {"eresource", "article"},
    )


def may_tell(tag: str) -> bool:
    return tag >= "800" or tag in FRONT or tag.startswith("59")


def parts(raw: bytes, form: str) -> list[Read]:
    """The records that these bytes of a contribution are: one, or several parts."""
    whole = b"<collection>" + raw + b"</collection>" if form == RawForm.MARCXML else raw
    try:
        return [each for each in reading.records(BytesIO(whole)) if isinstance(each, Read)]
    except NotMarc:
        return []


def look(library: Library) -> tuple[Seen, ...]:
    """Some hundred of its records, from all over; none, if it has sent none since bytes are
    kept."""
    kept: tuple[int, tuple[Seen, ...]] | None = caches["process"].get(KEPT)
    if kept and kept[0] == library.pk:
        return kept[1]
    rows = RawRecord.objects.filter(pk__in=spread(library)).order_by(
        "contribution__control_number", "pk"
    )
    found = (parts(description.unpacked(bytes(row.bytes)), row.form) for row in rows)
    looked_at = tuple(seen([each.record for each in those]) for those in found if those)
    if looked_at:
        caches["process"].set(KEPT, (library.pk, looked_at), MOMENT)
    return looked_at


def spread(library: Library) -> list[int]:
    """Keys of its contributions from several places of the list, each the same at each look."""
    listed = Contribution.objects.filter(library=library).order_by("control_number", "pk")
    count = listed.count()
    step = max(count // PLACES, AT_EACH)
    starts = range(0, count, step)
    return [
        pk
        for start in starts
        for pk in listed.values_list("pk", flat=True)[start : start + AT_EACH]
    ]


def forget() -> None:
    """The library's records are others now."""
    caches["process"].delete(KEPT)


def choose(records: Sequence[Seen], layout: Layout | None, many: int = SHOWN) -> list[Seen]:
    """So many of them that each feature is seen, as far as that goes; then the first others. In
    their order."""
    features = features_of(records, layout)
    wanted: set[Feature] = set().union(*features) if features else set()
    chosen: list[int] = []
    while wanted and len(chosen) < many:
        best = max(range(len(records)), key=lambda at: (len(features[at] & wanted), -at))
        chosen.append(best)
        wanted -= features[best]
    rest = (at for at in range(len(records)) if at not in set(chosen))
    chosen += [at for at, _ in zip(rest, range(many - len(chosen)), strict=False)]
    return [records[at] for at in sorted(chosen)]


def features_of(records: Sequence[Seen], layout: Layout | None) -> list[set[Feature]]:
    """Of each record: the patterns of its item fields, and the words that stand in them."""
    tags = ITEM_TAGS | ({layout.tag} if layout else set())
    telling = words_codes(records, tags, layout)
    return [set(features(each, tags, telling)) or {NO_ITEM} for each in records]


def features(
    record: Seen, tags: Collection[str], telling: Collection[Feature]
) -> Iterator[Feature]:
    for field in item_fields(record, tags):
        yield (field.tag, "".join(sorted({sub.code for sub in field.subfields})))
        for sub in field.subfields:
            if (field.tag, sub.code) in telling:
                yield (field.tag, sub.code, sub.value.strip().upper())


def item_fields(record: Seen, tags: Collection[str]) -> Iterator[pymarc.Field]:
    for tag in sorted(record.fields):
        if tag in tags or tag.startswith("9"):
            yield from (each for each in record.fields[tag] if each.subfields)


def words_codes(
    records: Iterable[Seen], tags: Collection[str], layout: Layout | None
) -> set[Feature]:
    """The subfields that hold words of a system: those in which the mapping looks for a status, and
    those that have few values, and short ones."""
    values: dict[Feature, Counter[str]] = {}
    for record in records:
        for field in item_fields(record, tags):
            for sub in field.subfields:
                found = values.setdefault((field.tag, sub.code), Counter())
                if len(found) <= FEW:
                    found[sub.value.strip().upper()[: SHORT + 1]] += 1
    said = {
        where
        for where, found in values.items()
        if len(found) <= FEW and all(len(value) <= SHORT for value in found)
    }
    if layout:
        said |= {(layout.tag, code) for code in layout.status + layout.current}
    return said


def item_lines(record: Seen, layout: Layout | None) -> list[str]:
    """The fields that may be items, as they came: "952 $p 31 $o PR4034"."""
    tags = ITEM_TAGS | ({layout.tag} if layout else set())
    return [
        f"{field.tag} " + " ".join(f"${sub.code} {sub.value}" for sub in field.subfields)
        for field in item_fields(record, tags)
    ]
