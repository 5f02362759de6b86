"""What time does: clocks that ring, need-by days that pass, patrons who are forgotten.

Each sweep takes the records that are due, one transaction a record, and may be run at any time by
any number of processes: the verbs' guards let one of them succeed.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import OperationalError, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When

from postroad.cases import sweeps as cases
from postroad.directory import closures, thresholds
from postroad.directory.models import Closure, Library
from postroad.errors import Refusal
from postroad.ill import (
    borrowing,
    clocks,
    dates,
    document_delivery,
    forgetting,
    lending,
    lifecycle,
    not_received,
    questions,
    referral,
)
from postroad.ill.acts import house
from postroad.ill.lifecycle import (
    LOAN_CLOCKS,
    WISH_CLOCKS,
    Ending,
    LoanState,
    Outcome,
    State,
    SupplyState,
    Verb,
    wish_of,
)
from postroad.ill.materials import Field
from postroad.ill.models import Charge, Event, Loan, Question, Request, Supply
from postroad.ill.models.loan import TRAVELS
from postroad.ill.models.question import hold_of

Thing = TypeVar("Thing", Request, Supply, Loan, Question)
Act = Callable[[Thing, datetime], bool | None]  # False: nothing was to be done after all
log = logging.getLogger(__name__)
BATCH = 200  # of one kind a sweep; the next sweep takes the rest


def ring(now: datetime) -> int:
    """Let every clock ring that is due; the number of records on which something happened."""
    return supplies(now) + things(now) + requests(now) + questions_due(now)


def supplies(now: datetime) -> int:
    """Lenders that were silent past their limit."""
    due = Supply.objects.due_before(now).select_related("request__library", "lender")
    return _sweep("supplies", due, "due_at", ring_supply, now)


def things(now: datetime) -> int:
    """What is late on the road, kept too long on the hold shelf, overdue, or not sent home."""
    due = Loan.objects.due_before(now).select_related(*dates.WITH)
    return _sweep("things", due, "due_at", ring_loan, now)


def questions_due(now: datetime) -> int:
    """Questions that nobody answered in time."""
    due = Question.objects.due_before(now)
    due = due.select_related("request__library", "loan__supply__lender", "library")
    return _sweep("questions", due, "due_at", questions.ring, now)


def requests(now: datetime) -> int:
    """Requests whose owner let the time pass.

    A worker that was stopped has intake's work before it: what it has yet to be told of waits.
    """
    untold = Event.objects.untold().filter(request=OuterRef("pk"))
    due = Request.objects.due_before(now).exclude(Q(state=State.ASKED) & Exists(untold))
    return _sweep("requests", due.select_related("library"), "due_at", ring_request, now)


_stopped: dict[str, tuple[Any, int]] = {}  # where a sweep broke off that left something unmoved


def _sweep(name: str, due: QuerySet[Thing], by: str, act: Act[Thing], now: datetime) -> int:
    """Act on what is due, the oldest first and at most a batch; on how many something happened.

    What cannot be moved stays due. So after a full batch with such records the next sweep goes on
    behind it, and from the end to the beginning: however many there are, they starve no other.
    """
    if behind := _stopped.pop(name, None):
        moment, key = behind
        due = due.filter(Q(**{f"{by}__gt": moment}) | Q(**{by: moment, "pk__gt": key}))
    batch = list(due.order_by(by, "pk")[:BATCH])
    places = [(getattr(thing, by), thing.pk) for thing in batch]
    _share_requests(batch)
    moved = [_attempt(act, thing, now) for thing in batch]
    if len(batch) == BATCH and not all(moved):
        _stopped[name] = places[-1]
    return sum(moved)


def _share_requests(batch: Iterable[Request | Supply | Loan | Question]) -> None:
    """Let the things of one request have one object of it: what moves one is seen by the next."""
    seen: dict[int, Request] = {}
    for thing in batch:
        if isinstance(thing, Loan | Question):
            thing.request = seen.setdefault(thing.request_id, thing.request)


def _attempt(act: Act[Thing], thing: Thing, now: datetime) -> bool:
    """Act on one record; one that somebody else moved is left to them.

    One that cannot be moved is logged, tried again in a later sweep, and stops no other.
    """
    ref = _ref(thing)
    try:
        with transaction.atomic():
            return act(thing, now) is not False
    except Refusal as refused:
        log.info("clock of %s: %s", ref, refused)
        return False
    except OperationalError:  # the database itself is in trouble: the job's next turn comes
        raise
    except Exception:
        log.exception("clock of %s", ref)
        return False


def _ref(thing: Request | Supply | Loan | Question) -> str:
    return thing.ref if isinstance(thing, Request) else thing.request.ref


def ring_supply(supply: Supply, now: datetime) -> None:
    """The verb that stands in the table for this state."""
    clock = clocks.supply_clock(
        SupplyState(supply.state), outside=supply.is_outside, level=supply.level
    )
    if clock.rings in SILENCE and _has_more_time(supply, now):
        return
    if clock.rings == Verb.LAPSE:
        lending.lapse(supply, house(now))
    elif clock.rings == Verb.DECLINE_OFFER:
        lending.decline_offer(supply, house(now))
    else:
        said = {"state": supply.state, "owner": supply.owner}
        supply.request.move(clock.rings, house(now), supply=supply, said=said)


# What silence means; each counts the working days of whoever is silent.
SILENCE = frozenset({Verb.LAPSE, Verb.DECLINE_OFFER})


def _has_more_time(supply: Supply, now: datetime) -> bool:
    """Whether a closure that we heard of later gives whoever is to answer more time (R8)."""
    anew = clocks.of_supply(
        SupplyState(supply.state),
        supply.answered_at or supply.asked_at,
        lender=supply.lender,
        borrower=supply.request.library,
        level=supply.level,
    )
    if anew.due_at and supply.due_at and anew.due_at > max(now, supply.due_at):
        waiting = Supply.objects.waiting().filter(pk=supply.pk, due_at=supply.due_at)
        if waiting.update(due_at=anew.due_at):
            Request.objects.give_until(anew.due_at, supply=supply.pk)
        return True
    return False


def ring_loan(loan: Loan, now: datetime) -> None:
    """It is said once, and told to whoever should hear: both desks, or the patron."""
    if loan.state in (LoanState.ARRIVED, LoanState.LENT) and may_wait(loan, now):
        return
    said = {"state": loan.state, "owner": loan.owner}
    rings = LOAN_CLOCKS[LoanState(loan.state)].rings
    loan.request.move(rings, house(now), loan=loan, said=said)
    if loan.state in TRAVELS:
        not_received.ask(loan, now)


def may_wait(loan: Loan, now: datetime) -> bool:
    """Whether a closure gives the reader more time: nobody is late before a locked door (R8)."""
    if loan.state == LoanState.LENT:
        return dates.postpone(loan, now) or dates.put_off(loan, now)
    at_work = clocks.at_work(loan.request.library, now)
    if dates.hold_longer(loan, now):
        return True
    shut = at_work.shut_on(at_work.day_of(now)) is not None  # not for a weekday of its week
    return shut and dates.put_off(loan, now)


def ring_request(ill: Request, now: datetime) -> None:
    """The verb that stands in the table for this state."""
    rings = WISH_CLOCKS[wish_of(State(ill.state))].rings
    if rings == Verb.REVIEW:
        borrowing.review(ill, house(now), concerns=["not-checked"])
    elif rings == Verb.ESCALATE and hold_of(ill) is not None:
        _wait_for_release(ill, now)
    elif rings == Verb.ESCALATE:
        referral.refer_by_rota(ill, now)
    elif rings == Verb.FINISH:
        document_delivery.finish(ill, now)
    elif rings == Verb.REFER_AGAIN:  # the day has come that a lender named
        ill.move(rings, house(now))
    else:
        ill.move(rings, house(now), said={"state": ill.state, "owner": ill.owner})


def _wait_for_release(ill: Request, now: datetime) -> None:
    """Nothing is late meanwhile: the clock of its hold reminds whoever is to release it."""
    rings = clocks.of_wish(wish_of(State(ill.state)), now, borrower=ill.library).due_at
    held = Request.objects.filter(pk=ill.pk, version=ill.version)
    held.update(due_at=rings, turn_until=rings)


def closed_days(now: datetime, library: Library | None = None) -> int:
    """Move the days that a closure has hit since they were promised, of one library or of all.

    It looks at where things stand, not at what was entered: late or twice, it does the same.
    """
    loans, held = dates.hit_loans(now), dates.hit_holds(now)
    if library is not None:
        loans = loans.filter(borrower=library)
        held = [loan for loan in held if loan.borrower_id == library.pk]
    name = "hit loans" if library is None else f"hit loans of {library.pk}"
    moved = _sweep(name, loans, "due_back", _postpone, now)
    return moved + sum(_attempt(_hold_longer, loan, now) for loan in held[:BATCH])


def _postpone(loan: Loan, now: datetime) -> None:
    dates.postpone(loan, now)


def _hold_longer(loan: Loan, now: datetime) -> None:
    dates.hold_longer(loan, now)


def expire(now: datetime) -> int:
    """Close what was not shipped by the end of its need-by day, in the library's own zone."""
    passed = Request.objects.filter(
        need_by__lt=(now + timedelta(days=1)).date(), state__in=lifecycle.UNSHIPPED
    ).select_related("library", "current__lender")
    return _sweep("need-by", passed, "need_by", _expire, now)


def _expire(ill: Request, now: datetime) -> bool:
    is_past = ill.need_by is not None and ill.need_by < ill.library.day_of(now)
    if is_past:
        borrowing.expire(ill, house(now))
    return is_past


def closed_lenders(now: datetime) -> int:
    """Move on what waits at a lender that has closed for longer than we are patient (R8)."""
    today, day = now.date(), timedelta(days=1)  # somewhere it is still yesterday, or tomorrow
    shut = Closure.objects.touching(today - day, today + day).filter(effect__in=closures.LENDING)
    waiting = Supply.objects.of_members().waiting().exclude(state=SupplyState.SUPPLYING)
    # Where everybody is closed, nobody else can be asked sooner.
    own, its_state = Q(library=OuterRef("pk")), Q(library=None, state=OuterRef("state"))
    closed = Library.objects.filter(Exists(shut.filter(own | its_state)))
    asked = closed.filter(pk__in=waiting.values("lender"))
    patience = thresholds.days("closure-patience", on=today)
    gone = [library for library in asked if _stays_closed(library, patience, now)]
    due = waiting.filter(lender__in=gone).select_related("request__library", "lender")
    return _sweep("closed lenders", due, "due_at", _leave_closed, now)


def _leave_closed(supply: Supply, now: datetime) -> None:
    lending.lapse(supply, house(now), ending=Ending.CLOSED)


def _stays_closed(lender: Library, patience: int, now: datetime) -> bool:
    """Whether the lender opens and lends again later than we wait."""
    desk = clocks.at_work(lender, now, closures.LENDING)
    again = desk.next_open(desk.day_of(now))
    return again is None or (again - desk.day_of(now)).days > patience


def forget(now: datetime) -> int:
    """Cut the link to the patron of what has ended and owes nothing; the counts stay. While
    something about it is asked, owed or talked about, it waits."""
    ended = Request.objects.filter(patron__isnull=False, closed_at__lte=now)
    loans = Q(outcome__in=[Outcome.FILLED, Outcome.UNCLAIMED, Outcome.DELIVERED])

    def long_ago(days: int) -> Q:
        return Q(closed_at__lte=now - timedelta(days=days))

    after_loan = thresholds.reached("forget-after-loan", long_ago, on=now.date())
    after_unfilled = thresholds.reached("forget-after-unfilled", long_ago, on=now.date())
    due = ended.filter(forgetting.settled(), loans & after_loan | ~loans & after_unfilled)
    return _sweep("forget", due, "closed_at", forget_patron, now)


def forget_patron(ill: Request, now: datetime) -> None:
    """Take the patron's name and words from a closed request and from its history."""
    ended = Request.objects.filter(pk=ill.pk, state=State.CLOSED, patron__isnull=False)
    patron = ill.patron_id
    told = {name: text for name, text in ill.citation.items() if name != Field.SOURCE}
    words = {"note": "", "note_for_lender": "", "reason": "", "citation": told}
    if not ended.update(patron=None, key=None, **words):
        return
    ill.questions.update(note="", answer_note="")  # she, and staff of her, write names there too
    written = ill.events.filter(Q(by=patron) | ~Q(note=""))  # staff write names too
    written.update(by=Case(When(by=patron, then=None), default=F("by")), note="")
    said_so = {"reason_note": "", "offer_note": "", "link": ""}  # a link may name her, too
    ill.supplies.exclude(**said_so).update(**said_so)
    for sent in ill.events.filter(verb=Verb.DELIVER, facts__has_key="lacks"):
        kept = {name: said for name, said in sent.facts.items() if name != "lacks"}
        ill.events.filter(pk=sent.pk).update(facts=kept)
    Charge.objects.filter(loan__request=ill).exclude(note="").update(note="")
    gone = cases.forget_request(ill.ref)
    ill.events.filter(verb=Verb.DECLINE).update(facts={})  # what was written to her
    ill.write_down(Verb.FORGET, house(now), said={"cases": gone} if gone else {})
    ill.patron = None
