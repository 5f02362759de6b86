"""Where a wish, an attempt and a thing may stand, how each ends, and whose turn it is."""

from collections.abc import Collection, Mapping
from enum import StrEnum


class Wish(StrEnum):
    """What a reader wants, before and after things are out for it."""

    ASKED = "asked"  # the patron pressed the button; intake has not looked yet
    REVIEW = "review"  # intake left it to the library's staff, with reasons
    APPROVED = "approved"  # checks passed; no lender has it
    WAITING = "waiting"  # whoever could send it said "later": until the first of those days
    REFERRED = "referred"  # a lender has it in hand
    CENTRE = "centre"  # no member can supply; the ILL centre looks outside
    SUPPLIED = "supplied"  # at least one thing is out; its loans say where it stands
    DELIVERED = "delivered"  # its reader has the copy; until she can no longer complain of it
    CLOSED = "closed"


class SupplyState(StrEnum):
    """Where one attempt by one lender stands."""

    ASKED = "asked"  # on the lender's pull list
    OFFERED = "offered"  # yes, if: the lender's conditions wait for the borrower's word
    PROMISED = "promised"  # the lender said yes
    SUPPLYING = "supplying"  # at least one thing of it is out, or the copy is delivered
    CLOSED = "closed"


class LoanState(StrEnum):
    """Where one thing stands that left its lender: a volume, a copy."""

    SHIPPED = "shipped"  # on its way to the pick-up library
    ARRIVED = "arrived"  # on the hold shelf
    LENT = "lent"  # with the patron
    BACK = "back"  # returned by the patron, not yet sent home
    HOMEWARD = "homeward"  # on its way to the lender
    CLOSED = "closed"
    LOST = "lost"  # its lender gave it up


class State(StrEnum):
    """The one word that lists and readers go by: of the wish, or of its foremost thing."""

    ASKED = "asked"
    REVIEW = "review"
    APPROVED = "approved"
    WAITING = "waiting"
    REFERRED = "referred"
    CENTRE = "centre"
    SHIPPED = "shipped"
    ARRIVED = "arrived"
    LENT = "lent"
    BACK = "back"
    HOMEWARD = "homeward"
    DELIVERED = "delivered"
    CLOSED = "closed"


class Service(StrEnum):
    """What is done for the reader: ISO 18626's ServiceType, but for its third."""

    LOAN = "loan"
    COPY = "copy"


class Fault(StrEnum):
    """What is wrong with a copy that was delivered."""

    ILLEGIBLE = "illegible"
    PAGES_MISSING = "pages-missing"
    WRONG_ARTICLE = "wrong-article"
    CANNOT_OPEN = "cannot-open"
    OTHER = "other"


class Outcome(StrEnum):
    """How a request ended."""

    FILLED = "filled"  # lent and back home
    DELIVERED = "delivered"  # a copy
    UNCLAIMED = "unclaimed"  # arrived, and nobody came for it
    CANCELLED = "cancelled"  # the patron or her library took it back
    UNFILLED = "unfilled"  # nobody could supply it
    EXPIRED = "expired"  # the need-by day passed before anything was shipped
    LOST = "lost"  # what was sent is given up


class Ending(StrEnum):
    """How a supply ended."""

    SUPPLIED = "supplied"
    REFUSED = "refused"
    LAPSED = "lapsed"  # the lender was silent past its own limit
    CLOSED = "lender-closed"  # the lender closed while it held the request
    WITHDRAWN = "withdrawn"  # cancelled or expired on the borrower's side
    LATER = "later"  # the lender can send it after a day that it named
    CONDITIONS_DECLINED = "cond-declined"  # the borrower could not take it on those conditions
    LOST = "lost"  # all that it sent is given up
    CAME_BACK = "came-back"  # what it sent is at home again, and something else was sent meanwhile


class LoanEnding(StrEnum):
    """How a loan ended."""

    RETURNED = "returned"
    NEVER_LEFT = "never-left"  # the shipment was a mistake
    CAME_BACK = "came-back"  # it went astray, and is at its lender again
    LOST = "lost"  # its lender gave it up
    FOUND = "found"  # it turned up after that


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
    ON_ORDER = "on-order"
    NOT_YET_OUT = "not-yet-available"  # the volume or issue
    RESERVE = "on-reserve"
    COST = "cost-exceeds-limit"
    CHARGES = "charges"
    PREPAYMENT = "prepayment"
    COPYRIGHT = "lacks-copyright-compliance"
    LOCATIONS = "locations-not-found"
    DELIVERY = "delivery-service"
    TOO_LATE = "delivery-time"
    LICENCE = "not-licensed"
    BRANCH = "branch-policy"
    TECHNICAL = "technical-processing"
    OTHER = "other"


class Condition(StrEnum):
    """On what a lender sends it."""

    LIBRARY_USE = "library-use"
    NO_COPYING = "no-copying"
    SIGNATURE = "signature"
    SUPERVISED = "supervised"
    COST = "cost"
    OTHER = "other"


class Later(StrEnum):
    """Why a lender can send it only later."""

    IN_USE = "in-use"  # on loan until
    ON_ORDER = "on-order"
    BINDERY = "at-bindery"
    CLOSED = "closed-until"
    BUSY = "too-busy"
    OTHER = "other"


class Proof(StrEnum):
    """What it rests on that an outside lender has its item back."""

    SYSTEM = "system"  # it closed the loan in the system through which it was asked
    MESSAGE = "message"  # it wrote or called
    TRACKING = "tracking"  # the carrier delivered it


class Owner(StrEnum):
    """Whose turn it is."""

    MACHINE = "machine"
    BORROWING = "borrowing"
    LENDING = "lending"
    CENTRE = "centre"
    PATRON = "patron"
    DELIVERY = "delivery"


class Holder(StrEnum):
    """Who has a thing in hand. Exactly one, always."""

    LENDER = "lender"
    COURIER = "courier"
    BORROWER = "borrower"
    PATRON = "patron"
    NOBODY = "nobody"  # it is lost


HOLDER: Mapping[LoanState, Holder] = {
    LoanState.SHIPPED: Holder.COURIER,
    LoanState.ARRIVED: Holder.BORROWER,
    LoanState.LENT: Holder.PATRON,
    LoanState.BACK: Holder.BORROWER,
    LoanState.HOMEWARD: Holder.COURIER,
    LoanState.CLOSED: Holder.LENDER,
    LoanState.LOST: Holder.NOBODY,
}

LENDERS_TURN = frozenset({SupplyState.ASKED, SupplyState.PROMISED})
WAITING = LENDERS_TURN | {SupplyState.OFFERED}  # nothing of it has left
OPEN_SUPPLY = frozenset(SupplyState) - {SupplyState.CLOSED}
ENDED = frozenset({LoanState.CLOSED, LoanState.LOST})
OUT = frozenset(LoanState) - ENDED

# The foremost of several things is the one that needs the borrowing desk most.
FOREMOST = (
    LoanState.BACK,
    LoanState.ARRIVED,
    LoanState.LENT,
    LoanState.SHIPPED,
    LoanState.HOMEWARD,
)

UNSHIPPED = frozenset(
    {
        *(State.ASKED, State.REVIEW, State.APPROVED),
        *(State.WAITING, State.REFERRED, State.CENTRE),
    }
)
ON_LOAN = frozenset(State(state) for state in OUT)
OUTSTANDING = UNSHIPPED | {State.SHIPPED, State.ARRIVED, State.LENT}  # she waits for it or has it
OPEN = frozenset(State) - {State.CLOSED}


def summary(wish: Wish, things: Collection[LoanState]) -> State:
    """The word of a request: that of its wish or, once it is supplied, of its foremost thing."""
    if wish != Wish.SUPPLIED:
        return State(wish)
    return State(min(things, key=FOREMOST.index))


def wish_of(state: State) -> Wish:
    """The wish behind the word."""
    return Wish.SUPPLIED if state in ON_LOAN else Wish(state)
