"""Which libraries were asked for a request, what came of it, and why these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from postroad import words
from postroad.ill.lifecycle import SupplyState, Verb
from postroad.ill.models import Event, Supply
from postroad.web.shared import numbering as shown
from postroad.web.shared import why as reasons
from postroad.web.shared.numbering import Shown
from postroad.web.shared.pieces import Why
from postroad.web.staff import standing

NOBODY = frozenset({Verb.ESCALATE, Verb.WAIT})  # no member could be asked


@dataclass(frozen=True, slots=True)
class Attempt:
    """One lender and what came of asking it."""

    supply: Supply
    state: str
    detail: str
    why: Why | None
    through: str  # the system in which an outside lender was asked, and its number


def explained(
    supplies: Sequence[Supply], events: Sequence[Event], numbers: Sequence[Shown]
) -> dict[str, Any]:
    """Each attempt with why it was this lender, and why no member could be asked at the end."""
    led = next((event for event in reversed(events) if event.verb in NOBODY), None)
    nobody = led.facts.get("rota", {}) if led else {}
    rotas = {event.supply_id: event.facts["rota"] for event in events if event.verb == Verb.REFER}
    names = reasons.names([*rotas.values(), nobody])
    return {
        "attempts": [
            attempt(supply, rotas.get(supply.pk, {}), names, numbers) for supply in supplies
        ],
        "escalated": reasons.why(nobody, names, led.at) if led else None,
    }


def attempt(
    supply: Supply, rota: Mapping[str, Any], names: Mapping[str, str], numbers: Sequence[Shown]
) -> Attempt:
    decided = reasons.why(rota, names, supply.asked_at) if rota else None
    through = shown.through(supply, numbers) if supply.is_outside else ""
    if supply.state != SupplyState.CLOSED:
        stands = words.ill.it_stands(*standing.where(supply), is_copy=bool(supply.level))
        return Attempt(supply, stands, "", decided, through)
    parts = (words.ill.no_of(supply), supply.reason_note)
    said = "; ".join(part for part in parts if part)
    return Attempt(supply, words.label(words.ill.ENDINGS, supply.ending), said, decided, through)
