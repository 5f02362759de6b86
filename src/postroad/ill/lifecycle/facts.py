"""What an event keeps beside its verb: a type for each verb, so that readers can rely on it."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

from postroad.ill.lifecycle.verb import Verb


class NoFacts(TypedDict):
    """Nothing but that it happened."""


class Reviewed(TypedDict):
    concerns: list[str]


class Amended(TypedDict):
    """What is otherwise now; neither: the note."""

    need_by: NotRequired[str | None]  # ISO day
    library: NotRequired[str]
    acceptable: NotRequired[bool]  # what else would do


class Matched(TypedDict):
    """A blank request and the record that was chosen for it."""

    record: int  # key
    title: str  # of the record
    asked_as: str  # as its reader wrote it


class Unmatched(TypedDict):
    title: str  # of the record that it is not
    asked_as: str


class Lender(TypedDict):
    lender: str


class Referred(Lender):
    town: str
    expected_on: str | None  # ISO day, at the borrowing library
    rota: dict[str, Any]  # the ranking that led here, as `referral.explain` says it


class Escalated(TypedDict):
    rota: dict[str, Any]


class AskedOutside(Lender):
    system: str
    number: str


class Resumed(Lender):
    why: str  # "here": in hand at the borrower; "mistake": the no was one; "found"


class Offered(Lender):
    conditions: list[str]  # of `Condition`
    cost: NotRequired[str]  # "12.50 USD"


class Retried(Lender):
    reason: str  # of `Later`
    on: str  # ISO day


class Waits(TypedDict):
    until: str  # ISO day
    rota: dict[str, Any]  # why nobody can be asked sooner, as `referral.explain` says it


class LookedFor(Lender):
    missed: NotRequired[int]  # key of the copy that was marked missing


class Refused(LookedFor):
    reason: str  # of `Reason`


class Lapsed(Lender):
    ending: str  # of `Ending`


class Shipped(Lender):
    to: str
    town: NotRequired[str]
    expected_on: NotRequired[str | None]
    unscanned: NotRequired[bool]  # its receipt alone tells of it
    more: NotRequired[int]  # things that were to follow, this one counted
    instead_of: NotRequired[int]  # key of the attempt that gave way to it
    by_mail: NotRequired[bool]


class Entered(Lender):
    """A loan that was made without us."""

    to: str
    due_back: str


class CameBack(Lender):
    parcel: NotRequired[str]  # its number


class MoreToSend(Lender):
    more: int  # things


class Pieces(TypedDict):
    counted: int
    expected: int


class Rerouted(TypedDict):
    library: str
    was_at: str
    expected_on: NotRequired[str]


class Received(Lender):
    due_back: str  # a proposal: it counts from when it is lent
    unscanned: NotRequired[bool]
    not_for_her: NotRequired[str]  # of `arrivals.Why`: its patron is not told of it
    sent: NotRequired[int]  # key of the copy that was scanned out, where another one came


class CheckedOut(TypedDict):
    due_back: str
    proposed: str  # when it was received
    proposed_home: NotRequired[str]  # the same at its lender, where that is what "due" means


class Moved(TypedDict):
    """A day that a closure has hit."""

    was: str
    reason: str  # of the closure, if it has one


class Postponed(Moved):
    due_back: str


class HeldLonger(Moved):
    until: str


class Renewed(TypedDict):
    due_back: str
    wished: NotRequired[str]  # a later day than its lender granted
    blocked: NotRequired[bool]  # her card; staff renewed it all the same


class DueChanged(TypedDict):
    due_back: str
    was: str
    was_home: NotRequired[str]  # at its lender, where that is what "due" means
    recalled: NotRequired[bool]


class WrittenOff(Lender):
    stood: str  # where, of `LoanState`


class Asked(TypedDict):
    """A question between two sides, as `questions` lists them."""

    kind: str
    question: int  # key
    day: NotRequired[str]  # wished, or by which it is wanted
    reason: NotRequired[str]
    turn: NotRequired[str]  # `Owner`: which of those it is who are asked the same at once


class Answered(Asked):
    answer: NotRequired[str]
    cost: NotRequired[str]


class Delivered(Lender):
    """A copy, or a link to it."""

    pages: NotRequired[int]
    link: NotRequired[bool]  # no file: where it can be read
    lacks: NotRequired[str]  # what of it could not be sent
    cost: NotRequired[str]  # "12.50 USD"


class Rejected(Lender):
    fault: str  # of `Fault`


class ServiceChanged(TypedDict):
    service: str  # of `Service`
    lender: NotRequired[str]  # whoever had it in hand


class HandedOver(TypedDict):
    unopened: NotRequired[bool]  # mail reaches her, and she said that it did not open


class CopyrightChosen(TypedDict):
    choice: str  # of `documents.copyright.Choice`
    cost: NotRequired[str]  # in dollars


class Charged(TypedDict):
    kind: str  # of `ChargeKind`
    amount: str  # "12.50 USD"
    state: NotRequired[str]  # of `ChargeState`


class RenewalRefused(TypedDict):
    why: str  # of `renewals.NoRenewal`


class SentHome(TypedDict):
    to: str
    expected_on: NotRequired[str]


class CheckedIn(Lender):
    rests_on: NotRequired[str]  # of `Proof`, where nobody here has it in hand
    more: NotRequired[int]  # things that were to follow it


class Declined(TypedDict):
    reason: NotRequired[str]  # as the patron reads it, until she is forgotten


class Reminded(TypedDict):
    state: str  # in which the clock rang
    owner: NotRequired[str]  # whose turn it was


class Forgotten(TypedDict):
    cases: NotRequired[list[str]]  # those in which she wrote


class Assigned(TypedDict):
    manager: str  # her name
    instead_of: NotRequired[str]  # the name of whoever had it
    instead_of_key: NotRequired[int]


class Unassigned(TypedDict):
    manager: str


class Corrected(Lender):
    system: str
    number: str
    before: dict[str, Any]
    terms: NotRequired[bool]  # on which it lends, not whom or how it was asked


class Numbered(Lender):
    of: str  # the system
    number: str
    was_of: NotRequired[str]
    was_number: NotRequired[str]
    was_lender: NotRequired[str]


FACTS: Mapping[Verb, Any] = {
    Verb.ASK: NoFacts,
    Verb.REVIEW: Reviewed,
    Verb.AMEND: Amended,
    Verb.MATCH: Matched,
    Verb.UNMATCH: Unmatched,
    Verb.APPROVE: NoFacts,
    Verb.REFER: Referred,
    Verb.ESCALATE: Escalated,
    Verb.REFER_OUTSIDE: AskedOutside,
    Verb.REFER_AGAIN: NoFacts,
    Verb.CANCEL: NoFacts,
    Verb.DECLINE: Declined,
    Verb.EXPIRE: NoFacts,
    Verb.WAIT: Waits,
    Verb.REMIND: Reminded,
    Verb.PROMISE: Lender,
    Verb.OFFER: Offered,
    Verb.CHANGE_OFFER: Offered,
    Verb.ACCEPT_OFFER: Lender,
    Verb.DECLINE_OFFER: Lender,
    Verb.RETRY: Retried,
    Verb.NOT_FOUND: LookedFor,
    Verb.FIND: Lender,
    Verb.REFUSE: Refused,
    Verb.LAPSE: Lapsed,
    Verb.RESUME: Resumed,
    Verb.WITHDRAW: Lender,
    Verb.REMIND_LENDER: Reminded,
    Verb.SHIP: Shipped,
    Verb.SHIP_LATE: Shipped,
    Verb.ENTER: Entered,
    Verb.UNDO_ENTER: Lender,
    Verb.UNDO_SHIP: CameBack,
    Verb.STAY_HOME: CameBack,
    Verb.COME_BACK: CameBack,
    Verb.MORE_TO_SEND: MoreToSend,
    Verb.COUNT_PIECES: Pieces,
    Verb.NOT_WANTED: NoFacts,
    Verb.WANTED: NoFacts,
    Verb.REROUTE: Rerouted,
    Verb.RECEIVE: Received,
    Verb.UNDO_RECEIVE: NoFacts,
    Verb.CHECK_OUT: CheckedOut,
    Verb.UNDO_CHECK_OUT: NoFacts,
    Verb.POSTPONE: Postponed,
    Verb.HOLD_LONGER: HeldLonger,
    Verb.RENEW: Renewed,
    Verb.REFUSE_RENEWAL: RenewalRefused,
    Verb.CHANGE_DUE: DueChanged,
    Verb.RETURN: NoFacts,
    Verb.UNDO_RETURN: NoFacts,
    Verb.SHIP_RETURN: SentHome,
    Verb.UNDO_SHIP_RETURN: NoFacts,
    Verb.CHECK_IN: CheckedIn,
    Verb.CHECK_IN_OPEN: CheckedIn,
    Verb.UNDO_CHECK_IN: Lender,
    Verb.REMIND_LOAN: Reminded,
    Verb.WRITE_OFF: WrittenOff,
    Verb.UNDO_WRITE_OFF: Lender,
    Verb.RECOVER: Lender,
    Verb.DELIVER: Delivered,
    Verb.UNDO_DELIVER: Lender,
    Verb.DELIVER_AGAIN: Delivered,
    Verb.REJECT_COPY: Rejected,
    Verb.UNDO_REJECT_COPY: Lender,
    Verb.FINISH: Lender,
    Verb.CHANGE_SERVICE: ServiceChanged,
    Verb.HAND_OVER: HandedOver,
    Verb.CHOOSE_COPYRIGHT: CopyrightChosen,
    Verb.ASK_QUESTION: Asked,
    Verb.ANSWER: Answered,
    Verb.WITHDRAW_QUESTION: Asked,
    Verb.REMIND_QUESTION: Asked,
    Verb.CHARGE: Charged,
    Verb.SETTLE_CHARGE: Charged,
    Verb.FORGET: Forgotten,
    Verb.ASSIGN: Assigned,
    Verb.UNASSIGN: Unassigned,
    Verb.CORRECT: Corrected,
    Verb.NUMBER_ENTERED: Numbered,
    Verb.NUMBER_CORRECTED: Numbered,
    Verb.NUMBER_TAKEN_OFF: Numbered,
    Verb.NUMBER_PUT_BACK: Numbered,
}


def whole(verb: Verb, facts: Mapping[str, object]) -> dict[str, object]:
    """The facts as the event of this verb keeps them. Raises TypeError where one is missing, or is
    none of this verb's."""
    kind = FACTS[verb]
    missing = kind.__required_keys__ - facts.keys()
    foreign = facts.keys() - kind.__required_keys__ - kind.__optional_keys__
    if missing or foreign:
        raise TypeError(f"facts of {verb}: missing {sorted(missing)}, foreign {sorted(foreign)}")
    return dict(facts)
