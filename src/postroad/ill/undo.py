"""Undoing what was done by mistake: each such verb has an opposite, in the same tables."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from postroad.catalogue.models import Item
from postroad.errors import Refusal
from postroad.ill import (
    clocks,
    document_delivery,
    entering,
    identity,
    lending,
    loans,
    losing,
    referral,
    shipping,
)
from postroad.ill.acts import Act
from postroad.ill.identity import Side
from postroad.ill.lifecycle import IDLE, OPPOSITES, ROWS, LoanState, Owner, State, SupplyState, Verb
from postroad.ill.lifecycle.questions import QUESTIONS, Answer, QuestionKind
from postroad.ill.models import Event, Loan, Question, Request, Supply

# After a "no" the machine goes on at once; until another library has promised, it can come back.
AFTER_A_NO = IDLE | {Verb.REFER, Verb.ESCALATE, Verb.WAIT, Verb.WITHDRAW}
NOES = frozenset({Verb.REFUSE, Verb.RETRY, Verb.DECLINE_OFFER, Verb.NOT_FOUND})
FROM_ITS_REQUEST = frozenset(OPPOSITES) - {Verb.UNDO_SHIP, Verb.COME_BACK}


class TooLateToUndo(Refusal):
    """Something else has happened to the request since, or this verb has no opposite."""

    code = "too-late-to-undo"


def _loan(event: Event) -> Loan:
    _ill, _supply, loan = event.parts()
    assert loan is not None  # the verbs of a thing happen to one
    return loan


def _supply(event: Event) -> Supply:
    _ill, supply, _loan = event.parts()
    assert supply is not None  # the verbs of an attempt happen to one
    return supply


def _undo_receive(event: Event, act: Act) -> None:
    loan = _loan(event)
    sent = Item.objects.filter(pk=event.facts.get("sent")).first()
    loans.undo_receive(loan, act, sent=sent)
    if event.facts.get("unscanned"):  # then the shipment was written down by the same scan
        shipping.undo_ship(loan, act)


def _undo_ship_late(event: Event, act: Act) -> None:
    """It stays where it was; whoever gave way to it is asked again, as before."""
    loan = _loan(event)
    shipping.undo_ship(loan, act)
    gave_way = Supply.objects.filter(pk=event.facts.get("instead_of")).select_related("lender")
    ended = gave_way.first()
    if ended is None or loan.request.state != State.REFERRED:
        return
    supply = referral.resume(ended, act.as_role(Owner.LENDING), why="mistake")
    promised = ended.answered_at is not None and not ended.conditions
    if promised:
        lending.promise(supply, act.as_role(Owner.LENDING))


def _undo_refuse(event: Event, act: Act) -> None:
    """The lender has it after all: the copy is put right, and the request is its own again."""
    lending.found(event.facts.get("missed"))
    _go_on(event, act)


def _undo_retry(event: Event, act: Act) -> None:
    """The lender can send it now."""
    _go_on(event, act)


def _go_on(event: Event, act: Act) -> None:
    """Its lender is asked again, and stands by its word; on conditions, these wait for the
    borrower's word anew."""
    ended, by = _supply(event), act.as_role(Owner.LENDING)
    supply = referral.resume(ended, by, why="mistake", taken=False)
    if ended.conditions:
        lending.offer(supply, by, lending.offered(ended))
    elif event.supply_before == SupplyState.PROMISED:
        lending.promise(supply, act)


def _undo_decline_offer(event: Event, act: Act) -> None:
    """The borrower can take it on these conditions after all: they wait for its word again."""
    declined = _supply(event)
    supply = referral.resume(declined, act.as_role(Owner.BORROWING), why="mistake", taken=False)
    lending.offer(supply, act.as_role(Owner.BORROWING), lending.offered(declined))


def _undo_not_found(event: Event, act: Act) -> None:
    """The copy stood on its shelf after all: it is the one to fetch again."""
    lending.refind(_supply(event), act, missed=event.facts.get("missed"))


# How each verb is undone that `lifecycle.OPPOSITES` names an opposite of.
UNDO: Mapping[Verb, Callable[[Event, Act], None]] = {
    Verb.SHIP: lambda event, act: shipping.undo_ship(_loan(event), act),
    Verb.SHIP_LATE: _undo_ship_late,
    Verb.ENTER: entering.undo,
    Verb.RECEIVE: _undo_receive,
    Verb.NOT_WANTED: lambda event, act: loans.wanted(_loan(event), act),
    Verb.CHECK_OUT: lambda event, act: loans.undo_check_out(_loan(event), act),
    Verb.RETURN: lambda event, act: loans.undo_return(_loan(event), act),
    Verb.SHIP_RETURN: lambda event, act: loans.undo_ship_return(_loan(event), act),
    Verb.UNDO_SHIP: shipping.reship,
    Verb.COME_BACK: shipping.reship,
    Verb.CHECK_IN: shipping.undo_check_in,
    Verb.CHECK_IN_OPEN: shipping.undo_check_in,
    Verb.REFUSE: _undo_refuse,
    Verb.RETRY: _undo_retry,
    Verb.DECLINE_OFFER: _undo_decline_offer,
    Verb.WRITE_OFF: losing.undo_write_off,
    Verb.NOT_FOUND: _undo_not_found,
    Verb.DELIVER: lambda event, act: document_delivery.undo_deliver(_supply(event), act),
    Verb.REJECT_COPY: lambda event, act: document_delivery.undo_reject(_supply(event), act),
}


@transaction.atomic
def undo(event: Event, act: Act) -> None:
    """Undo the last thing that happened to a thing, or else to its request; reminders since then
    do not count. The questions that it had ended wait for an answer again.

    Raises TooLateToUndo, or the refusal of the opposite verb: a parcel that the driver has
    collected is not unshipped from a desk.
    """
    ill, _supply, _loan = event.parts()  # read first: who moves it while we look is heard of
    if not is_last(event):
        raise TooLateToUndo(verb=event.verb, ref=ill.ref)
    UNDO[Verb(event.verb)](event, act)
    _open_again(event, act)


# The answer that is taken back with the verb that followed from it.
ANSWERED_WITH: Mapping[Verb, Answer] = {Verb.WRITE_OFF: Answer.WRITE_OFF}


def _open_again(event: Event, act: Act) -> None:
    """What a verb had ended by itself, once that verb was undone: as long as it makes sense where
    its thing or its request stands now, it waits for an answer anew."""
    ill, verb = event.request, Verb(event.verb)
    ends = (verb, ANSWERED_WITH.get(verb, verb))
    over = ill.questions.filter(answered_at=event.at, answer__in=ends)
    if not (ended := list(over.select_related("library", "loan"))):
        return
    ill.refresh_from_db(fields=["version", "open_questions", "state"])
    asked = set(ill.questions.open().values_list("kind", "owner", "loan"))
    again = [
        each
        for each in ended
        if (each.kind, each.owner, each.loan_id) not in asked and _makes_sense(each, ill)
    ]
    ill.seal(OPPOSITES[verb], open_questions=ill.open_questions + len(again))
    for each in again:
        desk, kind = each.library or ill.library, QuestionKind(each.kind)
        rings = clocks.of_question(kind, act.at, desk=desk, day=each.day)
        ill.questions.filter(pk=each.pk).update(
            due_at=rings,
            answered_at=None,
            answered_by=None,
            answer="",
            answer_note="",
            reminders=0,
        )


def _makes_sense(question: Question, ill: Request) -> bool:
    row = QUESTIONS[QuestionKind(question.kind)]
    state = LoanState(question.loan.state) if question.loan is not None else State(ill.state)
    return state in row.makes_sense_in


def is_last(event: Event, known: Iterable[Event] | None = None) -> bool:
    """Whether nothing has happened since that stands in the way of undoing it. What happened to
    another thing of the same request does not.

    Whoever has the events of the request at hand gives them: `known`.
    """
    if event.verb not in UNDO:
        return False
    idle = AFTER_A_NO if event.verb in NOES - {Verb.NOT_FOUND} else IDLE
    if event.verb == Verb.RECEIVE:  # which opens some by itself, and ends them when undone
        idle = idle | {Verb.ASK_QUESTION}
    if known is None:
        since = Event.objects.filter(request=event.request_id, pk__gt=event.pk)  # clocks differ
        known = since.exclude(verb__in=idle)
    return not any(
        each.pk > event.pk and each.verb not in idle and not _of_another_thing(each, event)
        for each in known
    )


def _of_another_thing(one: Event, other: Event) -> bool:
    """Whether these two happened to two things, each of which goes its own way."""
    return None not in (one.loan_id, other.loan_id) and one.loan_id != other.loan_id


def newest(loan: Loan, *verbs: Verb) -> Event | None:
    """The newest of these that happened to a thing: what undoes it begins there."""
    return Event.objects.filter(loan=loan, verb__in=verbs).order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class LastStep:
    """The last thing done to a request that can be undone, and whose side did it."""

    event: Event
    side: Side


def last_step(events: Iterable[Event]) -> LastStep | None:
    """Of these events of a request the last that somebody did, if it can be undone now.

    What came back without arriving is undone where it was scanned, not from its request.
    """
    newest_first = sorted(events, key=lambda event: event.pk, reverse=True)  # clocks differ
    event = next((each for each in newest_first if each.verb not in AFTER_A_NO), None)
    if event is None or event.verb not in FROM_ITS_REQUEST:
        return None
    may = may_undo_no if event.verb in NOES else is_last
    if not may(event, newest_first):
        return None
    lends = ROWS[Verb(event.verb)].role == Owner.LENDING
    return LastStep(event, Side.LENDING if lends else Side.BORROWING)


def stands(token: str) -> bool:
    """Whether the event of this key can still be undone."""
    event = Event.objects.filter(pk=token).first()
    return event is not None and is_last(event)


def may_undo_no(event: Event, known: Iterable[Event] | None = None) -> bool:
    """Whether a "no" can still be undone: what the button asks that offers it."""
    if event.verb not in NOES or not is_last(event, known):
        return False
    return event.verb == Verb.NOT_FOUND or identity.still_to_be_had(event.request)
