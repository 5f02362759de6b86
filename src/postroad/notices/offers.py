"""What two desks hear of a lender's conditions: the offer, and the answer to it."""

from collections.abc import Mapping
from datetime import date

from postroad.ill import clocks
from postroad.ill.lifecycle import SupplyState, Verb
from postroad.ill.models import Event, Request
from postroad.notices.models import Kind
from postroad.words.ill import conditions

OFFERS = frozenset({Verb.OFFER, Verb.CHANGE_OFFER})
TO_LENDER: Mapping[Verb, Kind] = {
    Verb.ACCEPT_OFFER: Kind.OFFER_ACCEPTED,
    Verb.DECLINE_OFFER: Kind.OFFER_DECLINED,
}
HEARD = OFFERS | TO_LENDER.keys()


def said(event: Event) -> str:
    """On what conditions."""
    return conditions(event.facts["conditions"], event.facts.get("cost", ""))


def answer_by(event: Event, ill: Request) -> date | None:
    """Until when they wait for an answer, as a day of the borrowing library."""
    _ill, supply, _loan = event.parts()
    if supply is None:
        return None
    state = SupplyState.OFFERED
    rings = clocks.of_supply(state, event.at, lender=supply.lender, borrower=ill.library).due_at
    return ill.library.day_of(rings) if rings else None
