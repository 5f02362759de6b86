"""Scans at the desk that borrows: receive, check out, take back, send home."""

from dataclasses import dataclass
from datetime import date

from postroad.accounts.models import Card
from postroad.delivery import finding as parcel_finding
from postroad.delivery.models import ParcelState
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import dates, finding, loans, readers, returns
from postroad.ill.acts import Act
from postroad.ill.arrivals import NotForHer
from postroad.ill.homeward import Way
from postroad.ill.lifecycle import LoanState, OutOfTurn, Verb
from postroad.ill.models import Loan
from postroad.ill.returns import Home
from postroad.ill.scans import otherwise, strays
from postroad.ill.scans.otherwise import Instead


@dataclass(frozen=True, slots=True)
class Received:
    """It is on the hold shelf."""

    loan: Loan
    why: NotForHer | None = None  # its patron is not told: it is not for her
    unscanned: bool = False  # its lender had not scanned it out, or had let the request go
    instead: bool = False  # another copy was scanned out


@dataclass(frozen=True, slots=True)
class OwnReturned:
    """It is the library's own item, come home: the lending desk checks it in."""


@dataclass(frozen=True, slots=True)
class CheckedOut:
    """The patron has it."""

    loan: Loan
    foreseen: date | None  # the due day that was told when it was received

    @property
    def due_otherwise(self) -> bool:
        """Whether it is due on another day than was told."""
        return self.foreseen is not None and self.foreseen != self.loan.due_back


@dataclass(frozen=True, slots=True)
class ReadersCard:
    """It is no item but a reader's card; the cards of several libraries may bear one number."""

    cards: list[Card]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The patron has brought it back."""

    loan: Loan
    overdue: bool


@dataclass(frozen=True, slots=True)
class SentHome:
    """It is ready to go home, in a parcel of its own."""

    loan: Loan
    home: Home


@dataclass(frozen=True, slots=True)
class Kept:
    """It stays at the borrowing library: its own takes no returns by mail now (R4)."""

    loan: Loan
    home: Home
    taken_back: bool  # from its patron, by this scan; else nothing was changed


@dataclass(frozen=True, slots=True)
class StillHeld:
    """It is kept on the hold shelf for its patron. Nothing was changed."""

    loan: Loan


def receive(
    library: Library, text: str, act: Act, *, sure: bool = False
) -> Received | OwnReturned | Instead:
    """What has come goes on the hold shelf, whether or not its lender had scanned it out.

    `sure` says that it came in place of what was sent. Raises what `finding.to_receive` raises.
    """
    try:
        arrival = finding.to_receive(library, text)
    except (OutOfTurn, finding.Ambiguous):
        raise
    except Refusal:
        if strays.arrival(library, text):
            raise
        if comes_or_goes(library, text):
            return OwnReturned()
        if (got := _otherwise(library, text, act, sure=sure)) is not None:
            return got
        raise
    if arrival.supply is not None and arrival.item is not None:
        loan, why = loans.receive_unscanned(arrival.supply, act, item=arrival.item)
        return Received(loan, why, unscanned=True)
    loan = arrival.loan or loans.of(arrival.ill, Verb.RECEIVE)
    return Received(loan, loans.receive(loan, act))


def _otherwise(library: Library, text: str, act: Act, *, sure: bool) -> Received | Instead | None:
    """What came in place of something else, or is here a second time."""
    asked = otherwise.instead(library, text)
    again = otherwise.second(library, text) if asked is None or not asked.will_do else None
    if again is not None:
        supply, item = again
        loan, why = loans.receive_unscanned(supply, act, item=item)
        return Received(loan, why, unscanned=True)
    if asked is None or asked.loan is None or not sure:
        return asked
    return Received(asked.loan, loans.receive(asked.loan, act, instead=asked.item), instead=True)


def comes_or_goes(library: Library, text: str) -> bool:
    """Whether this is a parcel that left from here, or comes here, and is none of this desk's."""
    found = [parcel for parcel in parcel_finding.matching(text) if parcel.is_open]
    return any(
        library.pk in (parcel.to_library_id, parcel.from_library_id)
        for parcel in found
        if parcel.state in (ParcelState.MOVING, ParcelState.DROPPED)
    )


def check_out(library: Library, text: str, act: Act) -> CheckedOut | ReadersCard:
    """The patron takes it with her; a card tells whose things are to be handed out.

    Raises what `finding.to_borrow` raises.
    """
    try:
        loan = finding.to_borrow(library, text, Verb.CHECK_OUT)
    except Refusal:
        if cards := readers.by_number([library.pk], text):
            return ReadersCard(cards)
        raise
    foreseen = loan.due_back
    loans.check_out(loan, act)
    return CheckedOut(loan, foreseen)


def take_back(library: Library, text: str, act: Act) -> TakenBack:
    """The patron has brought it back. Raises what `finding.to_borrow` raises."""
    loan = finding.to_borrow(library, text, Verb.RETURN)
    overdue = dates.is_overdue(loan, act.at)
    loans.return_item(loan, act)
    return TakenBack(loan, overdue)


def send_home(library: Library, text: str, act: Act) -> SentHome | Kept | StillHeld:
    """What is back or unclaimed goes home; what comes straight from its patron is taken back first.

    Raises what `finding.to_borrow` raises.
    """
    loan = to_send(library, text)
    if dates.is_held(loan, act.at):
        return StillHeld(loan)
    home = returns.of_loan(loan, act.at)
    from_patron = loan.state == LoanState.LENT
    if from_patron:
        loans.return_item(loan, act)
    if home.way.way == Way.HOLD_ON:
        return Kept(loan, home, from_patron)
    loans.ship_return(loan, act)
    return SentHome(loan, home)


def to_send(library: Library, text: str) -> Loan:
    """What a desk means that sends something home."""
    try:
        return finding.to_borrow(library, text, Verb.SHIP_RETURN)
    except OutOfTurn as no:
        if no.facts["state"] != LoanState.LENT:
            raise
        return finding.to_borrow(library, text, Verb.RETURN)
