"""What two sides ask each other beside the road: kinds, answers, clocks.

A row of `ill.Question` exists only while something is messy. The request's version guards it, as it
guards all that moves: `Request.move` asks `blocking` and `settled` wherever questions are open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto

from postroad.ill.lifecycle.clocks import Clock, Unit
from postroad.ill.lifecycle.states import OUT, UNSHIPPED, LoanState, Owner, State
from postroad.ill.lifecycle.verb import Verb

V, L = Verb, LoanState


class QuestionKind(StrEnum):
    """About what two sides have a question open."""

    RENEWAL = "renewal"
    RECALL = "recall"
    WRONG_ITEM = "wrong-item"
    SECOND_COPY = "second-copy"
    MISSING_PARTS = "missing-parts"
    DAMAGED = "damaged"
    NOT_RECEIVED = "not-received"
    LOST = "lost"
    CLAIMED_RETURNED = "claimed-returned"
    BLOCKED = "blocked-patron"
    HOLD = "hold"
    ASK_PATRON = "ask-patron"


class Answer(StrEnum):
    """What may be answered; which of these, the kind says."""

    GRANT = "grant"
    DENY = "deny"
    RELEASE = "release"
    SEND_AGAIN = "send-again"
    KEEP = "keep"
    NO_MORE = "no-more"
    FOUND = "found"
    ACCEPT = "accept"  # as it is, nothing is owed
    CHARGE = "charge"
    NOT_HERE = "not-here"
    WRITE_OFF = "write-off"
    WAIT = "wait"  # the question stays open, until a later day
    NOT_FOUND = "not-found"
    UNBLOCK = "unblock"
    ANSWERED = "answered"


class Silence(Enum):
    """What happens when nobody answers in time."""

    REMIND = auto()
    AGREED = auto()  # as the two sides agreed: it counts as a yes, or the centre is asked


@dataclass(frozen=True, slots=True)
class Question:
    """One kind: when it may be opened, by whom, who answers what, and what it stops meanwhile."""

    opens_in: frozenset[LoanState | State]  # of the thing; of the request, if it is about no thing
    by: frozenset[Owner]  # who may ask
    clock: Clock  # its owner is who answers; see `turn`
    answers: frozenset[Answer]
    parties: frozenset[Owner]  # who may read it at all
    other_side: bool = False  # between two libraries: whoever did not ask answers
    silence: Silence = Silence.REMIND
    blocks: frozenset[Verb] = frozenset()  # verbs that wait for the answer
    ended_by: frozenset[Verb] = frozenset()  # verbs that settle it by themselves
    lives_in: frozenset[LoanState | State] | None = None  # where it makes sense, if in more states
    outlives: bool = False  # it may be open when its thing is home, and the request closed
    answered_by: frozenset[Owner] = frozenset()  # where that is not whoever's turn it is

    @property
    def of_a_thing(self) -> bool:
        """Whether it is about a thing that is or was out; if not, about the wish."""
        return any(isinstance(state, LoanState) for state in self.opens_in)

    @property
    def makes_sense_in(self) -> frozenset[LoanState | State]:
        return self.lives_in or self.opens_in

    def turn(self, asked_by: Owner) -> Owner:
        """Who answers what this side asked."""
        if not self.other_side:
            return self.clock.owner
        return Owner.BORROWING if asked_by == Owner.LENDING else Owner.LENDING

    def whose_answer(self, owner: Owner, asked_by: Owner) -> frozenset[Owner]:
        """Who may answer it, while it is the turn of `owner`: once the center is asked in place of
        a library, either of them."""
        if self.answered_by:
            return self.answered_by
        return frozenset({owner, self.turn(asked_by)} if owner == Owner.CENTRE else {owner})


def _clock(owner: Owner, unit: Unit, limit: str) -> Clock:
    return Clock(owner, unit, limit, V.REMIND_QUESTION)


LENDS, BORROWS, PATRON, CENTRE = Owner.LENDING, Owner.BORROWING, Owner.PATRON, Owner.CENTRE
DESKS = frozenset({LENDS, BORROWS, CENTRE})
AT_HOME = frozenset({BORROWS, PATRON, CENTRE})  # no lender's business
OVER = frozenset({V.CHECK_IN, V.CHECK_IN_OPEN, V.WRITE_OFF})
WISHES: frozenset[LoanState | State] = frozenset(UNSHIPPED)
THINGS: frozenset[LoanState | State] = frozenset(OUT)

QUESTIONS: Mapping[QuestionKind, Question] = {
    QuestionKind.RENEWAL: Question(
        opens_in=frozenset({L.LENT}),
        by=frozenset({PATRON, BORROWS, CENTRE}),
        clock=_clock(LENDS, Unit.POLICY, "answer_days"),
        answers=frozenset({Answer.GRANT, Answer.DENY}),
        parties=DESKS | {PATRON},
        silence=Silence.AGREED,
        ended_by=OVER | {V.RETURN},
    ),
    QuestionKind.RECALL: Question(
        opens_in=THINGS - {L.HOMEWARD},
        by=frozenset({LENDS, CENTRE}),
        clock=_clock(BORROWS, Unit.DAY, "day"),
        answers=frozenset({Answer.RELEASE}),
        answered_by=frozenset({LENDS, CENTRE}),  # whoever has it sends it home instead
        parties=DESKS | {PATRON},
        blocks=frozenset({V.RENEW}),
        ended_by=OVER | {V.SHIP_RETURN, V.COME_BACK, V.UNDO_SHIP},
    ),
    QuestionKind.WRONG_ITEM: Question(
        opens_in=frozenset({L.ARRIVED}),
        by=frozenset({BORROWS}),
        clock=_clock(LENDS, Unit.WORKING, "desk-answer"),
        answers=frozenset({Answer.SEND_AGAIN, Answer.KEEP, Answer.NO_MORE}),
        parties=DESKS,
        blocks=frozenset({V.CHECK_OUT}),
        ended_by=OVER | {V.UNDO_RECEIVE},
        lives_in=THINGS,  # it may go home before anybody has answered
    ),
    QuestionKind.SECOND_COPY: Question(
        opens_in=frozenset({L.ARRIVED}),
        by=frozenset({BORROWS}),
        clock=_clock(BORROWS, Unit.WORKING, "desk"),
        answers=frozenset({Answer.KEEP}),
        parties=DESKS,
        blocks=frozenset({V.CHECK_OUT}),
        ended_by=OVER | {V.SHIP_RETURN, V.UNDO_RECEIVE},
    ),
    QuestionKind.MISSING_PARTS: Question(
        opens_in=frozenset({L.ARRIVED, L.BACK, L.HOMEWARD, L.CLOSED}),
        by=frozenset({BORROWS, LENDS}),
        clock=_clock(LENDS, Unit.WORKING, "desk-answer"),
        answers=frozenset({Answer.FOUND, Answer.ACCEPT, Answer.CHARGE}),
        parties=DESKS,
        other_side=True,
        outlives=True,
    ),
    QuestionKind.DAMAGED: Question(
        opens_in=THINGS | {L.CLOSED},
        by=frozenset({BORROWS, LENDS}),
        clock=_clock(LENDS, Unit.WORKING, "desk-answer"),
        answers=frozenset({Answer.ACCEPT, Answer.CHARGE}),
        parties=DESKS,
        outlives=True,
    ),
    QuestionKind.NOT_RECEIVED: Question(  # one is opened for each who is asked
        opens_in=frozenset({L.SHIPPED, L.HOMEWARD}),
        by=frozenset({Owner.MACHINE, BORROWS, LENDS, CENTRE}),
        clock=_clock(LENDS, Unit.WORKING, "search"),
        answers=frozenset({Answer.NOT_HERE}),
        parties=DESKS | {Owner.DELIVERY},
        other_side=True,
        ended_by=OVER | {V.RECEIVE, V.COME_BACK, V.UNDO_SHIP, V.UNDO_SHIP_RETURN},
    ),
    QuestionKind.LOST: Question(
        opens_in=THINGS,
        by=frozenset({PATRON, BORROWS, LENDS, CENTRE}),
        clock=_clock(LENDS, Unit.WORKING, "desk-answer"),
        answers=frozenset({Answer.WRITE_OFF, Answer.WAIT}),
        parties=DESKS | {PATRON},
        blocks=frozenset({V.RENEW}),
        ended_by=OVER | {V.RECEIVE, V.RETURN, V.SHIP_RETURN, V.COME_BACK},
    ),
    QuestionKind.CLAIMED_RETURNED: Question(
        opens_in=frozenset({L.LENT}),
        by=frozenset({PATRON, BORROWS}),
        clock=_clock(BORROWS, Unit.WORKING, "search"),
        answers=frozenset({Answer.NOT_FOUND}),
        parties=AT_HOME,
        blocks=frozenset({V.RENEW}),
        ended_by=OVER | {V.RETURN},
    ),
    QuestionKind.BLOCKED: Question(
        opens_in=frozenset({L.ARRIVED}),
        by=frozenset({Owner.MACHINE}),
        clock=_clock(BORROWS, Unit.WORKING, "desk"),
        answers=frozenset({Answer.UNBLOCK}),
        parties=AT_HOME,
        blocks=frozenset({V.CHECK_OUT}),
        ended_by=OVER | {V.SHIP_RETURN, V.UNDO_RECEIVE},
    ),
    QuestionKind.HOLD: Question(
        opens_in=WISHES - {State.REFERRED},
        by=frozenset({Owner.MACHINE, CENTRE, BORROWS}),
        clock=_clock(CENTRE, Unit.WORKING, "centre-answer"),
        answers=frozenset({Answer.RELEASE}),
        parties=AT_HOME,
        blocks=frozenset({V.REFER, V.REFER_OUTSIDE, V.ESCALATE, V.WAIT}),
        # what was sent all the same is nobody's to hold any more
        ended_by=frozenset({V.CANCEL, V.DECLINE, V.EXPIRE, V.SHIP, V.SHIP_LATE, V.ENTER}),
        lives_in=WISHES,
        answered_by=frozenset({BORROWS, CENTRE}),
    ),
    QuestionKind.ASK_PATRON: Question(
        opens_in=WISHES,
        by=frozenset({BORROWS, CENTRE}),
        # she is reminded once, then her library's desk
        clock=replace(_clock(PATRON, Unit.CALENDAR, "patron-answer"), then=BORROWS),
        answers=frozenset({Answer.ANSWERED}),
        parties=AT_HOME,
        ended_by=frozenset({V.CANCEL, V.DECLINE, V.EXPIRE, V.CHECK_IN, V.WRITE_OFF}),
        lives_in=WISHES | frozenset(State),
        answered_by=frozenset({PATRON, BORROWS}),  # she may say it at the desk
    ),
}


def may_open(kind: QuestionKind, by: Owner, about: LoanState | State) -> bool:
    """Whether this side may ask it of a thing, or of a wish, that stands here."""
    row = QUESTIONS[kind]
    return by in row.by and about in row.opens_in


def is_lenders(kind: QuestionKind) -> bool:
    """Whether a lender may hear of it at all."""
    return LENDS in QUESTIONS[kind].parties


def answers_of(kind: QuestionKind, by: Owner) -> tuple[Answer, ...]:
    """What this side may answer, in the order of a page. Only a lender knows what it charges."""
    lacking = {Answer.ACCEPT} if kind == QuestionKind.MISSING_PARTS and by == BORROWS else set()
    return tuple(each for each in Answer if each in QUESTIONS[kind].answers - lacking)


def blocks(kind: QuestionKind, verb: Verb) -> bool:
    """Whether this verb waits until a question of this kind is answered or withdrawn."""
    return verb in QUESTIONS[kind].blocks


def settles(kind: QuestionKind, verb: Verb, after: LoanState | State) -> bool:
    """Whether a verb that leads to `after` (of the thing, or of the request) ends the question."""
    row = QUESTIONS[kind]
    over = after in (LoanState.CLOSED, LoanState.LOST, State.CLOSED)
    return verb in row.ended_by or (over and not row.outlives)


def forsakes(kind: QuestionKind, verb: Verb, after: LoanState | State) -> bool:
    """Whether the verb would leave the question open where it makes no sense: it is to be answered
    or withdrawn first."""
    row = QUESTIONS[kind]
    if settles(kind, verb, after) or row.outlives:
        return False
    return after not in row.makes_sense_in
