"""What a driver's scan at a stop means, and what follows from it.

The driver says where the van stands and whether he drops or picks up. Where the parcel itself
leaves no doubt (it waits here, or it comes here), the parcel decides. The words are the page's.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypedDict

from django.db import transaction

from postroad.accounts.models import User
from postroad.delivery import custody, finding, parcels, rounds
from postroad.delivery.custody import Doubt, Noted
from postroad.delivery.models import Custody, CustodyStep, How, Parcel, ParcelState, Stop
from postroad.directory.models import Library

LONGEST_KEY = 64
OVER = (Doubt.CANCELLED, Doubt.ARRIVED)  # a desk was quicker than this scan, by a moment


class Facts(TypedDict):
    """What is written down of a scan, whichever way it goes."""

    by: User
    at: datetime
    noted_at: datetime
    key: str
    library: Library
    holder: str


class Hand(StrEnum):
    """What the driver is doing."""

    DROP = "drop"
    PICK_UP = "pick-up"


class Meaning(StrEnum):
    """What a scan came to."""

    UNKNOWN = "unknown"  # no parcel has this number
    SEVERAL = "several"  # more than one open parcel has it; nothing moves by a guess
    CLOSED = "closed"  # a desk has received it or kept it back
    LIES_HERE = "lies-here"  # it was dropped here before
    ON_THE_VAN = "on-the-van"  # it was picked up before
    PICKED_UP = "picked-up"
    PICKED_UP_ELSEWHERE = "picked-up-elsewhere"  # it was expected at its sender
    DROPPED = "dropped"
    MISDROPPED = "misdropped"  # it goes to another library; it is recorded as left here


@dataclass(frozen=True, slots=True)
class Answer:
    """The meaning of a scan, the parcels that it is about, and the line that can be taken back."""

    meaning: Meaning
    parcels: Sequence[Parcel] = ()
    line: Custody | None = None

    @property
    def parcel(self) -> Parcel:
        return self.parcels[0]


@dataclass(frozen=True, slots=True)
class AtStop:
    """Somebody with a scanner, at a stop, at a moment."""

    user: User
    stop: Stop
    hand: Hand
    at: datetime  # of the scan
    noted_at: datetime  # when we heard of it
    how: How = How.SCANNED  # of what is picked up; taken along without a scan is declared

    def before(self, waited: timedelta) -> "AtStop":
        """The moment of a scan that waited for the network."""
        return replace(self, at=self.at - waited)

    def heard_late(self, parcel: Parcel) -> bool:
        """Whether something was heard of the parcel that happened after this scan."""
        return self.at < self.noted_at and self.at < parcel.last_at

    @property
    def library(self) -> Library:
        return self.stop.library


def first_hand(stop: Stop, today: date) -> Hand:
    """What there is to drop is dropped first."""
    return Hand.DROP if rounds.to_drop(stop, today) else Hand.PICK_UP


def scan(here: AtStop, text: str, *, key: str = "", waited: timedelta = timedelta()) -> Answer:
    """Find the parcel, decide what the scan means, and write it down.

    What happened since is no reason to leave out a scan that is heard of late.
    """
    found = finding.matching(text)
    open_ones = [parcel for parcel in found if parcel.is_open]
    if len(open_ones) > 1:
        return Answer(Meaning.SEVERAL, open_ones)
    if not found:
        return Answer(Meaning.UNKNOWN)
    here = here.before(waited)
    parcel = (open_ones or found)[0]
    if not here.heard_late(parcel):
        if not open_ones:
            return Answer(Meaning.CLOSED, [parcel])
        if already := already_so(here, parcel):
            return Answer(already, [parcel])
    return write_down(here, parcel, key)


def picks_up(here: AtStop, parcel: Parcel) -> bool:
    """What waits here is picked up, what comes here is dropped; of the rest the hand decides."""
    leaves = parcel.state == ParcelState.READY or here.heard_late(parcel)
    if leaves and parcel.from_library_id == here.library.pk:
        return True
    if parcel.to_library_id == here.library.pk:
        return False
    return here.hand is Hand.PICK_UP


def already_so(here: AtStop, parcel: Parcel) -> Meaning | None:
    """That a parcel is already where this scan would bring it."""
    lies_here = parcel.last_library_id == here.library.pk
    if parcel.last_step == CustodyStep.DROPPED and lies_here and not picks_up(here, parcel):
        return Meaning.LIES_HERE
    if parcel.last_step == CustodyStep.PICKED_UP and picks_up(here, parcel):
        return Meaning.ON_THE_VAN
    return None


def write_down(here: AtStop, parcel: Parcel, key: str) -> Answer:
    """Into the ledger, at the moment of the scan, whatever was heard of the parcel since."""
    up = picks_up(here, parcel)
    facts: Facts = {
        "by": here.user,
        "at": here.at,
        "noted_at": here.noted_at,
        "key": key[:LONGEST_KEY],
        "library": here.library,
        "holder": here.stop.route.code,
    }
    noted = parcels.pick_up(parcel, how=here.how, **facts) if up else parcels.drop(parcel, **facts)
    meaning = meaning_of(noted, up=up)
    moved = not noted.again and meaning is not Meaning.CLOSED
    return Answer(meaning, [parcel], noted.line if moved else None)


def meaning_of(noted: Noted, *, up: bool) -> Meaning:
    if noted.doubt in OVER:
        return Meaning.CLOSED
    if noted.again and noted.doubt == Doubt.ALREADY:  # another scanner was quicker by a moment
        return Meaning.ON_THE_VAN if up else Meaning.LIES_HERE
    if up:
        elsewhere = noted.doubt == Doubt.ELSEWHERE
        return Meaning.PICKED_UP_ELSEWHERE if elsewhere else Meaning.PICKED_UP
    return Meaning.MISDROPPED if noted.doubt == Doubt.MISDROPPED else Meaning.DROPPED


@transaction.atomic
def take_all(here: AtStop, numbers: Collection[str]) -> list[Custody]:
    """The driver took along these of all that waits here, without a scan of each: their lines."""
    noted = [
        parcels.pick_up(
            parcel,
            by=here.user,
            at=here.at,
            library=here.library,
            holder=here.stop.route.code,
            how=How.DECLARED,
        )
        for parcel in rounds.to_pick_up(here.stop)
        if parcel.number in numbers
    ]
    return [each.line for each in noted if not each.again and each.doubt not in OVER]


def undo(here: AtStop, lines: Collection[str]) -> list[Parcel]:
    """Undo lines of this driver; the ledger keeps both. The parcels, as they stand now."""
    written = Custody.objects.filter(pk__in=lines)
    undone = [
        custody.undo(line, by=here.user, at=here.at).parcel
        for line in written.select_related("parcel__to_library")
    ]
    if len(undone) == 1:  # of many nobody is told where each of them is now
        undone[0].refresh_from_db()
    return undone
