"""Loans that were made without us, entered after the fact: a reader who walked up to another
library's desk, or two libraries that lent from point to point."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from postroad.accounts.models import Card
from postroad.catalogue import holdings
from postroad.catalogue.models import Item, ItemStatus, Record
from postroad.directory.models import Library
from postroad.directory.opening import Calendar
from postroad.errors import Refusal
from postroad.ill import (
    asked_before,
    asking,
    clocks,
    dates,
    in_hand,
    materials,
    shipping,
    tally,
    terms,
)
from postroad.ill.acts import Act
from postroad.ill.duedates import Due
from postroad.ill.lifecycle import Ending, LoanEnding, Outcome, Owner, Verb, Wish
from postroad.ill.materials import Citation, Field, Material
from postroad.ill.models import Event, Loan, Request, Supply
from postroad.ill.wanted import NOT_LENT, Wanted

BACK = timedelta(days=366)  # before today; nobody enters what was lent longer ago
AHEAD = timedelta(days=3 * 366)


class HandedOverWhen(Refusal):
    """The day on which it was handed over is still to come, or too long ago."""

    code = "handed-over-when"


class DueWhen(Refusal):
    """The day on which it is due lies before it was handed over, or years ahead."""

    code = "due-when"


class OwnLoan(Refusal):
    """It belongs to the reader's own library: no loan between libraries."""

    code = "own-loan"


class OthersItem(Refusal):
    """The copy belongs to another library than the one that is said to have lent it."""

    code = "others-item"


class CardStopped(Refusal):
    """The reader's card is blocked or has expired."""

    code = "card-stopped"


class AskedElsewhere(Refusal):
    """The reader has a request open for the same."""

    code = "entered-though-asked"


@dataclass(frozen=True, slots=True)
class Entry:
    """What was lent by whom to whom. The copy, or its record, or a title that no catalog has.

    `key` names the form that was sent: a second press gives the first loan again.
    """

    card: Card
    library: Library  # whose desk enters it, and answers for the loan
    lender: Library
    on: date  # handed over
    due: date | None = None  # None: as many days as its lender usually grants
    item: Item | None = None
    record: Record | None = None
    title: str = ""
    author: str = ""
    barcode: str = ""  # as on its label, of a copy that no catalog has
    insists: bool = False  # though the card is blocked, or it was asked for
    key: UUID | None = None

    @property
    def wanted(self) -> Wanted:
        """What it is, as whoever asks would say it."""
        record = self.item.record if self.item is not None else self.record
        key = uuid5(self.key, str(self.card.user_id)) if self.key else None
        of = Wanted(self.card.user, self.library, record, insists=self.insists, key=key)
        return of if record is not None else replace(of, citation=_cited(self.title, self.author))


def enter(entry: Entry, act: Act) -> Loan:
    """It is with its reader since it was handed over; both libraries read when it is due.

    Raises a Refusal of this file, ItemOut if the copy is out already, or what asking refuses.
    """
    wanted = entry.wanted
    if (first := _first_press(wanted.key)) is not None:
        return first
    _check(entry, wanted, act.at)
    try:
        with transaction.atomic():
            return _write(entry, wanted, act)
    except IntegrityError:
        if (first := _first_press(wanted.key)) is not None:
            return first
        raise


def _first_press(key: UUID | None) -> Loan | None:
    loans = Loan.objects.filter(request__key=key) if key else Loan.objects.none()
    return loans.select_related("request__library", "supply__lender").first()


def _cited(title: str, author: str) -> Citation:
    return materials.tidied(Material.BOOK, {Field.TITLE: title, Field.AUTHOR: author})


def _check(entry: Entry, wanted: Wanted, at: datetime) -> None:
    today = entry.library.day_of(at)
    if not today - BACK <= entry.on <= today:
        raise HandedOverWhen(first_day=today - BACK)
    if entry.due is not None and not entry.on <= entry.due <= today + AHEAD:
        raise DueWhen(on=entry.on, last_day=today + AHEAD)
    if entry.item is not None and entry.item.library_id != entry.lender.pk:
        raise OthersItem(barcode=entry.item.barcode, owner=entry.item.library.name)
    if entry.lender.pk == entry.library.pk:
        raise OwnLoan(library=entry.library.name)
    if wanted.record is not None and wanted.record.format in NOT_LENT:
        raise asking.NotLent(format=wanted.record.format)
    if wanted.citation is not None and (no := _title_trouble(wanted.citation)):
        raise asking.NotCited(troubles=no, material=wanted.citation.material)
    if entry.insists:
        return
    if why := entry.card.stopped:
        raise CardStopped(why=why)
    if (asked := asked_before.request(wanted)) is not None:
        raise AskedElsewhere(ref=asked.ref, title=asked.title[:80])


def _title_trouble(citation: Citation) -> dict[Field, materials.Trouble]:
    """What is in hand needs no more than its title, by which nobody has to find it."""
    found = materials.troubles(citation, this_year=0)
    return {name: no for name, no in found.items() if no != materials.Trouble.ONE_OF}


def _write(entry: Entry, wanted: Wanted, act: Act) -> Loan:
    """The request, the attempt and the thing at once: it was asked for and lent in one breath."""
    lent_at = _moment(entry, act.at)
    moved = replace(act, at=lent_at, role=Owner.BORROWING)
    ill = _asked(wanted, lent_at)
    supply = _supply(entry, ill, lent_at)
    desk = clocks.at_work(entry.library, lent_at)
    was = in_hand.take(entry.item) if entry.item is not None else ItemStatus.IN
    barcode = entry.item.barcode if entry.item is not None else entry.barcode
    loan = shipping.begin(supply, moved, item=entry.item, barcode=barcode, parcel=None)
    loan.status_before = "" if was == ItemStatus.IN else was
    due = _due(entry, loan, lent_at, desk)
    ill.move(
        Verb.ENTER,
        moved,
        supply=supply,
        loan=loan,
        desk=desk,
        change={"attempts": supply.attempt},
        supply_change={"shipped_at": lent_at, "answered_at": lent_at},
        loan_change={"received_at": lent_at, "lent_at": lent_at, **due.columns},
        said={
            "lender": entry.lender.name,
            "to": entry.library.name,
            "due_back": due.back.isoformat(),
        },
    )
    if not entry.lender.is_outside:
        tally.count(lender=entry.lender, borrower=entry.library, at=lent_at)
    return loan


def _moment(entry: Entry, now: datetime) -> datetime:
    """What counts for the day: noon, but never in future."""
    if entry.on == entry.library.day_of(now):
        return now
    return datetime.combine(entry.on, time(12), ZoneInfo(entry.library.time_zone))


def _asked(wanted: Wanted, at: datetime) -> Request:
    running = clocks.of_wish(Wish.ASKED, at, borrower=wanted.library)
    ill = Request(
        patron=wanted.patron,
        library=wanted.library,
        record=wanted.record,
        **asking.described(wanted),
        insists=wanted.insists,
        key=wanted.key,
        asked_at=at,
        owner=running.owner,
        due_at=running.due_at,
        turn_since=at,
        turn_until=running.due_at,
    )
    ill.save()
    return ill


def _supply(entry: Entry, ill: Request, at: datetime) -> Supply:
    """On the terms of a member as they are; of one elsewhere only its due day is known."""
    supply = Supply(request=ill, attempt=1, lender=entry.lender, item=entry.item, asked_at=at)
    elsewhere = {"lender_due_on": entry.due} if entry.lender.is_outside else {}
    for name, value in {**terms.of(supply, at), **elsewhere}.items():
        setattr(supply, name, value)
    return supply


def _due(entry: Entry, loan: Loan, at: datetime, desk: Calendar) -> Due:
    """The day that its lender named, or its usual one; never before it was handed over."""
    if entry.due is None:
        return dates.loan_end(loan, at, desk)
    due = dates.named(loan, entry.due, at)
    return due if due.back >= entry.on else replace(due, back=entry.due)


@transaction.atomic
def undo(event: Event, act: Act) -> None:
    """It was entered by mistake: there was no such loan."""
    ill, supply, loan = event.parts()
    assert supply is not None  # it was entered with both
    assert loan is not None
    was = in_hand.status_before(loan)
    ill.move(
        Verb.UNDO_ENTER,
        act,
        supply=supply,
        loan=loan,
        change={"outcome": Outcome.CANCELLED},
        supply_change={"ending": Ending.WITHDRAWN},
        loan_change={"ending": LoanEnding.NEVER_LEFT},
        said={"lender": supply.lender_name},
    )
    if loan.item is not None:
        holdings.give_back(loan.item, was)
    if not supply.is_outside:
        tally.uncount(lender=supply.lender, borrower=loan.borrower, at=loan.shipped_at)
