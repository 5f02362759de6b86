"""A holding of which its library said twice that it is none."""

from datetime import timedelta

import pytest

from postroad.cases import handling
from postroad.cases.lifecycle import Ending as CaseEnding
from postroad.cases.models import Case, CaseEvent
from postroad.cases.models import Kind as CaseKind
from postroad.catalogue.models import Doubt, Item, ItemStatus, Record
from postroad.ill import asking, borrowing, lending, mending, prospects, referral, rota, undo
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Reason, State, Verb
from postroad.ill.models import Event, Request, Supply
from postroad.ill.scans import lending as scans
from postroad.worker import listeners
from tests.ill.story import MONDAY, Story, begin, copy, title

BARCODE = "30001000000017"


@pytest.fixture
def story(cast):
    return begin(cast)


def ask_again(story, hours=0):
    """Somebody else asks for the same title, and Lenox is asked."""
    now = MONDAY + timedelta(hours=hours)
    Request.objects.filter(patron=story.cast.bea).update(patron=None)  # no reader asks twice
    ill = asking.ask(
        story.record, Act(story.cast.bea, now), patron=story.cast.bea, library=story.cast.pittsfield
    )
    another = Story(story.cast, story.record, ill, now)
    another.listen()
    assert another.supply.lender == story.cast.lenox
    return another


def no(story, reason, hours=0):
    now = MONDAY + timedelta(hours=hours)
    supply = story.supply
    lending.refuse(supply, Act(story.cast.lender, now), reason=reason)
    event = Event.objects.get(request=story.ill, supply=supply, verb=Verb.REFUSE)
    for _twice in range(2):
        mending.look(event, now)
    return event


def doubted():
    return Doubt.objects.filter(cleared_at=None).exists()


def twice(story, first=Reason.NOT_OWNED, second=Reason.LACKS_PART):
    story.at(State.REFERRED)
    other = ask_again(story)
    no(story, first)
    return no(other, second, hours=1)


def test_one_no_may_be_a_mistake(story):
    story.at(State.REFERRED)
    no(story, Reason.NOT_OWNED)
    assert not Doubt.objects.exists()
    assert not Case.objects.exists()


def test_two_raise_a_doubt_and_ask_the_desk_once(story):
    twice(story)
    assert doubted()
    case = Case.objects.get()
    assert (case.kind, case.thread.answering) == (CaseKind.HOLDING, story.cast.lenox)
    assert case.subject == "Do you have “Walden”?"
    third = ask_again(story, hours=2)
    no(third, Reason.NOT_ON_SHELF, hours=3)
    assert Case.objects.count() == 1


@pytest.mark.parametrize("reason", [Reason.ON_LOAN, Reason.POLICY, Reason.RESERVE])
def test_a_no_of_another_kind_is_no_doubt(story, reason):
    twice(story, second=reason)
    assert not doubted()


def test_a_no_that_was_taken_back_does_not_count(story):
    story.at(State.REFERRED)
    undo.undo(no(story, Reason.NOT_OWNED), Act(story.cast.lender, MONDAY))
    other = ask_again(story)
    no(other, Reason.NOT_OWNED, hours=1)
    assert not doubted()


def test_a_no_that_is_taken_back_takes_the_doubt_away(story):
    second = twice(story)
    undo.undo(second, Act(story.cast.lender, MONDAY + timedelta(hours=2)))
    assert not doubted()
    assert Case.objects.get().ending == CaseEnding.SETTLED


def test_a_doubted_holding_goes_behind_all_others(story):
    copy(story.record, story.cast.providence, "30003000000015")  # seen by the van twice a week
    twice(story)
    lenders = prospects.gather(story.record, story.cast.lee, MONDAY)
    assert [lender.code for lender in rota.rank(lenders)] == ["providence", "lenox"]
    kept = referral.explain(lenders, rota.rank(lenders))
    assert [each.get("doubted") for each in kept["order"]] == [None, True]


def test_a_copy_that_leaves_takes_the_doubt_away(story):
    twice(story)
    third = ask_again(story, hours=2)
    third.ship()
    event = Event.objects.get(request=third.ill, verb=Verb.SHIP)
    listeners.bring([event])
    mending.look(event, MONDAY + timedelta(hours=3))
    assert not doubted()
    assert Case.objects.get().ending == CaseEnding.SETTLED
    Item.objects.update(status=ItemStatus.IN)
    no(ask_again(story, hours=4), Reason.NOT_OWNED, hours=5)
    assert not doubted()  # what was said before counts no more


def test_what_is_shipped_without_a_doubt_costs_no_statement(story, django_assert_num_queries):
    story.at(State.SHIPPED)
    event = Event.objects.get(verb=Verb.SHIP)
    listeners.bring([event])
    with django_assert_num_queries(0):
        mending.look(event, MONDAY)


def test_a_copy_that_turns_up_takes_the_doubt_away(story):
    item = Item.objects.get()
    story.at(State.REFERRED)
    other = ask_again(story)
    supply = story.supply
    lending.refuse(supply, Act(story.cast.lender, MONDAY), reason=Reason.NOT_ON_SHELF, item=item)
    no(other, Reason.NOT_ON_SHELF)
    assert doubted()
    for ill in Request.objects.shown():
        borrowing.cancel(ill, Act(story.cast.borrower, MONDAY))
    scans.check_in(story.cast.lenox, BARCODE, Act(story.cast.lender, MONDAY))
    assert not doubted()


@pytest.mark.parametrize(
    ("ending", "stays"), [(CaseEnding.SETTLED, False), (CaseEnding.NOTHING, True)]
)
def test_the_desks_word_counts(story, ending, stays):
    twice(story)
    case = Case.objects.select_related("thread").get()
    handling.close(case, ending, by=story.cast.lender, name="Lenox Library", at=MONDAY)
    for _twice in range(2):
        for event in CaseEvent.objects.all():
            mending.heed(event, MONDAY)
    assert doubted() == stays


def test_other_cases_touch_no_holding(story):
    twice(story)
    case = Case.objects.select_related("thread").get()
    Case.objects.filter(pk=case.pk).update(about="request:4K7Q2M9A")
    case.refresh_from_db()
    handling.close(case, CaseEnding.SETTLED, by=story.cast.lender, name="Lenox", at=MONDAY)
    for event in CaseEvent.objects.all():
        mending.heed(event, MONDAY)
    assert doubted()


def test_an_outside_lender_has_no_holding_here(story):
    assert Supply.objects.count() == 0
    story.at(State.REFERRED)
    event = no(story, Reason.NOT_OWNED)
    Supply.objects.update(lender=story.cast.lee)
    mending.look(event, MONDAY)
    assert not doubted()


def test_a_doubt_goes_along_to_the_record_that_stands(story):
    twice(story)
    stands = title("Walden; or, Life in the woods")
    Record.objects.filter(pk=story.record.pk).update(moved_to=stands)
    assert [mending.go_along(MONDAY) for _twice in range(2)] == [1, 0]
    assert Doubt.objects.get(cleared_at=None).record == stands
    assert Case.objects.get().about == f"record:{stands.pk}"
    assert mending.trust(story.cast.lenox.pk, stands.pk, MONDAY)
    assert Case.objects.get().ending == CaseEnding.SETTLED


@pytest.mark.parametrize(("hours", "doubts"), [(-1, 1), (9, 0)])
def test_where_both_were_doubted_the_last_word_counts(story, hours, doubts):
    twice(story)
    stands = title("Walden; or, Life in the woods")
    seen = MONDAY + timedelta(hours=hours)
    Doubt.objects.create(library=story.cast.lenox, record=stands, doubted_at=seen, cleared_at=seen)
    Record.objects.filter(pk=story.record.pk).update(moved_to=stands)
    mending.go_along(MONDAY)
    assert Doubt.objects.get().record == stands
    assert Doubt.objects.filter(cleared_at=None).count() == doubts


def test_what_was_said_of_a_record_that_has_moved_counts_for_the_one_that_stands(story):
    story.at(State.REFERRED)
    other = ask_again(story)
    no(story, Reason.NOT_OWNED)
    stands = title("Walden; or, Life in the woods")
    Record.objects.filter(pk=story.record.pk).update(moved_to=stands)
    no(other, Reason.NOT_OWNED, hours=1)
    assert Doubt.objects.get(cleared_at=None).record == stands
