"""Why records are one, and why others are not: the same weighing as when they came in."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from django.db.models import Q

from postroad.catalogue import description, matching, naming, search
from postroad.catalogue.decided import Key
from postroad.catalogue.description import TEXTS, Description
from postroad.catalogue.identifiers import Kind, Number
from postroad.catalogue.matching import Verdict
from postroad.catalogue.models import Contribution, ContributionState, Decision, Identifier, Record
from postroad.catalogue.query import Query

MOST_NEAR = 10


@dataclass(frozen=True, slots=True)
class Said:
    """What one library says, and how that compares with what the first one said."""

    contribution: Contribution
    description: Description | None  # None: from before this was kept, so not known
    verdict: Verdict | None  # None of the first, and where one of the two is not known
    pinned: bool


@dataclass(frozen=True, slots=True)
class Near:
    """A record that shares a number or the title, and is another one all the same."""

    record: Record
    verdict: Verdict


def said_of(record: Record) -> list[Said]:
    """What each library says of it, in the order in which they came."""
    rows = record.contributions.filter(state=ContributionState.LIVE).order_by("pk")
    live = list(rows.select_related("library"))
    kept = Decision.objects.filter(
        kind=Decision.Kind.PINNED,
        library__in={each.library_id for each in live},
        control_number__in={each.control_number for each in live},
    )
    pinned = set(kept.values_list("library_id", "control_number"))
    found: list[Said] = []
    first: Description | None = None
    for each in live:
        known = read(each)
        verdict = matching.compare(first, known) if first and known else None
        key = (each.library_id, each.control_number)
        found.append(Said(each, known, verdict, key in pinned))
        first = first or known
    return found


def read(contribution: Contribution) -> Description | None:
    if contribution.facts is None:
        return None
    return description.read(description.unpacked(bytes(contribution.facts)))


def near(record: Record) -> list[Near]:
    """Other records with one of its numbers or with its title: what search finds first."""
    values = list(record.identifiers.values_list("value", flat=True))
    numbered = Identifier.objects.filter(value__in=values).exclude(record=record.pk)
    others = Record.objects.filter(moved_to=None).prefetch_related("identifiers")
    found = list(others.filter(pk__in=numbered.values("record_id"))[:MOST_NEAR])
    title = naming.Title.of(of_row(record)).main
    with suppress(search.NoIndex):
        hits = search.find(Query(words=f'"{title}"')).hits if title else []
        found += others.filter(pk__in={each.pk for each in hits} - {record.pk})
    mine = of_row(record)
    pairs = {each.pk: (each, of_row(each)) for each in found}
    alike = [
        Near(each, matching.compare(mine, theirs))
        for each, theirs in pairs.values()
        if mine.pairs & theirs.pairs or naming.Title.of(theirs).main == title
    ]
    return alike[:MOST_NEAR]


def of_row(record: Record) -> Description:
    """What the union record says."""
    values = {name: getattr(record, name) for name in TEXTS}
    numbers = (
        Number(cast("Kind", each.kind), each.value, each.raw) for each in record.identifiers.all()
    )
    return description.of_values(values, numbers)


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody decided about one of these, and where the other is now."""

    decision: Decision
    other: Record | None


def decided_of(record: Record) -> list[Decided]:
    """What was decided about what is said of this record, the latest first."""
    keys = set(record.contributions.values_list("library_id", "control_number"))
    libraries, controls = {library for library, _ in keys}, {control for _, control in keys}
    rows = Decision.objects.filter(
        Q(library__in=libraries, control_number__in=controls)
        | Q(other_library__in=libraries, other_control_number__in=controls)
    )
    pairs = [
        (each, other)
        for each in rows.select_related("library", "other_library", "by")
        for other in [partner(each, keys)]
        if other is not None
    ]
    there = whereabouts([other for _, other in pairs])
    return [Decided(each, there.get(other)) for each, other in pairs]


def partner(decision: Decision, keys: set[Key]) -> Key | None:
    """The other of the two that it is about; None, if it is about none of these."""
    one = (decision.library_id, decision.control_number)
    other = (decision.other_library_id or 0, decision.other_control_number)
    if one in keys:
        return other
    return one if other in keys else None


def whereabouts(keys: Iterable[Key]) -> dict[Key, Record]:
    """On which record each of these contributions is."""
    wanted = set(keys)
    found = Contribution.objects.filter(
        library__in={library for library, _ in wanted},
        control_number__in={control for _, control in wanted},
    )
    return {
        (each.library_id, each.control_number): each.record
        for each in found.select_related("record")
    }
