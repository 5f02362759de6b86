"""Days on which something went otherwise: not wanted, blocked, not received, pieces missing."""

import pytest

from postroad.accounts.models import Card
from postroad.ill import loans, pieces, questions, sweeps, undo
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanState, Outcome, OutOfTurn, Owner, State, Verb
from postroad.ill.lifecycle.questions import Answer, QuestionKind
from postroad.ill.models import Event, Loan, Question, QuestionOpen
from postroad.ill.scans import borrowing as here
from postroad.ill.scans import lending as there
from postroad.notices import tell
from postroad.notices.models import Kind, Notice
from tests.ill.story import Story, assert_whole, begin

BARCODE = "30001000000017"


@pytest.fixture
def story(cast):
    return begin(cast)


def desk(story: Story) -> Act:
    return Act(story.cast.borrower, story.now)


def receive(story: Story):
    got = here.receive(story.cast.lee, BARCODE, desk(story))
    assert isinstance(got, here.Received)
    return got


def tell_all(story: Story) -> set[str]:
    for event in Event.objects.filter(request=story.ill):
        tell.people(event, event.at)
    return set(Notice.objects.to_person(story.cast.ada).values_list("kind", flat=True))


def test_what_its_reader_no_longer_wants_goes_straight_home_and_nobody_is_told(story):
    story.at(State.SHIPPED)
    loans.let_go(story.ill, Act(story.cast.ada, story.now))
    assert assert_whole(story.ill).state == State.SHIPPED
    assert receive(story).why == "not-wanted"
    loan = story.loan
    assert (loan.state, loan.owner) == (LoanState.ARRIVED, Owner.BORROWING)
    assert Kind.ARRIVED not in tell_all(story)
    assert isinstance(here.send_home(story.cast.lee, BARCODE, desk(story)), here.SentHome)
    there.check_in(story.cast.lenox, BARCODE, Act(story.cast.lender, story.now))
    assert assert_whole(story.ill).outcome == Outcome.UNCLAIMED


@pytest.mark.parametrize("state", [State.SHIPPED, State.ARRIVED])
def test_she_may_want_it_after_all(story, state):
    story.at(state)
    before = story.loan.due_at
    loans.not_wanted(story.loan, desk(story))
    event = Event.objects.get(verb=Verb.NOT_WANTED)
    undo.undo(event, desk(story))
    loan = story.loan
    assert (loan.not_wanted, loan.due_at, loan.state) == (False, before, state)
    assert_whole(story.ill)


def test_a_card_that_was_blocked_since_stops_the_loan_until_the_desk_says_otherwise(story):
    story.at(State.SHIPPED)
    Card.objects.filter(user=story.cast.ada).update(blocked="Fines of 30 dollars")
    receive(story)
    question = Question.objects.shown().get()
    assert (question.kind, question.side) == (QuestionKind.BLOCKED, Owner.MACHINE)
    assert (question.owner, question.library) == (Owner.BORROWING, story.cast.lee)
    with pytest.raises(QuestionOpen):
        here.check_out(story.cast.lee, BARCODE, desk(story))
    questions.answer(question, Answer.UNBLOCK, desk(story))
    here.check_out(story.cast.lee, BARCODE, desk(story))
    assert assert_whole(story.ill).state == State.LENT


def test_the_receipt_for_a_blocked_card_can_be_undone(story):
    story.at(State.SHIPPED)
    Card.objects.filter(user=story.cast.ada).update(blocked="Fines of 30 dollars")
    receive(story)
    undo.undo(Event.objects.get(verb=Verb.RECEIVE), desk(story))
    assert assert_whole(story.ill).open_questions == 0


def test_what_is_late_on_the_van_is_asked_for_at_its_library_and_the_delivery_office(story):
    story.at(State.SHIPPED)
    due = story.loan.due_at
    assert due is not None
    sweeps.ring(due)
    asked = Question.objects.open
    assert {(each.kind, each.owner) for each in asked()} == {
        (QuestionKind.NOT_RECEIVED, Owner.LENDING),
        (QuestionKind.NOT_RECEIVED, Owner.DELIVERY),
    }
    question = asked().shown().get(owner=Owner.DELIVERY)
    questions.answer(question, Answer.NOT_HERE, Act(story.cast.delivery, due))
    again = story.loan.due_at
    assert again is not None
    sweeps.ring(again)
    assert asked().count() == 1  # the answer of the other is kept, and not asked for twice
    receive(story)
    assert not asked().exists()
    assert Question.objects.filter(answer=Answer.NOT_HERE).count() == 1
    assert assert_whole(story.ill).open_questions == 0


def test_pieces_are_counted_out_and_in_and_missing_ones_are_asked_for_by_itself(story):
    story.at(State.SHIPPED)
    lender = Act(story.cast.lender, story.now)
    assert pieces.count(story.loan, lender, 3, side=Owner.LENDING) is None
    receive(story)
    assert pieces.count(story.loan, desk(story), 3, side=Owner.BORROWING) is None
    question = pieces.count(story.loan, desk(story), 2, side=Owner.BORROWING)
    assert question is not None
    assert (question.kind, question.owner) == (QuestionKind.MISSING_PARTS, Owner.LENDING)
    assert pieces.count(story.loan, desk(story), 1, side=Owner.BORROWING) is None  # asked already
    assert (story.loan.pieces, story.loan.pieces_back) == (3, 1)
    assert_whole(story.ill)


def test_pieces_missing_at_home_are_asked_for_of_the_borrower(story):
    story.at(State.SHIPPED)
    lender = Act(story.cast.lender, story.now)
    pieces.count(story.loan, lender, 3, side=Owner.LENDING)
    loan = Loan.objects.select_related("request__library", "supply__lender").get()
    for verb in (loans.receive, loans.check_out, loans.return_item, loans.ship_return):
        verb(loan, desk(story))
    there.check_in(story.cast.lenox, BARCODE, lender)
    question = pieces.count(story.loan, lender, 2, side=Owner.LENDING)
    assert question is not None
    assert question.owner == Owner.BORROWING
    assert assert_whole(story.ill).state == State.CLOSED


def test_pieces_are_counted_by_whoever_has_them(story):
    story.at(State.SHIPPED)
    with pytest.raises(OutOfTurn):
        pieces.count(story.loan, desk(story), 2, side=Owner.BORROWING)
