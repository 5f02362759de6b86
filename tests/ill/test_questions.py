"""Questions between two sides, by the engine: opened, answered, withdrawn, left to silence."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from postroad.catalogue.models import Item, ItemStatus
from postroad.delivery.models import Parcel, ParcelState
from postroad.directory.models import Agreement, Policy
from postroad.errors import Refusal
from postroad.ill import (
    borrowing,
    charging,
    due,
    forgetting,
    loans,
    losing,
    questions,
    shipping,
    sweeps,
    undo,
)
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanEnding, LoanState, Outcome, Owner, State, Verb
from postroad.ill.lifecycle.questions import QUESTIONS, Answer, QuestionKind
from postroad.ill.models import (
    Charge,
    ChargeKind,
    ChargeState,
    Event,
    Loan,
    Question,
    QuestionOpen,
    Request,
    Supply,
)
from postroad.ill.questions import AskedAlready, Asking, NotToAsk, QuestionOver, Said
from postroad.ill.renewals import NoRenewal
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, assert_whole, begin
from tests.ill.test_at_once import ROUNDS, at_once, begin_anew, everybody, one_no

__all__ = ["everybody"]  # the fixture of two connections

LATER, SOONER = date(2027, 1, 4), date(2026, 12, 4)
NEXT_DAY = MONDAY + timedelta(days=1)
ON_THE_ROAD = (State.SHIPPED, State.ARRIVED, State.LENT, State.BACK, State.HOMEWARD, State.CLOSED)


@pytest.fixture
def story(cast: Cast) -> Story:
    return begin(cast)


def act(role: Owner = Owner.MACHINE, days: int = 0) -> Act:
    return Act(at=MONDAY + timedelta(days=days, minutes=1), role=role)


def ask(story: Story, kind: QuestionKind, side: Owner | None = None, **said: Any) -> Question:
    """About the thing as it stands now, or about the wish."""
    by = side or sorted(QUESTIONS[kind].by)[0]
    said = {"day": LATER if kind == QuestionKind.RENEWAL else SOONER, **said}
    if not QUESTIONS[kind].of_a_thing:
        story.look()
        return questions.ask(Asking(kind, story.ill, None, Said(**said)), act(by))
    loan = story.loan
    return questions.ask(Asking(kind, loan.request, loan, Said(**said)), act(by))


def fresh(question: Question) -> Question:
    return Question.objects.shown().get(pk=question.pk)


def answer(question: Question, given: Answer, days: int = 0, **said: Any) -> Question:
    """As the one whose turn it is has it on the screen."""
    read = fresh(question)
    row = QUESTIONS[QuestionKind(read.kind)]
    side = min(row.whose_answer(Owner(read.owner), Owner(read.side)))
    questions.answer(read, given, act(side, days), Said(**said))
    return fresh(question)


def counted(story: Story) -> int:
    """What the request says is open, which is what is."""
    ill = assert_whole(story.ill)
    assert ill.open_questions == ill.questions.open().count()
    return ill.open_questions


def where(kind: QuestionKind) -> State:
    """The first state on the road in which it may be opened."""
    opens = QUESTIONS[kind].opens_in
    states = [State.REFERRED, *ON_THE_ROAD]
    if kind == QuestionKind.HOLD:
        return State.ASKED
    return next(state for state in states if state.value in {str(each) for each in opens})


def told(story: Story, state: State) -> Story:
    return story if state == State.ASKED else story.at(state)


@pytest.mark.parametrize("state", ON_THE_ROAD)
def test_each_kind_is_opened_where_its_row_says_and_nowhere_else(story, state):
    story.at(state)
    for kind, row in QUESTIONS.items():
        if not row.of_a_thing:
            continue
        loan = story.loan
        if LoanState(loan.state) in row.opens_in:
            questions.withdraw(fresh(ask(story, kind)), act())
            continue
        with pytest.raises(NotToAsk):
            ask(story, kind)
    assert counted(story) == 0


@pytest.mark.parametrize("kind", QUESTIONS)
def test_nobody_opens_it_who_has_no_right_to(story, kind):
    told(story, where(kind))
    for side in set(Owner) - QUESTIONS[kind].by:
        with pytest.raises(NotToAsk):
            ask(story, kind, side)
    assert counted(story) == 0


@pytest.mark.parametrize(
    ("kind", "given"),
    [(kind, each) for kind, row in QUESTIONS.items() for each in sorted(row.answers)],
)
def test_every_answer_of_every_kind_ends_it(story, kind, given):
    told(story, where(kind))
    question = ask(story, kind)
    assert counted(story) == 1
    charged = given in (Answer.CHARGE, Answer.WRITE_OFF)
    said: dict[str, Any] = {"cost": Decimal("12.50")} if charged else {}
    ended = answer(question, given, **said)
    if given == Answer.WAIT:
        assert ended.is_open
        assert counted(story) == 1
        return
    assert (ended.answer, ended.is_open) == (given, False)
    assert counted(story) == 0
    with pytest.raises(QuestionOver):
        answer(question, given, **said)
    last = story.ill.events.filter(verb=Verb.ANSWER).get()
    assert last.facts["answer"] == given


@pytest.mark.parametrize("kind", QUESTIONS)
def test_what_was_withdrawn_takes_no_answer_and_may_be_asked_again(story, kind):
    told(story, where(kind))
    question = ask(story, kind)
    with pytest.raises(AskedAlready):
        ask(story, kind)
    read = fresh(question)
    questions.withdraw(fresh(question), act())
    with pytest.raises(QuestionOver):
        questions.answer(read, min(QUESTIONS[kind].answers), act(), Said(cost=Decimal(9)))
    assert counted(story) == 0
    ask(story, kind)
    assert counted(story) == 1


def renew(story: Story) -> object:
    return due.grant(story.loan, act(Owner.LENDING), day=LATER)


VERBS: dict[Verb, Callable[[Story], object]] = {
    Verb.RENEW: renew,
    Verb.CHECK_OUT: lambda story: loans.check_out(story.loan, act()),
    Verb.RECEIVE: lambda story: loans.receive(story.loan, act()),
    Verb.RETURN: lambda story: loans.return_item(story.loan, act()),
    Verb.SHIP_RETURN: lambda story: loans.ship_return(story.loan, act()),
    Verb.CHECK_IN: lambda story: shipping.check_in(story.loan, act()),
    Verb.COME_BACK: lambda story: shipping.come_back(story.loan, act()),
    Verb.UNDO_SHIP: lambda story: shipping.undo_ship(story.loan, act()),
    Verb.UNDO_RECEIVE: lambda story: loans.undo_receive(story.loan, act()),
    Verb.UNDO_SHIP_RETURN: lambda story: loans.undo_ship_return(story.loan, act()),
    Verb.WRITE_OFF: lambda story: losing.write_off(story.loan, act()),
    Verb.CANCEL: lambda story: borrowing.cancel(read(story), act(Owner.PATRON)),
}


def read(story: Story) -> Request:
    return Request.objects.shown().get(pk=story.ill.pk)


def may(story: Story, verb: Verb) -> bool:
    loan = story.loan
    return loan.request.may(verb, supply=loan.supply, loan=loan)


BLOCKED = [
    (kind, verb, state)
    for kind, row in QUESTIONS.items()
    for verb in row.blocks & VERBS.keys()
    for state in (State.ARRIVED if verb == Verb.CHECK_OUT else State.LENT,)
]


@pytest.mark.parametrize(("kind", "verb", "state"), BLOCKED)
def test_a_verb_waits_for_the_answer(story, kind, verb, state):
    story.at(state)
    question = ask(story, kind)
    with pytest.raises(QuestionOpen):
        VERBS[verb](story)
    assert story.loan.state == state.value
    assert not may(story, verb)  # no page has its button
    questions.withdraw(fresh(question), act())
    assert may(story, verb)
    VERBS[verb](story)
    assert counted(story) == 0


ENDS = [
    (QuestionKind.RENEWAL, Verb.RETURN, State.LENT),
    (QuestionKind.RENEWAL, Verb.CHECK_IN, State.LENT),
    (QuestionKind.RECALL, Verb.SHIP_RETURN, State.BACK),
    (QuestionKind.RECALL, Verb.COME_BACK, State.SHIPPED),
    (QuestionKind.SECOND_COPY, Verb.SHIP_RETURN, State.ARRIVED),
    (QuestionKind.NOT_RECEIVED, Verb.RECEIVE, State.SHIPPED),
    (QuestionKind.NOT_RECEIVED, Verb.CHECK_IN, State.HOMEWARD),
    (QuestionKind.LOST, Verb.RETURN, State.LENT),
    (QuestionKind.LOST, Verb.WRITE_OFF, State.LENT),
    (QuestionKind.CLAIMED_RETURNED, Verb.RETURN, State.LENT),
    (QuestionKind.BLOCKED, Verb.SHIP_RETURN, State.ARRIVED),
    (QuestionKind.ASK_PATRON, Verb.CANCEL, State.REFERRED),
]


@pytest.mark.parametrize(("kind", "verb", "state"), ENDS)
def test_what_happens_settles_it_by_itself(story, kind, verb, state):
    story.at(state)
    question = ask(story, kind)
    VERBS[verb](story)
    ended = fresh(question)
    assert (ended.answer, ended.is_open) == (verb, False)
    assert counted(story) == 0


@pytest.mark.parametrize("kind", [QuestionKind.DAMAGED, QuestionKind.MISSING_PARTS])
def test_what_is_found_wrong_outlives_the_loan_and_is_asked_after_it(story, kind):
    story.at(State.CLOSED)
    question = ask(story, kind, Owner.LENDING)
    assert counted(story) == 1
    assert answer(question, Answer.CHARGE, cost=Decimal("8.00")).answer == Answer.CHARGE
    charge = Charge.objects.get()
    assert (charge.owed_by, charge.owed_to) == (story.cast.lee, story.cast.lenox)
    assert (charge.amount, charge.state) == (Decimal("8.00"), ChargeState.OWED)


def test_a_verb_that_leaves_it_where_it_makes_no_sense_is_refused(story):
    story.at(State.LENT)
    ask(story, QuestionKind.RENEWAL)
    with pytest.raises(QuestionOpen):
        loans.undo_check_out(story.loan, act())
    assert counted(story) == 1


# Renewals


def test_a_lender_grants_an_earlier_day_than_was_wished_and_the_history_says_so(story):
    story.at(State.LENT)
    was = story.loan.due_back
    question = ask(story, QuestionKind.RENEWAL, Owner.PATRON)
    answer(question, Answer.GRANT, day=date(2026, 12, 30))
    loan = story.loan
    assert loan.due_back == date(2026, 12, 30) > was
    assert loan.renewals == 1
    facts = Event.objects.get(verb=Verb.RENEW).facts
    assert facts == {"due_back": "2026-12-30", "wished": LATER.isoformat()}


def test_a_lender_that_says_yes_grants_the_day_that_was_wished(story):
    story.at(State.LENT)
    answer(ask(story, QuestionKind.RENEWAL, Owner.PATRON), Answer.GRANT)
    assert story.loan.due_back == LATER
    assert "wished" not in Event.objects.get(verb=Verb.RENEW).facts


def test_a_closed_day_that_a_lender_names_gives_way_to_the_open_one_before(story):
    story.at(State.LENT)
    story.cast.lee.open_days = "MTWTF--"
    story.cast.lee.save()
    answer(ask(story, QuestionKind.RENEWAL, Owner.PATRON), Answer.GRANT, day=date(2027, 1, 3))
    assert story.loan.due_back == date(2027, 1, 1)  # a Friday


def test_no_is_a_reason_that_the_reader_hears_and_the_day_stays(story):
    story.at(State.LENT)
    was = story.loan.due_back
    question = ask(story, QuestionKind.RENEWAL, Owner.PATRON)
    answer(question, Answer.DENY, reason=NoRenewal.NEEDED)
    assert story.loan.due_back == was
    assert Event.objects.get(verb=Verb.REFUSE_RENEWAL).facts == {"why": "needed-back"}


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 30)])
def test_a_day_that_is_no_later_is_refused_and_nothing_is_half_done(story, day):
    story.at(State.LENT)
    with pytest.raises((due.NotLater, due.DayPassed)):
        ask(story, QuestionKind.RENEWAL, Owner.PATRON, day=day)
    question = ask(story, QuestionKind.RENEWAL, Owner.PATRON)
    with pytest.raises((due.NotLater, due.DayPassed)):
        answer(question, Answer.GRANT, day=day)
    assert fresh(question).is_open
    assert counted(story) == 1
    assert not Event.objects.filter(verb__in=(Verb.ANSWER, Verb.RENEW)).exists()


def agreed(**more: Any) -> Agreement:
    return Agreement.objects.create(name="All", effective=date(2026, 1, 1), **more)


def test_silence_is_a_yes_where_the_two_agreed_on_that(story):
    agreed()
    agreed(
        lender_side="library:lenox",
        borrower_side="network:berkshire",
        silence_on_renewal=Agreement.Silence.GRANT,
    )
    story.at(State.LENT)
    question = ask(story, QuestionKind.RENEWAL, Owner.PATRON)
    sweeps.questions_due(MONDAY + timedelta(days=14))
    assert fresh(question).answer == Answer.GRANT
    assert story.loan.due_back == LATER
    assert counted(story) == 0


def test_silence_is_no_yes_of_what_was_overdue_when_it_was_asked(story):
    agreed(silence_on_renewal=Agreement.Silence.GRANT)
    story.at(State.LENT)
    question = ask(story, QuestionKind.RENEWAL, Owner.BORROWING)
    Loan.objects.update(due_back=MONDAY.date() - timedelta(days=7))
    sweeps.questions_due(MONDAY + timedelta(days=14))
    asked = fresh(question)
    assert (asked.owner, asked.answer) == (Owner.CENTRE, "")


def test_silence_asks_the_center_where_nothing_else_is_agreed(story):
    story.at(State.LENT)
    question = ask(story, QuestionKind.RENEWAL, Owner.PATRON)
    sweeps.questions_due(MONDAY + timedelta(days=14))
    asked = fresh(question)
    assert (asked.owner, asked.library, asked.reminders) == (Owner.CENTRE, None, 1)
    assert asked.due_at > MONDAY + timedelta(days=14)
    answer(question, Answer.GRANT, days=14)
    assert story.loan.due_back == LATER


def test_what_silence_cannot_grant_any_more_goes_to_the_center(story):
    agreed(silence_on_renewal=Agreement.Silence.GRANT)
    story.at(State.LENT)
    question = ask(story, QuestionKind.RENEWAL, Owner.PATRON)
    ask(story, QuestionKind.LOST, Owner.BORROWING)  # which blocks it
    Question.objects.filter(pk=question.pk).update(due_at=MONDAY)
    assert sweeps.questions_due(MONDAY + timedelta(hours=1)) == 1
    assert fresh(question).owner == Owner.CENTRE
    assert counted(story) == 2


@pytest.mark.parametrize("kind", [QuestionKind.DAMAGED, QuestionKind.CLAIMED_RETURNED])
def test_others_are_reminded_of_and_stay_open(story, kind):
    story.at(State.LENT)
    question = ask(story, kind)
    before = fresh(question)
    sweeps.questions_due(MONDAY + timedelta(days=14))
    after = fresh(question)
    assert (after.owner, after.reminders) == (before.owner, 1)
    assert after.due_at > before.due_at


# Recalls


def test_what_is_recalled_is_due_on_that_day_and_as_before_once_it_is_released(story):
    story.at(State.LENT)
    was = story.loan.due_back
    question = ask(story, QuestionKind.RECALL, Owner.LENDING)
    loan = story.loan
    assert loan.due_back == SOONER < was
    assert Event.objects.get(verb=Verb.CHANGE_DUE).facts["recalled"] is True
    answer(question, Answer.RELEASE)
    assert story.loan.due_back == was
    assert counted(story) == 0


def test_a_recall_that_is_withdrawn_is_released(story):
    story.at(State.LENT)
    was = story.loan.due_back
    questions.withdraw(fresh(ask(story, QuestionKind.RECALL, Owner.LENDING)), act(Owner.LENDING))
    assert story.loan.due_back == was


def test_what_is_recalled_before_it_is_lent_is_lent_no_longer_than_that(story):
    story.at(State.ARRIVED)
    question = ask(story, QuestionKind.RECALL, Owner.LENDING)
    loans.check_out(story.loan, act())
    assert story.loan.due_back == SOONER
    answer(question, Answer.RELEASE, days=1)
    assert story.loan.due_back == MONDAY.date() + timedelta(days=28)


def test_a_recall_for_a_later_day_than_the_due_one_changes_no_day(story):
    story.at(State.LENT)
    was = story.loan.due_back
    ask(story, QuestionKind.RECALL, Owner.LENDING, day=LATER)
    assert story.loan.due_back == was
    assert not Event.objects.filter(verb=Verb.CHANGE_DUE).exists()


def test_a_lender_gives_more_time_unasked_and_never_less(story):
    story.at(State.LENT)
    due.lengthen(story.loan, act(Owner.LENDING), day=LATER)
    assert story.loan.due_back == LATER
    with pytest.raises(due.NotLater):
        due.lengthen(story.loan, act(Owner.LENDING), day=SOONER)
    assert counted(story) == 0


# Losses and charges


def test_a_loss_is_closed_with_its_cost_undone_with_it_and_found_again(story):
    story.at(State.LENT)
    question = ask(story, QuestionKind.LOST, Owner.PATRON)
    answer(question, Answer.WRITE_OFF, cost=Decimal("24.00"))
    loan = story.loan
    assert (loan.state, loan.ending) == (LoanState.LOST, LoanEnding.LOST)
    assert loan.request.outcome == Outcome.LOST
    assert Item.objects.get().status == ItemStatus.MISSING
    assert Charge.objects.get().state == ChargeState.OWED
    given_up = Event.objects.get(verb=Verb.WRITE_OFF)
    assert undo.is_last(given_up)
    undo.undo(given_up, act(Owner.LENDING))
    assert story.loan.state == LoanState.LENT
    assert Charge.objects.get().state == ChargeState.WAIVED
    losing.write_off(story.loan, act(Owner.LENDING))
    losing.recover(story.loan, act(Owner.LENDING))
    assert story.loan.ending == LoanEnding.FOUND
    assert Item.objects.get().status == ItemStatus.IN
    assert counted(story) == 0


@pytest.mark.parametrize("state", [State.SHIPPED, State.HOMEWARD])
def test_what_is_lost_on_the_road_is_looked_for_no_more_until_that_is_undone(story, state):
    story.at(state)
    answer(ask(story, QuestionKind.LOST, Owner.LENDING), Answer.WRITE_OFF)
    assert counted(story) == 0  # and no parcel of it is open, as it looks
    assert Parcel.objects.filter(state=ParcelState.LOST).count() == 1
    undo.undo(Event.objects.get(verb=Verb.WRITE_OFF), act(Owner.LENDING, 1))
    assert counted(story) == 1  # its answer was taken back
    assert story.loan.state == state.value


def test_what_a_verb_has_ended_waits_again_once_that_is_undone(story):
    story.at(State.LENT)
    question = ask(story, QuestionKind.LOST, Owner.BORROWING)
    loans.return_item(story.loan, act(Owner.BORROWING, 1))
    assert counted(story) == 0
    undo.undo(Event.objects.get(verb=Verb.RETURN), act(Owner.BORROWING, 2))
    assert counted(story) == 1
    assert fresh(question).is_open
    answer(fresh(question), Answer.WRITE_OFF)
    assert counted(story) == 0


def test_whoever_waits_is_asked_again_on_the_day_that_was_named(story):
    story.at(State.LENT)
    question = ask(story, QuestionKind.LOST, Owner.BORROWING)
    answer(question, Answer.WAIT, day=date(2026, 12, 10))
    waits = fresh(question)
    assert waits.is_open
    assert waits.due_at.date() == date(2026, 12, 10)
    assert counted(story) == 1
    with pytest.raises(due.DayPassed):
        answer(question, Answer.WAIT, day=MONDAY.date())


def test_two_charges_of_a_kind_are_one_and_each_step_can_be_put_right(story):
    story.at(State.LENT)
    made = charge(story)
    with pytest.raises(charging.ChargedAlready):
        charge(story)
    for state in (
        *(ChargeState.PAID, ChargeState.REFUNDED, ChargeState.PAID),
        *(ChargeState.OWED, ChargeState.WAIVED, ChargeState.OWED),
    ):
        settle(made, state)
        assert Charge.objects.get().state == state
    with pytest.raises(charging.ChargeMoved):
        settle(made, ChargeState.REFUNDED)
    settle(made, ChargeState.WAIVED)
    charge(story)
    with pytest.raises(charging.ChargedAlready):
        settle(made, ChargeState.OWED)
    assert Event.objects.filter(verb=Verb.SETTLE_CHARGE).count() == 7


def charge(story: Story) -> Charge:
    kind, amount = ChargeKind.LENDING, Decimal("12.50")
    return charging.charge(story.loan, act(Owner.LENDING), kind=kind, amount=amount)


def settle(charge: Charge, state: ChargeState) -> None:
    read = Charge.objects.select_related("loan__request", "loan__supply__lender").get(pk=charge.pk)
    read.loan.request = read.loan.request
    read.loan.supply.request = read.loan.request
    charging.settle(read, act(Owner.LENDING), state=state)


# At once, and what it costs


@pytest.mark.both
def test_of_two_answers_at_once_one_counts(everybody: Cast):
    for number in range(ROUNDS):
        story = begin_anew(everybody, number, State.LENT)
        question = ask(story, QuestionKind.LOST, Owner.BORROWING)
        screens = [fresh(question), fresh(question)]
        no = one_no(
            at_once(
                partial(
                    questions.answer,
                    screens[0],
                    Answer.WRITE_OFF,
                    act(Owner.LENDING),
                    Said(cost=Decimal(9)),
                ),
                partial(questions.withdraw, screens[1], act(Owner.BORROWING)),
            )
        )
        assert isinstance(no, Refusal)
        ended = fresh(question)
        given_up = ended.answer == Answer.WRITE_OFF
        assert (story.loan.state == LoanState.LOST) == given_up
        assert Charge.objects.filter(loan=story.loan).exists() == given_up
        assert counted(story) == 0


@pytest.mark.both
def test_of_a_question_and_what_settles_it_at_once_one_gets_through_or_both_in_turn(
    everybody: Cast,
):
    for number in range(ROUNDS):
        story = begin_anew(everybody, number, State.LENT)
        mine, theirs = story.loan, story.loan
        asking = Asking(QuestionKind.RENEWAL, mine.request, mine, Said(day=LATER))
        one_no(
            at_once(
                partial(questions.ask, asking, act(Owner.PATRON)),
                partial(loans.return_item, theirs, act()),
            )
        )
        brought = story.loan.state == LoanState.BACK
        assert Loan.objects.filter(pk=mine.pk).exists()
        assert counted(story) == (0 if brought else 1)


def test_what_asking_and_answering_cost(story, django_assert_num_queries):
    story.at(State.LENT)
    loan = story.loan
    Policy.objects.get(library=story.cast.lenox)
    with django_assert_num_queries(8):  # a savepoint in a transaction is two of them
        questions.ask(Asking(QuestionKind.DAMAGED, loan.request, loan), act(Owner.BORROWING))
    question = Question.objects.shown().get()
    with django_assert_num_queries(5):
        questions.answer(question, Answer.ACCEPT, act(Owner.LENDING))


def test_her_name_stays_until_the_question_is_answered_and_the_charge_is_settled(story):
    story.at(State.CLOSED)
    question = ask(story, QuestionKind.DAMAGED, Owner.BORROWING)
    assert sweeps.forget(MONDAY + timedelta(days=30)) == 0
    assert forgetting.kept_by(read(story)) == [forgetting.Keeps.QUESTIONS]
    answer(question, Answer.CHARGE, cost=Decimal("12.50"))
    assert sweeps.forget(MONDAY + timedelta(days=30)) == 0
    assert forgetting.kept_by(read(story)) == [forgetting.Keeps.CHARGES]
    charging.settle(Charge.objects.get(), act(Owner.LENDING), state=ChargeState.PAID)
    assert forgetting.kept_by(read(story)) == []
    assert sweeps.forget(MONDAY + timedelta(days=30)) == 1


def test_what_was_written_in_a_question_goes_with_the_readers_name(story):
    story.at(State.CLOSED)
    question = ask(story, QuestionKind.DAMAGED, Owner.BORROWING, note="Ada spilled tea.")
    answer(question, Answer.CHARGE, note="Tell Ada to dry it.", cost=Decimal("2.50"))
    charging.settle(Charge.objects.get(), act(Owner.LENDING), state=ChargeState.PAID)
    Supply.objects.update(offer_note="Not for Ada to take home.")
    sweeps.forget(MONDAY + timedelta(days=30))
    assert read(story).patron_id is None
    kept = fresh(question)
    assert (kept.note, kept.answer_note) == ("", "")
    assert (Charge.objects.get().note, story.supply.offer_note) == ("", "")
