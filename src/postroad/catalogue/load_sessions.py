"""A load at work: from where it was left, a transaction a step.

What a step does and how far the load is by then are written together, so that a process may be
killed at any moment: the next one goes on behind the last step, and nothing is done twice.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from typing import IO, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from postroad.catalogue import absences, lists, loading
from postroad.catalogue.load_models import (
    Load,
    LoadPart,
    LoadState,
    LoadTrouble,
    packed,
    unpacked,
)
from postroad.catalogue.loading import How, Report
from postroad.catalogue.marks import Keys, Seen
from postroad.catalogue.written import Listed
from postroad.protocols.marc.results import Trouble

log = logging.getLogger(__name__)


class NotOurs(Exception):
    """It was paused or stopped, or another process goes on with it."""


class Noting:
    """What was seen, and what was done to that since it was asked last."""

    def __init__(self, held: Seen[Any]) -> None:
        self.held = held
        self.done: list[tuple[bool, Any]] = []

    def __contains__(self, one: Any) -> bool:
        return one in self.held

    def __bool__(self) -> bool:
        return bool(self.held)

    def __iter__(self) -> Iterator[Any]:
        assert isinstance(self.held, Keys)  # texts are not kept
        return iter(self.held)

    def add(self, one: Any) -> None:
        if one not in self.held:
            self.held.add(one)
            self.done.append((True, one))

    def update(self, others: Iterable[Any]) -> None:
        for one in others:
            self.add(one)

    def discard(self, one: Any) -> None:
        if one in self.held:
            self.held.discard(one)
            self.done.append((False, one))

    def restore(self, came: Iterable[Any], went: Iterable[Any]) -> None:
        """As it was told once."""
        self.held.update(came)
        for one in went:
            self.held.discard(one)

    def told(self) -> list[list[Any]]:
        """What came and what went, in the order in which it matters: the last of each counts."""
        last = {one: came for came, one in self.done}
        self.done = []
        return [[one for one, came in last.items() if came is wanted] for wanted in (True, False)]


NAMES = [each.name for each in fields(Listed)]


def listed_by(load: Load) -> Listed:
    """What the load has listed so far, as its parts say."""
    listed = Listed()
    for name in NAMES:
        setattr(listed, name, Noting(getattr(listed, name)))
    for part in LoadPart.objects.filter(load=load).order_by("pk").iterator(chunk_size=200):
        for name, (came, went) in unpacked(part.listed).items():
            if name not in NAMES:
                continue  # written by a version before
            held: Noting = getattr(listed, name)
            held.restore(came, went)
    return listed


def report_of(load: Load) -> Report:
    """How far it is, with the troubles that are kept."""
    report = Report.of_json(load.counts) if load.counts else Report(load.library.code)
    for each in load.troubles.filter(column="").order_by("pk"):
        told = (each.position, each.reason, each.control_number, each.mended, each.breaks_off)
        report.troubles.append(Trouble(*told, each.seen))
    return report


def how_of(load: Load) -> How:
    return How(
        whole=load.kind == Load.Kind.FULL,
        confirmed=load.answer == "withdraw",
        deletions=load.kind == Load.Kind.DELETIONS,
        items=lists.ITEMS if load.is_list else None,
    )


class Session:
    """One load in this process, with its file open."""

    def __init__(self, load: Load, file: IO[bytes]) -> None:
        self.load, self.file = load, file
        self.report, self.listed = report_of(load), listed_by(load)
        self.told = len(self.report.troubles)
        self.at = time.monotonic()
        self.steps = loading.steps(
            file, load.library, how_of(load), self.report, self.listed, keeper=self
        )

    def fits(self, load: Load) -> bool:
        """Whether nobody else has gone on with it meanwhile."""
        return self.load.step == load.step

    def claim(self) -> None:
        claim(self.load)

    def lose(self, items: list[int]) -> None:
        absences.add(self.load, items)

    def keep(self, report: Report) -> None:
        now = time.monotonic()
        report.seconds, self.at = report.seconds + now - self.at, now
        keep_troubles(self.load, report.troubles[self.told :])
        self.told = len(report.troubles)
        said = {name: getattr(self.listed, name).told() for name in NAMES}
        said = {name: each for name, each in said.items() if any(each)}
        if said:
            LoadPart.objects.create(load=self.load, listed=packed(said))
        Load.objects.filter(pk=self.load.pk).update(
            position=report.read,
            counts=report.as_json(),
            read_bytes=max(self.load.read_bytes, self.tell()),
        )

    def tell(self) -> int:
        """How much of the file has been read; it is read in pieces, and ahead."""
        return min(self.file.tell(), self.load.size)

    def close(self) -> None:
        self.steps = iter(())
        self.file.close()

    def go_on(self, until: float, progress: Callable[[Report], None] | None = None) -> bool:
        """Steps until then; whether it is at its end."""
        self.at = time.monotonic()
        for _ in self.steps:
            if progress:
                progress(self.report)
            if time.monotonic() >= until:
                return False
        finish(self.load, self.report, self.listed)
        return True


def claim(load: Load) -> None:
    """The next step is ours; to be asked within its transaction. On PostgreSQL whoever would pause
    it waits until the step is done, on SQLite everybody who writes does."""
    row = Load.objects.filter(pk=load.pk, state=LoadState.READING, step=load.step)
    if not row.update(step=F("step") + 1, beat_at=timezone.now()):
        raise NotOurs
    load.step += 1


def keep_troubles(load: Load, troubles: Iterable[Trouble]) -> None:
    LoadTrouble.objects.bulk_create(
        LoadTrouble(
            load=load,
            position=each.position,
            control_number=each.control_number[:80],
            reason=each.reason[:300],
            mended=each.mended,
            breaks_off=each.breaks_off,
            seen=each.seen[:200],
        )
        for each in troubles
    )


@transaction.atomic
def finish(load: Load, report: Report, listed: Listed) -> None:
    """All of it is loaded; whether it has a question is told by the report."""
    claim(load)
    keep_troubles(load, report.troubles[load.troubles.filter(column="").count() :])
    load.state = LoadState.ASKS if report.not_withdrawn else LoadState.DONE
    Load.objects.filter(pk=load.pk).update(
        state=load.state,
        position=report.read,
        counts=report.as_json(),
        read_bytes=load.size,
        finished_at=timezone.now(),
    )
    LoadPart.objects.filter(load=load).delete()
    absences.listed_later(load.library, listed.items, by=load)


def answered(load: Load, until: float) -> bool:
    """Withdraw what is not in a file, or put it back, until then; whether all of it is done. What
    was done before is passed over, so it may be begun anew."""
    for status, keys in absences.batches(load):
        with transaction.atomic():
            loading.take_turns()  # a harvest may list some of them just now
            claim(load)
            counts = dict(load.counts)
            if load.task == Load.Task.WITHDRAW:
                written = dict(counts.get("written", {}))
                gone = absences.withdraw(load, keys).copies_withdrawn
                written["copies_withdrawn"] = written.get("copies_withdrawn", 0) + gone
                counts["written"] = written
            else:
                back = absences.put_back(load, status, keys)
                counts["put_back"] = counts.get("put_back", 0) + back
            Load.objects.filter(pk=load.pk).update(counts=counts)
        load.counts = counts
        if time.monotonic() >= until:
            return False
    with transaction.atomic():
        claim(load)
        answer = "withdraw" if load.task == Load.Task.WITHDRAW else "back"
        Load.objects.filter(pk=load.pk).update(
            state=LoadState.DONE, answer=answer, finished_at=timezone.now()
        )
    return True
