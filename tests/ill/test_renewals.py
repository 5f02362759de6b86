"""Renewing: the owner's hold and the reader's card."""

from datetime import date, timedelta

import pytest

from postroad.accounts.models import Card
from postroad.catalogue.models import Format, ItemStatus
from postroad.directory.models import Policy
from postroad.ill import access, asking, lending, loans, parties, renewals
from postroad.ill.access import Sight
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Owner, Reason, State, Verb
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.models import Loan, Request
from postroad.notices import tell
from postroad.notices.models import Notice
from postroad.web.shared.history import history
from tests.ill.story import MONDAY, Story, begin, copy, title


def bea_asks(cast, record, **more) -> Story:
    ill = asking.ask(
        record, Act(cast.bea, MONDAY), patron=cast.bea, library=cast.pittsfield, **more
    )
    return Story(cast, record, ill)


def answer(story: Story, by=None) -> str:
    """What a renewal would be answered, by the page's own rule."""
    story.look()
    held = renewals.held_for_others([story.loan])
    return renewals.why_not(story.loan, MONDAY, held) or "yes"


def test_another_copy_that_is_in_does_not_end_her_loan(cast):
    story = begin(cast).at(State.LENT)
    copy(story.record, cast.providence, "40001000000011")
    bea_asks(cast, story.record)  # nobody looked at it yet: Providence can send it
    assert answer(story) == "yes"


def test_what_another_library_has_in_hand_does_not_end_her_loan(cast):
    story = begin(cast).at(State.LENT)
    copy(story.record, cast.providence, "40001000000011")
    other = bea_asks(cast, story.record)
    other.listen()
    assert other.ill.current.lender == cast.providence
    assert answer(story) == "yes"


def test_a_hold_at_the_owner_ends_her_loan(cast):
    story = begin(cast).at(State.LENT)
    spare = copy(story.record, cast.lenox, "30001000000025")
    other = bea_asks(cast, story.record)
    other.listen()
    assert other.ill.current.lender == cast.lenox
    assert answer(story) == "yes"  # the other copy is for Bea
    spare.status = ItemStatus.MISSING
    spare.save()
    assert answer(story) == "others-wait"


def test_at_the_centre_waits_for_her_copy_whoever_was_not_refused_it(cast):
    story = begin(cast).at(State.LENT)
    other = bea_asks(cast, story.record)
    other.listen()
    assert other.ill.state == State.CENTRE
    assert answer(story) == "others-wait"


def test_whoever_this_owner_refused_does_not_wait_for_its_copy(cast):
    story = begin(cast)
    other = bea_asks(cast, story.record)
    other.listen()
    lending.refuse(other.supply, Act(cast.lender, MONDAY), reason=Reason.CONDITION)
    other.listen()
    assert other.ill.state == State.CENTRE
    story.at(State.LENT)
    assert answer(story) == "yes"


def test_a_copy_in_a_library_that_does_not_lend_serves_nobody(cast):
    story = begin(cast).at(State.LENT)
    copy(story.record, cast.providence, "40001000000011")
    Policy.objects.filter(library=cast.providence).update(lends=False)
    bea_asks(cast, story.record)
    assert answer(story) == "others-wait"


def test_her_own_second_request_does_not_end_her_loan(cast):
    story = begin(cast).at(State.LENT)
    asking.ask(story.record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee, insists=True)
    assert answer(story) == "yes"


def test_who_waits_is_asked_of_many_loans_at_once(cast, django_assert_max_num_queries):
    story = begin(cast).at(State.LENT)
    bea_asks(cast, story.record)
    every, key = list(Loan.objects.shown()), story.loan.pk
    with django_assert_max_num_queries(3):
        assert key in renewals.held_for_others(every)
    with django_assert_max_num_queries(0):
        assert renewals.held_for_others([]) == set()


def test_a_blocked_card_does_not_renew_and_no_lender_hears_of_it(cast):
    story = begin(cast).at(State.LENT)
    Card.objects.filter(user=cast.ada).update(blocked="Owes 80 dollars")
    no = loans.renew(story.loan, Act(cast.ada, MONDAY))
    assert (no.verb, no.facts) == ("refuse_renewal", {"why": "blocked"})
    assert access.lenders_part([no], [story.supply]) == []
    story.look()
    assert (story.ill.state, story.loan.renewals) == (State.LENT, 0)
    tell.people(no, MONDAY)
    assert "card is blocked" in Notice.objects.get(kind="not-renewed").text
    said = {sight: " ".join(line.sentence for line in history(story.ill, sight)) for sight in Sight}
    assert "blocked" in said[Sight.BORROWING]
    assert "blocked" in said[Sight.PATRON]
    assert "blocked" not in said[Sight.CENTRE] + said[Sight.OPERATOR] + said[Sight.LENDING]


def test_staff_renew_for_her_all_the_same_and_it_is_said(cast):
    story = begin(cast).at(State.LENT)
    Card.objects.filter(user=cast.ada).update(blocked="Owes 80 dollars")
    yes = loans.renew(story.loan, Act(cast.borrower, MONDAY))
    assert (yes.verb, story.loan.due_back) == ("renew", date(2027, 1, 4))
    said = {sight: " ".join(line.sentence for line in history(story.ill, sight)) for sight in Sight}
    assert "The card was blocked." in said[Sight.BORROWING]
    assert not any("blocked" in said[sight] for sight in Sight if sight != Sight.BORROWING)


def test_what_she_brought_back_does_not_count_against_her(cast):
    Policy.objects.filter(library=cast.lee).update(open_requests=2)
    stories = []
    for number, name in enumerate(("Walden", "Emma")):
        record = title(name)
        copy(record, cast.lenox, f"3000100000000{number}")
        ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
        stories.append(Story(cast, record, ill).at(State.BACK))
    loans.ship_return(stories[0].loan, Act(cast.borrower, MONDAY))
    third, again = title("Moby Dick"), stories[1].record
    copy(third, cast.lenox, "30001000000099")
    copy(again, cast.lenox, "30001000000098")
    for record in (third, again):  # what she brought back she may ask for once more
        ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
        story = Story(cast, record, ill)
        story.listen()
        assert story.ill.state == State.REFERRED, story.ill.concerns
    fourth = asking.ask(title("Typee"), Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
    assert fourth.record
    story = Story(cast, fourth.record, fourth)
    story.listen()
    assert story.ill.concerns == ["limit"]


@pytest.mark.parametrize("format_", [Format.SERIAL, Format.ERESOURCE])
def test_a_journal_or_what_is_read_on_a_screen_is_not_asked_for_as_a_loan(cast, format_):
    record = title(format=format_)
    with pytest.raises(asking.NotLent):
        asking.ask(record, Act(at=MONDAY), patron=cast.ada, library=cast.lee, insists=True)
    assert not Request.objects.exists()


def test_two_presses_for_one_due_day_are_one(cast):
    story = begin(cast).at(State.LENT)
    type(story.supply).objects.update(renewals_allowed=2)
    seen = story.loan.due_back
    assert seen is not None
    act = Act(cast.borrower, story.now)

    def once():
        return loans.renew_once(lambda: fresh(story.ill), act, due=seen.isoformat())

    first, second = once(), once()
    assert first is not None
    assert first.verb == Verb.RENEW
    assert second is None
    assert story.loan.renewals == 1


def fresh(ill: Request) -> Request:
    return Request.objects.shown().get(pk=ill.pk)


def test_of_what_is_overdue_a_desk_may_ask_for_more_time_and_its_reader_brings_it_back(cast):
    loan = begin(cast).at(State.LENT).loan
    late = MONDAY + timedelta(days=60)
    for side, asks in ((Owner.BORROWING, True), (Owner.CENTRE, True), (Owner.PATRON, False)):
        assert parties.fits(QuestionKind.RENEWAL, loan, side, late) is asks
