"""The one pure function that moves a request: its wish, an attempt and a thing, together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from postroad.errors import Refusal
from postroad.ill.lifecycle.states import (
    OUT,
    LoanState,
    State,
    SupplyState,
    Wish,
    summary,
)
from postroad.ill.lifecycle.verb import Verb
from postroad.ill.lifecycle.verbs import REMINDERS, ROWS, Part, Row, When

S = TypeVar("S", Wish, SupplyState, LoanState)
# What gives a thing more time where it stands: it is not late any more.
NEW_DAY = frozenset({Verb.RENEW, Verb.CHANGE_DUE, Verb.POSTPONE, Verb.HOLD_LONGER})
CLOSED = frozenset({Wish.CLOSED, SupplyState.CLOSED, LoanState.CLOSED})


class OutOfTurn(Refusal):
    """This verb does not start from this state."""

    code = "out-of-turn"

    @property
    def already(self) -> bool:
        """Whether it stands where the verb leads to: a colleague, or a second press, was late.

        Not of a verb that asks a lender: what stands there is another attempt than the one meant.
        """
        row = ROWS[Verb(str(self.facts["verb"]))]
        if row.supply is not None and None in row.supply.starts:
            return False
        part: Part[Any] | None = getattr(row, str(self.facts["part"]))
        state = self.facts["state"]
        return part is not None and state in part.ends and state not in CLOSED


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the parts stand that a verb may move.

    `supply` and `loan` are those that the verb is about; None where it is about none, or where the
    verb makes it. `beside` are the states of the other things out of the same attempt, `elsewhere`
    of those out of others.
    """

    wish: Wish | None
    supply: SupplyState | None = None
    loan: LoanState | None = None
    beside: Sequence[LoanState] = ()
    elsewhere: Sequence[LoanState] = ()

    @property
    def state(self) -> State:
        """The word of the whole request."""
        return summary(self.wish or Wish.ASKED, self.things)

    @property
    def things(self) -> tuple[LoanState, ...]:
        """All that is out."""
        mine = (self.loan,) if self.loan in OUT else ()
        return (*mine, *self.beside, *self.elsewhere)


def step(verb: Verb, now: Standing, *, to: LoanState | None = None, **facts: object) -> Standing:
    """Where all parts stand after `verb`: moved together, or refused as a whole.

    `to` says where the thing goes if the verb may lead to several states. Raises OutOfTurn with the
    first part that cannot move: the thing's, then the attempt's. Raises TypeError if the verb moves
    a part that is not given: that is our mistake, and no answer to anybody.
    """
    row = ROWS[verb]
    _whole(verb, row, now)
    if row.elsewhere not in (None, bool(now.elsewhere)):
        raise OutOfTurn(state=now.loan, verb=verb, part="loan", **facts)
    last_of_supply = not now.beside
    last_of_all = last_of_supply and not now.elsewhere
    loan = _moved(row.loan, now.loan, to, True, verb=verb, part="loan", **facts)
    supply = _moved(row.supply, now.supply, None, last_of_supply, verb=verb, part="supply", **facts)
    try:
        wish = _moved(row.wish, now.wish, None, last_of_all)
    except OutOfTurn:  # as lists and readers say it: not "supplied", but where its things are
        raise OutOfTurn(state=now.state, verb=verb, part="wish", **facts) from None
    return Standing(wish, supply, loan, now.beside, now.elsewhere)


def _whole(verb: Verb, row: Row, now: Standing) -> None:
    """No verb of two sides with one side missing, and none of one side with two."""
    if row.loan is None and now.loan is not None:
        raise TypeError(f"{verb} moves no thing")
    if row.loan is not None and None not in row.loan.starts and now.loan is None:
        raise TypeError(f"{verb} moves a thing, and none was given")
    if row.supply is None or None in row.supply.starts or now.supply is not None:
        return
    # What no lender has in hand is canceled alone.
    may = row.wish is None or now.wish in row.wish.starts
    if may and now.wish in (Wish.REFERRED, Wish.SUPPLIED, Wish.DELIVERED):
        raise TypeError(f"{verb} moves an attempt, and none was given")


def _moved(
    row: Part[S] | None, state: S | None, to: S | None, last: bool, **facts: object
) -> S | None:
    if row is None or (state is None and None not in row.starts):
        return state
    if state not in row.starts or (to is not None and to not in row.ends):
        raise OutOfTurn(state=state, **facts)
    if row.when == When.LAST and not last:
        return state
    if to is None and len(row.ends) > 1:
        raise TypeError("it may lead to several states: say which")
    return to or next(iter(row.ends), state)


def reminders(before: int, verb: Verb, *, stays: bool) -> int:
    """How often the clock has rung since the record came where it stands, or got a new day."""
    if verb in REMINDERS:
        return before + 1
    return before if stays and verb not in NEW_DAY else 0
