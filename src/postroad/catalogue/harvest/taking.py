"""What becomes of the records of a page: the same as of those in a file, and by the same way.

All queries are for a whole batch, but where a number is another's. What is announced as deleted is
only marked here: see `leaving`.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.db import transaction

from postroad.catalogue import absences, copies, loading, mapping, marc, union
from postroad.catalogue.entry import Sent
from postroad.catalogue.harvest.rows import Harvested, HarvestRun
from postroad.catalogue.loading import BATCH, Report
from postroad.catalogue.marc import Holdings, Reading
from postroad.catalogue.models import Contribution, ContributionState
from postroad.catalogue.union import Deletion
from postroad.catalogue.written import Listed
from postroad.directory.models import Library
from postroad.protocols.marc.results import Read, Trouble
from postroad.protocols.oai import values

TAIL = re.compile(r"[:/#]")
KEPT = 30  # complaints, and words that nobody knows, in a report
NAMELESS = "without an identifier and a number (field 001), so it was left out"
COUNTED = (
    *("read", "left_out", "mended", "without_copies", "with_copies", "without_number"),
    *("announced", "announced_unseen"),
)
Leaving = Harvested.Leaving
STAYS = (Leaving.NO, Leaving.KEPT)


class Overtaken(Exception):
    """Another process went on with this run, or somebody stopped it."""


@dataclass(slots=True)
class Batch:
    """Records of a page at work: what they say, and the rows that will remember it."""

    run: HarvestRun
    library: Library
    items: Reading
    known: dict[str, Harvested]
    report: Report
    listed: Listed = field(default_factory=Listed)
    said: list[Sent | Deletion | Holdings] = field(default_factory=list)
    rows: dict[str, Harvested] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    holders: dict[str, tuple[str, str]] = field(default_factory=dict)  # who bears a number

    def find_holders(self, found: Iterable[values.Harvested]) -> None:
        """Which records under other identifiers bear the numbers of these already."""
        numbers = {each.marc.control_number for each in found if isinstance(each.marc, Read)}
        rows = Harvested.objects.filter(harvest=self.run.harvest_id, control_number__in=numbers)
        held = dict(rows.order_by("-pk").values_list("control_number", "identifier"))
        said = Contribution.objects.filter(library=self.library, control_number__in=held)
        for number, key in said.values_list("control_number", "record__match_key"):
            self.holders[number] = held[number], key

    def has_own(self, each: values.Harvested, row: Harvested | None) -> bool:
        return row is not None and row.control_number == own_number(each)

    def taken(self, each: values.Harvested, key: str, said: Sent) -> bool:
        """Whether its number is that of another record: in some systems 001 came with a record that
        was copied, others send one record for each copy. The same book with the same copies under
        another identifier is that very record: its server calls it otherwise now."""
        number = said.facts.control_number
        holder, its_key = self.holders.get(number, (each.identifier, key))
        if holder == each.identifier:
            return False
        barcodes = [copy.barcode for copy in said.facts.copies if copy.barcode]
        known = copies.on_record(self.library).filter(control_number=number)
        alike = not barcodes or known.filter(barcode__in=barcodes).exists()
        return its_key != key or not alike

    def take(self, each: values.Harvested) -> None:
        row = self.known.get(each.identifier)
        if row and row.run == self.run.pk and each.stamp and row.stamp and each.stamp < row.stamp:
            return  # twice in the list: the older is past
        if each.deleted:
            self.announce(each, row)
        elif isinstance(each.marc, Read):
            self.read(each, each.marc, row)
        else:
            trouble = each.marc or Trouble(0, "nothing in it")
            number = trouble.control_number or each.identifier
            self.report.note(replace(trouble, control_number=number[:80]))
            if row:  # it is there, whatever it says
                self.remember(each, row.control_number)

    def read(self, each: values.Harvested, read: Read, row: Harvested | None) -> None:
        said = loading.said_by(read, self.items, self.report, self.listed)
        if said is None:
            return
        if isinstance(said, Holdings):  # what a library has of a serial, told apart from it
            self.said.append(said)
            self.remember(each, own_number(each))  # when it goes, the serial stays
            return
        if isinstance(said, Deletion):  # by its leader
            self.announce(each, row or self.row(each, said.control_number))
            return
        own = bool(marc.control_number(read.record))
        self.counts["without_number"] += not own
        key, number = said.facts.description.match_key, said.facts.control_number
        keeps = row is not None and row.control_number == number
        if not own or self.has_own(each, row) or (not keeps and self.taken(each, key, said)):
            said = replace(said, facts=replace(said.facts, control_number=own_number(each)))
        self.holders.setdefault(said.facts.control_number, (each.identifier, key))
        self.counts["with_copies"] += bool(said.facts.copies)
        self.said.append(said)
        self.remember(each, said.facts.control_number)

    def row(self, each: values.Harvested, control: str) -> Harvested:
        return Harvested(
            harvest_id=self.run.harvest_id,
            identifier=each.identifier,
            control_number=control[:80],
            stamp=each.stamp,
            run=self.run.pk,
        )

    def remember(self, each: values.Harvested, control: str, leaving: str = Leaving.NO) -> None:
        row = self.row(each, control)
        row.leaving = leaving
        self.rows[each.identifier] = row

    def announce(self, each: values.Harvested, row: Harvested | None) -> None:
        """It is to leave. Of one that we never saw, the end of its identifier may be its number."""
        self.counts["announced"] += 1
        control = row.control_number if row else TAIL.split(each.identifier)[-1].strip()
        self.remember(each, control, Leaving.KEPT if self.is_kept(each) else Leaving.DELETED)

    def is_kept(self, each: values.Harvested) -> bool:
        """Somebody said already that it stays, though its system says this very thing of it."""
        row = self.known.get(each.identifier)
        return row is not None and row.leaving == Leaving.KEPT and row.stamp == each.stamp

    def sent(self) -> set[str]:
        """The numbers of the records that came."""
        return {each.facts.control_number for each in self.said if isinstance(each, Sent)}

    def drop_unseen(self) -> None:
        """Forget of what was announced whatever the library never sent."""
        unseen = {
            row.control_number: name
            for name, row in self.rows.items()
            if row.leaving == Leaving.DELETED and name not in self.known
        }
        if not unseen:
            return
        live = Contribution.objects.filter(
            library=self.library, control_number__in=unseen, state=ContributionState.LIVE
        )
        there = set(live.values_list("control_number", flat=True))
        for control, name in unseen.items():
            if control not in there:
                del self.rows[name]
                self.counts["announced_unseen"] += 1

    def renumber(self) -> None:
        """Records with another number than before leave the old one, unless it is another's."""
        old = {
            before.control_number
            for name, row in self.rows.items()
            if (before := self.known.get(name)) and before.control_number != row.control_number
        }
        self.said += [Deletion(each) for each in old - self.sent() - self.of_others(old)]

    def of_others(self, controls: Iterable[str]) -> set[str]:
        """Which of these numbers stand on records under identifiers that are not in this batch."""
        rows = Harvested.objects.filter(
            harvest=self.run.harvest_id, control_number__in=set(controls), leaving__in=STAYS
        ).exclude(identifier__in=self.rows)
        return set(rows.values_list("control_number", flat=True))

    def withdraw_unlisted(self) -> None:
        """A record lists all its copies, unless its system sends one for each copy."""
        times = Counter(r.control_number for r in self.rows.values() if r.leaving in STAYS)
        shared = {control for control, count in times.items() if count > 1}
        whole = {each for each in self.sent() if self.listed.lists_whole(each)} - shared
        whole -= self.of_others(whole)
        self.report.written += copies.withdraw_unlisted(sorted(whole), self.library, self.listed)

    def mark_bare(self) -> None:
        """Records that come without copies, and had some."""
        bare = {each for each in self.sent() if self.listed.is_bare(each)}
        bare -= self.of_others(bare) if bare else set()
        there = copies.on_record(self.library).filter(control_number__in=bare)
        had = set(there.values_list("control_number", flat=True)) if bare else set()
        for name, row in self.rows.items():
            if row.control_number in had and row.leaving == Leaving.NO:
                before = self.known.get(name)
                kept = before and before.leaving == Leaving.KEPT and before.stamp == row.stamp
                row.leaving = Leaving.KEPT if kept else Leaving.BARE

    def save(self) -> None:
        Harvested.objects.bulk_create(
            self.rows.values(),
            update_conflicts=True,
            unique_fields=["harvest", "identifier"],
            update_fields=["control_number", "stamp", "run", "leaving"],
        )


def take(found: list[values.Harvested], run: HarvestRun, library: Library) -> int:
    """Write these records, in one short transaction; how many this run had not seen yet.

    Doing it again changes nothing.
    """
    named = [identified(each) for each in found]
    last = latest(each for each in named if each.identifier)
    items = reading(library, last.values())
    with transaction.atomic():
        loading.take_turns()
        here = HarvestRun.objects.filter(pk=run.pk, state=HarvestRun.State.READING)
        if not here.filter(pages=run.pages).exists():
            raise Overtaken
        rows = Harvested.objects.filter(harvest=run.harvest_id, identifier__in=last)
        known = {row.identifier: row for row in rows}
        batch = Batch(run, library, items, known, Report(library.code))
        batch.find_holders(last.values())
        for each in last.values():
            batch.take(each)
        write(batch)
        for each in named:
            if not each.identifier:
                batch.report.note(Trouble(0, NAMELESS))
        batch.counts["read"] = len(found)
        note(run, named, batch)
        run.save(update_fields=["newest", "rises", "in_order", "read", "report"])
    return sum(known[name].run != run.pk if name in known else True for name in last)


def own_number(each: values.Harvested) -> str:
    """The number of a record that brings none of its own, or another's."""
    return each.identifier[-80:]


def write(batch: Batch) -> None:
    batch.drop_unseen()
    batch.renumber()
    batch.report.written += union.write(batch.said, batch.library, batch.listed)
    absences.listed_later(batch.library, batch.listed.items)
    batch.withdraw_unlisted()
    batch.mark_bare()
    batch.save()


def identified(each: values.Harvested) -> values.Harvested:
    """By its identifier; where the server gives none, by its number."""
    if each.identifier or each.marc is None or not each.marc.control_number:
        return each
    return replace(each, identifier=f"#{each.marc.control_number}")


def latest(found: Iterable[values.Harvested]) -> dict[str, values.Harvested]:
    """Of each record what was said last: by its datestamp, then by its place."""
    last: dict[str, values.Harvested] = {}
    for each in found:
        before = last.get(each.identifier)
        older = before and before.stamp and each.stamp and each.stamp < before.stamp
        if not older:
            last[each.identifier] = each
    return last


def reading(library: Library, found: Iterable[values.Harvested]) -> Reading:
    """By the library's mapping; if there is none yet, it is guessed on these and kept."""
    items = mapping.of(library)
    if items is None:
        guess = mapping.guess(each.marc.record for each in found if isinstance(each.marc, Read))
        items = Reading(guess.layout)
        if guess.layout:
            mapping.keep(library, items)
    return items


def note(run: HarvestRun, found: Iterable[values.Harvested], batch: Batch) -> None:
    """Where the run stands now, and what it will report."""
    for each in found:
        if each.stamp is None or (run.newest and each.stamp < run.newest):
            run.in_order = False
        if each.stamp and (run.newest is None or each.stamp > run.newest):
            run.rises |= run.newest is not None
            run.newest = each.stamp
    run.read += batch.counts["read"]
    batch.counts["left_out"] = batch.report.left_out
    batch.counts["mended"] = batch.report.mended
    batch.counts["without_copies"] = batch.report.without_copies
    add(run.report, batch.report, batch.counts)


def add(told: dict[str, Any], report: Report, counts: Counter[str]) -> None:
    """To what a run has reported so far."""
    for name in COUNTED:
        told[name] = told.get(name, 0) + counts[name]
    for name, number in asdict(report.written).items():
        told[name] = told.get(name, 0) + number
    strange = Counter(told.get("strange", {})) + report.strange
    told["strange"] = dict(strange.most_common(KEPT))
    lines = {(mended, what): [n, where] for mended, what, n, where in told.get("complaints", [])}
    for trouble, count in report.told():
        line = lines.setdefault((trouble.mended, trouble.reason), [0, trouble.control_number])
        line[0] += count
    most = sorted(lines.items(), key=lambda line: -line[1][0])[:KEPT]
    told["complaints"] = [[mended, what, n, where] for (mended, what), (n, where) in most]


__all__ = ["BATCH", "Overtaken", "take"]
