"""What stands beside a request is written after it, by every verb: two at once never wait for one
another (`ill.models`)."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from postroad.ill import boxes, charging, lending, loans, losing, mediation, questions, undo
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanState, Owner, State, Verb
from postroad.ill.lifecycle.questions import Answer, QuestionKind
from postroad.ill.models import Charge, ChargeKind, ChargeState, Event, Loan, MovedMeanwhile
from postroad.ill.questions import Asking, Said
from tests.cast import Cast, outside
from tests.ill.story import MONDAY, Story, assert_whole, begin
from tests.ill.test_at_once import ROUNDS, at_once, begin_anew, everybody, one_no
from tests.ill.test_questions import act, ask, counted, fresh

__all__ = ["everybody"]  # the fixture of two connections


def written(verb: Callable[[], object]) -> list[str]:
    """The tables that it writes, in order."""
    with CaptureQueriesContext(connection) as seen:
        verb()
    writes = [each["sql"].replace("INSERT INTO", "UPDATE") for each in seen]
    return [sql.split('"')[1] for sql in writes if sql.startswith("UPDATE")]


def given_up(story: Story) -> tuple[Charge, Event]:
    """It was lost, and its replacement charged."""
    question = fresh(ask(story, QuestionKind.LOST, Owner.BORROWING))
    questions.answer(question, Answer.WRITE_OFF, act(Owner.LENDING), Said(cost=Decimal(9)))
    charged = Charge.objects.select_related("loan__request", "loan__supply__lender")
    return charged.get(loan__request=story.ill), Event.objects.get(
        request=story.ill, verb=Verb.WRITE_OFF
    )


def test_every_verb_beside_the_road_writes_the_request_first(cast: Cast):
    story = begin(cast).at(State.LENT)
    loan, lends, borrows = story.loan, act(Owner.LENDING), act(Owner.BORROWING)
    orders = [
        written(partial(questions.ask, Asking(QuestionKind.LOST, loan.request, loan), borrows))
    ]
    kept = story.loan.questions.get()
    wait = Said(day=MONDAY.date().replace(day=30))
    orders += [
        written(lambda: questions.remind(fresh(kept), act())),
        written(lambda: questions.answer(fresh(kept), Answer.WAIT, lends, wait)),
        written(lambda: questions.withdraw(fresh(kept), borrows)),
    ]
    _owed, lost = given_up(story)
    charge = partial(charging.charge, kind=ChargeKind.REPAIR, amount=Decimal(1))
    orders += [
        written(lambda: undo.undo(lost, lends)),
        written(lambda: charge(story.loan, lends)),
    ]
    owed = story.loan.charges.select_related("loan__request").get(kind=ChargeKind.REPAIR)
    orders += [written(lambda: charging.settle(owed, lends, state=ChargeState.PAID))]
    assert {order[0] for order in orders} == {"ill_request"}


@pytest.mark.both
def test_an_answer_and_what_settles_the_question_at_once(everybody: Cast):
    for number in range(ROUNDS):
        story = begin_anew(everybody, number, State.LENT)
        question = fresh(ask(story, QuestionKind.RENEWAL, Owner.BORROWING))
        deny = partial(questions.answer, question, Answer.DENY, act(Owner.LENDING))
        one_no(at_once(deny, partial(loans.return_item, story.loan, act())))
        assert counted(story) == 0


@pytest.mark.both
def test_a_charge_is_paid_while_the_loss_is_undone_and_another_finds_it(everybody: Cast):
    for number in range(ROUNDS):
        story = begin_anew(everybody, number, State.LENT)
        owed, lost = given_up(story)
        lends = act(Owner.LENDING)
        told = at_once(
            partial(charging.settle, owed, lends, state=ChargeState.PAID),
            partial(undo.undo, lost, lends),
            partial(losing.recover, story.loan, lends),
        )
        assert told.count(None) == 1
        assert_whole(story.ill)
        stands = Charge.objects.get(loan=story.loan).state
        assert (stands == ChargeState.WAIVED) == (story.loan.state == LoanState.LENT)
        assert (stands == ChargeState.PAID) == (told[0] is None)


def test_what_is_paid_after_an_undo_has_looked_is_heard_of(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    story = begin(cast).at(State.LENT)
    owed, lost = given_up(story)

    def looks(event: Event) -> bool:
        last = is_last(event)
        charging.settle(owed, act(Owner.LENDING), state=ChargeState.PAID)
        return last

    is_last = undo.is_last
    monkeypatch.setattr(undo, "is_last", looks)
    with pytest.raises(MovedMeanwhile):
        undo.undo(Event.objects.get(pk=lost.pk), act(Owner.LENDING))


@pytest.mark.both
def test_two_clerks_who_pack_and_unpack_one_box(everybody: Cast):
    for number in range(ROUNDS):
        first, second = (homeward(everybody, f"{number}{which}") for which in "12")
        one_no(at_once(partial(boxes.join, first, MONDAY), partial(boxes.join, second, MONDAY)))
        first, second = again(first), again(second)
        assert [each.pk for each in boxes.others(first)] == [second.pk]
        at_once(partial(boxes.leave, first), partial(boxes.leave, second))
        assert not boxes.others(again(first))
        for each in (first, second):
            loans.undo_ship_return(again(each), act())


def again(loan: Loan) -> Loan:
    return Loan.objects.select_related("request__library", "supply", "parcel_home").get(pk=loan.pk)


def homeward(cast: Cast, name: str) -> Loan:
    """It came from elsewhere by mail, and goes home by mail."""
    story = begin_anew(cast, int(name), State.REFERRED)
    centre = Act(cast.centre, MONDAY)
    lending.lapse(story.supply, act())
    story.listen()
    mediation.refer_outside(story.ill, centre, lender=outside(), system="OCLC", number="")
    story.look()
    mediation.outside_shipped(story.supply, centre, barcode=f"3900{name}", tracking_number="")
    for verb in (loans.receive, loans.check_out, loans.return_item, loans.ship_return):
        verb(story.loan, act())
    return again(story.loan)
