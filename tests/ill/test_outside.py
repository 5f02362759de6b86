"""A lender outside the consortium: it answers through the center, and has no part in what is for
members."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client

from postroad.accounts import roles
from postroad.accounts.models import Post, Role, User
from postroad.catalogue.management.commands import load
from postroad.catalogue.models import Item
from postroad.delivery.models import Custody, Parcel
from postroad.directory import closures, known
from postroad.directory.models import Library
from postroad.ill import (
    asking,
    borrowing,
    dates,
    loans,
    mediation,
    prospects,
    referral,
    renewals,
    shipping,
    sweeps,
    undo,
)
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Proof, State
from postroad.ill.models import Event, Tally
from postroad.notices import daily
from tests.cast import Cast, outside
from tests.ill.story import MONDAY, Story, assert_whole, begin, copy, title

WEEK = timedelta(days=7)


@pytest.fixture
def yale(cast: Cast) -> Library:
    return outside("Yale University", town="New Haven", state="MA", email="ill@yale.example")


@pytest.fixture
def asked(cast: Cast, yale: Library) -> Story:
    story = begin(cast)
    Item.objects.all().delete()
    story.listen()
    mediation.refer_outside(
        story.ill, Act(cast.centre, MONDAY), lender=yale, system="OCLC", number="1"
    )
    story.look()
    return story


def sent(story: Story, **more: Any) -> Story:
    mediation.outside_shipped(story.supply, Act(story.cast.centre, MONDAY), **more)
    story.look()
    return story


def test_a_closure_of_all_or_of_a_state_is_one_of_members(cast: Cast, yale: Library):
    for state in ("", "MA"):
        closures.close(
            first_day=MONDAY.date(),
            last_day=MONDAY.date() + WEEK,
            state=state,
            source="office",
        )
    shut = closures.calendars([cast.lee, yale], MONDAY.date())
    assert shut[cast.lee.pk].shut_on(MONDAY.date()) is not None
    assert shut[yale.pk].shut_on(MONDAY.date()) is None
    assert closures.Board([yale], MONDAY).of(yale) == []
    assert closures.today([yale], MONDAY)[yale.pk].closure is None


def test_its_own_closure_holds_and_takes_no_request_from_it(asked: Story, yale: Library):
    closures.close(first_day=MONDAY.date(), last_day=None, libraries=[yale], source="statement:1")
    assert sweeps.closed_lenders(MONDAY) == 0
    asked.look()
    assert asked.ill.state == State.REFERRED  # the center hears what Yale says
    assert dates.touched("closed", MONDAY.date(), MONDAY.date(), library=None, state="")[2] == 0


def test_it_gets_no_letter_of_what_waits_at_its_desk(asked: Story, yale: Library):
    assert daily.waiting(daily.Hour(MONDAY.date(), 7, yale.time_zone), MONDAY) == {}


def test_who_has_a_post_there_can_do_nothing(asked: Story, yale: Library, client: Client):
    stranger = asked.cast.stranger
    for role in (Role.LENDING, Role.BORROWING, Role.DIRECTOR):
        Post.objects.create(user=stranger, role=role, library=yale)
    stranger = User.objects.get(pk=stranger.pk)
    assert roles.posts(stranger) == ()
    client.force_login(stranger)
    for address in ("/staff/lending/", "/staff/library/", f"/staff/requests/{asked.ill.ref}/"):
        assert client.get(address).status_code == 404


def test_others_whom_the_same_library_was_asked_for_are_no_reason_against_a_renewal(
    asked: Story, yale: Library
):
    """Which copies it has, and who waits for them there, nobody here knows."""
    sent(asked)
    other = asking.ask(
        asked.record, Act(at=MONDAY), patron=asked.cast.bea, library=asked.cast.pittsfield
    )
    borrowing.approve(other, Act(at=MONDAY))
    referral.refer_by_rota(other, MONDAY)
    mediation.refer_outside(other, Act(at=MONDAY), lender=yale, system="OCLC", number="2")
    assert renewals.held_for_others([asked.loan]) == set()


def test_what_it_sent_comes_in_a_parcel_by_mail_and_is_taken_back_as_one(asked: Story):
    rings = asked.rings_at
    sent(asked, tracking_number="9400111206206406260787", barcode="39002")
    parcel = Parcel.objects.get()
    assert (parcel.from_library, parcel.to_library) == (asked.supply.lender, asked.cast.lee)
    assert (parcel.via, parcel.item_barcode, parcel.expected_on) == (
        "mail",
        "39002",
        asked.supply.expected_on,
    )
    shipping.undo_ship(asked.loan, Act(asked.cast.centre, MONDAY))
    parcel.refresh_from_db()
    asked.look()
    assert (parcel.state, asked.ill.loan) == ("cancelled", None)
    assert asked.rings_at == rings


def test_its_loan_ends_both_parcels_by_what_somebody_said(asked: Story):
    sent(asked)
    for verb in (loans.receive, loans.check_out, loans.return_item, loans.ship_return):
        verb(asked.loan, Act(asked.cast.borrower, MONDAY))
    home = asked.loan.parcel_home
    shipping.check_in(asked.loan, Act(asked.cast.centre, MONDAY), rests_on=Proof.MESSAGE)
    assert [each.state for each in Parcel.objects.order_by("pk")] == ["arrived", "arrived"]
    last = Custody.objects.filter(parcel=home).latest("pk")
    assert (last.step, last.how) == ("received", "declared")


def test_a_lender_that_was_mistaken_for_another_leaves_no_parcel_to_it(asked: Story):
    sent(asked)
    harbor = outside("Harbor College")
    mediation.correct(asked.supply, Act(at=MONDAY), lender=harbor, system="OCLC", number="1")
    parcel = Parcel.objects.get()
    assert asked.supply.lender == harbor
    assert {parcel.from_library, parcel.item_library, parcel.last_library} == {harbor}


def test_a_member_is_not_asked_as_one_outside(cast: Cast, asked: Story):
    with pytest.raises(mediation.Insider):
        mediation.correct(
            asked.supply, Act(at=MONDAY), lender=cast.lenox, system="OCLC", number="1"
        )


def test_what_is_said_of_a_state_says_nothing_of_a_library_there_that_is_no_member(
    cast: Cast, yale: Library
):
    closures.close(first_day=MONDAY.date(), last_day=None, state="MA", source="office")
    assert known.one(cast.lee, MONDAY).standing.lending.value is False
    assert known.one(yale, MONDAY).standing.lending.value is None


def test_it_is_no_owner_whatever_the_catalog_says(cast: Cast, yale: Library):
    """The union catalog is that of the members."""
    record = title("Emma")
    copy(record, yale, "39001")
    copy(record, cast.lenox, "30001")
    found = [lender.code for lender in prospects.gather(record, cast.lee, MONDAY)]
    assert found == ["lenox"]
    with pytest.raises(CommandError):
        load.owner_of(yale.code)


@pytest.mark.parametrize("back", [shipping.undo_ship, shipping.come_back])
def test_what_did_not_come_back_to_it_after_all_is_out_on_the_same_terms(asked: Story, back: Any):
    due = MONDAY.date() + 5 * WEEK
    sent(asked, lender_due_on=due, renewals=1, barcode="39002", expected_on=MONDAY.date() + WEEK)
    office = Act(asked.cast.centre, MONDAY)
    back(asked.loan, office)
    asked.look()
    undo.undo(Event.objects.latest("pk"), office)
    asked.ill = assert_whole(asked.ill)
    supply, loan = asked.supply, asked.loan
    assert (asked.ill.state, asked.ill.loans.count()) == (State.SHIPPED, 2)
    assert (loan.barcode, loan.item, loan.parcel_out) == ("39002", None, Parcel.objects.get())
    assert (supply.lender_due_on, supply.renewals_allowed) == (due, 1)
    assert supply.expected_on == loan.arrives_on == MONDAY.date() + WEEK
    assert Tally.objects.count() == 0
