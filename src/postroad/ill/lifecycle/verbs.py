"""What may happen to a request: each verb is one row, of all parts that it moves.

Read the table, run the tests, change both together. A part that a verb names moves with it, or the
verb is refused as a whole (`steps.step`): so no verb moves one side alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Generic, TypeVar

from postroad.ill.lifecycle.states import OUT as OUT_NOW
from postroad.ill.lifecycle.states import (
    WAITING,
    LoanState,
    Owner,
    SupplyState,
    Wish,
)
from postroad.ill.lifecycle.verb import Verb

S = TypeVar("S", Wish, SupplyState, LoanState)


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
ON_ITS_WAY: Part[Wish] = Part(frozenset({W.DELIVERED}), (W.REFERRED,))
STILL_TO_DO: Part[SupplyState] = Part(frozenset({A.SUPPLYING}), (A.PROMISED,))
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
    V.DELIVER: Row(
        wish=Part(frozenset({W.REFERRED}), (W.DELIVERED,)),
        supply=Part(frozenset({A.ASKED, A.PROMISED}), (A.SUPPLYING,)),
        role=Owner.LENDING,
        undone_by=V.UNDO_DELIVER,
        heard=True,
    ),
    V.UNDO_DELIVER: Row(wish=ON_ITS_WAY, supply=STILL_TO_DO, role=Owner.LENDING, heard=True),
    V.DELIVER_AGAIN: Row(
        wish=Part(frozenset({W.DELIVERED})), supply=SUPPLYING, role=Owner.LENDING, heard=True
    ),
    V.REJECT_COPY: Row(
        wish=ON_ITS_WAY, supply=STILL_TO_DO, undone_by=V.UNDO_REJECT_COPY, heard=True
    ),
    V.UNDO_REJECT_COPY: Row(
        wish=Part(frozenset({W.REFERRED}), (W.DELIVERED,)),
        supply=Part(frozenset({A.PROMISED}), (A.SUPPLYING,)),
        heard=True,
    ),
    V.HAND_OVER: Row(wish=Part(frozenset({W.DELIVERED})), idle=True),
    V.FINISH: Row(
        wish=Part(frozenset({W.DELIVERED}), (W.CLOSED,)),
        supply=Part(frozenset({A.SUPPLYING}), (A.CLOSED,)),
        role=Owner.MACHINE,
    ),
    V.CHANGE_SERVICE: Row(  # whoever had it in hand was asked for something else
        wish=Part(frozenset(UNSHIPPED - {W.ASKED, W.REVIEW}), (W.APPROVED,)),
        supply=LET_GO,
        heard=True,
    ),
    V.CHOOSE_COPYRIGHT: Row(wish=Part(UNSHIPPED), idle=True),
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
