"""What holds of the whole database after any verb: what walks and tests of dying processes ask."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from postroad.catalogue.models import Item, ItemStatus
from postroad.delivery import custody, ledger
from postroad.delivery.models import Custody, Parcel
from postroad.ill.lifecycle import (
    ON_LOAN,
    ROWS,
    LoanEnding,
    LoanState,
    Owner,
    State,
    Verb,
)
from postroad.ill.lifecycle.questions import QUESTIONS, QuestionKind
from postroad.ill.models import Event, Loan, Question, Request, Supply, Tally

NEVER_LEFT, CAME_BACK = LoanEnding.NEVER_LEFT, LoanEnding.CAME_BACK


def undone(record: Request | Supply | Loan) -> bool:
    """Whether its end was a check-in, or a loss, that was undone: what opens a closed record.

    The thing is opened with its supply and its request, by one event.
    """
    opened = Event.objects.filter(verb__in=(Verb.UNDO_CHECK_IN, Verb.UNDO_WRITE_OFF))
    match record:
        case Request():
            return opened.filter(request=record).exists()
        case Supply():
            return opened.filter(supply=record).exists()
    return opened.filter(loan=record).exists()


def points_at_what_it_lives_by(ill: Request, supplies: list[Supply], things: list[Loan]) -> None:
    assert ill.attempts == len(supplies)
    by_key = {loan.pk: loan for loan in things}
    if ill.state in ON_LOAN:
        foremost = by_key[ill.current_loan_id or 0]
        assert foremost.state == ill.state
        assert foremost.supply_id == ill.current_id
        assert ill.owner == foremost.owner
    elif ill.state == State.WAITING:  # by the first that said "later"
        assert ill.current_id in {supply.pk for supply in supplies}
    elif ill.state != State.CLOSED:
        assert ill.current_loan_id is None
        newest = max(supplies, key=lambda supply: supply.attempt, default=None)
        assert ill.current_id == (newest.pk if newest else None)


def history_leads_here(
    ill: Request, supplies: list[Supply], things: list[Loan], events: list[Event]
) -> None:
    """Each event starts where the one before it ended, of the request and of each of its parts."""
    state, at = "", events[0].at
    parts: dict[tuple[str, int], str] = {}
    for event in events:
        assert event.before == state, "the history has a gap"
        assert event.at >= at, "the history goes back in time"
        row = ROWS[Verb(event.verb)]
        for name, key, before, after in (
            ("supply", event.supply_id, event.supply_before, event.supply_after),
            ("loan", event.loan_id, event.loan_before, event.loan_after),
        ):
            if key is None:
                continue
            assert before == parts.get((name, key), ""), f"the {name}'s has a gap"
            part = getattr(row, name)
            if part is not None:
                assert (before or None) in part.starts
                assert after in (before, *part.ends)
            parts[name, key] = after
        state, at = event.after, event.at
    assert state == ill.state
    stand = {("supply", each.pk): str(each.state) for each in supplies}
    assert parts == stand | {("loan", each.pk): str(each.state) for each in things}


def has_ended_with_a_word(record: Request | Supply | Loan | Parcel) -> None:
    if isinstance(record, Parcel):
        assert record.is_open == (record.due_at is not None)
        return
    assert record.owner in set(Owner)
    assert record.is_open == (record.closed_at is None)
    if not record.is_open:
        word = record.outcome if isinstance(record, Request) else record.ending
        assert word, "it ended, and nobody knows how"


def each_copy_is_in_one_place(things: Iterable[Loan]) -> None:
    out = Counter(loan.item_id for loan in things if loan.item_id and loan.is_open)
    assert set(out.values()) <= {1}, "one copy with two people"
    for item in Item.objects.all():
        assert (item.status == ItemStatus.AWAY) == (item.pk in out), (item.barcode, item.status)


def what_the_ledger_says_is_kept(made: Iterable[Parcel]) -> None:
    entries: dict[int, list[ledger.Entry]] = {}
    for line in Custody.objects.select_related("undoes"):
        entries.setdefault(line.parcel_id, []).append(custody.entry_of(line))
    for parcel in made:
        lines = entries[parcel.pk]
        stands = ledger.standing(lines, parcel.from_library_id, parcel.to_library_id)
        assert (parcel.state, parcel.last_at) == (stands.state, stands.last.at)


def the_counts_are_those_of_the_loans(things: Iterable[Loan]) -> None:
    sent = [loan for loan in things if loan.ending not in (NEVER_LEFT, CAME_BACK)]
    sent = [loan for loan in sent if not loan.lender.is_outside]
    lent, borrowed_ = Counter[int](), Counter[int]()
    for tally in Tally.objects.all():
        lent[tally.library_id] += tally.lent
        borrowed_[tally.library_id] += tally.borrowed
    assert +lent == Counter(loan.lender_id for loan in sent)
    assert +borrowed_ == Counter(loan.borrower_id for loan in sent)


def only_what_makes_sense_is_asked(
    ill: Request, things: Iterable[Loan], asked: Iterable[Question]
) -> None:
    """The count of a request is that of its open questions, and each of them can be answered."""
    waiting = [question for question in asked if question.is_open]
    assert ill.open_questions == len(waiting)
    by_key = {loan.pk: loan for loan in things}
    for question in asked:
        row = QUESTIONS[QuestionKind(question.kind)]
        assert row.of_a_thing == (question.loan_id is not None)
        loan = by_key[question.loan_id] if question.loan_id is not None else None
        if question.is_open and not row.outlives:
            about = State(ill.state) if loan is None else LoanState(loan.state)
            assert about in row.makes_sense_in, (question.kind, about)
        if loan is not None:
            assert question.supply_id == loan.supply_id


def its_turn_is_as_its_history_says(ill: Request, events: list[Event]) -> None:
    """It is somebody's turn since the request came where it stands, or since something that was
    said of it there."""
    came = next(event for event in reversed(events) if event.before != event.after)
    moments: set[datetime] = {event.at for event in events if event.pk >= came.pk}
    if ill.state != State.CLOSED:
        assert ill.turn_since in moments, "nothing happened when its turn began"
