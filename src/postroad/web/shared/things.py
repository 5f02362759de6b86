"""The things that are out under one request, where they are several: each with its own state, its
own day and its own buttons, whatever stands of the foremost on the rest of the page."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from postroad import words
from postroad.ill import dates, renewals
from postroad.ill.access import Sight
from postroad.ill.lifecycle import ROWS, LoanState, Verb
from postroad.ill.models import Loan, Request
from postroad.ill.models.request import together
from postroad.reference_numbers import grouped
from postroad.web.shared import renewal

THING = "thing"  # in what a button sends: the key of the one that it means
STATES: dict[Sight, words.Words] = {
    Sight.PATRON: words.ill.LOAN_STATES_FOR_PATRON,
    Sight.LENDING: words.ill.LOAN_STATES,
}


@dataclass(frozen=True, slots=True)
class Press:
    """A button of one thing: what it is called, and where it leads."""

    label: str | Promise
    address: str
    main: bool = False
    verb: Verb | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """One of several that are out."""

    loan: Loan
    name: str  # by which one is told from another
    stands: str
    until: str  # a day, and what it is
    late: bool
    buttons: Sequence[Press]
    no_renewal: str


def out(ill: Request, supplies: Collection[int] | None = None) -> list[Loan]:
    """What is out, if it is more than one thing; for a lender what these attempts of its sent."""
    if ill.things_out < 2:
        return []
    rows = ill.loans.open().select_related("supply__lender", "item", "parcel_out", "parcel_home")
    found = list(rows if supplies is None else rows.filter(supply__in=supplies))
    for loan in found:
        together(ill, None, loan)
    return found


def shown(
    loans: Iterable[Loan],
    sight: Sight,
    now: datetime,
    buttons: Callable[[Loan], Iterable[Press]],
    blocked: str = "",
) -> list[Thing]:
    """As the page tells them; `blocked` is why her card stops the reader herself."""
    every = list(loans)
    pressed = {loan.pk: list(buttons(loan)) for loan in every}
    lent = [loan for loan in every if any(each.verb == Verb.RENEW for each in pressed[loan.pk])]
    held = renewals.held_for_others(lent)
    found = []
    for loan in every:
        to_her = sight == Sight.PATRON
        no = ""
        if loan in lent:
            no = renewal.no_renewal(loan, now, held, blocked, to_her=to_her)
        offered = [each for each in pressed[loan.pk] if not (no and each.verb == Verb.RENEW)]
        late = loan.state == LoanState.LENT and dates.is_overdue(loan, now)
        where = words.label(STATES.get(sight, words.ill.STATES), loan.state)
        stands = _("It %(where)s.") % {"where": where}
        found.append(Thing(loan, _name(loan), stands, _until(loan, sight, now), late, offered, no))
    return found


def of_a_thing(verb: Verb) -> bool:
    """Whether a verb moves one thing, so that of several its button must say which."""
    row = ROWS[verb]
    return row.loan is not None and None not in row.loan.starts


def _name(loan: Loan) -> str:
    volume = loan.item.volume if loan.item else ""
    known = (volume, grouped(loan.barcode)) if loan.barcode else (volume, loan.call_number)
    return ", ".join(part for part in known if part) or loan.request.title[:80]


def _until(loan: Loan, sight: Sight, now: datetime) -> str:
    """The day that counts where it stands, if one does."""
    days: dict[str, tuple[str, date | None]] = {
        LoanState.SHIPPED: (_("Expected %(day)s"), loan.arrives_on),
        LoanState.LENT: (_("Due %(day)s"), loan.due_back),
    }
    if sight != Sight.LENDING and loan.due_at is not None and dates.is_held(loan, now):
        held = loan.request.library.day_of(loan.due_at)
        days[LoanState.ARRIVED] = (_("Held until %(day)s"), held)
    if loan.state == LoanState.HOMEWARD and loan.parcel_home is not None:
        days[LoanState.HOMEWARD] = (_("Expected %(day)s"), loan.parcel_home.expected_on)
    said, day = days.get(loan.state, ("", None))
    return said % {"day": words.day(day)} if day else ""
