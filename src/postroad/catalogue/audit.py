"""The catalog compared with itself, and the search index with the catalog: `postroad audit`.

It goes through the records window by window, so that memory does not grow with them. What looks
wrong is looked at once more by itself before it is told: somebody may have been at work between two
looks. What is wrong is mended by the verbs that do the same every day. A job looks at a sample
each night.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from postroad.catalogue import audit_index, decisions, loading, union
from postroad.catalogue.audit_index import Kind
from postroad.catalogue.models import (
    Audited,
    Contribution,
    ContributionState,
    Decision,
    Item,
    Record,
    Unindexed,
)
from postroad.catalogue.pool import Pool
from postroad.errors import Refusal

WINDOW = 500  # records looked at together
FEW = 5  # of each kind that are told by number
FARTHEST = 100  # steps from a record to where it moved
SAMPLES = 20  # windows a night
PART = 100  # records of each


class What(models.TextChoices):
    """What may be wrong, and what is said of it behind how many there are."""

    MISSING = "missing", _("records are not in the search index")
    LEFT = "left", _("entries of the index are of records that are gone, or moved to others")
    TWICE = "twice", _("records have two entries in the index")
    OWNERS = "owners", _("entries name other libraries than have a copy")
    LENDABLE = "lendable", _("entries say otherwise where a copy can be lent")
    ENTRY = "entry", _("entries have another format, language, decade, network or collection")
    DESCRIPTION = "description", _("records are not what their libraries' records say together")
    COPY = "copy", _("records have copies that belong to another")
    MOVED = "moved", _("records moved to another, and something still lies on them")
    CIRCLE = "circle", _("records moved, and lead to none that stands")
    DECISION = "decision", _("decisions of staff do not hold")


OF_INDEX = frozenset(What(kind) for kind in Kind)


@dataclass(frozen=True, slots=True)
class Wrong:
    what: What
    key: int  # of the record, of a copy's item or of the decision


@dataclass(slots=True)
class Report:
    """What was found, and how much of it was mended."""

    records: int = 0
    wrong: Counter[What] = field(default_factory=Counter)
    mended: Counter[What] = field(default_factory=Counter)
    first: dict[What, list[int]] = field(default_factory=dict)

    def note(self, found: Wrong) -> None:
        self.wrong[found.what] += 1
        if len(few := self.first.setdefault(found.what, [])) < FEW:
            few.append(found.key)

    @property
    def left(self) -> Counter[What]:
        return self.wrong - self.mended


def whole(
    *, now: datetime, mend: bool = False, progress: Callable[[Report], None] | None = None
) -> Report:
    """All records, and all that was decided."""
    report = Report()
    for first, last, keys in windows():
        look(first, last, keys, report, now, mend=mend)
        if progress:
            progress(report)
    for part in decided():
        judge(part, report, now, mend=mend)
    return report


def windows() -> Iterator[tuple[int, int | None, list[int]]]:
    """The keys of all records, part by part, each from behind the one before to its end; the last
    has no end, since the index may know what the catalog does not."""
    first = 0
    while True:
        rest = Record.objects.filter(pk__gt=first).order_by("pk")
        keys = list(rest.values_list("pk", flat=True)[:WINDOW])
        ends = len(keys) < WINDOW
        yield first, None if ends else keys[-1], keys
        if ends:
            return
        first = keys[-1]


def decided() -> Iterator[list[Decision]]:
    last = 0
    while part := list(Decision.objects.filter(pk__gt=last).order_by("pk")[:WINDOW]):
        yield part
        last = part[-1].pk


def look(
    first: int, last: int | None, keys: list[int], report: Report, now: datetime, *, mend: bool
) -> None:
    """Whatever is wrong with these records."""
    report.records += len(keys)
    found = {*of_index(first, last), *of_records(keys)}
    if not found:
        return
    sure = confirmed(found)
    for each in sorted(sure, key=lambda each: (each.what, each.key)):
        report.note(each)
    if mend:
        for what, done in put_right(sure, now):
            report.mended[what] += done


def confirmed(found: set[Wrong]) -> set[Wrong]:
    """Those that are wrong at a second look, each by itself."""
    sure = set[Wrong]()
    for key in {each.key for each in found if each.what in OF_INDEX}:
        sure |= set(of_index(key - 1, key)) & found
    others = {each.key for each in found if each.what not in OF_INDEX}
    return sure | (set(of_records(sorted(others))) & found)


def of_index(first: int, last: int | None) -> Iterator[Wrong]:
    for kind, key in audit_index.compare(first, last):
        yield Wrong(What(kind), key)


def of_records(keys: Iterable[int]) -> Iterator[Wrong]:
    """The database with itself, in a few statements for all of these."""
    keys = list(keys)
    pool = Pool()
    pool.gather(set(keys))
    pool.learn(entry for entry in pool.entries.values() if not entry.moved)
    for key, entry in pool.entries.items():
        if not entry.moved and entry.describe():
            yield Wrong(What.DESCRIPTION, key)
    for record in misplaced(keys).values_list("record_id", flat=True).distinct():
        yield Wrong(What.COPY, record)
    moved = [key for key, entry in pool.entries.items() if entry.moved]
    for key in moved:
        if end_of(key) is None:
            yield Wrong(What.CIRCLE, key)
        elif lies_on(key):
            yield Wrong(What.MOVED, key)


def misplaced(keys: Iterable[int]) -> QuerySet[Item]:
    """Copies on these records whose contribution is about another, which stands."""
    lists = Contribution.objects.filter(
        library=OuterRef("library"), control_number=OuterRef("control_number")
    )
    elsewhere = lists.exclude(record=OuterRef("record")).filter(record__moved_to=None)
    on_these = Item.objects.filter(record__in=keys, record__moved_to=None)
    return on_these.filter(Exists(elsewhere)).exclude(control_number="")


def end_of(key: int) -> int | None:
    """Where a record that moved leads in the end; None if it leads in a circle."""
    seen = [key]
    while len(seen) < FARTHEST:
        to = Record.objects.filter(pk=seen[-1]).values_list("moved_to_id", flat=True).first()
        if to is None:
            return seen[-1]
        if to in seen:
            return None
        seen.append(to)
    return None


def lies_on(moved: int) -> bool:
    live = Contribution.objects.filter(record=moved, state=ContributionState.LIVE)
    return live.exists() or Item.objects.filter(record=moved).exists()


def judge(part: list[Decision], report: Report, now: datetime, *, mend: bool) -> None:
    for each in part:
        if broken(each) is None or broken(each) is None:
            continue
        found = Wrong(What.DECISION, each.pk)
        report.note(found)
        if mend and hold(each):
            report.mended[What.DECISION] += 1


def broken(decision: Decision) -> tuple[Contribution, Contribution] | None:
    """The two of which something else was decided, if both are there and it does not hold."""
    if decision.other_library_id is None:
        return None  # pinned: wherever it is, there it stays
    live = Contribution.objects.filter(state=ContributionState.LIVE).select_related("record")
    one = live.filter(library=decision.library_id, control_number=decision.control_number).first()
    other = live.filter(
        library=decision.other_library_id, control_number=decision.other_control_number
    ).first()
    if one is None or other is None:
        return None
    is_one = one.record_id == other.record_id
    return (one, other) if is_one == (decision.kind == Decision.Kind.APART) else None


def put_right(wrong: set[Wrong], now: datetime) -> Iterator[tuple[What, int]]:
    """By the verbs of every day; how many of each kind."""
    of = {what: sorted(each.key for each in wrong if each.what == what) for what in What}
    behind = {each.key for each in wrong if each.what in OF_INDEX}
    with transaction.atomic():
        loading.take_turns()
        for key in of[What.CIRCLE]:
            stand_again(key)
        for key in of[What.MOVED]:
            carry_on(key)
        carry_home(of[What.COPY])
        union.describe_anew(of[What.DESCRIPTION])
        Unindexed.objects.note(behind)
    for what, keys in of.items():
        again = set(of_records(keys)) if what not in OF_INDEX else set()
        yield what, len(keys) - sum(Wrong(what, key) in again for key in keys)


def stand_again(key: int) -> None:
    """Of records that lead to each other, the oldest stands again."""
    circle = [key]
    while True:
        to = Record.objects.filter(pk=circle[-1]).values_list("moved_to_id", flat=True).first()
        if to is None:
            return  # it was broken already
        if to in circle:
            break
        circle.append(to)
    oldest = min(circle[circle.index(to) :])
    Record.objects.filter(pk=oldest).update(moved_to=None)
    Unindexed.objects.note(circle)


def carry_on(key: int) -> None:
    """What still lies on a record that moved goes where that leads."""
    end = end_of(key)
    if end is None:
        return
    live = Contribution.objects.filter(record=key, state=ContributionState.LIVE)
    live.update(record=end)
    Item.objects.filter(record=key).update(record=end)
    union.describe_anew([end])
    Unindexed.objects.note([key, end])


def carry_home(records: list[int]) -> None:
    """Each copy goes to the record of the contribution that lists it."""
    for item in misplaced(records):
        lists = Contribution.objects.filter(
            library=item.library_id, control_number=item.control_number, record__moved_to=None
        )
        home = lists.values_list("record_id", flat=True).first()
        if home is not None:
            Unindexed.objects.note([item.record_id, home])
            Item.objects.filter(pk=item.pk).update(record=home)


def hold(decision: Decision) -> bool:
    """Split or join once more, as was decided. Whether it holds now."""
    pair = broken(decision)
    if pair is None:
        return True
    one, other = pair
    said = (decision.by, decision.at, decision.why)
    try:
        if decision.kind == Decision.Kind.APART:
            decisions.split(one.record, {one.pk}, *said)
        else:
            decisions.join(one.record, other.record, *said)
    except Refusal:
        return False
    return broken(decision) is None


def by_night(now: datetime) -> int:
    """Job: some windows, others each night, and some decisions; how many records."""
    lots = random.Random(now.toordinal())  # noqa: S311  # others each night, no secret
    newest = Record.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    report = Report()
    starts = {lots.randrange(newest) // PART * PART for _ in range(SAMPLES)} if newest else set()
    for first in sorted(starts):
        keys = Record.objects.filter(pk__gt=first, pk__lte=first + PART).values_list(
            "pk", flat=True
        )
        look(first, first + PART, list(keys), report, now, mend=False)
    judge(list(Decision.objects.order_by("-pk")[:PART]), report, now, mend=False)
    told = {
        "at": now,
        "records": report.records,
        "wrong": {what.value: count for what, count in report.wrong.items()},
        "first": {what.value: keys for what, keys in report.first.items()},
    }
    Audited.objects.update_or_create(pk=1, defaults=told)
    return report.records
