"""Claims against the carrier: who, when, how much, once a month, and what ends them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from postroad.delivery import claim_files, claims, custody, parcels, searches
from postroad.delivery.claim_rules import Kind
from postroad.delivery.models import Claim, ClaimBatch, ClaimState, Purpose, Search, Via
from postroad.directory import thresholds
from tests.delivery.conftest import MONDAY_NOON, later

FIRST = datetime(2027, 1, 30, 17, tzinfo=UTC)  # two months after it was sent
LAST = datetime(2027, 11, 30, 17, tzinfo=UTC)
FEBRUARY, MARCH = (datetime(2027, month, 1, 12, tzinfo=UTC) for month in (2, 3))


@pytest.fixture
def lost(cast, make_parcel):
    """Lee's book for Lenox: the van has taken it on Monday, and nobody saw it since."""
    parcel = make_parcel(item_library=cast.lee, purpose=Purpose.LOAN)
    parcels.pick_up(parcel, by=cast.driver, at=later(hours=2))
    return parcel


@pytest.fixture
def make_claim(cast, lost):
    def make(amount="40.00", at=FIRST, kind=Kind.LOST, **more):
        facts = {"parcel": lost, "library": cast.lee, **more}
        return claims.make(**facts, kind=kind, amount=Decimal(amount), by=cast.director, at=at)

    return make


def complete(claim, cast, at=FIRST, sender_said=""):
    return claims.complete(
        claim,
        evidence="Looked on every shelf.",
        initials="DR",
        sender_said=sender_said,
        by=cast.director,
        at=at,
    )


def state(claim):
    return Claim.objects.get(pk=claim.pk).state


def test_it_keeps_the_days_and_the_cap_of_the_day_on_which_it_was_sent(cast, make_claim):
    thresholds.enter("claim-cap", 300, effective=date(2026, 12, 1), by="Olga", at=FIRST)
    thresholds.enter("claim-from", 3, effective=date(2026, 12, 1), by="Olga", at=FIRST)
    claim = make_claim("250.00")
    assert (claim.earliest, claim.latest) == (date(2027, 1, 30), date(2027, 11, 30))
    assert (claim.cap, claim.state) == (250, "open")


def test_r12_a_day_early_it_is_refused_with_the_day(make_claim):
    with pytest.raises(claims.TooEarly) as no:
        make_claim(at=FIRST - timedelta(days=1))
    assert no.value.facts == {"day": date(2027, 1, 30)}


def test_r12_on_the_last_day_it_is_taken_and_a_day_later_not(cast, make_claim):
    with pytest.raises(claims.TooLate) as no:
        make_claim(at=LAST + timedelta(days=1))
    assert no.value.facts == {"day": date(2027, 11, 30)}
    claim = make_claim(at=LAST)
    with pytest.raises(claims.TooLate):
        complete(claim, cast, at=LAST + timedelta(days=1))


def test_r12_above_the_cap_it_is_refused_with_the_cap(make_claim):
    with pytest.raises(claims.OverTheCap) as no:
        make_claim("250.01")
    assert no.value.facts["cap"] == 250


def test_what_was_found_is_not_claimed_as_lost_until_it_is_missed_again(cast, lost, make_claim):
    def ask(at):
        assert searches.ask(at)
        return Search.objects.at(cast.lenox).waiting().get()

    found = searches.answer(ask(later(days=22)), found=True, by=None, at=later(days=22))
    with pytest.raises(claims.FoundAlready):
        make_claim()
    assert make_claim(kind=Kind.DAMAGED).kind == "damaged"
    Claim.objects.all().delete()
    searches.undo(found, by=None, at=later(days=23))
    assert make_claim().kind == "lost"


def test_what_was_found_and_is_asked_for_again_may_be_claimed(cast, lost, make_claim):
    searches.ask(later(days=22))
    here = Search.objects.at(cast.lenox).waiting().get()
    searches.answer(here, found=True, by=None, at=later(days=22))
    assert searches.ask(FIRST)  # it stayed where it was found for weeks, so it is looked for again
    assert make_claim().kind == "lost"


def test_what_a_hub_has_just_scanned_is_not_claimed_as_lost(cast, lost, make_claim):
    week = timedelta(days=thresholds.days("look-again", on=FIRST.date()))
    parcels.sort(lost, holder="PLYMOUTH", by=cast.driver, at=FIRST - timedelta(hours=1))
    with pytest.raises(claims.FoundAlready):
        make_claim()
    assert make_claim(at=FIRST + week + timedelta(days=1)).kind == "lost"


def test_what_is_damaged_need_not_wait_and_may_have_arrived(cast, lost, make_claim):
    parcels.receive(lost, library=cast.lenox, by=cast.lender, at=later(days=2))
    with pytest.raises(claims.HasArrived):
        make_claim()
    assert make_claim(at=later(days=3), kind=Kind.DAMAGED).kind == "damaged"


@pytest.mark.parametrize("who", ["lenox", "pittsfield"])
def test_r12_only_the_library_that_owns_it_claims_it(cast, make_claim, who):
    with pytest.raises(claims.NotYours):
        make_claim(library=getattr(cast, who))


def test_what_goes_home_is_its_receivers(cast, make_parcel):
    home = make_parcel(purpose=Purpose.RETURN)
    assert claims.owner(home) == cast.lenox
    assert claims.owner(make_parcel()) == cast.lee


def test_what_its_sender_has_again_is_not_lost(cast, lost, make_claim):
    parcels.receive(lost, library=cast.lee, by=cast.borrower, at=later(days=2))
    with pytest.raises(claims.NotSent):
        make_claim()


def test_what_went_by_mail_is_not_the_vans(cast, make_parcel, make_claim):
    with pytest.raises(claims.ByMail):
        make_claim(parcel=make_parcel(via=Via.MAIL))


def test_a_thing_is_claimed_once(make_claim):
    make_claim()
    with pytest.raises(claims.ClaimedAlready):
        make_claim()


def test_without_a_scan_the_sender_must_have_said_that_it_left(cast, make_parcel, make_claim):
    claim = make_claim(parcel=make_parcel())
    with pytest.raises(claims.SenderSilent):
        complete(claim, cast)
    assert state(complete(claim, cast, sender_said="Lenox, B. by phone on Friday")) == "ready"


def test_on_the_first_what_is_ready_is_sent_and_only_once(cast, make_claim, make_parcel):
    ready, waits = complete(make_claim(), cast), make_claim(parcel=make_parcel())
    assert claim_files.of_the_month(FEBRUARY) == 1
    assert claim_files.of_the_month(FEBRUARY + timedelta(hours=1)) == 0
    batch = ClaimBatch.objects.get()
    assert (batch.month, [line["claim"] for line in batch.lines]) == (
        date(2027, 2, 1),
        [str(ready.pk)],
    )
    assert (state(ready), state(waits)) == ("sent", "open")
    assert claim_files.make(FEBRUARY) is None


def test_what_is_complete_later_waits_for_the_next_month(cast, make_claim):
    assert claim_files.of_the_month(FEBRUARY) == 0
    claim = complete(make_claim(at=FEBRUARY), cast, at=FEBRUARY)
    assert claim_files.of_the_month(FEBRUARY + timedelta(days=20)) == 0
    assert state(claim) == "ready"
    assert claim_files.of_the_month(MARCH) == 1


@pytest.fixture
def sent(cast, make_claim):
    claim = complete(make_claim(), cast)
    claim_files.make(FEBRUARY)
    claim.refresh_from_db()
    return claim


def test_the_carrier_pays_at_most_what_was_claimed_and_that_can_be_undone(cast, sent):
    with pytest.raises(claims.PaidTooMuch):
        claims.pay(sent, amount=Decimal("40.01"), by=cast.delivery, at=FEBRUARY)
    paid = claims.pay(sent, amount=Decimal(30), by=cast.delivery, at=FEBRUARY)
    assert (paid.state, paid.paid) == ("paid", Decimal(30))
    undone = claims.undo(paid, by=cast.delivery, at=FEBRUARY)
    assert (undone.state, undone.paid) == ("sent", None)


def test_a_refusal_says_why_and_frees_the_thing_for_another_claim(cast, sent, make_claim):
    claims.refuse(sent, why="No scan", by=cast.delivery, at=FEBRUARY)
    assert sent.history.last().note == "No scan"
    make_claim()
    with pytest.raises(claims.ClaimedAlready):
        claims.undo(sent, by=cast.delivery, at=FEBRUARY)


def test_an_answer_before_it_was_sent_is_out_of_turn(cast, make_claim):
    with pytest.raises(claims.ClaimMoved):
        claims.refuse(make_claim(), why="?", by=cast.delivery, at=FIRST)


def test_undone_twice_it_goes_back_two_steps(cast, make_claim):
    claim = complete(make_claim(), cast)
    claims.cancel(claim, by=cast.director, at=FIRST + timedelta(hours=1))
    claims.undo(claim, by=cast.director, at=FIRST + timedelta(hours=2))
    assert state(claim) == "ready"
    claims.undo(claim, by=cast.director, at=FIRST + timedelta(hours=3))
    assert state(claim) == "open"
    with pytest.raises(claims.ClaimMoved):
        claims.undo(claim, by=cast.director, at=FIRST + timedelta(hours=4))


def found(cast, parcel, at):
    searches.ask(at)
    search = parcel.searches.get(library=cast.lenox, answered_at=None)
    return searches.answer(search, found=True, by=cast.lender, at=at)


def test_found_cancels_it_also_when_it_was_sent_and_the_next_file_says_so(cast, lost, sent):
    monday = datetime(2027, 2, 8, 17, tzinfo=UTC)
    found(cast, lost, monday)
    assert state(sent) == "cancelled"
    assert claim_files.of_the_month(MARCH) == 1
    (line,) = ClaimBatch.objects.get(month=date(2027, 3, 1)).lines
    assert (line["what"], line["claim"]) == ("withdrawn", str(sent.pk))
    assert ClaimBatch.objects.get(month=date(2027, 2, 1)).lines[0]["what"] == "claimed"
    assert claim_files.of_the_month(MARCH + timedelta(days=31)) == 0  # told once


def test_found_by_mistake_it_is_claimed_as_before(cast, lost, sent):
    monday = datetime(2027, 2, 8, 17, tzinfo=UTC)
    search = found(cast, lost, monday)
    searches.undo(search, by=cast.lender, at=monday + timedelta(minutes=1))
    assert state(sent) == "sent"


def test_once_the_carrier_was_told_that_stays(cast, lost, sent):
    monday = datetime(2027, 2, 8, 17, tzinfo=UTC)
    search = found(cast, lost, monday)
    claim_files.make(MARCH)
    with pytest.raises(claims.ToldAlready):
        claims.undo(sent, by=cast.director, at=MARCH)
    searches.undo(search, by=cast.lender, at=MARCH)
    assert state(sent) == "cancelled"


def test_what_was_never_sent_is_not_withdrawn_in_a_file(cast, make_claim):
    claims.cancel(complete(make_claim(), cast), by=cast.director, at=FIRST)
    assert claim_files.of_the_month(FEBRUARY) == 0


def test_what_arrives_after_all_is_claimed_no_more(cast, lost, sent):
    parcels.receive(lost, library=cast.lenox, by=cast.lender, at=FEBRUARY)
    assert claims.follow(FEBRUARY) == 1
    assert claims.follow(FEBRUARY) == 0
    assert state(sent) == ClaimState.CANCELLED


@pytest.mark.parametrize("given_up", [False, True], ids=["late", "given-up"])
def test_what_a_hub_scans_after_it_was_claimed_is_claimed_no_more(cast, lost, sent, given_up):
    if given_up:
        parcels.give_up(lost, by=cast.director, at=FIRST)
    noted = parcels.found(lost, holder="PLYMOUTH", by=cast.driver, at=FEBRUARY)
    custody.undo(noted.line, by=cast.driver, at=FEBRUARY)
    assert claims.follow(FEBRUARY) == 0
    parcels.found(lost, holder="PLYMOUTH", by=cast.driver, at=FEBRUARY + timedelta(hours=1))
    assert claims.follow(MARCH) == 1
    assert claims.follow(MARCH) == 0
    assert state(sent) == ClaimState.CANCELLED


def test_what_is_damaged_stays_claimed_when_it_arrives(cast, lost, make_claim):
    claim = make_claim(kind=Kind.DAMAGED, at=later(days=1))
    parcels.receive(lost, library=cast.lenox, by=cast.lender, at=later(days=2))
    assert claims.follow(later(days=3)) == 0
    assert state(claim) == "open"


@pytest.mark.both
def test_a_file_of_many_costs_as_much_as_of_one(
    cast, make_parcel, make_claim, django_assert_num_queries
):
    for _number in range(12):
        parcel = make_parcel(item_library=cast.lee, at=MONDAY_NOON)
        complete(make_claim(parcel=parcel), cast, sender_said="Lenox")
    with django_assert_num_queries(13):
        assert claim_files.of_the_month(FEBRUARY) == 12
