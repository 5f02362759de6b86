"""Something else came than what was asked for: the question, its three answers, and their undo."""

import pytest

from postroad.catalogue.models import Item
from postroad.ill import asking, losing, questions, undo
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Ending, LoanState, Outcome, Owner, State, SupplyState, Verb
from postroad.ill.lifecycle.questions import Answer, QuestionKind
from postroad.ill.models import Event, Loan, Question, QuestionOpen
from postroad.ill.questions import Asking, Said
from postroad.ill.scans import borrowing as here
from postroad.ill.scans import lending as there
from postroad.ill.scans.otherwise import Instead
from tests.ill.story import Story, assert_whole, begin, copy, title

RIGHT, WRONG = "30001000000017", "30001000000099"


@pytest.fixture
def story(cast):
    """Lenox has scanned out Walden, and put Emma into the parcel."""
    copy(title("Emma"), cast.lenox, WRONG)
    return begin(cast).at(State.SHIPPED)


def desk(story: Story) -> Act:
    return Act(story.cast.borrower, story.now)


def lender(story: Story) -> Act:
    return Act(story.cast.lender, story.now, role=Owner.LENDING)


def came(story: Story) -> Question:
    got = here.receive(story.cast.lee, WRONG, desk(story), sure=True)
    assert isinstance(got, here.Received)
    return Question.objects.shown().get()


def answered(story: Story, answer: Answer) -> None:
    questions.answer(came(story), answer, lender(story), Said(note="Sorry."))


def status(barcode: str) -> str:
    return Item.objects.get(barcode=barcode).status


def goes_home(story: Story):
    here.send_home(story.cast.lee, WRONG, desk(story))
    return there.check_in(story.cast.lenox, WRONG, lender(story))


def test_a_book_that_is_not_expected_says_what_it_may_have_come_in_place_of(story):
    got = here.receive(story.cast.lee, WRONG, desk(story))
    assert isinstance(got, Instead)
    assert got.loan == story.loan
    assert not got.will_do
    assert story.loan.state == LoanState.SHIPPED


def test_the_wrong_item_is_the_one_that_is_out_and_its_lender_is_asked(story):
    question = came(story)
    assert (question.kind, question.library) == (QuestionKind.WRONG_ITEM, story.cast.lenox)
    assert "Emma" in question.note
    loan = story.loan
    assert (loan.barcode, loan.wrong_item, loan.state) == (WRONG, True, LoanState.ARRIVED)
    assert (status(WRONG), status(RIGHT)) == ("away", "unknown")
    with pytest.raises(QuestionOpen):
        here.check_out(story.cast.lee, WRONG, desk(story))
    assert_whole(story.ill)


def test_the_receipt_of_a_wrong_item_is_undone_with_its_question(story):
    came(story)
    undo.undo(Event.objects.get(verb=Verb.RECEIVE), desk(story))
    loan = story.loan
    assert (loan.barcode, loan.wrong_item, loan.state) == (RIGHT, False, LoanState.SHIPPED)
    assert (status(WRONG), status(RIGHT)) == ("in", "away")
    assert not Question.objects.open().exists()
    assert assert_whole(story.ill).open_questions == 0


def test_another_copy_of_the_same_title_is_received_in_its_place_without_a_question(story):
    copy(story.record, story.cast.lenox, "30001000000025")
    got = here.receive(story.cast.lee, "30001000000025", desk(story))
    assert isinstance(got, Instead)
    assert got.will_do
    here.receive(story.cast.lee, "30001000000025", desk(story), sure=True)
    assert (story.loan.state, story.loan.wrong_item) == (LoanState.ARRIVED, False)
    assert not Question.objects.exists()


def test_of_two_parcels_the_slip_tells_which_is_wrong(story):
    emma = title("Persuasion")
    copy(emma, story.cast.lenox, "30001000000111")

    asked = asking.ask(emma, Act(story.cast.ada), patron=story.cast.ada, library=story.cast.lee)
    Story(story.cast, emma, asked).at(State.SHIPPED)
    got = here.receive(story.cast.lee, WRONG, desk(story), sure=True)
    assert isinstance(got, Instead)
    assert got.loan is None
    assert len(got.sent) == 2


def test_kept_it_waits_for_its_patron_like_any_other(story):
    answered(story, Answer.KEEP)
    loan = story.loan
    assert (loan.wrong_item, loan.owner) == (False, Owner.PATRON)
    here.check_out(story.cast.lee, WRONG, desk(story))
    assert assert_whole(story.ill).state == State.LENT


def test_the_right_one_is_sent_again_as_another_thing_of_the_same_attempt(story):
    answered(story, Answer.SEND_AGAIN)
    assert (story.supply.to_send, story.loan.not_wanted) == (1, True)
    assert_whole(story.ill)
    got = there.ship(story.cast.lenox, RIGHT, lender(story))
    assert isinstance(got, there.Shipped)
    ill = assert_whole(story.ill)
    assert (ill.things_out, ill.attempts, story.supply.to_send) == (2, 1, 0)
    goes_home(story)
    assert assert_whole(story.ill).state == State.SHIPPED
    got_here = here.receive(story.cast.lee, RIGHT, desk(story))
    assert isinstance(got_here, here.Received)
    assert got_here.why is None


def test_home_before_the_right_one_has_left_the_lender_still_owes_it(story):
    answered(story, Answer.SEND_AGAIN)
    got = goes_home(story)
    assert isinstance(got, there.CheckedIn)
    assert got.owes
    assert assert_whole(story.ill).state == State.REFERRED
    assert story.supply.state == SupplyState.PROMISED
    there.ship(story.cast.lenox, RIGHT, lender(story))
    assert assert_whole(story.ill).state == State.SHIPPED


def test_home_before_anybody_has_answered_the_lender_ships_or_says_no(story):
    came(story)
    assert isinstance(here.send_home(story.cast.lee, WRONG, desk(story)), here.SentHome)
    there.check_in(story.cast.lenox, WRONG, lender(story))
    assert assert_whole(story.ill).state == State.REFERRED
    assert not Question.objects.open().exists()


def test_no_more_comes_and_the_next_library_is_asked_once_it_is_home(story):
    copy(story.record, story.cast.pittsfield, "30001000000300")
    answered(story, Answer.NO_MORE)
    assert story.loan.not_wanted
    goes_home(story)
    story.look()
    story.listen()
    ill = assert_whole(story.ill)
    assert ill.state == State.REFERRED
    first, second = ill.supplies.order_by("attempt")
    assert (first.ending, first.reason_note) == (Ending.REFUSED, "Sorry.")
    assert second.lender == story.cast.pittsfield


def test_said_on_the_page_with_its_barcode_the_wrong_copy_is_the_one_that_is_out(story):
    here.receive(story.cast.lee, RIGHT, desk(story))
    loan = story.loan
    about = Asking(QuestionKind.WRONG_ITEM, loan.request, loan, Said(note=WRONG))
    question = questions.ask(about, desk(story))
    assert (story.loan.barcode, story.loan.wrong_item) == (WRONG, True)
    questions.withdraw(question, desk(story))
    assert not story.loan.wrong_item
    assert_whole(story.ill)


def test_a_wrong_item_that_is_lost_does_not_count_as_lent(story):

    answered(story, Answer.NO_MORE)
    losing.write_off(story.loan, lender(story))
    assert assert_whole(story.ill).outcome == Outcome.LOST
    assert Loan.objects.get().state == LoanState.LOST
