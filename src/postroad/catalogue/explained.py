"""Why records are one, and why others are not: the same weighing as when they came in."""

from dataclasses import dataclass
from typing import cast

from postroad.catalogue import description, matching
from postroad.catalogue.description import TEXTS, Description
from postroad.catalogue.identifiers import Kind, Number
from postroad.catalogue.matching import Verdict
from postroad.catalogue.models import Contribution, ContributionState, Decision, Identifier, Record
from postroad.directory.models import Library

MOST_NEAR = 10
COLUMNS = tuple(name for name in TEXTS if name != "match_key")


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
    live = record.contributions.filter(state=ContributionState.LIVE).order_by("pk")
    pinned = set(
        Decision.objects.filter(kind=Decision.Kind.PINNED).values_list(
            "library_id", "control_number"
        )
    )
    found: list[Said] = []
    first: Description | None = None
    for each in live.select_related("library"):
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
    """Records that were weighed against it, or would be, and are not it."""
    values = list(record.identifiers.values_list("value", flat=True))
    numbered = Identifier.objects.filter(value__in=values).values("record_id")
    others = Record.objects.filter(moved_to=None).exclude(pk=record.pk)
    found = {each.pk: each for each in others.filter(pk__in=numbered)[:MOST_NEAR]}
    title = record.match_key.split("|")[0]
    if title:
        alike = others.filter(match_key__gte=f"{title}|", match_key__lt=f"{title}}}")
        found |= {each.pk: each for each in alike[:MOST_NEAR]}
    mine = of_row(record)
    return [Near(each, matching.compare(mine, of_row(each))) for each in found.values()]


def of_row(record: Record) -> Description:
    """What the union record says."""
    values = {name: getattr(record, name) for name in TEXTS}
    numbers = record.identifiers.values_list("kind", "value", "raw")
    return description.of_values(
        values, (Number(cast("Kind", kind), value, raw) for kind, value, raw in numbers)
    )


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody decided about one of these, and where the other is now."""

    decision: Decision
    other: Record | None
    other_library: Library | None


def decided_of(record: Record) -> list[Decided]:
    """What was decided about what is said of this record, the latest first."""
    keys = set(record.contributions.values_list("library_id", "control_number"))
    libraries = {library for library, _ in keys}
    rows = Decision.objects.filter(library__in=libraries) | Decision.objects.filter(
        other_library__in=libraries
    )
    found = []
    for each in rows.select_related("library", "other_library", "by"):
        one = (each.library_id, each.control_number)
        other = (each.other_library_id, each.other_control_number)
        if one in keys:
            found.append(Decided(each, where(*other), each.other_library))
        elif other in keys:
            found.append(Decided(each, where(*one), each.library))
    return found


def where(library: int | None, control: str) -> Record | None:
    found = Contribution.objects.filter(library=library, control_number=control)
    one = found.select_related("record").first() if library else None
    return one.record if one else None
