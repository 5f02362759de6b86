"""What goes otherwise than planned, and must not go wrong."""

from datetime import date, timedelta

from postroad.directory.models import Closure, Library
from postroad.ill import asking, borrowing, finding, lending, mediation, sweeps
from postroad.ill.access import Sight
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Ending, Reason, State, SupplyState, Verb
from postroad.ill.models import Event, Loan, Request, Supply, Tally
from postroad.web.shared import history
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin, copy, title


def ask_for(cast: Cast, name: str, barcode: str) -> Story:
    record = title(name)
    copy(record, cast.lenox, barcode)
    ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
    return Story(cast, record, ill)


def shut(library: Library, first: date, last: date) -> None:
    Closure.objects.create(library=library, first_day=first, last_day=last, reason="snow")


def test_a_closure_that_is_told_of_later_gives_the_lender_its_days(cast: Cast):
    story = begin(cast).at(State.REFERRED)
    asked_until = story.supply.due_at
    assert asked_until is not None
    shut(story.cast.lenox, date(2026, 11, 24), date(2026, 11, 25))
    sweeps.supplies(asked_until)
    assert story.supply.state == SupplyState.ASKED
    assert story.supply.due_at == asked_until + timedelta(days=2)
    assert sweeps.supplies(asked_until + timedelta(days=2)) == 1
    assert Supply.objects.get(attempt=1).ending == Ending.LAPSED


def test_whom_the_rota_asks_is_not_left_at_once_for_being_closed(cast: Cast):
    monday = MONDAY.date()
    shut(cast.lenox, monday, monday + timedelta(days=3))
    story = begin(cast).at(State.REFERRED)
    assert story.supply.lender == cast.lenox
    assert sweeps.closed_lenders(MONDAY) == 0


def test_the_members_are_asked_once_more_when_the_centre_says_so(cast: Cast):
    story = begin(cast).at(State.REFERRED)
    lending.refuse(story.supply, Act(cast.lender, MONDAY), reason=Reason.ON_LOAN)
    story.listen()
    assert story.ill.state == State.CENTRE
    story.now += timedelta(days=1)
    mediation.refer_again(story.ill, Act(cast.centre, story.now))
    story.listen()
    assert (story.ill.state, story.supply.lender) == (State.REFERRED, cast.lenox)
    lending.refuse(story.supply, Act(cast.lender, story.now), reason=Reason.ON_LOAN)
    story.listen()
    assert story.ill.state == State.CENTRE


def test_a_book_that_was_often_lent_is_still_found_by_its_barcode(cast: Cast):
    story = begin(cast).at(State.SHIPPED)
    Request.objects.bulk_create(
        Request(
            library=cast.lee,
            title="Walden",
            state="closed",
            outcome="filled",
            owner="machine",
            asked_at=MONDAY - timedelta(days=40),
            closed_at=MONDAY - timedelta(days=1),
        )
        for _ in range(50)
    )
    Supply.objects.update(attempt=2)
    Supply.objects.bulk_create(
        Supply(
            request=old,
            attempt=1,
            lender=cast.lenox,
            state="closed",
            owner="machine",
            asked_at=MONDAY - timedelta(days=40),
            closed_at=MONDAY - timedelta(days=1),
        )
        for old in Request.objects.exclude(pk=story.ill.pk)
    )
    Loan.objects.bulk_create(
        Loan(
            request=old.request,
            supply=old,
            lender=cast.lenox,
            borrower=cast.lee,
            barcode="30001000000017",
            state="closed",
            ending="returned",
            owner="machine",
            shipped_at=MONDAY - timedelta(days=40),
            closed_at=MONDAY - timedelta(days=1),
        )
        for old in Supply.objects.exclude(request=story.ill.pk)
    )
    found = finding.to_borrow(cast.lee, "30001000000017", Verb.RECEIVE)
    assert found.request == story.ill


def test_one_record_that_cannot_be_moved_stops_no_other_clock(cast: Cast):
    first, second = begin(cast), ask_for(cast, "Cape Cod", "30001000000025")
    for each in (first, second):
        each.at(State.BACK)
    Request.objects.filter(pk=first.ill.pk).update(library=cast.providence)
    Library.objects.filter(pk=cast.providence.pk).update(time_zone="Atlantis/Capital")
    assert sweeps.ring(second.rings_at) == 1
    assert Event.objects.filter(request=second.ill, verb="remind_loan").count() == 1
    assert not Event.objects.filter(request=first.ill, verb="remind_loan").exists()


def test_a_loan_of_the_last_evening_counts_in_its_own_month(cast: Cast):
    story = begin(cast).at(State.REFERRED)
    story.now = MONDAY.replace(month=12, day=1, hour=2)  # nine in the evening of 30 November
    story.ship()
    assert set(Tally.objects.values_list("month", flat=True)) == {date(2026, 11, 1)}


def test_no_words_of_staff_about_her_stay_with_a_finished_request(cast: Cast):
    story = begin(cast)
    borrowing.review(story.ill, Act(at=MONDAY), concerns=["limit"])
    borrowing.approve(story.ill, Act(cast.borrower, MONDAY), note="Ada rang, for her thesis")
    borrowing.cancel(story.ill, Act(cast.borrower, MONDAY), note="Ada rang again")
    assert sweeps.forget(MONDAY + timedelta(days=15)) == 1
    assert not story.ill.events.exclude(note="").exists()


def test_what_was_written_to_her_goes_with_her_name(cast: Cast):
    story = begin(cast)
    borrowing.review(story.ill, Act(at=MONDAY), concerns=["limit"])
    borrowing.decline(story.ill, Act(cast.borrower, MONDAY), reason="Dear Ada, it is too new.")
    assert sweeps.forget(MONDAY + timedelta(days=15)) == 1
    story.look()
    assert story.ill.reason == ""
    kept = [str(facts) for facts in story.ill.events.values_list("facts", flat=True)]
    assert not any("Ada" in facts for facts in kept)
    told = [line.sentence for line in history.history(story.ill, Sight.BORROWING)]
    assert "Closed unfilled." in told


def test_the_last_day_on_the_hold_shelf_is_a_whole_day(cast: Cast):
    begin(cast).at(State.ARRIVED)
    last_evening = MONDAY.replace(month=12, day=4, hour=1)  # eight in the evening of the 3rd in Lee
    assert sweeps.ring(last_evening) == 0
    assert sweeps.ring(last_evening + timedelta(hours=4)) == 1
