"""What one library owes another for a loan, as both read it on the request's page."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from postroad import words
from postroad.accounts.models import User
from postroad.ill import charging, parties
from postroad.ill.lifecycle import LoanState, Owner, Verb
from postroad.ill.models import Charge, ChargeState, Event, Loan, Request
from postroad.ill.parties import Sits
from postroad.web.shared import claims, questions
from postroad.web.shared.questions import Room, name_of
from postroad.web.shared.things import THING

READERS = frozenset({Owner.BORROWING, Owner.LENDING, Owner.CENTRE})


@dataclass(frozen=True, slots=True)
class Line:
    """One charge, and what its lender may say of it now."""

    charge: Charge
    kind: str
    amount: str
    stands: str
    next: Sequence[tuple[ChargeState, str]]


def beside(
    room: Room, user: User, ill: Request, events: Collection[Event], now: datetime
) -> dict[str, Any]:
    """What stands between two libraries about a request: questions, charges, what is lost, and
    what its lender may say unasked."""
    at = parties.sits(user, ill, hers=False)
    return {
        **questions.of_request(room, user, ill, events, now),
        "charges": lines(ill, at, events),
        "lost": lost(ill, at, events),
        "unasked": unasked(ill, at),
        **claimed(user, ill, at, events, now),
    }


def claimed(
    user: User, ill: Request, at: Sits, events: Iterable[Event], now: datetime
) -> dict[str, Any]:
    """What its lender claims from the carrier, or may: nobody else's business."""
    if user.stands_in_for is not None:
        return {}  # a claim is the owner's own to make
    lends = ill.supply is not None and Owner.LENDING in at(ill.supply).sides
    if not lends or not any(event.verb == Verb.SHIP for event in events):
        return {}
    return claims.of_request(ill, at, now)


def lines(ill: Request, at: Sits, events: Iterable[Event]) -> list[Line]:
    """The charges; its history tells whether there is any. A lender reads its own."""
    if not any(event.verb == Verb.CHARGE for event in events):
        return []
    rows = Charge.objects.filter(loan__request=ill)
    found = []
    for each in rows.select_related("owed_by", "owed_to", "loan__supply__lender"):
        sides = at(each.loan.supply).sides
        if sides & READERS:
            found.append(line(each, settles=Owner.LENDING in sides))
    return found


def lost(ill: Request, at: Sits, events: Iterable[Event]) -> list[tuple[Loan, str]]:
    """What its lender gave up, and may find again."""
    if not any(event.verb == Verb.WRITE_OFF for event in events):
        return []
    gone = ill.loans.filter(state=LoanState.LOST).select_related("supply__lender", "item")
    return [(each, name_of(each)) for each in gone if Owner.LENDING in at(each.supply).sides]


def unasked(ill: Request, at: Sits) -> list[tuple[str, str]]:
    """The pages on which a lender says something unasked: their words and addresses."""
    things = parties.things(ill)
    found = []
    for loan in things:
        if Owner.LENDING not in at(loan.supply).sides:
            continue
        end = f": {name_of(loan)}" if len(things) > 1 else ""
        key = f"?{THING}={loan.pk}"
        if loan.state == LoanState.LENT:
            address = reverse("staff-request-due", args=[ill.ref])
            found.append((_("Let it be kept longer") + end, address + key))
        address = reverse("staff-request-charge", args=[ill.ref])
        found.append((_("Charge the borrower") + end, address + key))
    return found


def line(charge: Charge, *, settles: bool) -> Line:
    after = charging.AFTER[ChargeState(charge.state)] if settles else ()
    return Line(
        charge=charge,
        kind=words.label(words.questions.CHARGES, charge.kind),
        amount=f"{charge.amount:.2f} {charge.currency}",
        stands=words.label(words.questions.CHARGE_STATES, charge.state),
        next=[(state, words.label(words.questions.BECOMES, state)) for state in after],
    )
