"""The borrowing side: asking, receiving, lending, renewing, sending home."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from postroad.catalogue.models import ItemStatus
from postroad.delivery.models import ParcelState
from postroad.directory.models import Policy
from postroad.ill import asking, borrowing, loans, shipping, undo
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Outcome, OutOfTurn, State, SupplyState, Verb
from postroad.ill.models import Event, MovedMeanwhile, Request, Tally
from tests.ill.story import ALONG, MONDAY, assert_whole, begin, copy, out, title


def test_one_book_goes_out_and_comes_home(cast):
    story = begin(cast).at(State.CLOSED)
    verbs = list(story.ill.events.values_list("verb", flat=True))
    assert verbs == ("ask approve refer ship receive check_out return ship_return check_in".split())
    assert story.ill.outcome == Outcome.FILLED
    assert story.supply.state == SupplyState.CLOSED
    assert story.supply.item.status == ItemStatus.IN
    assert story.loan.parcel_home.state == ParcelState.ARRIVED
    counts = {tally.library: (tally.lent, tally.borrowed) for tally in Tally.objects.all()}
    assert counts == {cast.lenox: (1, 0), cast.lee: (0, 1)}


@pytest.mark.parametrize("state", ALONG)
def test_both_sides_agree_at_every_milepost(cast, state):
    story = begin(cast).at(state)
    assert assert_whole(story.ill).state == state


def test_the_second_press_of_the_button_gives_the_first_request(cast):
    key = uuid4()
    story = begin(cast, key=key)
    again = asking.ask(
        story.record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee, key=key
    )
    assert again == story.ill
    assert Request.objects.count() == 1


def test_the_key_of_somebody_elses_form_finds_nothing(cast):
    key = uuid4()
    story = begin(cast, key=key)
    copy(story.record, cast.lee, "x")
    with pytest.raises(asking.OnYourShelf):
        asking.ask(story.record, Act(cast.bea, MONDAY), patron=cast.bea, library=cast.lee, key=key)


@pytest.mark.parametrize("key", ["as it is kept", "as it was sent"])
def test_a_key_that_is_kept_already_is_of_no_use_to_another(cast, key):
    """Also one that was read in the database, or made for her by the rule that makes them."""
    sent = uuid4()
    story = begin(cast, key=sent)
    guessed = story.ill.key if key == "as it is kept" else sent
    asking.ask(story.record, Act(cast.bea, MONDAY), patron=cast.bea, library=cast.lee, key=guessed)
    assert Request.objects.filter(patron=cast.ada).count() == 1
    assert Request.objects.filter(patron=cast.bea).count() == 1


def test_what_she_asked_for_already_is_shown_to_her(cast):
    story = begin(cast)
    with pytest.raises(asking.AlreadyAsked) as refused:
        asking.ask(story.record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
    assert refused.value.facts == {"ref": story.ill.ref}


def test_who_insists_is_left_to_staff_with_the_reason(cast):
    story = begin(cast)
    second = asking.ask(
        story.record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee, insists=True
    )
    story.ill = second
    story.listen()
    assert story.ill.state == State.REVIEW
    assert story.ill.concerns == ["duplicate"]


def test_what_is_in_at_her_own_library_she_is_told_to_fetch(cast):
    record = title()
    copy(record, cast.lee, "30001000000025", location="Fiction")
    with pytest.raises(asking.OnYourShelf) as refused:
        asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lenox)
    assert refused.value.facts["library"] == "Lee Library"
    assert not Request.objects.exists()


def test_a_need_by_day_in_the_past_is_refused_in_the_librarys_own_zone(cast):
    late_evening = MONDAY.replace(hour=3)  # still Sunday in Lee
    record = title()
    asking.ask(
        record,
        Act(cast.ada, late_evening),
        patron=cast.ada,
        library=cast.lee,
        need_by=date(2026, 11, 22),
        insists=True,
    )
    with pytest.raises(asking.NeedByPassed):
        asking.ask(
            record,
            Act(cast.ada, MONDAY),
            patron=cast.ada,
            library=cast.lee,
            need_by=date(2026, 11, 22),
        )


def test_somebody_without_a_card_cannot_ask(cast):
    with pytest.raises(asking.NoCard):
        asking.ask(title(), Act(at=MONDAY), patron=cast.stranger, library=cast.lee)


def test_the_loan_counts_from_receipt_and_ends_on_an_open_day(cast):
    story = begin(cast).at(State.SHIPPED)
    cast.lee.open_days = "-TWTF--"
    cast.lee.save()
    story.look()
    a_week_on_the_road = MONDAY + timedelta(days=7)
    loans.receive(story.loan, Act(cast.borrower, a_week_on_the_road))
    # 28 days after Monday 30 November is Monday 28 December, when Lee is closed.
    assert story.loan.due_back == date(2026, 12, 29)


def test_she_renews_once_and_the_second_time_the_lender_says_no(cast):
    story = begin(cast).at(State.LENT)
    before = story.loan.due_back
    assert loans.renew(story.loan, Act(cast.ada, MONDAY)).verb == "renew"
    assert story.loan.due_back == before + timedelta(days=14)
    answer = loans.renew(story.loan, Act(cast.ada, MONDAY))
    assert (answer.verb, answer.facts) == ("refuse_renewal", {"why": "no-more"})
    assert story.loan.due_back == before + timedelta(days=14)


@pytest.mark.parametrize(
    ("policy", "days_later", "others", "why"),
    [
        ({"renewals": 0}, 0, False, "never"),
        ({}, 60, False, "overdue"),
        ({}, 0, True, "others-wait"),
    ],
)
def test_the_lenders_policy_says_no(cast, policy, days_later, others, why):
    Policy.objects.filter(library=cast.lenox).update(**policy)
    story = begin(cast).at(State.LENT)
    if others:
        asking.ask(story.record, Act(cast.bea, MONDAY), patron=cast.bea, library=cast.pittsfield)
    answer = loans.renew(story.loan, Act(cast.ada, MONDAY + timedelta(days=days_later)))
    assert answer.facts == {"why": why}


def test_the_terms_are_those_of_the_day_on_which_it_was_shipped(cast):
    story = begin(cast).at(State.SHIPPED)
    Policy.objects.filter(library=cast.lenox).update(loan_days=7, renewals=0)
    loans.receive(story.loan, Act(cast.borrower, MONDAY))
    assert story.loan.due_back == date(2026, 12, 21)


def test_what_nobody_fetched_goes_home_unclaimed(cast):
    story = begin(cast).at(State.ARRIVED)
    loans.ship_return(story.loan, Act(cast.borrower, MONDAY))
    story.look()
    shipping.check_in(story.loan, Act(cast.lender, MONDAY))
    story.look()
    assert story.ill.outcome == Outcome.UNCLAIMED


def test_cancelling_takes_the_request_off_the_lenders_list(cast):
    story = begin(cast).at(State.REFERRED)
    borrowing.cancel(story.ill, Act(cast.ada, MONDAY))
    assert story.supply.state == SupplyState.CLOSED
    assert story.supply.ending == "withdrawn"


def test_of_a_cancel_and_a_ship_at_once_one_wins_and_both_sides_know(cast):
    story = begin(cast).at(State.REFERRED)
    patrons_copy = Request.objects.shown().get(pk=story.ill.pk)
    story.ship()
    with pytest.raises(MovedMeanwhile):
        borrowing.cancel(patrons_copy, Act(cast.ada, MONDAY))
    story.look()
    assert (story.ill.state, story.supply.state) == (State.SHIPPED, SupplyState.SUPPLYING)


def test_of_a_ship_after_a_cancel_nothing_leaves_the_shelf(cast):
    story = begin(cast).at(State.REFERRED)
    clerks_copy = story.supply
    borrowing.cancel(story.ill, Act(cast.ada, MONDAY))
    item = story.record.items.get()
    with pytest.raises(MovedMeanwhile):
        shipping.ship(clerks_copy, Act(cast.lender, MONDAY), item=item)
    item.refresh_from_db()
    assert item.status == ItemStatus.IN


def test_two_clerks_receive_the_same_parcel_and_it_is_received_once(cast):
    story = begin(cast).at(State.SHIPPED)
    other_screen = Request.objects.shown().get(pk=story.ill.pk)
    loans.receive(story.loan, Act(cast.borrower, MONDAY))
    with pytest.raises(MovedMeanwhile):
        loans.receive(out(other_screen), Act(cast.director, MONDAY))
    assert Event.objects.filter(verb="receive").count() == 1


@pytest.mark.parametrize(
    ("state", "verb", "before"),
    [
        (State.SHIPPED, "ship", State.REFERRED),
        (State.ARRIVED, "receive", State.SHIPPED),
        (State.LENT, "check_out", State.ARRIVED),
        (State.BACK, "return", State.LENT),
        (State.HOMEWARD, "ship_return", State.BACK),
    ],
)
def test_a_scan_by_mistake_is_undone_and_can_be_done_again(cast, state, verb, before):
    story = begin(cast).at(state)
    undo.undo(story.ill.events.get(verb=verb), Act(cast.borrower, MONDAY + timedelta(minutes=1)))
    story.look()
    assert story.ill.state == before
    assert_whole(story.ill)


def test_an_undone_shipment_leaves_the_copy_on_its_shelf_and_no_count(cast):
    story = begin(cast).at(State.SHIPPED)
    undo.undo(story.ill.events.get(verb="ship"), Act(cast.lender, MONDAY))
    assert story.record.items.get().status == ItemStatus.IN
    assert set(Tally.objects.values_list("lent", "borrowed")) == {(0, 0)}


def test_only_the_last_thing_that_happened_can_be_undone(cast):
    story = begin(cast).at(State.ARRIVED)
    with pytest.raises(undo.TooLateToUndo):
        undo.undo(story.ill.events.get(verb="ship"), Act(cast.lender, MONDAY))


def test_what_came_last_is_known_though_the_clocks_of_two_servers_differ(cast):
    story = begin(cast).at(State.SHIPPED)
    loans.receive(story.loan, Act(cast.borrower, MONDAY - timedelta(seconds=5)))
    story.look()
    undo.undo(story.ill.events.get(verb="receive"), Act(cast.borrower, MONDAY))
    story.look()
    assert story.ill.state == State.SHIPPED


def test_a_verb_out_of_turn_changes_nothing(cast):
    story = begin(cast).at(State.REFERRED)
    with pytest.raises(OutOfTurn):
        loans.of(story.ill, Verb.CHECK_OUT)
    story.look()
    assert story.ill.state == State.REFERRED


def test_of_two_renewals_pressed_at_once_one_counts(cast):
    Policy.objects.filter(library=cast.lenox).update(renewals=2)
    story = begin(cast).at(State.LENT)
    other_screen = Request.objects.shown().get(pk=story.ill.pk)
    loans.renew(story.loan, Act(cast.ada, MONDAY))
    with pytest.raises(MovedMeanwhile):
        loans.renew(out(other_screen), Act(cast.ada, MONDAY))
    story.look()
    assert story.loan.renewals == 1


def test_a_refused_renewal_that_is_pressed_twice_is_one_no(cast):
    Policy.objects.update(renewals=0)
    story = begin(cast).at(State.LENT)
    first = loans.renew(story.loan, Act(cast.ada, MONDAY))
    story.look()
    assert loans.renew(story.loan, Act(cast.ada, MONDAY + timedelta(seconds=1))) == first
    story.look()
    assert loans.renew(story.loan, Act(cast.ada, MONDAY + timedelta(days=3))) != first
