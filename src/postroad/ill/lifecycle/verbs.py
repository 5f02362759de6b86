"""What may happen to a request: each verb is one row, of all parts that it moves.

Read the table, run the tests, change both together. A part that a verb names moves with it, or the
verb is refused as a whole (`steps.step`): so no verb moves one side alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto
from typing import Generic, TypeVar

from postroad.ill.lifecycle.states import OUT as OUT_NOW
from postroad.ill.lifecycle.states import (
    WAITING,
    LoanState,
    Owner,
    SupplyState,
    Wish,
)

S = TypeVar("S", Wish, SupplyState, LoanState)


class Verb(StrEnum):
    """What happened, as events keep it."""

    # to the wish
    ASK = "ask"
    REVIEW = "review"
    AMEND = "amend"  # the need-by day, the pick-up library, what else would do or a note
    MATCH = "match"  # a blank request, to the record that lists it
    UNMATCH = "unmatch"  # it was another thing after all
    APPROVE = "approve"
    REFER = "refer"
    ESCALATE = "escalate"
    REFER_OUTSIDE = "refer_outside"
    REFER_AGAIN = "refer_again"
    CANCEL = "cancel"
    DECLINE = "decline"
    EXPIRE = "expire"
    REMIND = "remind"
    WAIT = "wait"  # until a lender can send it that said "later"
    # to an attempt
    PROMISE = "promise"
    OFFER = "offer"  # yes, on conditions
    CHANGE_OFFER = "change_offer"
    ACCEPT_OFFER = "accept_offer"
    DECLINE_OFFER = "decline_offer"  # by the borrower, or by its silence
    RETRY = "retry"  # not now: after a day that the lender names
    NOT_FOUND = "not_found"  # this copy; another of the lender's is in
    FIND = "find"  # the copy stands on its shelf after all
    REFUSE = "refuse"
    LAPSE = "lapse"
    RESUME = "resume"  # by one that had let it go
    WITHDRAW = "withdraw"  # for the sake of `resume`
    REMIND_LENDER = "remind_lender"  # one outside; a member's silence lapses
    # to a thing
    SHIP = "ship"
    SHIP_LATE = "ship_late"  # by a lender whose attempt had ended
    ENTER = "enter"  # a loan that was made without us, after the fact
    UNDO_ENTER = "undo_enter"  # there was no such loan
    UNDO_SHIP = "undo_ship"
    STAY_HOME = "stay_home"  # back at its lender, while something else is out for the same wish
    COME_BACK = "come_back"
    MORE_TO_SEND = "more_to_send"  # how many things will follow what is out
    COUNT_PIECES = "count_pieces"  # of one thing: a book and its discs
    NOT_WANTED = "not_wanted"  # by the patron, once it is under way or on the hold shelf
    WANTED = "wanted"  # she wants it all the same
    REROUTE = "reroute"  # to another pick-up library, while it travels
    RECEIVE = "receive"
    UNDO_RECEIVE = "undo_receive"
    CHECK_OUT = "check_out"  # to the patron
    UNDO_CHECK_OUT = "undo_check_out"
    POSTPONE = "postpone"  # its due day has become a closed day
    HOLD_LONGER = "hold_longer"  # a closure falls into its time on the hold shelf
    RENEW = "renew"
    REFUSE_RENEWAL = "refuse_renewal"
    CHANGE_DUE = "change_due"  # by the lender: longer unasked, or recalled
    RETURN = "return"  # by the patron
    UNDO_RETURN = "undo_return"
    SHIP_RETURN = "ship_return"
    UNDO_SHIP_RETURN = "undo_ship_return"
    CHECK_IN = "check_in"  # by the lender
    CHECK_IN_OPEN = "check_in_open"  # the same, where it still has something to send for it
    UNDO_CHECK_IN = "undo_check_in"
    REMIND_LOAN = "remind_loan"
    WRITE_OFF = "write_off"  # the lender gives it up
    UNDO_WRITE_OFF = "undo_write_off"
    RECOVER = "recover"  # it has turned up
    # to a question between two sides (questions.py)
    ASK_QUESTION = "ask_question"
    ANSWER = "answer"
    WITHDRAW_QUESTION = "withdraw_question"
    REMIND_QUESTION = "remind_question"
    # to money that is owed for a thing
    CHARGE = "charge"
    SETTLE_CHARGE = "settle_charge"  # paid, waived or given back
    # to the record of it
    FORGET = "forget"
    ASSIGN = "assign"  # who of the center looks after it
    UNASSIGN = "unassign"
    CORRECT = "correct"  # which outside lender was asked, and how
    NUMBER_ENTERED = "number_entered"
    NUMBER_CORRECTED = "number_corrected"
    NUMBER_TAKEN_OFF = "number_taken_off"
    NUMBER_PUT_BACK = "number_put_back"


class When(Enum):
    """Whether a part moves with each thing, or with the last of several."""

    ALWAYS = auto()
    LAST = auto()  # once nothing else is out: of the attempt, of the request


@dataclass(frozen=True, slots=True)
class Part(Generic[S]):
    """How one part moves: from which states, to which. `None` stands for "not there yet"."""

    starts: frozenset[S | None]
    ends: tuple[S, ...] = ()  # none: it stays where it is; several: the caller says which
    when: When = When.ALWAYS


@dataclass(frozen=True, slots=True)
class Row:
    """A verb: what it moves, whose act it is, and what takes it back."""

    wish: Part[Wish] | None = None
    supply: Part[SupplyState] | None = None
    loan: Part[LoanState] | None = None
    # Whose act it is. None: that of whoever acts, the patron or her library.
    role: Owner | None = None
    undone_by: Verb | None = None
    # Whether something must, or must not, be out of another attempt.
    elsewhere: bool | None = None
    heard: bool = False  # listeners act on it: the worker tells them (worker/listeners.py)
    reminds: bool = False
    idle: bool = False  # nothing that was done before is harder to take back after it


V, W, A, L = Verb, Wish, SupplyState, LoanState
NEW_SUPPLY = Part(frozenset[SupplyState | None]({None}), (SupplyState.ASKED,))
NEW_LOAN = Part(frozenset[LoanState | None]({None}), (LoanState.SHIPPED,))
UNSHIPPED: frozenset[Wish | None] = frozenset(
    {W.ASKED, W.REVIEW, W.APPROVED, W.WAITING, W.REFERRED, W.CENTRE}
)
MATCHED: Part[Wish] = Part(frozenset(UNSHIPPED - {W.REFERRED}))  # no lender looks for it yet
WAITS: frozenset[SupplyState | None] = frozenset(WAITING)
OUT: frozenset[LoanState | None] = frozenset(OUT_NOW)
SUPPLYING: Part[SupplyState] = Part(frozenset({A.SUPPLYING}))
UNFETCHED: Part[LoanState] = Part(frozenset({L.SHIPPED, L.ARRIVED}))
COMES_HOME = Part(frozenset[LoanState | None](OUT_NOW - {L.SHIPPED}), (L.CLOSED,))
LET_GO = Part(WAITS, (A.CLOSED,))
NEXT_ONE: Part[Wish] = Part(frozenset({W.REFERRED}), (W.APPROVED,))  # another lender is asked
HELD_ON: Part[Wish] = Part(frozenset({W.REFERRED}))  # the lender has it in hand before and after
# What was sent though no attempt waited for it: a new one follows, which supplies at once.
SENT_BY_ITSELF = Row(
    wish=Part(frozenset({W.APPROVED, W.WAITING, W.CENTRE, W.SUPPLIED}), (W.SUPPLIED,)),
    supply=Part(frozenset[SupplyState | None]({None}), (A.SUPPLYING,)),
    loan=NEW_LOAN,
)
# What comes back before it arrived: the lender still has it in hand, and may send it once more.
BACK_IN_HAND = Row(
    wish=Part(frozenset({W.SUPPLIED}), (W.REFERRED,), When.LAST),
    supply=Part(frozenset({A.SUPPLYING}), (A.PROMISED,), When.LAST),
    loan=Part(frozenset({L.SHIPPED}), (L.CLOSED,)),
    role=Owner.LENDING,
    undone_by=V.SHIP,
    elsewhere=False,  # else it stays at home
    heard=True,
)

ROWS: Mapping[Verb, Row] = {
    V.ASK: Row(wish=Part(frozenset({None}), (W.ASKED,)), heard=True),
    V.REVIEW: Row(wish=Part(frozenset({W.ASKED}), (W.REVIEW,)), role=Owner.MACHINE, heard=True),
    V.AMEND: Row(wish=Part(UNSHIPPED), heard=True),
    V.MATCH: Row(wish=MATCHED),
    V.UNMATCH: Row(wish=MATCHED),
    V.APPROVE: Row(wish=Part(frozenset({W.ASKED, W.REVIEW}), (W.APPROVED,)), heard=True),
    V.REFER: Row(
        wish=Part(frozenset({W.APPROVED}), (W.REFERRED,)),
        supply=NEW_SUPPLY,
        role=Owner.MACHINE,
    ),
    V.WAIT: Row(wish=Part(frozenset({W.APPROVED}), (W.WAITING,)), role=Owner.MACHINE, heard=True),
    V.ESCALATE: Row(wish=Part(frozenset({W.APPROVED, W.WAITING}), (W.CENTRE,)), role=Owner.MACHINE),
    V.REFER_OUTSIDE: Row(
        wish=Part(frozenset({W.CENTRE}), (W.REFERRED,)),
        supply=NEW_SUPPLY,
        role=Owner.CENTRE,
    ),
    V.REFER_AGAIN: Row(  # by the centre, or once the day has come that was waited for
        wish=Part(frozenset({W.CENTRE, W.WAITING}), (W.APPROVED,)), role=Owner.CENTRE, heard=True
    ),
    V.RESUME: Row(
        wish=Part(frozenset({W.APPROVED, W.WAITING, W.CENTRE}), (W.REFERRED,)),
        supply=NEW_SUPPLY,
        role=Owner.LENDING,
    ),
    V.WITHDRAW: Row(wish=NEXT_ONE, supply=LET_GO, role=Owner.LENDING),
    V.PROMISE: Row(
        wish=HELD_ON,
        supply=Part(frozenset({A.ASKED, A.OFFERED}), (A.PROMISED,)),  # no conditions after all
        role=Owner.LENDING,
    ),
    V.OFFER: Row(
        wish=HELD_ON,
        supply=Part(frozenset({A.ASKED, A.PROMISED}), (A.OFFERED,)),
        role=Owner.LENDING,
        heard=True,
    ),
    V.CHANGE_OFFER: Row(
        wish=HELD_ON, supply=Part(frozenset({A.OFFERED})), role=Owner.LENDING, heard=True
    ),
    V.ACCEPT_OFFER: Row(
        wish=HELD_ON,
        supply=Part(frozenset({A.OFFERED}), (A.PROMISED,)),
        role=Owner.BORROWING,
        heard=True,
    ),
    V.DECLINE_OFFER: Row(
        wish=NEXT_ONE,
        supply=Part(frozenset({A.OFFERED}), (A.CLOSED,)),
        role=Owner.BORROWING,
        undone_by=V.RESUME,
        heard=True,
    ),
    V.RETRY: Row(wish=NEXT_ONE, supply=LET_GO, role=Owner.LENDING, undone_by=V.RESUME, heard=True),
    V.NOT_FOUND: Row(
        wish=Part(frozenset({W.REFERRED})), supply=Part(WAITS), role=Owner.LENDING, undone_by=V.FIND
    ),
    V.FIND: Row(wish=Part(frozenset({W.REFERRED})), supply=Part(WAITS), role=Owner.LENDING),
    V.REFUSE: Row(wish=NEXT_ONE, supply=LET_GO, role=Owner.LENDING, undone_by=V.RESUME, heard=True),
    V.LAPSE: Row(wish=NEXT_ONE, supply=LET_GO, role=Owner.MACHINE, heard=True),
    V.SHIP: Row(
        wish=Part(frozenset({W.REFERRED, W.SUPPLIED}), (W.SUPPLIED,)),
        supply=Part(frozenset({A.ASKED, A.PROMISED, A.SUPPLYING}), (A.SUPPLYING,)),
        loan=NEW_LOAN,
        role=Owner.LENDING,
        undone_by=V.UNDO_SHIP,
        heard=True,
    ),
    V.SHIP_LATE: replace(SENT_BY_ITSELF, role=Owner.LENDING, undone_by=V.UNDO_SHIP, heard=True),
    V.ENTER: Row(  # asked for, sent and with its patron in one breath
        wish=Part(frozenset({W.ASKED}), (W.SUPPLIED,)),
        supply=Part(frozenset[SupplyState | None]({None}), (A.SUPPLYING,)),
        loan=Part(frozenset[LoanState | None]({None}), (L.LENT,)),
        role=Owner.BORROWING,
        undone_by=V.UNDO_ENTER,
    ),
    V.UNDO_ENTER: Row(
        wish=Part(frozenset({W.SUPPLIED}), (W.CLOSED,), When.LAST),
        supply=Part(frozenset({A.SUPPLYING}), (A.CLOSED,), When.LAST),
        loan=Part(frozenset({L.LENT}), (L.CLOSED,)),
        role=Owner.BORROWING,
    ),
    V.UNDO_SHIP: BACK_IN_HAND,
    V.STAY_HOME: Row(
        wish=Part(frozenset({W.SUPPLIED})),
        supply=Part(frozenset({A.SUPPLYING}), (A.CLOSED,), When.LAST),
        loan=Part(frozenset({L.SHIPPED}), (L.CLOSED,)),
        role=Owner.LENDING,
        elsewhere=True,
        heard=True,
    ),
    V.COME_BACK: BACK_IN_HAND,
    V.MORE_TO_SEND: Row(wish=Part(frozenset({W.SUPPLIED})), supply=SUPPLYING, role=Owner.LENDING),
    V.COUNT_PIECES: Row(idle=True),
    V.NOT_WANTED: Row(supply=SUPPLYING, loan=UNFETCHED, undone_by=V.WANTED),
    V.WANTED: Row(supply=SUPPLYING, loan=UNFETCHED),
    V.REROUTE: Row(supply=SUPPLYING, loan=Part(frozenset({L.SHIPPED})), heard=True),
    V.RECEIVE: Row(
        supply=SUPPLYING,
        loan=Part(frozenset({L.SHIPPED}), (L.ARRIVED,)),
        role=Owner.BORROWING,
        undone_by=V.UNDO_RECEIVE,
        heard=True,
    ),
    V.UNDO_RECEIVE: Row(
        supply=SUPPLYING,
        loan=Part(frozenset({L.ARRIVED}), (L.SHIPPED,)),
        role=Owner.BORROWING,
        heard=True,
    ),
    V.CHECK_OUT: Row(
        supply=SUPPLYING,
        loan=Part(frozenset({L.ARRIVED}), (L.LENT,)),  # the due day counts from here
        role=Owner.BORROWING,
        undone_by=V.UNDO_CHECK_OUT,
        heard=True,
    ),
    V.UNDO_CHECK_OUT: Row(
        supply=SUPPLYING,
        loan=Part(frozenset({L.LENT}), (L.ARRIVED,)),
        role=Owner.BORROWING,
        heard=True,
    ),
    V.POSTPONE: Row(
        supply=SUPPLYING, loan=Part(frozenset({L.LENT})), role=Owner.MACHINE, heard=True
    ),
    V.HOLD_LONGER: Row(
        supply=SUPPLYING, loan=Part(frozenset({L.ARRIVED})), role=Owner.MACHINE, heard=True
    ),
    V.RENEW: Row(supply=SUPPLYING, loan=Part(frozenset({L.LENT})), heard=True),
    V.REFUSE_RENEWAL: Row(supply=SUPPLYING, loan=Part(frozenset({L.LENT})), idle=True, heard=True),
    V.CHANGE_DUE: Row(
        supply=SUPPLYING,
        loan=Part(frozenset({L.SHIPPED, L.ARRIVED, L.LENT})),
        role=Owner.LENDING,
        heard=True,
    ),
    V.RETURN: Row(
        supply=SUPPLYING,
        loan=Part(frozenset({L.LENT}), (L.BACK,)),
        role=Owner.BORROWING,
        undone_by=V.UNDO_RETURN,
    ),
    V.UNDO_RETURN: Row(
        supply=SUPPLYING, loan=Part(frozenset({L.BACK}), (L.LENT,)), role=Owner.BORROWING
    ),
    V.SHIP_RETURN: Row(
        supply=SUPPLYING,
        loan=Part(frozenset({L.ARRIVED, L.BACK}), (L.HOMEWARD,)),
        role=Owner.BORROWING,
        undone_by=V.UNDO_SHIP_RETURN,
    ),
    V.UNDO_SHIP_RETURN: Row(
        supply=SUPPLYING,
        loan=Part(frozenset({L.HOMEWARD}), (L.BACK, L.ARRIVED)),
        role=Owner.BORROWING,
    ),
    V.CHECK_IN: Row(  # what the lender has in hand wins over what the borrower forgot to scan
        wish=Part(frozenset({W.SUPPLIED}), (W.CLOSED,), When.LAST),
        supply=Part(frozenset({A.SUPPLYING}), (A.CLOSED,), When.LAST),
        loan=COMES_HOME,
        role=Owner.LENDING,
        undone_by=V.UNDO_CHECK_IN,
    ),
    V.CHECK_IN_OPEN: replace(  # the last of what is out, and the lender is to send another
        BACK_IN_HAND, loan=COMES_HOME, undone_by=V.UNDO_CHECK_IN, heard=False
    ),
    V.UNDO_CHECK_IN: Row(  # where it stood before is where it stands again
        wish=Part(frozenset({W.CLOSED, W.REFERRED, W.SUPPLIED}), (W.SUPPLIED,)),
        supply=Part(frozenset({A.CLOSED, A.PROMISED, A.SUPPLYING}), (A.SUPPLYING,)),
        loan=Part(frozenset({L.CLOSED}), (L.ARRIVED, L.LENT, L.BACK, L.HOMEWARD)),
        role=Owner.LENDING,
    ),
    V.CANCEL: Row(wish=Part(UNSHIPPED, (W.CLOSED,)), supply=LET_GO, heard=True),
    V.DECLINE: Row(
        wish=Part(frozenset({W.REVIEW, W.WAITING, W.CENTRE}), (W.CLOSED,)),
        role=Owner.BORROWING,
        heard=True,
    ),
    V.EXPIRE: Row(wish=Part(UNSHIPPED, (W.CLOSED,)), supply=LET_GO, role=Owner.MACHINE, heard=True),
    V.REMIND: Row(wish=Part(UNSHIPPED), role=Owner.MACHINE, reminds=True, idle=True, heard=True),
    V.REMIND_LENDER: Row(
        wish=Part(frozenset({W.REFERRED, W.SUPPLIED})),
        supply=Part(WAITS | {A.SUPPLYING}),
        role=Owner.MACHINE,
        reminds=True,
        idle=True,
    ),
    V.REMIND_LOAN: Row(
        supply=SUPPLYING, loan=Part(OUT), role=Owner.MACHINE, reminds=True, idle=True, heard=True
    ),
    V.WRITE_OFF: Row(
        wish=Part(frozenset({W.SUPPLIED}), (W.CLOSED,), When.LAST),
        supply=Part(frozenset({A.SUPPLYING}), (A.CLOSED,), When.LAST),
        loan=Part(OUT, (L.LOST,)),
        role=Owner.LENDING,
        undone_by=V.UNDO_WRITE_OFF,
    ),
    V.UNDO_WRITE_OFF: Row(
        wish=Part(frozenset({W.CLOSED, W.SUPPLIED}), (W.SUPPLIED,)),
        supply=Part(frozenset({A.CLOSED, A.SUPPLYING}), (A.SUPPLYING,)),
        loan=Part(frozenset({L.LOST}), tuple(sorted(OUT_NOW))),
        role=Owner.LENDING,
    ),
    V.RECOVER: Row(loan=Part(frozenset({L.LOST}), (L.CLOSED,)), role=Owner.LENDING, heard=True),
    V.ASK_QUESTION: Row(heard=True),
    V.ANSWER: Row(heard=True),
    V.WITHDRAW_QUESTION: Row(heard=True),
    V.REMIND_QUESTION: Row(role=Owner.MACHINE, reminds=True, idle=True, heard=True),
    V.CHARGE: Row(role=Owner.LENDING, heard=True),
    V.SETTLE_CHARGE: Row(role=Owner.LENDING, heard=True),
    V.FORGET: Row(role=Owner.MACHINE, idle=True, heard=True),
    V.ASSIGN: Row(role=Owner.CENTRE, idle=True),
    V.UNASSIGN: Row(role=Owner.CENTRE, idle=True),
    V.CORRECT: Row(role=Owner.CENTRE, idle=True),
    V.NUMBER_ENTERED: Row(idle=True),
    V.NUMBER_CORRECTED: Row(idle=True),
    V.NUMBER_TAKEN_OFF: Row(idle=True),
    V.NUMBER_PUT_BACK: Row(idle=True),
}

REMINDERS = frozenset(verb for verb, row in ROWS.items() if row.reminds)
# What may come after a mistake without making it more than that.
IDLE = frozenset(verb for verb, row in ROWS.items() if row.idle)
OPPOSITES: Mapping[Verb, Verb] = {v: row.undone_by for v, row in ROWS.items() if row.undone_by}
