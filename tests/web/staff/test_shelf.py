"""Look on your shelf: both ends and the hub are asked, and told what to do with what is found."""

from datetime import timedelta

import pytest
import time_machine

from postroad.delivery import parcels, searches
from postroad.delivery.models import Search
from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanState, State
from tests.ill.story import MONDAY, title

PAST = MONDAY + timedelta(days=4)


@pytest.fixture
def missing(story):
    """Walden left Lenox on Monday for Lee, and is not there on Friday; it is Friday."""
    story.at(State.SHIPPED)
    with time_machine.travel(PAST, tick=False):
        assert searches.ask(PAST) == 3
        yield story


def press(client, search, step, address="/staff/shelf/"):
    return client.post(address, {"search": search.pk, "step": step}, follow=True)


def asked(library):
    return Search.objects.at(library).latest("pk")


def test_today_leads_to_the_list_and_the_list_names_the_shelf(missing, at):
    desk = at(missing.cast.borrower)
    assert "1 item did not arrive: look on your shelf" in desk.get("/staff/").content.decode()
    shown = desk.get("/staff/shelf/").content.decode()
    assert "Walden" in shown
    assert "818 THO" in shown
    assert "Lenox to Lee" in shown
    assert str(missing.cast.ada) not in shown


def test_the_hub_is_asked_on_the_page_of_the_delivery_office(missing, at):
    shown = at(missing.cast.delivery).get("/office/delivery/searches/").content.decode()
    assert "Walden" in shown
    assert f"/office/delivery/parcels/{missing.loan.parcel_out.number}/" in shown


def test_found_at_its_borrower_it_is_received_by_the_button_that_is_there(missing, at):
    desk = at(missing.cast.borrower)
    page = press(desk, asked(missing.cast.lee), "found")
    (row,) = page.context["to_deal_with"]
    assert "Receive it: it is for one of your readers." in page.content.decode()
    desk.post(row.button, {"thing": row.loan.pk})
    assert missing.loan.state == LoanState.ARRIVED
    assert not desk.get("/staff/shelf/").context["to_deal_with"]


def test_found_at_its_lender_it_never_left(missing, at):
    desk = at(missing.cast.lender)
    page = press(desk, asked(missing.cast.lenox), "found")
    (row,) = page.context["to_deal_with"]
    assert "It never left." in page.content.decode()
    desk.post(row.button, {"thing": row.loan.pk})
    assert missing.supply.state == "promised"


def test_what_its_reader_no_longer_wants_goes_straight_home(missing, at):
    loan = missing.loan
    loan.not_wanted = True
    loan.save(update_fields=["not_wanted"])
    page = press(at(missing.cast.borrower), asked(missing.cast.lee), "found")
    assert "send it straight home" in page.content.decode()


def test_found_on_its_way_home_at_the_borrower_the_van_takes_it_again(story, at):
    story.at(State.HOMEWARD)
    with time_machine.travel(PAST, tick=False):
        searches.ask(PAST)
        page = press(at(story.cast.borrower), asked(story.cast.lee), "found")
        assert "Put it out for the van to Lenox again." in page.content.decode()
        page = press(at(story.cast.borrower), asked(story.cast.lee), "undo")
        page = press(at(story.cast.lender), asked(story.cast.lenox), "found")
        assert "Check it in: it is home." in page.content.decode()


def test_found_at_a_third_library_it_goes_on_and_shows_no_request(story, at):
    story.at(State.SHIPPED)
    cast = story.cast
    parcel, moment = story.loan.parcel_out, MONDAY + timedelta(days=1)
    parcels.drop(parcel, library=cast.pittsfield, by=cast.driver, at=moment)
    with time_machine.travel(PAST, tick=False):
        searches.ask(PAST)
        page = press(at(cast.neighbour), asked(cast.pittsfield), "found")
    shown = page.content.decode()
    assert "Put it out for the van to Lee again." in shown
    assert f"/staff/requests/{story.ill.ref}/" not in shown


def test_at_the_hub_it_goes_into_the_bin_of_where_it_goes(missing, at):
    page = press(at(missing.cast.delivery), asked(None), "found", "/office/delivery/searches/")
    assert "Put it into the bin for Lee." in page.content.decode()
    assert not Search.objects.waiting().exists()


def test_not_here_stays_on_the_page_to_be_undone(missing, at):
    desk = at(missing.cast.borrower)
    page = press(desk, asked(missing.cast.lee), "not-here")
    assert not page.context["look"]
    assert "Looked for, not here" in page.content.decode()
    page = press(desk, asked(missing.cast.lee), "undo")
    assert page.context["look"]


def test_a_second_answer_that_says_otherwise_is_told_so(missing, at):
    press(at(missing.cast.lender), asked(missing.cast.lenox), "found")
    page = press(at(missing.cast.borrower), asked(missing.cast.lee), "found")
    assert "the item was found elsewhere" in page.content.decode()


@pytest.mark.parametrize("who", ["neighbour", "borrower", "ada", "delivery"])
def test_nobody_answers_for_another_library(missing, at, who):
    client = at(getattr(missing.cast, who))
    search = asked(missing.cast.lenox)
    sent = {"search": search.pk, "step": "found"}
    assert client.post("/staff/shelf/", sent).status_code == 404
    assert Search.objects.waiting().count() == 3


def test_the_list_costs_the_same_however_long_it_is(missing, at, django_assert_num_queries):
    cast = missing.cast
    desk = at(cast.borrower)
    desk.get("/staff/shelf/")
    with django_assert_num_queries(11):
        desk.get("/staff/shelf/")
    for number in range(5):
        ill = asking.ask(
            title(f"Walden {number}"), Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee
        )
        parcels.make(
            from_library=cast.lenox,
            to_library=cast.lee,
            item_barcode=str(number),
            title=ill.title,
            ref=ill.ref,
            at=MONDAY,
            by=cast.lender,
        )
    searches.ask(PAST)
    with django_assert_num_queries(11):
        assert len(desk.get("/staff/shelf/").context["look"]) == 6
