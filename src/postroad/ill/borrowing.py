"""The verbs of a wish: the patron, her library's staff, and what time does for them."""

from django.db import transaction

from postroad.ill.acts import Act
from postroad.ill.lifecycle import Ending, Outcome, Owner, State, Verb
from postroad.ill.models import Request


@transaction.atomic
def review(ill: Request, act: Act, *, concerns: list[str]) -> None:
    """Intake leaves the request to the library's staff, with the reasons."""
    ill.move(Verb.REVIEW, act, change={"concerns": concerns}, said={"concerns": concerns})


@transaction.atomic
def approve(ill: Request, act: Act, *, note: str = "") -> None:
    """The request may be referred; staff who overrule a concern stand in the history."""
    ill.move(Verb.APPROVE, act, note=note)


@transaction.atomic
def cancel(ill: Request, act: Act, *, note: str = "") -> None:
    """The patron, or her library for her, no longer wants it. Too late once it was shipped."""
    _end(ill, Verb.CANCEL, Outcome.CANCELLED, act, note=note)


@transaction.atomic
def decline(ill: Request, act: Act, *, reason: str) -> None:
    """Her library closes the request, with a reason that the patron can read."""
    at_centre = ill.state == State.CENTRE
    outcome = Outcome.FILLED if ill.was_lent() else Outcome.UNFILLED
    ill.move(
        Verb.DECLINE,
        act.as_role(Owner.CENTRE) if at_centre else act,
        change={"outcome": outcome, "reason": reason},
        said={"reason": reason},
    )


@transaction.atomic
def expire(ill: Request, act: Act) -> None:
    """The need-by day has passed and nothing was shipped."""
    _end(ill, Verb.EXPIRE, Outcome.EXPIRED, act)


def _end(ill: Request, verb: Verb, outcome: Outcome, act: Act, *, note: str = "") -> None:
    if ill.was_lent():  # a volume of it: what ends is the rest
        outcome = Outcome.FILLED
    ill.move(
        verb,
        act,
        supply=ill.supply if ill.state == State.REFERRED else None,
        change={"outcome": outcome},
        supply_change={"ending": Ending.WITHDRAWN},
        note=note,
    )
