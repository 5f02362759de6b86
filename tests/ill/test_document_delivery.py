"""A copy is asked for, sent, complained of, sent anew, taken back and over; the law counts it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from postroad.directory.models import Policy, Threshold
from postroad.documents.models import Copy, Use
from postroad.documents.troubles import NotSent
from postroad.ill import (
    borrowing,
    document_delivery,
    intake,
    lending,
    referral,
    service,
    shipping,
    sweeps,
    undo,
)
from postroad.ill.acts import Act
from postroad.ill.asking import AlreadyAsked, NotCited, NotLent
from postroad.ill.document_delivery import (
    CostNotAgreed,
    NoSuchLink,
    Sent,
)
from postroad.ill.lifecycle import (
    Condition,
    Fault,
    Level,
    Outcome,
    OutOfTurn,
    Reason,
    Service,
    State,
    SupplyState,
    Verb,
)
from postroad.ill.materials import Field
from postroad.ill.models import Event, MovedMeanwhile, Request, Supply
from tests.cast import Cast
from tests.documents import files
from tests.ill import story as loans
from tests.ill.copy_story import article, ask, begin, shelve
from tests.ill.story import MONDAY, Story, assert_whole

pytestmark = pytest.mark.django_db
HERE = "https://journals.example.org/birds"


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    with override_settings(HOME=tmp_path):
        yield tmp_path


@pytest.fixture
def story(cast: Cast) -> Story:
    return begin(cast, shelve(cast.lenox, "v.1(1976)-v.20(1995)"))


def lends(story: Story, now: datetime = MONDAY) -> Act:
    return Act(story.cast.lender, now)


def deliver(story: Story, said: Sent = document_delivery.WHOLE) -> Copy:
    copy = document_delivery.deliver(story.supply, lends(story), files.upload(), said)
    story.look()
    return copy


def test_who_has_that_volume_is_asked_and_has_two_working_days(story):
    assert (story.ill.service, story.ill.title) == (Service.COPY, "Birds of October Mountain")
    assert story.supply.lender == story.cast.lenox
    assert story.supply.level == Level.VERIFIED
    assert story.supply.due_at == datetime(2026, 11, 25, 15, tzinfo=UTC)
    assert_whole(story.ill)


def test_a_rush_has_one_and_so_has_what_is_needed_in_two_days(cast):
    record = shelve(cast.lenox, "v.1(1976)-v.20(1995)")
    one = begin(cast, record, rush=True)
    other = begin(cast, record, citation=article(pages="50-51"), need_by=date(2026, 11, 25))
    for story in (one, other):
        assert story.supply.level == Level.RUSH
        assert story.supply.due_at == datetime(2026, 11, 24, 15, tzinfo=UTC)


def test_who_may_have_it_is_asked_after_who_has_it_and_who_has_it_not_never(cast):
    record = shelve(cast.lenox, "v.1(1976)-v.5(1980)")
    shelve(cast.pittsfield, "current year only, incomplete", control="j2")
    story = begin(cast, record)
    assert story.supply.lender == cast.pittsfield
    assert story.supply.level == Level.UNVERIFIED
    refer = Event.objects.get(request=story.ill, verb=Verb.REFER)
    assert refer.facts["rota"]["passed_over"] == {"lacks-volume": ["lenox"]}
    assert refer.facts["rota"]["order"][0]["tier"] == "may_have_it"


def test_where_nobody_is_known_to_have_it_the_supplier_of_documents_is_asked_then_the_center(cast):
    Policy.objects.filter(library=cast.pittsfield).update(supplies_documents=True)
    story = begin(cast, None)
    assert story.supply.lender == cast.pittsfield
    assert story.supply.level == Level.UNVERIFIED
    lending.refuse(story.supply, Act(cast.neighbour, MONDAY), reason=Reason.NOT_OWNED)
    story.listen()
    assert story.ill.state == State.CENTRE


def test_a_yes_gives_no_more_time(story):
    before = story.supply.due_at
    lending.promise(story.supply, lends(story, MONDAY + timedelta(hours=5)))
    assert story.supply.due_at == before
    assert_whole(story.ill)


def test_who_makes_no_copies_is_not_asked(cast):
    Policy.objects.filter(library=cast.lenox).update(copies=False)
    story = begin(cast, shelve(cast.lenox, "v.1(1976)-v.20(1995)"))
    assert story.ill.state == State.CENTRE


def test_a_library_promises_what_it_says_from_its_day_on(cast):
    Threshold.objects.create(
        name="copy-hours",
        days=24,
        effective=date(2026, 11, 1),
        library=cast.lenox,
        entered_at=MONDAY,
    )
    story = begin(cast, shelve(cast.lenox, "v.1(1976)-v.20(1995)"))
    assert story.supply.due_at == datetime(2026, 11, 24, 15, tzinfo=UTC)


def test_it_is_delivered_counted_and_over_when_its_days_are(story):
    copy = deliver(story)
    assert story.ill.state == State.DELIVERED
    assert (copy.ref, copy.supplier) == (story.ill.ref, story.cast.lenox)
    assert_whole(story.ill)
    use = Use.objects.get(pk=story.supply.use)
    assert (use.library, use.title, use.numbers) == (
        story.cast.lee,
        "Berkshire naturalist",
        "00280836",
    )
    rings = story.ill.due_at
    assert rings is not None
    sweeps.ring(rings + timedelta(seconds=1))
    story.look()
    assert (story.ill.state, story.ill.outcome) == (State.CLOSED, Outcome.DELIVERED)
    assert story.supply.state == SupplyState.CLOSED
    assert_whole(story.ill)
    sweeps.forget(rings + timedelta(days=1))
    story.look()
    assert story.ill.patron is None


def test_what_its_lender_wrote_goes_with_her_name(story):
    read_at = "https://copies.example.org/for-ada-adams"
    said = Sent(lacks="Page 44 is at the binder; Ada Adams may call.")
    document_delivery.deliver_link(story.supply, lends(story), read_at, said)
    story.look()
    rings = story.ill.due_at
    assert rings is not None
    sweeps.ring(rings + timedelta(seconds=1))
    sweeps.forget(rings + timedelta(days=1))
    story.look()
    assert (story.ill.patron, story.supply.link) == (None, "")
    (sent,) = story.ill.events.filter(verb=Verb.DELIVER)
    assert (sent.note, sent.facts) == ("", {"lender": "Lenox Library", "link": True})
    assert_whole(story.ill)


def test_while_it_can_be_opened_her_name_stays(story):
    copy = deliver(story)
    document_delivery.extend(copy, story.ill, MONDAY + timedelta(days=20))
    rings = story.ill.due_at
    assert rings is not None
    sweeps.ring(rings + timedelta(hours=1))
    story.look()
    assert story.ill.state == State.DELIVERED
    assert story.ill.due_at == Copy.objects.get().expires_at


def test_what_cannot_be_read_is_sent_once_more_by_the_same_link_and_counts_once(story):
    first = deliver(story)
    act = Act(story.cast.ada, MONDAY)
    document_delivery.reject(story.ill.supply, act, Fault.PAGES_MISSING, "42 and 43")
    story.look()
    assert (story.ill.state, story.supply.state) == (State.REFERRED, SupplyState.PROMISED)
    assert_whole(story.ill)
    again = document_delivery.deliver(
        story.supply, lends(story), files.upload(files.article(3)), document_delivery.WHOLE
    )
    story.look()
    assert (again.pk, again.pages) == (first.pk, 3)
    assert Use.objects.count() == 1
    assert story.ill.state == State.DELIVERED


def test_a_complaint_is_taken_back(story):
    deliver(story)
    document_delivery.reject(story.ill.supply, Act(story.cast.ada, MONDAY), Fault.CANNOT_OPEN)
    undo.undo(Event.objects.get(verb=Verb.REJECT_COPY), Act(story.cast.ada, MONDAY))
    assert_whole(story.ill)
    story.look()
    assert story.ill.state == State.DELIVERED


def test_a_complaint_that_is_taken_back_leaves_its_last_day_as_it_was(story):
    deliver(story)
    last = Copy.objects.get().expires_at
    later = Act(story.cast.ada, MONDAY + timedelta(days=2))
    document_delivery.reject(story.supply, later, Fault.ILLEGIBLE)
    undo.undo(Event.objects.get(verb=Verb.REJECT_COPY), later)
    story.look()
    assert (story.ill.state, story.ill.due_at) == (State.DELIVERED, last)
    longer = document_delivery.extend(Copy.objects.get(), story.ill, later.at)
    story.look()
    assert story.ill.due_at == longer.expires_at > last


def test_it_is_sent_again_unasked(story):
    first = deliver(story)
    again = document_delivery.deliver_again(
        story.supply, lends(story), files.upload(files.article(3))
    )
    assert (again.pk, again.pages) == (first.pk, 3)
    assert Use.objects.count() == 1
    assert_whole(story.ill)


def test_a_delivery_by_mistake_is_undone_and_nobody_can_open_it(story):
    deliver(story)
    undo.undo(Event.objects.get(verb=Verb.DELIVER), lends(story))
    story.look()
    assert (story.ill.state, story.supply.state) == (State.REFERRED, SupplyState.PROMISED)
    assert not Copy.objects.open(MONDAY).exists()
    assert not Use.objects.exists()
    assert_whole(story.ill)
    deliver(story)
    assert Copy.objects.open(MONDAY).count() == 1


def test_of_two_clerks_who_undo_one_delivery_the_second_hears_of_it(story):
    deliver(story)
    other = Supply.objects.select_related("request__library", "lender").get(pk=story.supply.pk)
    document_delivery.undo_deliver(story.supply, lends(story))
    with pytest.raises(MovedMeanwhile):
        document_delivery.undo_deliver(other, lends(story))
    assert_whole(story.ill)


def test_a_bad_copy_whose_lender_says_no_then_is_gone_and_does_not_count(story):
    deliver(story)
    document_delivery.reject(story.ill.supply, Act(story.cast.ada, MONDAY), Fault.ILLEGIBLE)
    story.look()
    lending.refuse(story.supply, lends(story), reason=Reason.CONDITION)
    for event in Event.objects.filter(request=story.ill):
        document_delivery.clear(event, MONDAY)
        document_delivery.clear(event, MONDAY)
    assert not Use.objects.exists()
    assert not Copy.objects.open(MONDAY).exists()


def test_a_link_is_as_good_as_a_file(story):
    with pytest.raises(NoSuchLink):
        document_delivery.deliver_link(story.supply, lends(story), "javascript:alert(1)")
    document_delivery.deliver_link(story.supply, lends(story), HERE)
    story.look()
    assert (story.ill.state, story.supply.link) == (State.DELIVERED, HERE)
    assert Use.objects.count() == 1
    assert_whole(story.ill)


def test_a_file_that_is_none_changes_nothing(story):
    with pytest.raises(NotSent):
        document_delivery.deliver(story.supply, lends(story), files.upload(b"GIF89a"))
    story.look()
    assert story.ill.state == State.REFERRED
    assert not Use.objects.exists()
    assert not Copy.objects.exists()


def test_of_two_clerks_who_deliver_one_copy_the_second_hears_of_it_and_one_is_kept(story):
    stale = story.supply
    deliver(story)
    with pytest.raises((MovedMeanwhile, OutOfTurn)):
        document_delivery.deliver(stale, lends(story), files.upload(files.article(4)))
    assert Copy.objects.here().count() == 1
    assert Use.objects.count() == 1


def test_a_cost_is_agreed_before_it_is_owed(story):
    with pytest.raises(CostNotAgreed):
        deliver(story, Sent(cost=Decimal("8.00")))
    lending.offer(story.supply, lends(story), lending.Offer([Condition.COST], cost=Decimal("8.00")))
    story.look()
    lending.accept_offer(story.supply, Act(story.cast.borrower, MONDAY))
    deliver(story, Sent(cost=Decimal("8.00"), lacks="p. 45"))
    event = Event.objects.get(verb=Verb.DELIVER)
    assert (event.facts["cost"], event.facts["lacks"]) == ("8.00 USD", "p. 45")


def test_a_thing_is_not_sent_as_a_file_and_a_copy_not_by_van(cast, story):
    loan = loans.begin(cast).at(State.REFERRED)
    with pytest.raises(lending.AskedForLoan):
        document_delivery.deliver(loan.supply, lends(story), files.upload())
    with pytest.raises(lending.AskedForCopy):
        shipping.ship(story.supply, lends(story), item=None)


def test_silence_passes_it_on(cast):
    record = shelve(cast.lenox, "v.1(1976)-v.20(1995)")
    shelve(cast.pittsfield, "v.1(1976)-v.20(1995)", control="j2")
    story = begin(cast, record)
    first = story.supply
    sweeps.ring(story.rings_at + timedelta(seconds=1))
    story.listen()
    assert story.supply.lender != first.lender
    assert_whole(story.ill)


def test_the_sixth_of_a_title_waits_for_her_library_and_what_it_chooses_is_counted(cast):
    record = shelve(cast.lenox, "v.1(1976)-")
    for n in range(5):
        deliver(begin(cast, record, citation=article(year="2025", volume="50", pages=f"{n}-{n}")))
    sixth = begin(cast, record, citation=article(year="2025", volume="50", pages="99"))
    assert sixth.ill.state == State.REVIEW
    assert sixth.ill.concerns == [intake.Concern.COPYRIGHT]
    Request.objects.filter(pk=sixth.ill.pk).update(copyright={"choice": "royalty", "cost": "21.50"})
    sixth.look()
    borrowing.approve(sixth.ill, Act(cast.borrower, MONDAY))
    sixth.listen()
    deliver(sixth)
    use = Use.objects.get(asked_in=2026, count_then=6)
    assert (use.choice, use.cost, use.count_then) == ("royalty", Decimal("21.50"), 6)


def test_an_old_article_is_no_matter_of_the_guidelines(cast):
    record = shelve(cast.lenox, "v.1(1976)-")
    for n in range(6):
        story = begin(cast, record, citation=article(pages=str(n)))
        assert story.ill.state == State.REFERRED
        deliver(story)
    assert set(Use.objects.values_list("basis", flat=True)) == {"ccl"}


def test_another_article_of_the_journal_is_no_second_request_and_the_same_is(cast, story):
    ask(cast, story.record, article(pages="50-60"))
    with pytest.raises(AlreadyAsked):
        ask(cast, story.record)


def test_a_doi_alone_is_enough_and_nothing_is_not(cast):
    only = replace(article(), said={})
    with pytest.raises(NotCited):
        ask(cast, None, only)
    ill = ask(cast, None, replace(only, said={Field.DOI: "https://doi.org/10.1038/171737a0"}))
    assert ill.title == "10.1038/171737a0"


def test_a_loan_becomes_a_copy_under_its_number_and_a_loan_again(cast):
    loan = loans.begin(cast).at(State.REFERRED)
    ref, title = loan.ill.ref, loan.ill.title
    loan.now = MONDAY + timedelta(hours=1)
    by = Act(cast.borrower, loan.now)
    service.to_copy(loan.ill, by, service.as_pages(loan.ill, "10-19"))
    loan.listen()
    assert (loan.ill.ref, loan.ill.service) == (ref, Service.COPY)
    assert (loan.ill.state, loan.supply.level) == (State.REFERRED, Level.VERIFIED)
    assert_whole(loan.ill)
    loan.now += timedelta(hours=1)
    service.to_loan(loan.ill, Act(cast.borrower, loan.now))
    loan.listen()
    assert (loan.ill.ref, loan.ill.service, loan.ill.title) == (ref, Service.LOAN, title)
    assert loan.ill.state == State.REFERRED
    assert_whole(loan.ill)
    loan.ship()


def test_a_journal_is_lent_by_nobody(cast, story):
    with pytest.raises(NotLent):
        service.to_loan(story.ill, Act(cast.borrower, MONDAY))


def test_what_her_own_library_has_is_left_to_its_staff(cast):
    record = shelve(cast.lenox, "v.1(1976)-v.20(1995)")
    shelve(cast.lee, "v.10(1985)-v.14(1989)", control="j9")
    story = begin(cast, record)
    assert story.ill.concerns == [intake.Concern.OWN_VOLUME]
    borrowing.approve(story.ill, Act(cast.borrower, MONDAY))  # it is at the binder
    story.listen()
    deliver(story)
    assert Use.objects.get().basis == "own"


# the verb; what is read before it, is not counted
PINNED = {"refer": 9, "deliver": 10, "reject": 4}


@pytest.mark.once
def test_each_verb_of_a_copy_asks_for_no_more_than_it_did(cast):
    record = shelve(cast.lenox, "v.1(1976)-v.20(1995)")
    deliver(begin(cast, record, citation=article(pages="1")))  # fills what a process keeps
    ill = ask(cast, record)
    borrowing.approve(ill, Act(cast.borrower, MONDAY))
    found = {}
    with CaptureQueriesContext(connection) as asked:
        referral.refer_by_rota(ill, MONDAY)
    found["refer"] = statements(asked)
    supply = Story(cast, record, ill).supply
    with CaptureQueriesContext(connection) as asked:
        document_delivery.deliver_link(supply, Act(cast.lender, MONDAY), HERE)
    found["deliver"] = statements(asked)
    supply = Story(cast, record, ill).supply
    with CaptureQueriesContext(connection) as asked:
        document_delivery.reject(supply, Act(cast.ada, MONDAY), Fault.ILLEGIBLE)
    found["reject"] = statements(asked)
    assert found == PINNED


def statements(asked: CaptureQueriesContext) -> int:
    """Without those that begin and end a part of a transaction."""
    return sum("SAVEPOINT" not in each["sql"] for each in asked.captured_queries)
