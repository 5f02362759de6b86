"""The states of a request and of a supply, the verbs that move them, and the clock of each state.

No Django here. Read the tables, run the tests, change both together. The borrower's side is the
request, the lender's side is the supply; a verb that stands in both tables moves both at once.
How a record ended is not a state: see Outcome and Ending.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from postroad.errors import Refusal


class State(StrEnum):
    """Where a request stands, on the borrower's side."""

    ASKED = "asked"  # the patron pressed the button; intake has not looked yet
    REVIEW = "review"  # intake left it to the library's staff, with reasons
    APPROVED = "approved"  # checks passed; no lender has it
    REFERRED = "referred"  # a lender has it in hand
    CENTRE = "centre"  # no member can supply; the ILL centre looks outside
    SHIPPED = "shipped"  # on its way to the pick-up library
    ARRIVED = "arrived"  # on the hold shelf
    LENT = "lent"  # with the patron
    BACK = "back"  # returned by the patron, not yet sent home
    HOMEWARD = "homeward"  # on its way to the lender
    CLOSED = "closed"


class SupplyState(StrEnum):
    """Where one attempt by one lender stands, on the lender's side."""

    ASKED = "asked"  # on the lender's pull list
    PROMISED = "promised"  # the lender said yes
    SHIPPED = "shipped"  # left the lender
    RECEIVED = "received"  # the borrowing library has it
    HOMEWARD = "homeward"  # on its way back to the lender
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a request ended."""

    FILLED = "filled"  # lent and back home
    UNCLAIMED = "unclaimed"  # arrived, and nobody came for it
    CANCELLED = "cancelled"  # the patron or her library took it back
    UNFILLED = "unfilled"  # nobody could supply it
    EXPIRED = "expired"  # the need-by day passed before anything was shipped


class Ending(StrEnum):
    """How a supply ended."""

    SUPPLIED = "supplied"
    REFUSED = "refused"
    LAPSED = "lapsed"  # the lender was silent past its own limit
    CLOSED = "lender-closed"  # the lender closed while it held the request
    WITHDRAWN = "withdrawn"  # cancelled or expired on the borrower's side


class Reason(StrEnum):
    """Why a lender says no: the controlled list."""

    NOT_ON_SHELF = "not-on-shelf"
    ON_LOAN = "on-loan"
    MISSING = "missing"
    REFERENCE = "reference-only"
    CONDITION = "poor-condition"
    IN_PROCESS = "in-process"
    ON_HOLD = "on-hold"
    BINDERY = "at-bindery"
    LACKS_PART = "lacks-part"
    NOT_OWNED = "not-owned"
    NOT_AS_CITED = "not-as-cited"
    POLICY = "policy"
    OTHER = "other"


class Proof(StrEnum):
    """What it rests on that an outside lender has its item back."""

    SYSTEM = "system"  # it closed the loan in the system through which it was asked
    MESSAGE = "message"  # it wrote or called
    TRACKING = "tracking"  # the carrier delivered it


class OutOfTurn(Refusal):
    """This verb does not start from this state."""

    code = "out-of-turn"

    @property
    def already(self) -> bool:
        """Whether it stands where the verb leads to: a colleague, or a second press, was late."""
        table = LENDING if self.facts["side"] == "lending" else BORROWING
        _before, after = table[str(self.facts["verb"])]
        return after == self.facts["state"] != State.CLOSED  # which has many ways to it


S, L = State, SupplyState
UNSHIPPED = frozenset({S.ASKED, S.REVIEW, S.APPROVED, S.REFERRED, S.CENTRE})
OUTSTANDING = UNSHIPPED | {S.SHIPPED, S.ARRIVED, S.LENT}  # the patron waits for it or has it
OPEN = frozenset(State) - {S.CLOSED}
OPEN_SUPPLY = frozenset(SupplyState) - {L.CLOSED}
CHECKED_IN_FROM = (S.ARRIVED, S.LENT, S.BACK, S.HOMEWARD)
STAYS = None

# verb: (states it may start from, state it leads to; STAYS leaves it where it is)
BORROWING: Mapping[str, tuple[frozenset[State], State | None]] = {
    "review": (frozenset({S.ASKED}), S.REVIEW),
    "amend": (UNSHIPPED, STAYS),  # the need-by day, the pick-up library or the note
    "approve": (frozenset({S.ASKED, S.REVIEW}), S.APPROVED),
    "refer": (frozenset({S.APPROVED}), S.REFERRED),
    "escalate": (frozenset({S.APPROVED}), S.CENTRE),
    "refer_outside": (frozenset({S.CENTRE}), S.REFERRED),
    "refer_again": (frozenset({S.CENTRE}), S.APPROVED),
    "resume": (frozenset({S.APPROVED, S.CENTRE}), S.REFERRED),  # by one that had let it go
    "withdraw": (frozenset({S.REFERRED}), S.APPROVED),  # for the sake of `resume`
    "promise": (frozenset({S.REFERRED}), STAYS),
    "not_found": (frozenset({S.REFERRED}), STAYS),  # this copy; another of the lender's is in
    "find": (frozenset({S.REFERRED}), STAYS),  # the copy stands on its shelf after all
    "refuse": (frozenset({S.REFERRED}), S.APPROVED),
    "lapse": (frozenset({S.REFERRED}), S.APPROVED),
    "ship": (frozenset({S.REFERRED}), S.SHIPPED),
    "unship": (frozenset({S.SHIPPED}), S.REFERRED),
    "come_back": (frozenset({S.SHIPPED}), S.REFERRED),
    "receive": (frozenset({S.SHIPPED}), S.ARRIVED),
    "unreceive": (frozenset({S.ARRIVED}), S.SHIPPED),
    "lend": (frozenset({S.ARRIVED}), S.LENT),
    "unlend": (frozenset({S.LENT}), S.ARRIVED),
    "postpone": (frozenset({S.LENT}), STAYS),  # its day has become a closed day
    "hold_longer": (frozenset({S.ARRIVED}), STAYS),  # a closure falls into its time on the shelf
    "renew": (frozenset({S.LENT}), STAYS),
    "refuse_renewal": (frozenset({S.LENT}), STAYS),
    "take_back": (frozenset({S.LENT}), S.BACK),
    "untake_back": (frozenset({S.BACK}), S.LENT),
    "send_home": (frozenset({S.ARRIVED, S.BACK}), S.HOMEWARD),
    "unsend": (frozenset({S.HOMEWARD}), S.BACK),
    "reshelve": (frozenset({S.HOMEWARD}), S.ARRIVED),  # unsend of what was never lent
    "check_in": (frozenset(CHECKED_IN_FROM), S.CLOSED),
    # A check-in by mistake: where it stood before is where it stands again.
    **{f"reopen_{state}": (frozenset({S.CLOSED}), state) for state in CHECKED_IN_FROM},
    "cancel": (UNSHIPPED, S.CLOSED),
    "decline": (frozenset({S.REVIEW, S.CENTRE}), S.CLOSED),
    "expire": (UNSHIPPED, S.CLOSED),
    "nudge": (OPEN, STAYS),
}

WAITING = frozenset({L.ASKED, L.PROMISED})
LENDING: Mapping[str, tuple[frozenset[SupplyState], SupplyState | None]] = {
    "promise": (frozenset({L.ASKED}), L.PROMISED),
    "not_found": (WAITING, STAYS),
    "find": (WAITING, STAYS),
    "withdraw": (WAITING, L.CLOSED),
    "refuse": (WAITING, L.CLOSED),
    "lapse": (WAITING, L.CLOSED),
    "ship": (WAITING, L.SHIPPED),
    "unship": (frozenset({L.SHIPPED}), L.PROMISED),
    "come_back": (frozenset({L.SHIPPED}), L.PROMISED),
    "receive": (frozenset({L.SHIPPED}), L.RECEIVED),
    "unreceive": (frozenset({L.RECEIVED}), L.SHIPPED),
    "lend": (frozenset({L.RECEIVED}), STAYS),  # the due day counts from here
    "unlend": (frozenset({L.RECEIVED}), STAYS),
    "postpone": (frozenset({L.RECEIVED}), STAYS),
    "renew": (frozenset({L.RECEIVED}), STAYS),
    "refuse_renewal": (frozenset({L.RECEIVED}), STAYS),
    "send_home": (frozenset({L.RECEIVED}), L.HOMEWARD),
    "unsend": (frozenset({L.HOMEWARD}), L.RECEIVED),
    "reshelve": (frozenset({L.HOMEWARD}), L.RECEIVED),
    "check_in": (frozenset({L.RECEIVED, L.HOMEWARD}), L.CLOSED),
    **{
        f"reopen_{state}": (
            frozenset({L.CLOSED}),
            L.HOMEWARD if state == S.HOMEWARD else L.RECEIVED,
        )
        for state in CHECKED_IN_FROM
    },
    "cancel": (WAITING, L.CLOSED),
    "expire": (WAITING, L.CLOSED),
    "nudge_lender": (OPEN_SUPPLY, STAYS),
}

REMINDERS = frozenset({"nudge", "nudge_lender"})

# Which states of the current supply go with a state of the request. Empty: no open supply.
AGREE: Mapping[State, frozenset[SupplyState]] = {
    S.ASKED: frozenset(),
    S.REVIEW: frozenset(),
    S.APPROVED: frozenset(),
    S.REFERRED: WAITING,
    S.CENTRE: frozenset(),
    S.SHIPPED: frozenset({L.SHIPPED}),
    S.ARRIVED: frozenset({L.RECEIVED}),
    S.LENT: frozenset({L.RECEIVED}),
    S.BACK: frozenset({L.RECEIVED}),
    S.HOMEWARD: frozenset({L.HOMEWARD}),
    S.CLOSED: frozenset(),
}


class Holder(StrEnum):
    """Who has the thing in hand. Exactly one, always."""

    LENDER = "lender"
    COURIER = "courier"
    BORROWER = "borrower"
    PATRON = "patron"


HOLDER: Mapping[State, Holder] = {
    **dict.fromkeys(UNSHIPPED, Holder.LENDER),
    S.SHIPPED: Holder.COURIER,
    S.ARRIVED: Holder.BORROWER,
    S.LENT: Holder.PATRON,
    S.BACK: Holder.BORROWER,
    S.HOMEWARD: Holder.COURIER,
    S.CLOSED: Holder.LENDER,
}


class Owner(StrEnum):
    """Whose turn it is."""

    MACHINE = "machine"
    BORROWING = "borrowing"
    LENDING = "lending"
    CENTRE = "centre"
    PATRON = "patron"


class Unit(StrEnum):
    """How a clock counts."""

    HOURS = "hours"  # of anybody's day
    WORKING = "working"  # working days of the owner's library, by threshold
    CALENDAR = "calendar"  # calendar days, by threshold
    ROAD = "road"  # as long as its parcel is not late (R6, R9, R10); without one, as CALENDAR
    POLICY = "policy"  # working days of the lender, by its policy
    SHELF = "shelf"  # days without those of closures, by the borrowing library's policy
    DATE = "date"  # until the borrowing library opens again after the day on which it is due


@dataclass(frozen=True, slots=True)
class Clock:
    """Whose turn it is in a state, how long it may take, and the verb that follows silence."""

    owner: Owner
    unit: Unit
    limit: str
    rings: str
    then: Owner | None = None  # whose turn it is once it has rung, if another's


REQUEST_CLOCKS: Mapping[State, Clock] = {
    S.ASKED: Clock(Owner.MACHINE, Unit.HOURS, "1", "review"),
    S.REVIEW: Clock(Owner.BORROWING, Unit.WORKING, "staff-answer", "nudge"),
    S.APPROVED: Clock(Owner.MACHINE, Unit.HOURS, "1", "escalate"),
    S.REFERRED: Clock(Owner.LENDING, Unit.CALENDAR, "courier-late", "nudge"),
    S.CENTRE: Clock(Owner.CENTRE, Unit.WORKING, "centre-answer", "nudge"),
    S.SHIPPED: Clock(Owner.BORROWING, Unit.ROAD, "courier-late", "nudge"),
    S.ARRIVED: Clock(Owner.PATRON, Unit.SHELF, "hold_shelf_days", "nudge", then=Owner.BORROWING),
    S.LENT: Clock(Owner.PATRON, Unit.DATE, "due_back", "nudge"),
    S.BACK: Clock(Owner.BORROWING, Unit.WORKING, "desk", "nudge"),
    S.HOMEWARD: Clock(Owner.LENDING, Unit.ROAD, "courier-late", "nudge"),
}

SUPPLY_CLOCKS: Mapping[SupplyState, Clock] = {
    L.ASKED: Clock(Owner.LENDING, Unit.POLICY, "answer_days", "lapse"),
    L.PROMISED: Clock(Owner.LENDING, Unit.POLICY, "ship_days", "lapse"),
    L.SHIPPED: Clock(Owner.BORROWING, Unit.ROAD, "courier-late", "nudge_lender"),
    L.RECEIVED: Clock(Owner.BORROWING, Unit.DATE, "due_back", "nudge_lender"),
    L.HOMEWARD: Clock(Owner.LENDING, Unit.ROAD, "courier-late", "nudge_lender"),
}

# The centre asks after an outside lender; only a person there records what it said.
OUTSIDE_CLOCK = Clock(Owner.CENTRE, Unit.CALENDAR, "mail-late", "nudge_lender")


def step(state: State, verb: str, **facts: object) -> State:
    """The state of the request that `verb` leads to, or OutOfTurn."""
    before, after = BORROWING[verb]
    if state not in before:
        raise OutOfTurn(state=state, verb=verb, side="borrowing", **facts)
    return after or state


def reminders(before: int, verb: str, *, stays: bool) -> int:
    """How often the clock has rung since the record came where it stands, or was renewed there."""
    if verb in REMINDERS:
        return before + 1
    return before if stays and verb != "renew" else 0


def step_supply(state: SupplyState, verb: str, **facts: object) -> SupplyState:
    """The state of the supply that `verb` leads to, or OutOfTurn."""
    before, after = LENDING[verb]
    if state not in before:
        raise OutOfTurn(state=state, verb=verb, side="lending", **facts)
    return after or state
