"""What libraries say of the volumes that they have: kept with the record in which they say so.

All queries are for a whole batch. A union record says what its contributions do, so nothing here
follows when records are joined or split.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.db.models import JSONField, Value

from postroad.catalogue import bulk, serials
from postroad.catalogue.marc import Facts, Holdings
from postroad.catalogue.models import Contribution, ContributionState, Item, ItemStatus, Serial
from postroad.catalogue.serials import Answer, Asked, Reading, Run, Statement, read
from postroad.catalogue.written import Listed
from postroad.directory.models import Library

BATCH = 500
SAID = ("contribution_id", "statements", "first_year", "last_year", "ranges")
Key = tuple[str, str]  # control number of the record, and of the holdings record


@dataclass(slots=True, eq=False)
class Kept:
    """A row as it stood."""

    pk: int
    contribution: int | None
    statements: list[dict[str, Any]]


def write(batch: list[Facts], holdings: list[Holdings], library: Library, listed: Listed) -> None:
    """Keep what these records say now. Their contributions have been written."""
    controls = {each.control_number for each in batch}
    controls |= {each.control_number for each in holdings}
    rows = Serial.objects.filter(library=library)
    kept = read_rows(rows.filter(control_number__in=controls))
    wanted = said_by(batch, holdings, listed, kept)
    if holdings:  # they may have belonged to others
        sources = {each.source for each in holdings}
        there = rows.filter(source__in=sources).values_list("pk", "control_number", "source")
        gone = [pk for pk, control, source in there if not wanted.get((control, source))]
        Serial.objects.filter(pk__in=gone).delete()
        kept = {key: row for key, row in kept.items() if row.pk not in gone}
    if not (wanted or kept):
        return
    save(wanted, kept, library)


def read_rows(rows: Any) -> dict[Key, Kept]:
    columns = ("control_number", "source", "pk", "contribution_id", "statements")
    return {
        (control, source): Kept(pk, contribution, said)
        for control, source, pk, contribution, said in rows.values_list(*columns)
    }


def said_by(
    batch: list[Facts], holdings: list[Holdings], listed: Listed, kept: Mapping[Key, Kept]
) -> dict[Key, list[dict[str, Any]]]:
    """What is to be kept. Of a record that comes in parts, each adds to what the others said."""
    wanted: dict[Key, list[dict[str, Any]]] = {}
    for facts in batch:
        key = (facts.control_number, "")
        before = said_before(key, bool(facts.statements), listed, kept, wanted)
        said = [written(each) for each in facts.statements]
        wanted[key] = [*before, *(each for each in said if each not in before)]
    for record in holdings:
        key = (record.control_number, record.source)
        before = said_before(key, bool(record.statements), listed, kept, wanted)
        # Several may have one number: each is of another copy.
        copy = f"{len(before)}:" if before else ""
        of_copy = (replace(each, group=copy + each.group) for each in record.statements)
        wanted[key] = [*before, *map(written, of_copy)]
        listed.holdings.add(record.source)
    return wanted


def said_before(
    key: Key,
    says: bool,
    listed: Listed,
    kept: Mapping[Key, Kept],
    wanted: Mapping[Key, list[dict[str, Any]]],
) -> list[dict[str, Any]]:
    """What the same file has told of the same already. Of the many that say nothing, nothing is
    remembered."""
    known = "\x1f".join(key)
    if known not in listed.said:
        if says:
            listed.said.add(known)
        return []
    return wanted[key] if key in wanted else kept[key].statements if key in kept else []


def save(
    wanted: dict[Key, list[dict[str, Any]]], kept: Mapping[Key, Kept], library: Library
) -> None:
    """Write what is new, take away what is said no more, and join what waited for its record."""
    unlinked = {control for (control, _), row in kept.items() if row.contribution is None}
    fresh = {key: said for key, said in wanted.items() if is_new(said, kept.get(key))}
    stale = [kept[key].pk for key in wanted if key in kept and (key in fresh or not wanted[key])]
    if stale:
        Serial.objects.filter(pk__in=stale).delete()
    if not (fresh or unlinked):
        return
    controls = unlinked | {control for control, _ in fresh}
    of = dict(
        Contribution.objects.filter(library=library, control_number__in=controls).values_list(
            "control_number", "pk"
        )
    )
    rows = (
        [library.pk, control, source, *columns(of.get(control), said)]
        for (control, source), said in fresh.items()
    )
    bulk.insert(Serial, ("library_id", "control_number", "source", *SAID), rows)
    waited = (
        (of[control], row.pk)
        for (control, _), row in kept.items()
        if row.contribution is None and control in of and row.pk not in stale
    )
    bulk.update(Serial, ("contribution_id",), waited)


def is_new(said: list[dict[str, Any]], row: Kept | None) -> bool:
    return bool(said) and (row is None or row.statements != said)


def columns(contribution: int | None, said: list[dict[str, Any]]) -> list[bulk.Value]:
    reading = read(statement(each) for each in said)
    years = reading.first_year, reading.last_year
    return [contribution, json.dumps(said), *years, json.dumps(reading.as_json())]


def written(one: Statement) -> dict[str, Any]:
    """As it is kept, without what is empty."""
    kept = asdict(replace(one, run=None))
    kept["kind"] = one.kind.value
    if one.run:
        kept["run"] = one.run.as_json()
    # As JSON has it: to be compared with what was kept.
    said: dict[str, Any] = json.loads(
        json.dumps({name: each for name, each in kept.items() if each})
    )
    return said


def statement(kept: dict[str, Any]) -> Statement:
    run = Run.of_json(kept["run"]) if "run" in kept else None
    return Statement(**{**kept, "kind": serials.Kind(kept["kind"]), "run": run})


def forget_absent(library: Library, listed: Listed) -> None:
    """A whole file does not list these any more."""
    rows = Serial.objects.filter(library=library).values_list("pk", "control_number", "source")
    sources = listed.holdings
    gone = [
        pk
        for pk, control, source in rows.order_by("pk").iterator(chunk_size=5000)
        if (sources and source not in sources if source else not listed.is_there(control))
    ]
    for at in range(0, len(gone), BATCH):
        Serial.objects.filter(pk__in=gone[at : at + BATCH]).delete()


def read_anew(library: Library, controls: Collection[str]) -> None:
    """Read the statements of these records again: what libraries write is understood better with
    time, and a file that comes again with the same words changes nothing."""
    changed = []
    for row in Serial.objects.filter(library=library, control_number__in=controls):
        reading = read(statement(each) for each in row.statements)
        if reading.as_json() != row.ranges:
            row.ranges = reading.as_json()
            row.first_year, row.last_year = reading.first_year, reading.last_year
            changed.append(row)
    Serial.objects.bulk_update(changed, ["ranges", "first_year", "last_year"])


@dataclass(frozen=True, slots=True)
class Said:
    """What one library says: its own words, and how they are read."""

    library_id: int
    statements: tuple[Statement, ...]
    reading: Reading


def of_record(record: int) -> list[Said]:
    """What each library says of the volumes that it has, in one query."""
    rows = Serial.objects.filter(
        contribution__record=record, contribution__state=ContributionState.LIVE
    )
    found = rows.order_by("contribution__library", "control_number", "source", "pk")
    return [
        Said(library, tuple(map(statement, said)), Reading.of_json(ranges))
        for library, said, ranges in found.values_list(
            "contribution__library", "statements", "ranges"
        )
    ]


def who_has(record: int, asked: Asked, today: date) -> dict[int, Answer]:
    """What each library that owns the serial says to that, in one query. Who says nothing of its
    volumes is not known to have it."""
    contributed = Contribution.objects.filter(record=record, state=ContributionState.LIVE)
    copies = Item.objects.filter(record=record).exclude(status=ItemStatus.WITHDRAWN)
    nothing = Value(None, output_field=JSONField())
    rows = contributed.values_list("library", "serials__ranges").union(
        copies.values_list("library").annotate(nothing=nothing).distinct(), all=True
    )
    answers: dict[int, set[Answer]] = defaultdict(set)
    for library, ranges in rows:
        said = answers[library]
        if ranges is not None:
            said.add(serials.answer(Reading.of_json(ranges), asked, today))
    return {library: serials.together(said) for library, said in answers.items()}


def answers_of(said: Iterable[Said], asked: Asked, today: date) -> dict[int, Answer]:
    """The same, of what was read already."""
    answers: dict[int, set[Answer]] = defaultdict(set)
    for each in said:
        answers[each.library_id].add(serials.answer(each.reading, asked, today))
    return {library: serials.together(found) for library, found in answers.items()}
