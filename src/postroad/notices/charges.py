"""What a borrowing library hears of what it owes for a loan: charged, paid, waived, given back; and
that what was given up is found. No patron is named."""

from dataclasses import dataclass, replace
from datetime import datetime

from postroad.ill import losing
from postroad.ill.lifecycle import Verb
from postroad.ill.models import Charge, Event
from postroad.notices import links, living, tell
from postroad.notices.models import Kind
from postroad.notices.words import Quote
from postroad.words.labels import label
from postroad.words.questions import CHARGE_STATES, CHARGES

HEARD = frozenset({Verb.CHARGE, Verb.SETTLE_CHARGE, Verb.RECOVER})


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """What the template may say of a charge, or of what is found again with its charges."""

    ref: str
    title: str
    lender: str
    amount: str = ""
    what: str = ""  # what it is for
    stands: str = ""  # what became of it; empty, when it was just charged
    found: bool = False
    charges: tuple[str, ...] = ()  # for what is found: those that stand
    said: str = ""  # a Quote: the words of the lender


def borrower(event: Event, now: datetime) -> None:
    """Listener: tell the library that owes it. Told twice, it is one notice."""
    if event.verb not in HEARD or (loan := event.parts()[2]) is None:
        return
    tell.note(
        Kind.CHARGED,
        loan.borrower,
        facts(event),
        source=living.EVENT,
        source_key=event.pk,
        now=event.at,
        about=links.of_request(event.request.ref),
    )


def facts(event: Event) -> ChargeFacts:
    ill, _supply, loan = event.parts()
    assert loan is not None  # `borrower` looked
    about = ChargeFacts(ref=ill.ref, title=ill.title, lender=loan.supply.lender_name)
    if event.verb == Verb.RECOVER:
        charges = tuple(line(each) for each in losing.charged_for(loan))
        return replace(about, found=True, charges=charges)
    settled = event.verb == Verb.SETTLE_CHARGE
    return replace(
        about,
        amount=str(event.facts["amount"]),
        what=label(CHARGES, str(event.facts["kind"])),
        stands=label(CHARGE_STATES, str(event.facts["state"])) if settled else "",
        said=Quote(event.note) if event.note else "",
    )


def line(charge: Charge) -> str:
    kind, state = label(CHARGES, charge.kind), label(CHARGE_STATES, charge.state)
    return f"{charge.amount:.2f} {charge.currency}, {kind}: {state}"
