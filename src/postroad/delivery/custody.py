"""Who has a parcel: the ledger of its custody. Lines are added, never changed nor deleted.

Scans may come late, twice and out of order: none is lost, and a repeat is answered as it was
answered the first time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from postroad.accounts.models import User
from postroad.delivery import carrying, containment, ledger
from postroad.delivery.containment import Shifts
from postroad.delivery.models import (
    SCANS,
    Container,
    Custody,
    CustodyStep,
    How,
    Parcel,
    ParcelState,
)
from postroad.directory.models import Library
from postroad.errors import Refusal

ONE_VISIT = timedelta(minutes=10)  # two scans of one step at one place within are one event
SEEN = (*SCANS, CustodyStep.RECEIVED)
LAST_KEY = "\uffff"  # of a line that is not written yet: after all others of its moment
KEPT = [
    "state",
    "due_at",
    "container",
    "last_step",
    "last_at",
    "last_how",
    "last_holder",
    "last_library",
    "last_user",
]


class AlreadyCollected(Refusal):
    """The parcel has left the sender and cannot be cancelled."""

    code = "parcel-already-collected"


class NothingToUndo(Refusal):
    """There is no such line, or it is not one that can be taken back."""

    code = "nothing-to-undo"


class Doubt(StrEnum):
    """What whoever scanned should know. The scan is recorded all the same."""

    MISDROPPED = "misdropped"  # it goes to another library
    CANCELLED = "cancelled"  # the sender took it back, or it was given up, before
    ARRIVED = "arrived"  # it was received before
    ELSEWHERE = "elsewhere"  # picked up where it was not made ready
    ALREADY = "already"  # the last thing known of it is this very step at this place


@dataclass(frozen=True, slots=True)
class Noted:
    """The answer to a scan."""

    parcel: Parcel
    line: Custody
    again: bool = False  # the ledger had this very event already, and still has it once
    doubt: Doubt | None = None

    @property
    def repeats(self) -> bool:
        """Whether it tells nothing that was not known: this very step at this place."""
        return self.again or self.doubt == Doubt.ALREADY


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a parcel, since when and how we know; the page finds the words."""

    step: CustodyStep
    library: Library | None  # where that happened
    user: User | None
    holder: str  # a route or a carrier
    since: datetime
    how: How


@dataclass(frozen=True, slots=True)
class Scan:
    """What a verb is about to write down."""

    step: CustodyStep
    at: datetime
    by: User | None
    place: int | None
    key: str = ""
    holder: str = ""
    how: How = How.SCANNED
    undoes: Custody | None = None
    noted_at: datetime | None = None
    container: int | None = None  # into which it is put

    @property
    def heard_late(self) -> bool:
        """What stands beside it in the ledger now may not be what stood beside it then."""
        return self.noted_at is not None and self.noted_at - self.at > ONE_VISIT

    def key_in(self, parcel: Parcel, lines: list[Custody]) -> str:
        """What makes this event one: the key of its sender, or else its step, place and minute.

        A scan that comes after an undo is a new event, also within that minute.
        """
        if self.key:
            return f"{parcel.pk}:{self.key}"
        undone = sum(line.step == CustodyStep.UNDONE and line.at <= self.at for line in lines)
        minute = int(self.at.timestamp()) // 60
        place = self.place or self.holder or None
        spot = f"{place}/{self.container}" if self.container else place
        return f"{parcel.pk}:{self.step}:{spot}:{minute}:{undone}"

    def line(self, parcel: Parcel, key: str) -> Custody:
        """What is written down of it."""
        return Custody(
            parcel=parcel,
            key=key,
            step=self.step,
            at=self.at,
            noted_at=self.noted_at or self.at,
            how=self.how,
            holder=self.holder,
            library_id=self.place,
            container_id=self.container,
            user=self.by,
            undoes=self.undoes,
        )


def holder(parcel: Parcel) -> Holder:
    return Holder(
        step=CustodyStep(parcel.last_step),
        library=parcel.last_library,
        user=parcel.last_user,
        holder=parcel.last_holder,
        since=parcel.last_at,
        how=How(parcel.last_how),
    )


def chain(parcel: Parcel) -> list[Custody]:
    """The chain of custody: all lines in the order of the events, with what was taken back."""
    known = {
        line.key: line
        for line in parcel.custody.select_related("library", "user", "undoes", "undone_by")
    }
    return [known[entry.key] for entry in ledger.in_order(map(entry_of, known.values()))]


def begin(parcel: Parcel, *, by: User | None) -> None:
    """Save a new parcel, with its first line: its sender has made it ready."""
    parcel.last_at = parcel.made_at
    parcel.last_library = parcel.from_library
    parcel.last_user = by
    parcel.save(force_insert=True)
    Custody.objects.create(
        parcel=parcel,
        key=f"{parcel.pk}:{CustodyStep.MADE}",
        step=CustodyStep.MADE,
        at=parcel.made_at,
        noted_at=parcel.made_at,
        how=How.DECLARED,
        library=parcel.from_library,
        user=by,
    )


def note(parcel: Parcel, scan: Scan) -> Noted:
    """Write a line and let the parcel say what the ledger says now."""
    # The locks keep two scans at once from each overlooking the other's line.
    containers = {scan.container, parcel.container_id} - {None}
    if containers:
        list(Container.objects.select_for_update().filter(pk__in=containers).order_by("pk"))
    parcel.refresh_from_db(fields=KEPT, from_queryset=Parcel.objects.select_for_update())
    lines = list(parcel.custody.select_related("undoes"))
    key = scan.key_in(parcel, lines)
    if known := next((line for line in lines if line.key == key), None):
        return Noted(parcel, known, again=True, doubt=misdropped(parcel, scan))
    if scan.step == CustodyStep.CANCELLED and ledger.collected(map(entry_of, lines)):
        raise AlreadyCollected(number=parcel.number)
    doubt = doubt_about(parcel, scan)
    if known := same_visit(parcel, scan, lines):
        return Noted(parcel, known, again=True, doubt=Doubt.ALREADY)
    line = scan.line(parcel, key)
    line.save(force_insert=True)
    lines = [*lines, line]
    shifts = carrying.shifts_around(lines)
    if shifts and (more := carrying.follow(parcel, lines, shifts, line.noted_at)):
        Custody.objects.bulk_create(more)
        lines += more
    settle(parcel, lines, shifts)
    parcel.save(update_fields=KEPT)
    return Noted(parcel, line, doubt=doubt)


def settle(parcel: Parcel, lines: list[Custody], shifts: Shifts) -> None:
    """Keep at hand where the parcel stands and who has it; stop or start its clock."""
    entries = [line.entry for line in lines]
    standing = ledger.standing(entries, parcel.from_library_id, parcel.to_library_id)
    last = next(line for line in lines if line.key == standing.last.key)
    parcel.state = standing.state
    parcel.due_at = (parcel.due_at or parcel.late_at) if standing.state in ledger.OPEN else None
    parcel.last_step = last.step
    parcel.last_at = last.at
    parcel.last_how = last.how
    parcel.last_holder = last.holder
    parcel.last_library_id = last.library_id
    parcel.last_user_id = last.user_id
    parcel.container_id = containment.now_in(entries, shifts)


def same_visit(parcel: Parcel, scan: Scan, lines: list[Custody]) -> Custody | None:
    """The line of another scan of this very step: two scanners at one stop see one thing happen.

    It stands beside this one in the order of the events, at the same place, on the same visit.
    """
    if scan.step not in SEEN or scan.heard_late:
        return None
    this = ledger.Entry(LAST_KEY, ledger.Move(scan.step), scan.at, ledger.How(scan.how), scan.place)
    order = ledger.in_force([*map(entry_of, lines), this])
    here = order.index(this)
    beside = {order[at].key for at in (here - 1, here + 1) if 0 <= at < len(order)}
    for line in lines:
        same = (line.step, line.library_id, line.container_id) == (
            scan.step,
            scan.place,
            scan.container,
        ) and (scan.place is not None or line.holder == scan.holder)
        if same and line.key in beside and abs(line.at - scan.at) <= ONE_VISIT:
            return line
    return None


def doubt_about(parcel: Parcel, scan: Scan) -> Doubt | None:
    """Judged by what was known before this scan."""
    if scan.step in (CustodyStep.UNDONE, CustodyStep.CANCELLED, CustodyStep.LOST):
        return None
    if parcel.state in (ParcelState.CANCELLED, ParcelState.LOST):
        return Doubt.CANCELLED
    if parcel.state == ParcelState.ARRIVED:
        return Doubt.ARRIVED
    if stands_so(parcel, scan):
        return Doubt.ALREADY
    return misdropped(parcel, scan) or picked_up_elsewhere(parcel, scan)


def stands_so(parcel: Parcel, scan: Scan) -> bool:
    """Whether this very step at this place is the last thing known of it."""
    if (parcel.last_step, parcel.last_library_id) != (scan.step, scan.place):
        return False
    if scan.step == CustodyStep.SORTED and parcel.container_id != scan.container:
        return False
    return scan.place is not None or parcel.last_holder == scan.holder


def misdropped(parcel: Parcel, scan: Scan) -> Doubt | None:
    right = {
        CustodyStep.DROPPED: (parcel.to_library_id,),
        CustodyStep.RECEIVED: (parcel.to_library_id, parcel.from_library_id),
    }.get(scan.step)
    return Doubt.MISDROPPED if right is not None and scan.place not in right else None


def picked_up_elsewhere(parcel: Parcel, scan: Scan) -> Doubt | None:
    made_here = scan.place in (parcel.from_library_id, parcel.last_library_id)
    at_a_stop = scan.step == CustodyStep.PICKED_UP and scan.place is not None
    return Doubt.ELSEWHERE if at_a_stop and not made_here else None


def entry_of(line: Custody) -> ledger.Entry:
    return line.entry


def undo(line: Custody, *, by: User | None, at: datetime) -> Noted:
    """Take back a line of the ledger by adding one that says so."""
    return note(line.parcel, taking_back(line, by=by, at=at))


def taking_back(line: Custody, *, by: User | None, at: datetime) -> Scan:
    """What is to be written for a line to be taken back."""
    if line.step in (CustodyStep.MADE, CustodyStep.UNDONE):
        raise NothingToUndo(step=line.step)
    return Scan(
        CustodyStep.UNDONE,
        at,
        by,
        line.library_id,
        f"undo-{line.pk}",
        how=How.DECLARED,
        undoes=line,
    )


def undo_scan(parcel: Parcel, pk: int, *, by: User | None, at: datetime) -> Noted:
    """Take back a scan of the van, for the delivery office."""
    scans = parcel.custody.filter(pk=pk, step__in=SCANS)
    line = scans.select_related("parcel").first()
    if line is None:
        raise NothingToUndo
    return undo(line, by=by, at=at)


def undo_step(parcel: Parcel, step: CustodyStep, *, by: User | None, at: datetime) -> Noted:
    """Undo the last line of this kind that is still in force."""
    lines = parcel.custody.filter(step=step, undone_by=None)
    line = lines.select_related("parcel").order_by("at", "pk").last()
    if line is None:
        raise NothingToUndo(step=step)
    noted = undo(line, by=by, at=at)
    parcel.refresh_from_db(fields=KEPT)
    return noted
