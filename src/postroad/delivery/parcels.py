"""What can happen to a parcel. Each verb adds a line to the ledger; none changes or deletes one.

Call these inside a transaction of your own. Scans may come late, twice and out of order: a verb
never loses one, and answers a repeat as it answered the first time. `at` is when it happened.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from postroad import barcodes
from postroad.accounts.models import User
from postroad.delivery import codes, forecast, ledger, routing, stops, tracking
from postroad.delivery.forecast import Forecast
from postroad.delivery.models import (
    Carrier,
    Custody,
    CustodyStep,
    How,
    Parcel,
    ParcelState,
    Purpose,
    Via,
)
from postroad.directory import thresholds
from postroad.directory.models import Library
from postroad.directory.opening import ALWAYS, Calendar, weekdays
from postroad.errors import Refusal
from postroad.reference_numbers import tidy

log = logging.getLogger(__name__)
LONGEST_SCAN = 60  # characters; no number of ours, with what frames it, is longer
BATCH = 200  # late parcels in one sweep; the next takes the rest
ENDS = ("from_library", "to_library", "last_library")
LATE = {Via.DELIVERY: "courier-late", Via.MAIL: "mail-late"}  # R10, R9
FORECAST = ["expected_on", "forecast"]
ONE_VISIT = timedelta(minutes=10)  # two scans of one step at one place within are one event
SEEN = (CustodyStep.PICKED_UP, CustodyStep.DROPPED, CustodyStep.RECEIVED)
UNDER_WAY = (ParcelState.READY, ParcelState.MOVING)
ON_PLAN = (CustodyStep.MADE, CustodyStep.PICKED_UP, CustodyStep.SORTED)
LAST_KEY = "\uffff"  # of a line that is not written yet: after all others of its moment
KEPT = [
    "state",
    "due_at",
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
    CANCELLED = "cancelled"  # the sender took it back before
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


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a parcel, since when and how we know; the page finds the words."""

    step: CustodyStep
    library: Library | None  # where that happened
    user: User | None
    holder: str  # a route or a carrier
    since: datetime
    how: How


def make(
    *,
    from_library: Library,
    to_library: Library,
    item_barcode: str,
    title: str,
    ref: str,
    at: datetime,
    by: User | None,
    purpose: Purpose = Purpose.OTHER,
    item_library: Library | None = None,
    via: Via | None = None,
    tracking_number: str = "",
    need_by: date | None = None,
    expected_on: date | None = None,
) -> Parcel:
    """A parcel stands ready at its sender, with the day on which it should arrive.

    It goes by delivery where the van calls at both ends and by mail elsewhere, unless told `via`.
    The van's day is reckoned; `expected_on` is the day that a sender by mail has named.
    """
    shipped = from_library.day_of(at)
    known = stops.calendars((from_library.pk, to_library.pk), shipped)
    sender, receiver = known.get(from_library.pk), known.get(to_library.pk)
    via = via or (Via.DELIVERY if sender and receiver else Via.MAIL)
    patience = thresholds.days(LATE[via], on=shipped, library=to_library)
    by_van = via == Via.DELIVERY
    nights = routing.nights(from_library.state, to_library.state)
    expected = (
        forecast.expect(shipped, sender, receiver, nights)
        if by_van and sender and receiver
        else None
    )
    waits_for = receiver if by_van and receiver else every_day(to_library)
    late_at = forecast.late_after(shipped, patience, waits_for)
    parcel = Parcel.objects.create(
        number=codes.new_number(),
        from_library=from_library,
        to_library=to_library,
        purpose=purpose,
        item_library=item_library,
        item_barcode=item_barcode,
        title=title[:300],
        ref=ref,
        need_by=need_by,
        via=via,
        carrier=carrier_of(tracking_number),
        tracking_number=tracking.tidy(tracking_number),
        made_at=at,
        expected_on=expected.day if expected else expected_on,
        forecast=expected.as_json() if expected else {},
        late_days=patience,
        late_at=late_at,
        due_at=late_at,
        last_at=at,
        last_library=from_library,
        last_user=by,
    )
    Custody.objects.create(
        parcel=parcel,
        key=f"{parcel.pk}:{CustodyStep.MADE}",
        step=CustodyStep.MADE,
        at=at,
        noted_at=at,
        how=How.DECLARED,
        library=from_library,
        user=by,
    )
    return parcel


def readdress(parcel: Parcel, was: Library, now: Library) -> None:
    """The library at one end was mistaken for another. It is where it is; its name was wrong."""
    ends = ("from_library", "to_library", "item_library", "last_library")
    wrong = [end for end in ends if getattr(parcel, f"{end}_id") == was.pk]
    for end in wrong:
        setattr(parcel, end, now)
    parcel.save(update_fields=wrong)


def carrier_of(tracking_number: str) -> str:
    """The only carrier that the number can belong to; "" if it can be nobody's or several's."""
    found = tracking.candidates(tracking_number)
    return Carrier(found[0].value) if len(found) == 1 else ""


def every_day(library: Library) -> Calendar:
    """For a library without a stop: only its time zone matters then."""
    return Calendar(weekdays(ALWAYS), library.time_zone)


def pick_up(
    parcel: Parcel,
    *,
    by: User | None,
    at: datetime,
    key: str = "",
    library: Library | None = None,
    holder: str = "",
    noted_at: datetime | None = None,
    how: How = How.SCANNED,
) -> Noted:
    """The van took it, at its sender unless another library is named."""
    place = library.pk if library else parcel.from_library_id
    scan = Scan(CustodyStep.PICKED_UP, at, by, place, key, holder, how, noted_at=noted_at)
    noted = note(parcel, scan)
    if not noted.again and parcel.state == ParcelState.MOVING and after_plan(parcel, at):
        expect_again(parcel, at)
    return noted


def drop(
    parcel: Parcel,
    *,
    library: Library,
    by: User | None,
    at: datetime,
    key: str = "",
    holder: str = "",
    noted_at: datetime | None = None,
) -> Noted:
    """The van left it at a library, be it the right one or not."""
    return note(
        parcel, Scan(CustodyStep.DROPPED, at, by, library.pk, key, holder, noted_at=noted_at)
    )


def receive(
    parcel: Parcel,
    *,
    library: Library,
    by: User | None,
    at: datetime,
    key: str = "",
    how: How = How.SCANNED,
) -> Noted:
    """A library has it in hand. At its destination, or back at its sender, that ends the parcel."""
    return note(parcel, Scan(CustodyStep.RECEIVED, at, by, library.pk, key, how=how))


def cancel(parcel: Parcel, *, by: User | None, at: datetime) -> Noted:
    """The sender keeps it after all; refused once the van has it."""
    scan = Scan(CustodyStep.CANCELLED, at, by, parcel.from_library_id, how=How.DECLARED)
    return note(parcel, scan)


def undo(line: Custody, *, by: User | None, at: datetime) -> Noted:
    """Take back a line of the ledger by adding one that says so."""
    if line.step in (CustodyStep.MADE, CustodyStep.UNDONE):
        raise NothingToUndo(step=line.step)
    scan = Scan(
        CustodyStep.UNDONE,
        at,
        by,
        line.library_id,
        f"undo-{line.pk}",
        how=How.DECLARED,
        undoes=line,
    )
    return note(line.parcel, scan)


def unreceive(parcel: Parcel, *, by: User | None, at: datetime) -> Noted:
    """It was not received after all."""
    return take_back(parcel, CustodyStep.RECEIVED, by=by, at=at)


def uncancel(parcel: Parcel, *, by: User | None, at: datetime) -> Noted:
    """It goes after all."""
    return take_back(parcel, CustodyStep.CANCELLED, by=by, at=at)


def take_back(parcel: Parcel, step: CustodyStep, *, by: User | None, at: datetime) -> Noted:
    """Undo the last line of this kind that is still in force."""
    lines = parcel.custody.filter(step=step, undone_by=None)
    line = lines.select_related("parcel").order_by("at", "pk").last()
    if line is None:
        raise NothingToUndo(step=step)
    noted = undo(line, by=by, at=at)
    parcel.refresh_from_db(fields=KEPT)
    return noted


def ring(now: datetime) -> int:
    """Tell of the parcels whose clock has run out, and set it on; how many there were.

    The delivery office sees them among the late ones; the log tells whoever runs the house.
    """
    due = Parcel.objects.open().filter(due_at__lt=now).select_related(*ENDS).order_by("due_at")
    return sum(remind(parcel, at=now) for parcel in due[:BATCH])


def remind(parcel: Parcel, *, at: datetime) -> bool:
    """Set the clock of a late parcel on; True for exactly one of those who ask at once."""
    today = parcel.to_library.day_of(at)
    days = thresholds.days("overdue-repeat", on=today, library=parcel.to_library)
    claimed = Parcel.objects.open().filter(pk=parcel.pk, due_at=parcel.due_at, due_at__lt=at)
    if not claimed.update(due_at=at + timedelta(days=days)):
        return False
    where = parcel.last_library.code if parcel.last_library else parcel.last_holder
    late = "parcel %s of request %s is late: %s at %s, %s"
    log.info(late, parcel.number, parcel.ref, parcel.last_step, where, parcel.last_at)
    return True


def find(number: str) -> Parcel | None:
    """The parcel whose number was scanned or typed."""
    known = codes.read_number(number)
    if known is None:
        return None
    return Parcel.objects.select_related(*ENDS).filter(number=known).first()


def matching(text: str) -> list[Parcel]:
    """Parcels by any number on them: theirs, the item's, the request's, the carrier's."""
    if (parcel := find(text)) is not None:
        return [parcel]
    meant = barcodes.readings(text[:LONGEST_SCAN])
    found: dict[int, tuple[int, Parcel]] = {}
    parcels = Parcel.objects.select_related(*ENDS).order_by("-made_at")
    for column, spelled in (
        ("number", [codes.read_number(each) or "" for each in meant]),
        ("item_barcode", meant),
        ("ref", [tidy(each) for each in meant]),
        ("tracking_number", [tracking.tidy(each) or each for each in meant]),
    ):
        for parcel in parcels.filter(**{f"{column}__in": {*spelled} - {""}})[:20] if meant else ():
            rank = spelled.index(getattr(parcel, column))
            found[parcel.pk] = (min(rank, found.get(parcel.pk, (rank,))[0]), parcel)
    best = min((rank for rank, _parcel in found.values()), default=0)
    likeliest = (parcel for rank, parcel in found.values() if rank == best)
    return sorted(likeliest, key=lambda parcel: not parcel.is_open)


def custody(parcel: Parcel) -> list[Custody]:
    """The ledger of a parcel in the order of the events, with what was taken back."""
    lines = {
        line.key: line
        for line in parcel.custody.select_related("library", "user", "undoes", "undone_by")
    }
    return [lines[entry.key] for entry in ledger.in_order(map(entry_of, lines.values()))]


def holder(parcel: Parcel) -> Holder:
    return Holder(
        step=CustodyStep(parcel.last_step),
        library=parcel.last_library,
        user=parcel.last_user,
        holder=parcel.last_holder,
        since=parcel.last_at,
        how=How(parcel.last_how),
    )


# How a line is written


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

    def key_in(self, parcel: Parcel, lines: list[Custody]) -> str:
        """What makes this event one: the key of its sender, or else its step, place and minute.

        A scan that comes after an undo is a new event, also within that minute.
        """
        if self.key:
            return f"{parcel.pk}:{self.key}"
        undone = sum(line.step == CustodyStep.UNDONE for line in lines)
        minute = int(self.at.timestamp()) // 60
        return f"{parcel.pk}:{self.step}:{self.place}:{minute}:{undone}"


def note(parcel: Parcel, scan: Scan) -> Noted:
    """Write a line and let the parcel say what the ledger says now."""
    # The lock keeps two scans at once from each overlooking the other's line.
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
    line = Custody(
        parcel=parcel,
        key=key,
        step=scan.step,
        at=scan.at,
        noted_at=scan.noted_at or scan.at,
        how=scan.how,
        holder=scan.holder,
        library_id=scan.place,
        user=scan.by,
        undoes=scan.undoes,
    )
    line.save(force_insert=True)
    settle(parcel, [*lines, line])
    return Noted(parcel, line, doubt=doubt)


def settle(parcel: Parcel, lines: list[Custody]) -> None:
    """Keep at hand where the parcel stands and who has it; stop or start its clock."""
    entries = [entry_of(line) for line in lines]
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
    parcel.save(update_fields=KEPT)


def same_visit(parcel: Parcel, scan: Scan, lines: list[Custody]) -> Custody | None:
    """The line of another scan of this very step: two scanners at one stop see one thing happen.

    It stands beside this one in the order of the events, at the same place, on the same visit.
    """
    if scan.step not in SEEN:
        return None
    this = ledger.Entry(LAST_KEY, ledger.Move(scan.step), scan.at, ledger.How(scan.how), scan.place)
    order = ledger.in_force([*map(entry_of, lines), this])
    here = order.index(this)
    beside = {order[at].key for at in (here - 1, here + 1) if 0 <= at < len(order)}
    for line in lines:
        same = (line.step, line.library_id) == (scan.step, scan.place)
        if same and line.key in beside and abs(line.at - scan.at) <= ONE_VISIT:
            return line
    return None


def doubt_about(parcel: Parcel, scan: Scan) -> Doubt | None:
    """Judged by what was known before this scan."""
    if scan.step in (CustodyStep.UNDONE, CustodyStep.CANCELLED):
        return None
    if parcel.state == ParcelState.CANCELLED:
        return Doubt.CANCELLED
    if parcel.state == ParcelState.ARRIVED:
        return Doubt.ARRIVED
    if (parcel.last_step, parcel.last_library_id) == (scan.step, scan.place):
        return Doubt.ALREADY
    return misdropped(parcel, scan) or picked_up_elsewhere(parcel, scan)


def misdropped(parcel: Parcel, scan: Scan) -> Doubt | None:
    right = {
        CustodyStep.DROPPED: (parcel.to_library_id,),
        CustodyStep.RECEIVED: (parcel.to_library_id, parcel.from_library_id),
    }.get(scan.step)
    return Doubt.MISDROPPED if right is not None and scan.place not in right else None


def picked_up_elsewhere(parcel: Parcel, scan: Scan) -> Doubt | None:
    made_here = scan.place in (parcel.from_library_id, parcel.last_library_id)
    return Doubt.ELSEWHERE if scan.step == CustodyStep.PICKED_UP and not made_here else None


def entry_of(line: Custody) -> ledger.Entry:
    return ledger.Entry(
        key=line.key,
        step=ledger.Move(line.step),
        at=line.at,
        how=ledger.How(line.how),
        library=line.library_id,
        undoes=line.undoes.key if line.undoes else "",
    )


def after_plan(parcel: Parcel, at: datetime) -> bool:
    """Whether the van took it on a later day than the forecast counted on."""
    steps = parcel.forecast.get("steps", [])
    planned = {step["leg"]: step["day"] for step in steps}.get(forecast.Leg.COLLECTED)
    return planned is not None and parcel.from_library.day_of(at).isoformat() > planned


def expect_again(parcel: Parcel, at: datetime) -> None:
    """A new expected day, counted from the day on which the van really took it."""
    ends = (parcel.from_library_id, parcel.to_library_id)
    known = stops.calendars(ends, (at - timedelta(days=2)).date())
    if expected := reckon(parcel, known, at):
        keep_forecast(parcel, expected)
        parcel.save(update_fields=FORECAST)


def expect_anew(parcels: Sequence[Parcel], *, at: datetime) -> list[Parcel]:
    """After the timetable has changed: those of these open parcels whose days are others now.

    Where the van comes no more, no day is promised; those without one get one when it comes again.
    While deliveries to the receiver are suspended the clock stands still, whenever the suspension
    was entered or ended (R6). To be called with their ends at hand, in a transaction.
    """
    ends = {end for parcel in parcels for end in (parcel.from_library_id, parcel.to_library_id)}
    since = min((parcel.made_at for parcel in parcels), default=at) - timedelta(days=1)
    known = stops.calendars(ends, since.date())
    moved = [parcel for parcel in parcels if set_days(parcel, known, at)]
    Parcel.objects.bulk_update(moved, [*FORECAST, "late_at", "due_at"], batch_size=500)
    return moved


def set_days(parcel: Parcel, known: Mapping[int, Calendar], at: datetime) -> bool:
    """Reckon the expected day and the lateness of one parcel anew; whether either is another."""
    before = (parcel.expected_on, parcel.late_at)
    if may_be_promised_anew(parcel, at):
        expected = reckon(parcel, known, at)
        if (expected.day if expected else None) != parcel.expected_on:
            keep_forecast(parcel, expected)
    set_lateness(parcel, known, at)
    return (parcel.expected_on, parcel.late_at) != before


def may_be_promised_anew(parcel: Parcel, at: datetime) -> bool:
    """What is under way and did not come on its day keeps that day: people wait since then."""
    if parcel.state not in UNDER_WAY or parcel.last_step not in ON_PLAN:
        return False
    today = parcel.to_library.day_of(at)
    missed = parcel.expected_on is not None and parcel.expected_on < today
    return not missed or parcel.state == ParcelState.READY


def set_lateness(parcel: Parcel, known: Mapping[int, Calendar], at: datetime) -> None:
    """Somebody was told already if the clock is past its first ring: then it rings as it would."""
    receiver = known.get(parcel.to_library_id) or every_day(parcel.to_library)
    shipped = parcel.from_library.day_of(parcel.made_at)
    late_at = forecast.late_after(shipped, parcel.late_days, receiver)
    if parcel.due_at == parcel.late_at or late_at > at:
        parcel.due_at = late_at
    parcel.late_at = late_at


def reckon(parcel: Parcel, known: Mapping[int, Calendar], at: datetime) -> Forecast | None:
    """The forecast as it is at this moment: what waits leaves today or later, by the sender's day;
    what has left is under way, and comes no earlier than today, by the receiver's."""
    sender, receiver = known.get(parcel.from_library_id), known.get(parcel.to_library_id)
    if sender is None or receiver is None:
        return None
    nights = routing.nights(parcel.from_library.state, parcel.to_library.state)
    if parcel.last_step == CustodyStep.MADE:
        return forecast.expect(sender.day_of(max(parcel.made_at, at)), sender, receiver, nights)
    left, today = sender.day_of(parcel.last_at), receiver.day_of(at)
    on_the_road = Calendar(weekdays(ALWAYS), sender.zone)
    return forecast.expect(max(left, today - timedelta(days=nights)), on_the_road, receiver, nights)


def keep_forecast(parcel: Parcel, expected: Forecast | None) -> None:
    parcel.expected_on = expected.day if expected else None
    parcel.forecast = expected.as_json() if expected else {}
