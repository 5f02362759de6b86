"""Files of scans: kept when they come, taken in by the worker a thousand lines at a time.

A file is one by what is in it, so the same from two drivers is taken once. A worker that is killed
loses nothing and doubles nothing: the lines of a thousand and how far the file is taken are
written together.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from operator import attrgetter

from django.db import transaction
from django.utils import timezone

from postroad import barcodes
from postroad.accounts.models import User
from postroad.delivery import bulk, codes, containers, scan_lines
from postroad.delivery.containers import At
from postroad.delivery.custody import Scan
from postroad.delivery.models import (
    BadRow,
    Container,
    ContainerLine,
    ContainerStep,
    CustodyStep,
    Hub,
    Parcel,
    Route,
    ScanFile,
    Stop,
)
from postroad.delivery.scan_lines import Bad, Line, Told, Why
from postroad.directory.models import Library

BATCH = 1000  # lines a transaction
AT_A_TURN = 10  # seconds; other jobs of the lane come then
State = ScanFile.State

OF_PARCELS = {
    Told.PICKED_UP: CustodyStep.PICKED_UP,
    Told.LOADED: CustodyStep.PICKED_UP,
    Told.SORTED: CustodyStep.SORTED,
    Told.ARRIVED: CustodyStep.SORTED,
    Told.HELD: CustodyStep.HELD,
    Told.RELEASED: CustodyStep.RELEASED,
    Told.FOUND: CustodyStep.FOUND,
    Told.MISROUTED: CustodyStep.MISROUTED,
    Told.DAMAGED: CustodyStep.DAMAGED,
    Told.DROPPED: CustodyStep.DROPPED,
}
OF_CONTAINERS = {
    Told.PICKED_UP: ContainerStep.LOADED,
    Told.LOADED: ContainerStep.LOADED,
    Told.SORTED: ContainerStep.ARRIVED,
    Told.ARRIVED: ContainerStep.ARRIVED,
    Told.DROPPED: ContainerStep.DROPPED,
    Told.CLOSED: ContainerStep.CLOSED,
    Told.EMPTIED: ContainerStep.OPENED,
}
AT_A_LIBRARY = (Told.DROPPED,)
AT_NO_LIBRARY = (Told.SORTED, Told.ARRIVED, Told.HELD, Told.RELEASED, Told.FOUND, Told.MISROUTED)


@dataclass(frozen=True, slots=True)
class Came:
    """A file, and whether we had it already."""

    file: ScanFile
    again: bool


def keep(name: str, content: bytes, *, by: User | None, at: datetime) -> Came:
    """Keep a file for the worker; refused as a whole where it is none of ours."""
    digest = sha256(content).hexdigest()
    if known := ScanFile.objects.filter(sha256=digest).first():
        return Came(known, again=True)
    lines = scan_lines.read(content, _clock(at))
    file, made = ScanFile.objects.get_or_create(
        sha256=digest,
        defaults={
            "name": name[:120],
            "content": content,
            "at": at,
            "by": by,
            "rows": len(lines),
        },
    )
    return Came(file, again=not made)


def _clock(at: datetime) -> scan_lines.Clock:
    return scan_lines.Clock(at, timezone.get_default_timezone())


def work_off(now: datetime) -> int:
    """Job: go on with the files that wait, the oldest first; how many batches were taken."""
    until, done = time.monotonic() + AT_A_TURN, 0
    for file in ScanFile.objects.filter(state=State.WAITING).order_by("at", "pk"):
        lines = scan_lines.read(bytes(file.content), _clock(file.at))
        while file.state == State.WAITING and time.monotonic() < until:
            if not take(file, lines, now):
                break  # another worker has it
            done += 1
    return done


@transaction.atomic
def take(file: ScanFile, lines: Sequence[Line | Bad], now: datetime) -> bool:
    """The next lines of a file, once: whoever comes second finds that they are taken."""
    begun, ends = file.worked, min(file.worked + BATCH, len(lines))
    here = ScanFile.objects.filter(pk=file.pk, state=State.WAITING, worked=begun)
    if not here.update(worked=ends):
        return False
    wanted = Sorted(file)
    wanted.sort(lines[begun:ends])
    written = bulk.write(wanted.scans, wanted.turns, now)
    BadRow.objects.bulk_create(
        (
            BadRow(file=file, line=each.line, column=each.column, why=each.why, text=each.text)
            for each in wanted.bad
        ),
        ignore_conflicts=True,
    )
    file.worked = ends
    file.taken += len(written.lines) + len(written.turns)
    file.again += written.again
    file.refused += len(wanted.bad)
    if ends == len(lines):
        file.state, file.done_at, file.content = State.DONE, now, b""
    file.save(update_fields=["taken", "again", "refused", "state", "done_at", "content"])
    return True


@dataclass(frozen=True, slots=True)
class Place:
    """A library, or a hub's or route's code."""

    library: Library | None = None
    holder: str = ""


class Sorted:
    """The lines of a batch as what `bulk` writes, and what is wrong with the others."""

    def __init__(self, file: ScanFile) -> None:
        self.file = file
        self.scans: list[tuple[int, Scan]] = []
        self.turns: list[ContainerLine] = []
        self.bad: list[Bad] = []
        self.moved: dict[int, Container | None] = {}  # by the lines before: what each is in
        self.places = places()

    def sort(self, lines: Sequence[Line | Bad]) -> None:
        told = [each for each in lines if isinstance(each, Line)]
        self.bad += [each for each in lines if isinstance(each, Bad)]
        self.parcels = parcels_of(told)
        self.items = items_of(told)
        numbers = [each.number for each in told] + [each.into for each in told if each.into]
        self.containers = containers_of(numbers)
        for line in sorted(told, key=attrgetter("at")):
            why = self.one(line)
            if why:
                self.bad.append(Bad(line.line, line.text, *why))

    def one(self, line: Line) -> tuple[str, Why] | None:
        """Take a line in; or the column in which it is wrong, and why."""
        place = self.places.get(line.place)
        if place is None:
            return "place", Why.PLACE_UNKNOWN
        if (line.step in AT_A_LIBRARY and not place.library) or (
            line.step in AT_NO_LIBRARY and place.library
        ):
            return "step", Why.STEP_ELSEWHERE
        into = None
        if line.into:
            into = self.containers.get(codes.scanned_number(line.into, codes.CONTAINER) or "")
            if into is None:
                return "into", Why.INTO_UNKNOWN
        if number := codes.scanned_number(line.number, codes.CONTAINER):
            return self.container(line, number, place, into)
        return self.parcel(line, place, into)

    def container(
        self, line: Line, number: str, place: Place, into: Container | None
    ) -> tuple[str, Why] | None:
        found = self.containers.get(number)
        if found is None:
            return "number", Why.NUMBER_UNKNOWN
        step = OF_CONTAINERS.get(line.step)
        if into is not None and line.step == Told.SORTED:
            step = ContainerStep.PUT_IN
            try:
                containers.refuse_a_circle(found, into, self.moved)
            except containers.ContainerInItself:
                return "into", Why.IN_ITSELF
        if step is None:
            return "step", Why.STEP_OF_OTHERS
        here = At(self.file.by, line.at, place.library, place.holder, self.file.at)
        inside = into if step == ContainerStep.PUT_IN else None
        if step != ContainerStep.CLOSED:
            self.moved[found.pk] = inside
        self.turns.append(containers.line_of(found, step, here, inside))
        return None

    def parcel(self, line: Line, place: Place, into: Container | None) -> tuple[str, Why] | None:
        found = self.which(line)
        if isinstance(found, Why):
            return ("library" if found is Why.LIBRARY_NEEDED else "number"), found
        step = OF_PARCELS.get(line.step)
        if step is None:
            return "step", Why.STEP_OF_OTHERS
        scan = Scan(
            step,
            line.at,
            self.file.by,
            place.library.pk if place.library else None,
            holder=place.holder,
            noted_at=max(self.file.at, line.at),
            container=into.pk if into and step == CustodyStep.SORTED else None,
        )
        self.scans.append((found, scan))
        return None

    def which(self, line: Line) -> int | Why:
        """The parcel that is meant: by its own number, or by an item's with its library."""
        if number := codes.scanned_number(line.number):
            return self.parcels.get(number) or Why.NUMBER_UNKNOWN
        if not line.library:
            rounded = barcodes.is_rounded(line.number)
            return Why.NUMBER_ROUNDED if rounded else Why.LIBRARY_NEEDED
        for barcode in barcodes.readings(line.number):
            if found := self.items.get((line.library, barcode)):
                return found[0] if len(found) == 1 else Why.NUMBER_SEVERAL
        return Why.NUMBER_ROUNDED if barcodes.is_rounded(line.number) else Why.NUMBER_UNKNOWN


def places() -> dict[str, Place]:
    """By the code of a hub, a route, or a library at which the van stops."""
    stops = Stop.objects.filter(active=True).select_related("library")
    found = {stop.library.code.upper(): Place(library=stop.library) for stop in stops}
    for holders in (Route, Hub):
        codes_of = holders._default_manager.values_list("code", flat=True)
        found |= {code.upper(): Place(holder=code) for code in codes_of}
    return found


def parcels_of(lines: Sequence[Line]) -> dict[str, int]:
    numbers = {codes.scanned_number(line.number) for line in lines} - {None}
    return dict(Parcel.objects.filter(number__in=numbers).values_list("number", "pk"))


def items_of(lines: Sequence[Line]) -> dict[tuple[str, str], list[int]]:
    """Open parcels by the item in them and its library; a barcode is one in its library only."""
    wanted = {each for line in lines if line.library for each in barcodes.readings(line.number)}
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    if wanted:
        rows = Parcel.objects.open().filter(item_barcode__in=wanted).order_by("pk")
        for barcode, owner, sender, pk in rows.values_list(
            "item_barcode", "item_library__code", "from_library__code", "pk"
        ):
            found[(owner or sender).upper(), barcode].append(pk)
    return found


def containers_of(numbers: Sequence[str]) -> dict[str, Container]:
    wanted = {codes.scanned_number(number, codes.CONTAINER) for number in numbers} - {None}
    found = Container.objects.filter(number__in=wanted).select_related("inside__inside")
    return {each.number: each for each in found} if wanted else {}
