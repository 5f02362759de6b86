"""A library's own records read anew, from the bytes that are kept, when it has changed how its
items are read. No new file is needed.

A job does so in short transactions, a few at a turn, so that the search index follows in between;
who is killed goes on behind the last batch. What was seen of a copy since its file came (that it
is missing, that it is away with us) is newer than the file and stays.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef

from postroad.accounts.models import User
from postroad.catalogue import copies, loading, mapping, marc, sampling, serial_rows, union
from postroad.catalogue.copies import Held, place_of
from postroad.catalogue.description import unpacked
from postroad.catalogue.entry import Sent
from postroad.catalogue.marc import Copy, Deleted, Facts, HoldingsRecord, NoTitle, Reading
from postroad.catalogue.marc.copies import copies_of
from postroad.catalogue.marc.fields import Fields, by_tag
from postroad.catalogue.models import (
    Contribution,
    ContributionState,
    Item,
    ItemMapping,
    ItemStatus,
    RawRecord,
    Rereading,
)
from postroad.catalogue.pool import MOST_RAW
from postroad.catalogue.written import Listed, Written
from postroad.directory.models import Library
from postroad.protocols.marc.results import Read

log = logging.getLogger(__name__)

A_TURN = 5  # batches of loading.BATCH records: about a second
STRANGE_KEPT = 100  # words
Which = tuple[str, ...]  # by what a copy is known
FAILED = "failed"  # in the report: it ended by a fault of ours
BEGUN = ("by", "asked_at", "ended_at", "stopped", "last", "records", "total", "report")
COUNTED = ("copies_new", "copies_changed", "copies_withdrawn")


def ask(library: Library, *, by: User | None, at: datetime) -> Rereading:
    """Read them anew from the first; a reading that is under way begins again."""
    total = RawRecord.objects.filter(contribution__library=library).count()
    begun = Rereading(library=library, by=by, asked_at=at, total=total)
    asked, _new = Rereading.objects.update_or_create(
        library=library, defaults={name: getattr(begun, name) for name in BEGUN}
    )
    return asked


def stop(library: Library, at: datetime) -> bool:
    """What is read so far stays read. Whether it was still under way."""
    running = Rereading.objects.filter(library=library, ended_at=None)
    return bool(running.update(ended_at=at, stopped=True))


def work_off(now: datetime) -> int:
    """Job: some batches of whoever asked first. How many records it read."""
    first = Rereading.objects.filter(ended_at=None).order_by("asked_at", "pk")
    asked = first.select_related("library").first()
    if asked is None:
        return 0
    done = 0
    for _turn in range(A_TURN):
        try:
            read = a_batch(asked)
        except OperationalError:
            break  # the database is busy: at the next turn
        except Exception:
            log.exception("reading the records of %s anew failed", asked.library.code)
            give_up(asked, now)
            return done + 1
        done += read
        if not read:
            finish(asked, now)
            break
    return done


def give_up(asked: Rereading, now: datetime) -> None:
    """A fault of ours, to be mended: whoever asked next need not wait for that."""
    running = Rereading.objects.filter(pk=asked.pk, asked_at=asked.asked_at, ended_at=None)
    report = running.values_list("report", flat=True).first()
    if report is not None:
        running.update(ended_at=now, stopped=True, report={**report, FAILED: True})


def a_batch(asked: Rereading) -> int:
    """The next records, in one transaction, with the place that was reached."""
    with transaction.atomic():
        loading.take_turns()
        same = Rereading.objects.filter(pk=asked.pk, asked_at=asked.asked_at, ended_at=None)
        rows = next_rows(asked)
        if not rows or not same.select_for_update().exists():
            return 0  # done; or it was stopped, or begins again
        written, strange = read_anew(rows, asked.library)
        asked.last = rows[-1].control_number
        asked.records += len(rows)
        for name in COUNTED:
            asked.report[name] = asked.report.get(name, 0) + getattr(written, name)
        words = asked.report.setdefault("strange", {})
        for word in strange:
            if word in words or len(words) < STRANGE_KEPT:
                words[word] = words.get(word, 0) + 1
        same.update(last=asked.last, records=asked.records, report=asked.report)
    return len(rows)


def next_rows(asked: Rereading) -> list[Contribution]:
    rest = Contribution.objects.filter(
        library=asked.library_id, control_number__gt=asked.last, raw__isnull=False
    )
    return list(
        rest.select_related("raw")
        .only("control_number", "state", "raw__form", "raw__bytes")
        .order_by("control_number", "pk")[: loading.BATCH]
    )


def readings(library: Library) -> tuple[Reading, list[Reading]]:
    """As its items are read now, and as those on record may have been."""
    kept = ItemMapping.objects.filter(library=library).first()
    if kept is None:
        return Reading(), [Reading()]
    now = mapping.of_row(kept)
    return now, [*map(mapping.of_written, kept.read_as or ()), now]


def read_anew(rows: Iterable[Contribution], library: Library) -> tuple[Written, list[str]]:
    """What these records list now, on the shelf; what they list no more is withdrawn."""
    as_now, as_before = readings(library)
    known, listed, whole = Known(), Listed(), set[str]()
    sent: list[Sent] = []
    for row in rows:
        if row.state != ContributionState.LIVE:
            continue
        raw = unpacked(bytes(row.raw.bytes))
        reads = sampling.parts(raw, row.raw.form)
        said = list(said_by(reads, row, as_now))
        known.note(row.control_number, [by_tag(each.record) for each in reads], as_before)
        sent += said
        if said and len(said) == len(reads) and len(raw) < MOST_RAW:
            whole.add(row.control_number)
    known.look(library, [each.facts for each in sent])
    kept = [replaced(each, known.at_last(each.facts)) for each in sent]
    written = union.write([*kept], library, listed)
    written += copies.withdraw_unlisted(sorted(whole), library, listed)
    serial_rows.read_anew(library, known.controls)
    return written, [copy.strange for each in kept for copy in each.facts.copies if copy.strange]


def said_by(reads: list[Read], row: Contribution, reading: Reading) -> Iterator[Sent]:
    """What each part of a record says; of what cannot be read any more, nothing."""
    for each in reads:
        try:
            facts = marc.facts(each.record, reading)
        except (HoldingsRecord, Deleted, NoTitle):
            continue
        if not each.cut:
            yield Sent(replace(facts, control_number=row.control_number), each.raw, each.form)


def replaced(sent: Sent, facts: Facts) -> Sent:
    return sent if facts is sent.facts else Sent(facts, sent.raw, sent.form)


def which_of(copies_: Iterable[Copy], control: str) -> Iterator[tuple[Which, Copy]]:
    """Each copy with what it is known by: its barcode, or its record, its place and which it is of
    those that are alike there."""
    alike = Counter[tuple[str, ...]]()
    for copy in copies_:
        if copy.barcode:
            yield (copy.barcode,), copy
        else:
            place = place_of(copy)
            yield (control, *place, str(alike[place])), copy
            alike[place] += 1


class Known:
    """What is known of the copies of a batch beside what their records say now."""

    def __init__(self) -> None:
        self.was: dict[Which, set[str]] = defaultdict(set)  # what the mappings before made of it
        self.held: dict[Which, Held] = {}
        self.controls: list[str] = []

    def note(self, control: str, parts: list[Fields], before: list[Reading]) -> None:
        self.controls.append(control)
        for reading in before:
            for fields in parts:
                for which, copy in which_of(copies_of(fields, reading), control):
                    self.was[which].add(copy.status)

    def look(self, library: Library, batch: list[Facts]) -> None:
        of_library = Item.objects.filter(library=library)
        barcodes = {copy.barcode for facts in batch for copy in facts.copies} - {""}
        for held in copies.rows(of_library.filter(barcode__in=barcodes)):
            self.held[held.barcode,] = held
        bare = of_library.filter(barcode="", control_number__in=self.controls).order_by("pk")
        alike = Counter[tuple[str, ...]]()
        for held in copies.rows(bare):
            place = (held.control_number, *place_of(held))
            self.held[*place, str(alike[place])] = held
            alike[place] += 1

    def at_last(self, facts: Facts) -> Facts:
        """The facts, but for copies of which something newer is known, and without those that
        another of the library's records lists: that one says what is to be said of them."""
        said: list[Copy] = []
        for which, copy in which_of(facts.copies, facts.control_number):
            held = self.held.get(which)
            if held and is_others(held, facts.control_number):
                continue
            newer = held and held.status not in {*self.was[which], ItemStatus.WITHDRAWN}
            if held and newer and self.was[which]:
                said.append(replace(copy, status=held.status, strange=""))
            else:
                said.append(copy)
        return facts if tuple(said) == facts.copies else marc.with_copies(facts, tuple(said))


def is_others(held: Held, control: str) -> bool:
    return held.control_number not in {"", control} and held.status != ItemStatus.WITHDRAWN


def finish(asked: Rereading, now: datetime) -> None:
    """The items on record are as the mapping reads them, unless it was changed meanwhile: then who
    changed it may ask once more."""
    ended = Rereading.objects.filter(pk=asked.pk, asked_at=asked.asked_at, ended_at=None)
    with transaction.atomic():
        if ended.update(ended_at=now):
            kept = ItemMapping.objects.filter(library=asked.library_id)
            kept.exclude(at__gt=asked.asked_at).update(read_as=None)
    sampling.forget()


def without_items(library: Library) -> int:
    """How many of its records have no copy now but the one that stands for being an owner."""
    listed = Item.objects.filter(
        library=OuterRef("library"), control_number=OuterRef("control_number")
    ).exclude(status=ItemStatus.WITHDRAWN)
    there = listed.exclude(barcode="", call_number="", location="", volume="")
    live = Contribution.objects.filter(library=library, state=ContributionState.LIVE)
    return live.exclude(Exists(there)).count()
