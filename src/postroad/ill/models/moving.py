"""What `Request.move` moves together, and what it writes of each. Nothing here writes a row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from postroad.directory.opening import Calendar
from postroad.ill.acts import Act
from postroad.ill.lifecycle import (
    FOREMOST,
    OUT,
    ROWS,
    LoanState,
    Owner,
    Standing,
    State,
    SupplyState,
    Verb,
    Wish,
    facts,
    wish_of,
)

if TYPE_CHECKING:
    from datetime import datetime

    from postroad.ill.models.event import Event
    from postroad.ill.models.loan import Loan
    from postroad.ill.models.request import Request
    from postroad.ill.models.supply import Supply

Columns = Mapping[str, Any]  # of a row, with their new values


class Row(Protocol):
    """A request, a supply or a loan."""

    def write(self, verb: Verb, changes: Columns) -> None: ...


@dataclass(frozen=True, slots=True)
class Changes:
    """What a move writes of the request, of the attempt and of the thing."""

    request: Columns = field(default_factory=dict)
    supply: Columns = field(default_factory=dict)
    loan: Columns = field(default_factory=dict)


def _standing(row: "Loan") -> Columns:
    """What a move would write of a thing that it leaves where it is."""
    names = ("state", "owner", "due_at", "reminders")
    return {name: getattr(row, name) for name in names}


@dataclass(frozen=True, slots=True)
class Parts:
    """A request, the attempt and the thing that a verb is about, and what else is out."""

    request: "Request"
    supply: "Supply | None" = None
    loan: "Loan | None" = None
    others: "Sequence[Loan]" = ()

    @classmethod
    def of(cls, request: "Request", supply: "Supply | None", loan: "Loan | None") -> "Parts":
        """With all that is out beside this thing: asked only where the request says that something
        is. A thing brings its attempt."""
        if supply is None and loan is not None:
            supply = loan.supply
        mine = loan is not None and not loan.is_new and loan.is_open
        if request.things_out <= int(mine):
            return cls(request, supply, loan)
        out = request.loans.open().select_related("supply__lender")
        return cls(request, supply, loan, [each for each in out if each != loan])

    @property
    def standing(self) -> Standing:
        """Where they stand. What is not saved yet stands nowhere."""
        supply, loan = self.supply, self.loan
        beside = [each for each in self.others if supply and each.supply_id == supply.pk]
        return Standing(
            wish=wish_of(State(self.request.state)),
            supply=None if supply is None or supply.is_new else SupplyState(supply.state),
            loan=None if loan is None or loan.is_new else LoanState(loan.state),
            beside=tuple(LoanState(each.state) for each in beside),
            elsewhere=tuple(LoanState(each.state) for each in self.others if each not in beside),
        )

    def stepped(
        self, verb: Verb, act: Act, after: Standing, also: Changes, desk: Calendar | None
    ) -> Changes:
        """The columns of each part that the verb moves: its state and clock, and what `also` is to
        be written with them."""
        row = ROWS[verb]
        supply: Columns = {}
        loan: Columns = {}
        if self.supply is not None and after.supply is not None and row.supply is not None:
            supply = self.supply.stepped(verb, act.at, after.supply, also.supply)
        if self.loan is not None and after.loan is not None and row.loan is not None:
            loan = self.loan.stepped(verb, act.at, after.loan, also.loan, desk)
        leads = self._leads(after, supply, loan, act.at)
        request = self.request.stepped(verb, act.at, after, {**leads, **also.request})
        return Changes(request, supply, loan)

    def _leads(
        self, after: Standing, supply: Columns, loan: Columns, at: "datetime"
    ) -> dict[str, Any]:
        """Whose turn it is after a move, and what the request points at: the foremost of all things
        out; while there is none, the attempt that a lender has in hand."""
        if after.wish == Wish.SUPPLIED:
            now, foremost = self._foremost(loan)
            until = self._until(foremost, now, self.request.current_loan_id, at)
            supplier = foremost.supply
            leads = {"owner": now["owner"], "current_loan": foremost, "current": supplier}
            return {**leads, "turn_until": until, "outside": supplier.is_outside}
        leads = {} if self.supply is None else {"current": self.supply}
        if self.supply is not None and after.wish != Wish.CLOSED:
            leads["outside"] = self.supply.is_outside
        if after.wish == Wish.REFERRED:
            owner = supply.get("owner", self.request.owner)
            leads |= {"owner": owner, "current_loan": None}
            if self.supply is not None and supply:
                leads["turn_until"] = self._until(self.supply, supply, self.request.current_id, at)
        return leads

    def _foremost(self, loan: Columns) -> "tuple[Columns, Loan]":
        """Of all that is out after a move the thing that speaks for the request, with its state,
        whose turn it is with that one, and until when."""
        out = [(_standing(each), each) for each in self.others]
        if self.loan is not None and loan and loan["state"] in OUT:
            out.insert(0, (loan, self.loan))
        return min(out, key=lambda each: FOREMOST.index(LoanState(each[0]["state"])))

    def _until(
        self, part: "Supply | Loan", now: Columns, before: int | None, at: "datetime"
    ) -> "datetime":
        """Until when somebody is to act on the part that speaks for the request. One that has rung
        was to be done by then: when it rings again is no more time for it."""
        until: datetime = now["due_at"]
        if not now.get("reminders", 0):
            return until
        kept = self.request.turn_until if part.pk == before else None
        return kept or min(part.due_at or at, at)

    def in_turn(self, changes: Changes) -> Iterator[tuple[Row, Columns]]:
        """Each row with its columns, in the order in which they are written: what is new, since the
        request will point at it; the request, whose version seals them all; what was there."""
        both = ((self.supply, changes.supply), (self.loan, changes.loan))
        parts = [(row, columns) for row, columns in both if row is not None]
        new = [(row, columns) for row, columns in parts if row.is_new]
        known = [(row, columns) for row, columns in parts if not row.is_new]
        yield from (*new, (self.request, changes.request), *known)

    def event(self, verb: Verb, act: Act, said: Columns, note: str) -> "Event":
        """What is about to happen, and where all of it stands before."""
        return self.request.events.model(
            request=self.request,
            supply=self.supply,
            loan=self.loan,
            verb=verb,
            before="" if verb == Verb.ASK else self.request.state,
            supply_before="" if self.supply is None or self.supply.is_new else self.supply.state,
            loan_before="" if self.loan is None or self.loan.is_new else self.loan.state,
            by=act.by,
            role=self._role(verb, act),
            on_behalf_of=act.library,
            door=act.door,
            at=act.at,
            due_at=act.at if ROWS[verb].heard else None,
            facts=facts.whole(verb, said),
            note=note,
        )

    def _role(self, verb: Verb, act: Act) -> Owner:
        """Whose act it is: as the act says, as the verb's row does, or whoever acts here. What an
        outside lender says, the centre writes down."""
        role = act.role or ROWS[verb].role or self.request.role_of(act.by)
        outside = role == Owner.LENDING and self.supply is not None and self.supply.is_outside
        return Owner.CENTRE if outside else role

    def keep(self, event: "Event") -> "Event":
        """It has happened: with where all of it stands now."""
        event.after = self.request.state
        event.supply_after = self.supply.state if self.supply is not None else ""
        event.loan_after = self.loan.state if self.loan is not None else ""
        event.save(force_insert=True)
        return event
