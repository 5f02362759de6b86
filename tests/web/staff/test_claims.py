"""Claims at the library that owns a thing, and at the delivery office."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from postroad.delivery import claim_files, parcels, searches
from postroad.delivery.models import Claim, ClaimBatch, Search
from postroad.ill.lifecycle import State
from tests.ill.story import MONDAY

JANUARY = datetime(2027, 1, 25, 17, tzinfo=UTC)  # two months after Walden left Lenox, and two days
FEBRUARY = datetime(2027, 2, 1, 17, tzinfo=UTC)


@pytest.fixture
def lost(story):
    """Walden of Lenox left for Lee; the van took it, and nobody has seen it since."""
    story.at(State.SHIPPED)
    parcel = story.loan.parcel_out
    parcels.pick_up(parcel, by=story.cast.driver, at=MONDAY + timedelta(hours=3))
    with time_machine.travel(JANUARY, tick=False):
        yield story


@pytest.fixture
def number(lost):
    return lost.loan.parcel_out.number


def open_it(client, number, amount="40", kind="lost"):
    address = f"/staff/claims/new/{number}/"
    return client.post(address, {"kind": kind, "amount": amount}, follow=True)


def complete(client, claim):
    said = {"step": "complete", "evidence": "Looked everywhere.", "initials": "LB"}
    return client.post(f"/staff/claims/{claim.pk}/", said, follow=True)


def test_the_requests_page_leads_its_lender_to_the_claim_and_nobody_else(lost, at, number):
    cast, address = lost.cast, f"/staff/requests/{lost.ill.ref}/"
    shown = at(cast.lender).get(address).content.decode()
    assert f"/staff/claims/new/{number}/?kind=lost" in shown
    assert "It may be claimed until Tuesday 23 November." in shown
    assert "/staff/claims/" not in at(cast.borrower).get(address).content.decode()


def test_before_two_months_the_request_says_from_when(story, at):
    story.at(State.SHIPPED)
    with time_machine.travel(MONDAY + timedelta(days=20), tick=False):
        shown = at(story.cast.lender).get(f"/staff/requests/{story.ill.ref}/").content.decode()
    assert "It may be claimed from Saturday 23 January 2027" in shown
    assert "/staff/claims/new/" not in shown


def test_from_open_to_paid_and_back(lost, at, number):
    desk, office = at(lost.cast.lender), at(lost.cast.delivery)
    assert "Opened. Complete it below." in open_it(desk, number).content.decode()
    claim = Claim.objects.get()
    assert (
        "goes to the carrier on the first of next month" in complete(desk, claim).content.decode()
    )
    claim_files.make(FEBRUARY)
    address = f"/office/delivery/claims/{claim.pk}/"
    page = office.post(address, {"step": "pay", "amount": "40.01"})
    assert page.status_code == 422
    assert "$40.00 was claimed, so no more than that was paid." in page.content.decode()
    office.post(address, {"step": "pay", "amount": "40"})
    assert Claim.objects.get().state == "paid"
    office.post(address, {"step": "undo"})
    assert Claim.objects.get().state == "sent"
    office.post(address, {"step": "refuse", "why": "The van never had it."})
    shown = desk.get(f"/staff/claims/{claim.pk}/").content.decode()
    assert "The van never had it." in shown
    assert "refused" in shown


@pytest.mark.parametrize(
    ("moment", "amount", "sentence"),
    [
        (MONDAY + timedelta(days=20), "40", "may be claimed from Saturday 23 January 2027 on"),
        (JANUARY + timedelta(days=400), "40", "could be claimed until Tuesday 23 November 2027"),
        (JANUARY, "250.01", "The carrier pays at most $250"),
    ],
)
def test_too_early_too_late_and_over_the_cap_are_said_with_the_day(
    lost, at, number, moment, amount, sentence
):
    with time_machine.travel(moment, tick=False):
        page = open_it(at(lost.cast.lender), number, amount)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not Claim.objects.exists()


@pytest.mark.parametrize("who", ["borrower", "neighbour", "ada", "delivery", "centre"])
def test_nobody_but_its_owner_claims_it_or_reads_the_claim(lost, at, number, who):
    client = at(getattr(lost.cast, who))
    assert open_it(client, number).status_code == 404
    open_it(at(lost.cast.lender), number)
    claim = Claim.objects.get()
    assert client.get(f"/staff/claims/{claim.pk}/").status_code == 404
    assert complete(client, claim).status_code == 404
    assert Claim.objects.get().state == "open"


def test_the_library_does_not_say_what_the_carrier_answered(lost, at, number):
    desk = at(lost.cast.lender)
    open_it(desk, number)
    claim = Claim.objects.get()
    complete(desk, claim)
    claim_files.make(FEBRUARY)
    at(lost.cast.delivery).post(
        f"/office/delivery/claims/{claim.pk}/", {"step": "refuse", "why": "No scan."}
    )
    assert desk.post(f"/staff/claims/{claim.pk}/", {"step": "undo"}).status_code == 404


def test_withdrawn_and_undone_at_its_library(lost, at, number):
    desk = at(lost.cast.lender)
    open_it(desk, number)
    address = f"/staff/claims/{Claim.objects.get().pk}/"
    assert "Withdrawn." in desk.post(address, {"step": "cancel"}, follow=True).content.decode()
    assert "Undone." in desk.post(address, {"step": "undo"}, follow=True).content.decode()
    assert Claim.objects.get().state == "open"


def test_who_sent_it_is_asked_where_no_scan_says_so(story, at):
    story.at(State.SHIPPED)
    with time_machine.travel(JANUARY, tick=False):
        desk = at(story.cast.lender)
        shown = open_it(desk, story.loan.parcel_out.number).content.decode()
        assert "Who says that it was sent, and when" in shown
        page = complete(desk, Claim.objects.get())
    assert page.status_code == 422
    assert "No scan shows that it left" in page.content.decode()


def test_the_list_shows_what_may_be_claimed_and_what_was(lost, at, number):
    desk = at(lost.cast.lender)
    assert f"/staff/claims/new/{number}/" in desk.get("/staff/claims/").content.decode()
    open_it(desk, number)
    shown = desk.get("/staff/claims/").content.decode()
    assert f"/staff/claims/new/{number}/" not in shown
    assert f"/staff/claims/{Claim.objects.get().pk}/" in shown


@pytest.mark.parametrize("by_a_scan", [False, True], ids=["answered", "scanned"])
def test_what_was_found_is_offered_no_claim_anywhere(lost, at, number, by_a_scan):
    searches.ask(JANUARY)
    if by_a_scan:
        parcel = lost.ill.loan.parcel_out
        parcels.found(parcel, holder="PLYMOUTH", by=lost.cast.driver, at=JANUARY)
    else:
        here = Search.objects.at(lost.cast.lee).waiting().get()
        searches.answer(here, found=True, by=None, at=JANUARY)
    desk, address = at(lost.cast.lender), f"/staff/claims/new/{number}/"
    for page in ("/staff/claims/", f"/staff/requests/{lost.ill.ref}/"):
        assert address not in desk.get(page).content.decode()
    refused = open_it(desk, number)
    assert refused.status_code == 422
    assert "so it is not lost on the road" in refused.content.decode()


def test_the_file_is_printed_and_is_a_spreadsheet(lost, at, number):
    desk, office = at(lost.cast.lender), at(lost.cast.delivery)
    open_it(desk, number)
    complete(desk, Claim.objects.get())
    claim_files.make(FEBRUARY)
    address = f"/office/delivery/claims/files/{ClaimBatch.objects.get().pk}/"
    shown = office.get(address).content.decode()
    assert "Claimed in all: $40.00" in shown
    assert "Monday 23 November 2026" in shown
    assert "2026-11-23" not in shown
    rows = b"".join(office.get(f"{address}?format=csv").streaming_content).decode().splitlines()
    assert len(rows) == 2
    assert "Walden" in rows[1]
    assert ",40.00," in rows[1]


def test_the_office_sees_all_by_state(lost, at, number):
    open_it(at(lost.cast.lender), number)
    office = at(lost.cast.delivery)
    assert "Walden" in office.get("/office/delivery/claims/?state=open").content.decode()
    assert "Walden" not in office.get("/office/delivery/claims/?state=paid").content.decode()
    parcel = office.get(f"/office/delivery/parcels/{number}/").content.decode()
    assert f"/office/delivery/claims/{Claim.objects.get().pk}/" in parcel


def test_both_libraries_and_the_office_read_the_gaps(lost, at, number):
    gap = "Nobody has scanned it since the van at Lenox (Monday 23 November 2026"
    for who in (lost.cast.borrower, lost.cast.lender):
        shown = at(who).get(f"/staff/requests/{lost.ill.ref}/").content.decode()
        assert gap in shown
    assert gap in at(lost.cast.delivery).get(f"/office/delivery/parcels/{number}/").content.decode()


def test_a_contradiction_is_shown_as_one(story, at):
    story.at(State.SHIPPED)
    cast, parcel = story.cast, story.loan.parcel_out
    for step, library, hours in (
        (parcels.drop, cast.pittsfield, 20),
        (parcels.pick_up, cast.otis_school, 30),
    ):
        moment = MONDAY + timedelta(hours=hours)
        step(parcel, library=library, by=cast.driver, at=moment)
    shown = at(cast.borrower).get(f"/staff/requests/{story.ill.ref}/").content.decode()
    assert "contradiction" in shown
    assert "This does not fit: left at Pittsfield" in shown


def test_the_lists_cost_the_same_however_long_they_are(lost, at, django_assert_num_queries):
    cast = lost.cast
    desk, office = at(cast.lender), at(cast.delivery)
    open_it(desk, lost.loan.parcel_out.number)
    for number in range(4):
        parcels.make(
            from_library=cast.lenox,
            to_library=cast.lee,
            item_library=cast.lenox,
            item_barcode=str(number),
            title="Walden",
            ref="",
            at=MONDAY,
            by=cast.lender,
        )
    desk.get("/staff/claims/")
    with django_assert_num_queries(10):
        assert len(desk.get("/staff/claims/").context["ways"]) == 4
    office.get("/office/delivery/claims/")
    with django_assert_num_queries(8):
        office.get("/office/delivery/claims/")
