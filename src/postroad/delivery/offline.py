"""The round that a driver's phone keeps without a network, and the scans that it sends later.

A scan is believed at its own time, also after a weekend. The phone tells two times of its own
clock, of the scan and of the sending: what lies between them is right even if the clock is not.
What cannot be believed, or is of no parcel, is kept for the delivery office; nothing is lost.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from postroad.accounts.models import User
from postroad.delivery import rounds, scans, stop_bins, visits
from postroad.delivery.containers import Turned
from postroad.delivery.models import How, Parcel, ParcelState, SetAside, Stop, Via, Visit, Why
from postroad.delivery.scans import Answer, AtStop, Hand, Meaning
from postroad.errors import Refusal

BELIEVED = timedelta(days=7)  # a long weekend, and a phone that lay in a drawer
AHEAD = timedelta(minutes=2)  # a clock that was set while scans waited
LONG_AGO = timedelta(days=36_500)  # a clock that was never set tells of 1970, and none of before
MOST_AT_ONCE = 50  # scans in one message: the next ones follow when these are answered
LONGEST = 200  # characters of a scan, as on the scan page
OFFICE = {Meaning.UNKNOWN: Why.UNKNOWN, Meaning.SEVERAL: Why.SEVERAL, Meaning.CLOSED: Why.CLOSED}


class NothingToRecord(Refusal):
    """The scan that was set aside says no stop, or no number of a parcel under way."""

    code = "nothing-to-record"


@dataclass(frozen=True, slots=True)
class KeptScan:
    """A scan as the phone kept it; what could not be read of it is None."""

    key: str
    text: str
    hand: Hand
    stop: int | None
    waited: timedelta | None
    declared: bool = False  # taken along without a scan
    done: bool = False  # no scan: the van was done at this stop


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a scan that was sent: its meaning, or why the office has it."""

    key: str
    answer: Answer | None = None
    why: Why | None = None
    visit: Visit | None = None
    bin: Turned | None = None
    hand: Hand = Hand.DROP  # what the driver was doing


@dataclass(slots=True)
class Pieces:
    """What there is to do at a stop, parcel by parcel."""

    drop: list[Parcel] = field(default_factory=list)
    pick_up: list[Parcel] = field(default_factory=list)


def pieces(calls: Sequence[rounds.Call], day: date) -> dict[int, Pieces]:
    """The parcels of a round by library, strays first, in three queries."""
    places = {call.stop.library_id for call in calls}
    found: dict[int, Pieces] = defaultdict(Pieces)
    ends = Parcel.objects.select_related("from_library", "to_library").order_by("pk")
    for parcel in ends.astray().filter(last_library__in=places):
        found[parcel.last_library_id or 0].pick_up.append(parcel)
    by_van = ends.filter(via=Via.DELIVERY)
    for parcel in by_van.filter(state=ParcelState.READY, from_library__in=places):
        found[parcel.from_library_id].pick_up.append(parcel)
    going = by_van.filter(state=ParcelState.MOVING, to_library__in=places)
    for parcel in going.filter(rounds.on_the_van(day)):
        found[parcel.to_library_id].drop.append(parcel)
    return found


def take(driver: User, kept: Sequence[KeptScan], now: datetime) -> list[Taken]:
    """Each scan in its turn and for itself, in a transaction of its own."""
    known = {stop.pk: stop for stop in stops_of(kept)}
    return [take_one(driver, each, known, now) for each in kept]


def stops_of(kept: Sequence[KeptScan]) -> QuerySet[Stop]:
    named = {each.stop for each in kept if each.stop is not None}
    return Stop.objects.filter(pk__in=named).select_related("library", "route")


@transaction.atomic
def take_one(driver: User, kept: KeptScan, known: dict[int, Stop], now: datetime) -> Taken:
    before = SetAside.objects.filter(driver=driver, key=kept.key).first()
    if before is not None:
        return Taken(kept.key, why=Why(before.why))
    stop = known.get(kept.stop or 0)
    why = why_not(kept, stop)
    if why is None and stop is not None and kept.waited is not None:
        at = now - max(kept.waited, timedelta())
        if kept.done:
            return Taken(kept.key, visit=confirm(driver, stop, kept.key, at, now))
        how = How.DECLARED if kept.declared else How.SCANNED
        here = AtStop(driver, stop, kept.hand, at, now, how)
        if turned := stop_bins.scan(here, kept.text, key=own_key(driver, kept.key)):
            return Taken(kept.key, bin=turned, hand=kept.hand)
        answer = scans.scan(here, kept.text, key=own_key(driver, kept.key))
        if answer.meaning not in OFFICE:
            return Taken(kept.key, answer)
        set_aside(driver, kept, stop, OFFICE[answer.meaning], now)
        return Taken(kept.key, answer, OFFICE[answer.meaning])
    why = why or Why.NO_TIME
    set_aside(driver, kept, stop, why, now)
    return Taken(kept.key, why=why)


def confirm(driver: User, stop: Stop, key: str, at: datetime, now: datetime) -> Visit:
    """With what was scanned until then: it came before this, in its order."""
    pieces = visits.scanned(driver, stop.library, timezone.localdate(at))
    return visits.confirm(driver, stop, pieces, key=key, at=at, now=now)


def why_not(kept: KeptScan, stop: Stop | None) -> Why | None:
    """What is wrong with the scan itself, whatever parcel it is of."""
    if (not kept.done and not kept.text) or len(kept.text) > LONGEST:
        return Why.UNREADABLE
    if stop is None:
        return Why.NO_STOP
    if kept.waited is None:
        return Why.NO_TIME
    if kept.waited < -AHEAD:
        return Why.AHEAD
    return Why.TOO_OLD if kept.waited > BELIEVED else None


def own_key(driver: User, key: str) -> str:
    """A scan's key in the ledger: two drivers whose phones chose the same one scanned twice."""
    return f"{driver.pk}-{key}"


def set_aside(
    driver: User,
    kept: KeptScan,
    stop: Stop | None,
    why: Why,
    now: datetime,
    handed_in_by: User | None = None,
) -> SetAside:
    made, _new = SetAside.objects.get_or_create(
        driver=driver,
        key=kept.key,
        defaults={
            "text": kept.text[:LONGEST],
            "hand": kept.hand,
            "stop": stop,
            "at": when(kept, now),
            "came_at": now,
            "why": why,
            "handed_in_by": handed_in_by,
        },
    )
    return made


def when(kept: KeptScan, now: datetime) -> datetime | None:
    """The moment that the phone told, if it is one that can be written down."""
    if kept.waited is None or abs(kept.waited) > LONG_AGO:
        return None
    return now - kept.waited


def hand_in(finder: User, driver: User, kept: Sequence[KeptScan], now: datetime) -> list[Taken]:
    """Scans of another driver that stayed on a phone: for the office, under that driver's name."""
    known = {stop.pk: stop for stop in stops_of(kept)}
    for each in kept:
        stop = known.get(each.stop or 0)
        set_aside(driver, each, stop, Why.HANDED_IN, now, handed_in_by=finder)
    return [Taken(each.key, why=Why.HANDED_IN) for each in kept]


def waiting() -> int:
    """How many scans wait for the office."""
    return SetAside.objects.filter(settled_at=None).count()


def settle(pk: int, *, by: User, now: datetime) -> None:
    """The office has looked at it, and nothing is to be written down."""
    SetAside.objects.filter(pk=pk, settled_at=None).update(settled_at=now, settled_by=by)


def unsettle(pk: int) -> None:
    """It waits again; what was written into the ledger is undone at its parcel."""
    SetAside.objects.filter(pk=pk, recorded=False).update(settled_at=None, settled_by=None)


@transaction.atomic
def record(pk: int, *, by: User, now: datetime) -> Taken:
    """The office has it written into the ledger after all, as that driver's scan: of a parcel or
    of a bin. Raises NothingToRecord if it is neither."""
    rows = SetAside.objects.select_for_update(of=("self",))
    row = rows.filter(pk=pk, settled_at=None).select_related("stop__library", "stop__route").first()
    if row is None or row.stop is None or not row.text:
        raise NothingToRecord
    at = row.at if row.at is not None and row.at <= now else row.came_at
    here = AtStop(row.driver, row.stop, Hand(row.hand), at, now)
    key = own_key(row.driver, row.key)
    turned = stop_bins.scan(here, row.text, key=key)
    answer = scans.scan(here, row.text, key=key) if turned is None else None
    if answer is not None and answer.meaning in OFFICE:
        raise NothingToRecord
    row.settled_at, row.settled_by, row.recorded = now, by, True
    row.save(update_fields=["settled_at", "settled_by", "recorded"])
    return Taken(row.key, answer, bin=turned, hand=here.hand)
