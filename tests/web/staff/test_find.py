"""One box for any number."""

import pytest

from postroad.directory.models import Policy
from postroad.ill import asking, mediation
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Loan
from tests.cast import outside
from tests.ill.story import MONDAY, Story
from tests.web.staff.crowd import crowd, warm

BARCODE = "30001000000017"


def look(at, who, text):
    return at(who).get("/staff/find/", {"q": text})


def test_each_number_opens_the_request(story, at):
    story.at(State.HOMEWARD)
    loan = story.loan
    numbers = [
        story.ill.ref,
        f" {story.ill.ref[:4]} {story.ill.ref[4:]} ".lower(),
        BARCODE,
        loan.parcel_out.number,
        loan.parcel_home.number,
    ]
    for number in numbers:
        for who in (story.cast.borrower, story.cast.lender, story.cast.centre):
            assert look(at, who, number)["Location"] == f"/staff/requests/{story.ill.ref}/"


def test_the_centre_comes_to_its_own_page_while_it_is_its_turn(story, at):
    story.record.items.all().delete()
    story.listen()
    here = f"/office/centre/{story.ill.ref}/"
    assert look(at, story.cast.centre, story.ill.ref)["Location"] == here
    mediation.refer_outside(
        story.ill,
        Act(story.cast.centre, MONDAY),
        lender=outside("Yale"),
        system="OCLC",
        number="201234567",
    )
    assert look(at, story.cast.centre, "201234567")["Location"] == here


def test_the_delivery_office_finds_the_parcel(story, at):
    story.at(State.SHIPPED)
    number = story.loan.parcel_out.number
    at_parcels = f"/office/delivery/parcels/?q={number}"
    assert look(at, story.cast.delivery, number)["Location"] == at_parcels
    assert look(at, story.cast.delivery, "404").status_code == 200
    assert look(at, story.cast.driver, number)["Location"] == f"/courier/find/?q={number}"
    assert look(at, story.cast.editor, number).status_code == 200


def test_a_parcels_number_without_a_digit_is_no_title(story, at):
    assert look(at, story.cast.driver, "PMRP TRYS CGXJ").status_code == 200
    assert look(at, story.cast.driver, "PMRP TRYS CGXK")["Location"].startswith("/search?")


def test_an_ill_number_opens_the_request(story, at):
    story.record.items.all().delete()
    story.listen()
    mediation.refer_outside(
        story.ill,
        Act(story.cast.centre, MONDAY),
        lender=outside("Yale"),
        system="OCLC",
        number="201234567",
    )
    found = look(at, story.cast.borrower, "201234567")
    assert found["Location"] == f"/staff/requests/{story.ill.ref}/"


def test_of_several_loans_of_one_copy_each_is_listed(story, at):
    story.at(State.CLOSED)
    ill = asking.ask(story.record, Act(at=MONDAY), patron=story.cast.ada, library=story.cast.lee)
    Story(story.cast, story.record, ill).at(State.SHIPPED)
    page = look(at, story.cast.lender, BARCODE)
    assert len(page.context["rows"]) == 2
    assert "2 requests have this number" in page.content.decode()


@pytest.mark.parametrize("who", ["editor", "stranger", "bea"])
def test_what_is_not_yours_looks_like_not_there(story, at, who):
    story.at(State.LENT)
    page = look(at, getattr(story.cast, who), BARCODE)
    assert not page.context["rows"]
    assert "No request that you can see has the number" in page.content.decode()


def test_the_patron_is_led_to_her_own_page(story, at):
    story.at(State.LENT)
    found = look(at, story.cast.ada, story.ill.ref)
    assert found["Location"] == f"/patron/requests/{story.ill.ref}/"


def test_a_title_is_looked_for_in_the_catalogue(story, at):
    assert look(at, story.cast.borrower, "walden & more")["Location"] == (
        "/search?q=walden+%26+more"
    )


@pytest.mark.parametrize(
    "text", ["", "   ", "\x00", "1\x002", "9" * 5000, "' OR 1=1 --", "\udcff1"]
)
def test_whatever_is_typed_is_answered(story, at, text):
    page = at(story.cast.borrower).get("/staff/find/", {"q": text.encode("utf-8", "surrogatepass")})
    assert page.status_code in (200, 302)


def test_a_stranger_signs_in_first(client, db):
    assert client.get("/staff/find/?q=1")["Location"].startswith("/accounts/login/")


def test_many_hits_ask_no_more_than_few(cast, at, django_assert_num_queries):
    """One barcode that three, and then twelve, libraries' patrons had in hand."""
    Policy.objects.update(open_requests=99)
    desk = warm(at(cast.borrower))
    seen = crowd(cast, 12, State.SHIPPED)
    for asked in (3, 12):
        keys = [story.ill.current_loan_id for story in seen[:asked]]
        Loan.objects.filter(pk__in=keys).update(barcode="30001")
        with django_assert_num_queries(16):  # one of them looks for cases
            assert len(desk.get("/staff/find/?q=30001").context["rows"]) == asked


def test_the_hits_bear_the_days_of_the_desk(story, at):
    """Two loans of one copy; when they were asked for it was Tuesday where the desk stands."""
    story.at(State.CLOSED)
    ill = asking.ask(story.record, Act(at=MONDAY), patron=story.cast.ada, library=story.cast.lee)
    Story(story.cast, story.record, ill).at(State.SHIPPED)
    type(story.cast.lee).objects.filter(pk=story.cast.lee.pk).update(time_zone="Asia/Tokyo")
    assert "Tuesday 24 November" in look(at, story.cast.borrower, BARCODE).content.decode()
