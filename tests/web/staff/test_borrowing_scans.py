"""The scan pages of the borrowing desk."""

from datetime import timedelta

import pytest
from django.db import transaction

from postroad.accounts.models import Card
from postroad.delivery import parcels
from postroad.delivery.models import Custody, CustodyStep, Parcel, ParcelState
from postroad.ill import asking, loans
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State, Verb
from postroad.ill.models import Loan
from postroad.web.shared.scanning import Tone
from tests.ill.story import MONDAY, Story, copy, title
from tests.web.staff.crowd import crowd, read, ring, warm

BARCODE = "30001000000017"


def scan(desk, page, text, key=""):
    """What the page answers to one scan."""
    desk.post(f"/staff/borrowing/{page}/", {"scan": text, "key": key})
    return desk.get(f"/staff/borrowing/{page}/")


def answer(page):
    return page.context["sitting"].answer


def numbers(story: Story) -> dict[str, str]:
    """Every number on the thing that came out of the box."""
    parcel = story.loan.parcel_out
    assert parcel
    return {"item": BARCODE, "parcel": parcel.number, "request": story.ill.ref.lower()}


@pytest.mark.parametrize("number", ["item", "parcel", "request"])
def test_any_number_on_it_receives_it(story, at, number):
    story.at(State.SHIPPED)
    page = scan(at(story.cast.borrower), "receive", f" {numbers(story)[number]}\n")
    assert answer(page).tone == Tone.OK
    assert "hold shelf until Thursday 3 December: “Walden”" in answer(page).sentence
    story.look()
    assert story.ill.state == State.ARRIVED
    assert Parcel.objects.get().state == ParcelState.ARRIVED


def test_the_hold_slip_names_the_patron_and_the_session_does_not(story, at):
    story.at(State.SHIPPED)
    desk = at(story.cast.borrower)
    page = scan(desk, "receive", BARCODE)
    assert page.context["latest"].request.patron == story.cast.ada
    assert "Ada" in page.content.decode()
    assert "Ada" not in str(dict(desk.session))


@pytest.mark.parametrize(
    ("page", "state", "after", "before"),
    [
        ("receive", State.SHIPPED, State.ARRIVED, State.SHIPPED),
        ("lend", State.ARRIVED, State.LENT, State.ARRIVED),
        ("take-back", State.LENT, State.BACK, State.LENT),
        ("send-home", State.BACK, State.HOMEWARD, State.BACK),
    ],
)
def test_every_page_takes_its_scan_back(story, at, page, state, after, before):
    story.at(state)
    desk = at(story.cast.borrower)
    done = scan(desk, page, BARCODE)
    assert answer(done).tone == Tone.OK
    story.look()
    assert story.ill.state == after
    desk.post(f"/staff/borrowing/{page}/", {"undo": done.context["sitting"].lines[0].key})
    told = desk.get(f"/staff/borrowing/{page}/")
    assert answer(told).sentence.startswith("Undone. “Walden”")
    story.look()
    assert story.ill.state == before


HOSTILE = ["31999000000000", "x" * 5000, "'; DROP TABLE ill_request; --", "<b>1</b>", "\x00", "é"]


@pytest.mark.parametrize("page", ["receive", "lend", "take-back", "send-home"])
def test_an_unknown_scan_is_told_as_such_and_changes_nothing(story, at, page):
    story.at(State.ARRIVED)
    before, desk = story.ill.events.count(), at(story.cast.borrower)
    for text in HOSTILE:
        told = scan(desk, page, text)
        assert answer(told).tone in (Tone.NO, Tone.WARN)
        assert "<b>" not in told.content.decode()
    assert story.ill.events.count() == before


def test_an_empty_scan_says_that_it_was_empty(story, at):
    assert "empty" in answer(scan(at(story.cast.borrower), "receive", "  ")).sentence


def test_what_was_received_before_is_not_received_again(story, at):
    story.at(State.ARRIVED)
    said = answer(scan(at(story.cast.borrower), "receive", BARCODE))
    assert said.tone == Tone.WARN
    assert "is on the hold shelf" in said.sentence
    assert story.ill.events.filter(verb="receive").count() == 1


@pytest.mark.parametrize("sent", [BARCODE, f"B{BARCODE}C"])
def test_a_scanner_that_reads_twice_keeps_the_hold_slip(story, at, sent):
    story.at(State.SHIPPED)
    desk = at(story.cast.borrower)
    scan(desk, "receive", sent)
    page = scan(desk, "receive", sent)
    assert answer(page).tone == Tone.WARN
    assert answer(page).sentence.startswith("Scanned twice; once is enough. On the hold shelf")
    assert page.context["latest"].request == story.ill
    assert len(page.context["sitting"].lines) == 1


def test_what_was_undone_is_scanned_anew(story, at):
    story.at(State.SHIPPED)
    desk = at(story.cast.borrower)
    line = scan(desk, "receive", BARCODE).context["sitting"].lines[0]
    desk.post("/staff/borrowing/receive/", {"undo": line.key})
    assert answer(scan(desk, "receive", BARCODE)).tone == Tone.OK


def test_the_same_scan_sent_twice_is_one(story, at):
    story.at(State.SHIPPED)
    desk = at(story.cast.borrower)
    scan(desk, "receive", BARCODE, key="a-key")
    page = scan(desk, "receive", BARCODE, key="a-key")
    assert answer(page).tone == Tone.OK
    assert len(page.context["sitting"].lines) == 1
    assert story.ill.events.filter(verb="receive").count() == 1


def test_a_parcel_for_elsewhere_is_said_whose_it_is_and_written_down(story, at):
    """The driver left Lee's parcel at Pittsfield."""
    story.at(State.SHIPPED)
    parcel = story.loan.parcel_out
    parcels.pick_up(parcel, by=story.cast.driver, at=MONDAY)
    desk = at(story.cast.allrounder)
    desk.post("/staff/desk/", {"library": "pittsfield"})
    said = answer(scan(desk, "receive", parcel.number))
    assert said.tone == Tone.WARN
    assert "Lee Library in Lee" in said.sentence
    seen = Custody.objects.get(step=CustodyStep.RECEIVED)
    assert (seen.library, seen.user) == (story.cast.pittsfield, story.cast.allrounder)
    parcel.refresh_from_db()
    assert parcel.is_open
    story.look()
    assert story.ill.state == State.SHIPPED


def test_its_own_that_came_home_is_not_received(story, at):
    story.at(State.HOMEWARD)
    home = story.loan.parcel_home
    parcels.pick_up(home, by=story.cast.driver, at=MONDAY)
    story.cast.lenox.refresh_from_db()
    story.cast.allrounder.posts.update_or_create(role="borrowing", library=story.cast.lenox)
    desk = at(story.cast.allrounder)
    desk.post("/staff/desk/", {"library": "lenox"})
    said = answer(scan(desk, "receive", home.number))
    assert said.tone == Tone.WARN
    assert "Check it in" in said.sentence


def test_what_comes_straight_from_the_patron_goes_home_in_one_scan(story, at):
    story.at(State.LENT)
    page = scan(at(story.cast.borrower), "send-home", BARCODE)
    assert "Lenox Library in Lenox" in answer(page).sentence
    story.look()
    assert story.ill.state == State.HOMEWARD
    assert [event.verb for event in story.ill.events.all()][-2:] == [
        Verb.RETURN,
        Verb.SHIP_RETURN,
    ]
    assert page.context["latest"].parcel_home.number in page.content.decode()


def test_what_is_held_for_its_patron_is_not_sent_home_by_a_scan(story, at):
    story.at(State.ARRIVED)
    said = answer(scan(at(story.cast.borrower), "send-home", BARCODE))
    assert said.tone == Tone.NO
    assert "held for its patron until Thursday 3 December" in said.sentence
    story.look()
    assert story.ill.state == State.ARRIVED


def test_what_nobody_fetched_goes_home(story, at):
    story.at(State.ARRIVED)
    ring(story)
    assert answer(scan(at(story.cast.borrower), "send-home", BARCODE)).tone == Tone.OK
    story.look()
    assert story.ill.state == State.HOMEWARD


def test_an_overdue_item_is_taken_back_with_a_word(story, at):
    story.at(State.LENT)
    Loan.objects.update(due_back=(MONDAY - timedelta(days=2)).date())
    said = answer(scan(at(story.cast.borrower), "take-back", BARCODE))
    assert said.tone == Tone.WARN
    assert "overdue" in said.sentence


def test_what_has_gone_on_is_not_taken_back_from_the_list(story, at):
    story.at(State.SHIPPED)
    desk = at(story.cast.borrower)
    line = scan(desk, "receive", BARCODE).context["sitting"].lines[0]
    story.look()
    loans.check_out(story.loan, Act(story.cast.director))
    desk.post("/staff/borrowing/receive/", {"undo": line.key})
    said = answer(desk.get("/staff/borrowing/receive/"))
    assert said.tone == Tone.NO
    assert "can no longer be undone" in said.sentence
    story.look()
    assert story.ill.state == State.LENT


def test_a_parcel_that_the_van_has_is_not_unsent(story, at):
    story.at(State.BACK)
    desk = at(story.cast.borrower)
    line = scan(desk, "send-home", BARCODE).context["sitting"].lines[0]
    parcels.pick_up(story.loan.parcel_home, by=story.cast.driver, at=MONDAY)
    desk.post("/staff/borrowing/send-home/", {"undo": line.key})
    assert (
        "The van has this parcel already"
        in answer(desk.get("/staff/borrowing/send-home/")).sentence
    )
    story.look()
    assert story.ill.state == State.HOMEWARD


def test_of_two_loans_of_one_copy_the_open_one_is_meant(story, at):
    story.at(State.CLOSED)
    copy(title("Another"), story.cast.lee, BARCODE)  # another library's copy has the same barcode
    ill = asking.ask(story.record, Act(at=MONDAY), patron=story.cast.ada, library=story.cast.lee)
    second = Story(story.cast, story.record, ill).at(State.SHIPPED)
    assert answer(scan(at(story.cast.borrower), "receive", BARCODE)).tone == Tone.OK
    second.look()
    assert second.ill.state == State.ARRIVED


@pytest.mark.parametrize(
    ("page", "state"),
    [
        ("receive", State.SHIPPED),
        ("lend", State.ARRIVED),
        ("take-back", State.LENT),
        ("send-home", State.BACK),
    ],
)
def test_the_list_below_asks_no_more_for_many_than_for_few(
    cast, at, page, state, django_assert_num_queries
):
    desk = warm(at(cast.borrower))
    crowd(cast, 3, state)
    with django_assert_num_queries(9):
        assert len(desk.get(f"/staff/borrowing/{page}/").context["left"]) == 3
    crowd(cast, 7, state, start=3)
    with django_assert_num_queries(9):
        assert len(desk.get(f"/staff/borrowing/{page}/").context["left"]) == 10


def test_what_strayed_back_to_its_lender_goes_to_the_lending_side_and_stays_under_way(story, at):
    """Received here its parcel would be closed, and the request would wait for it for ever."""
    borrower_and_lender = story.cast.neighbour
    copy(story.record, story.cast.pittsfield, "30002000000016")
    story.record.items.filter(library=story.cast.lenox).delete()
    story.at(State.SHIPPED)
    parcel = story.loan.parcel_out
    with transaction.atomic():
        parcels.pick_up(parcel, by=story.cast.driver, at=MONDAY + timedelta(minutes=5))
    told = answer(scan(at(borrower_and_lender), "receive", parcel.number))
    assert (told.tone, told.sentence) == (
        Tone.WARN,
        "This is your own item, returned. Check it in on the lending side.",
    )
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.MOVING


def test_an_unknown_number_is_said_once_and_that_of_a_request_in_groups(story, at):
    story.at(State.LENT)
    page = read(scan(at(story.cast.borrower), "receive", "4711"))
    band = page[page.index('role="status"') : page.index("Scanned so far")]
    assert band.count("4711") == 1
    page = read(scan(at(story.cast.borrower), "receive", BARCODE))
    assert f"request {story.ill.ref[:4]} {story.ill.ref[4:]} is with the patron" in page
    assert "<span>3000</span><span>1000</span>" in page


OTHER = "30001000000025"
STATIONS = {
    "receive": State.SHIPPED,
    "lend": State.ARRIVED,
    "take-back": State.LENT,
    "send-home": State.BACK,
}


@pytest.mark.parametrize("station", sorted(STATIONS.keys() - {"receive"}))
def test_the_right_title_in_another_copy_is_told_from_an_unknown_thing(story, at, station):
    """Lenox scanned one copy and packed the other."""
    story.at(STATIONS[station])
    copy(story.record, story.cast.lenox, OTHER)
    desk = at(story.cast.borrower)
    told = answer(scan(desk, station, OTHER))
    assert told.tone == Tone.NO
    assert "not the copy on record for request " in told.sentence
    assert "which is 3000 1000 0000 17." in told.sentence
    story.look()
    assert story.ill.state == STATIONS[station]
    assert answer(scan(desk, station, story.ill.ref)).tone == Tone.OK  # as the answer advises


def test_another_copy_that_came_instead_is_received_at_a_second_press(story, at):
    story.at(State.SHIPPED)
    copy(story.record, story.cast.lenox, OTHER)
    desk = at(story.cast.borrower)
    told = answer(scan(desk, "receive", OTHER))
    assert (told.tone, told.asks.label) == (Tone.WARN, "Receive this copy")
    story.look()
    assert story.ill.state == State.SHIPPED
    address = "/staff/borrowing/receive/"
    sure = {"scan": told.asks.scan, "sure": "1"}
    told = answer(desk.post(address, sure, headers={"HX-Request": "true"}))
    assert told.tone == Tone.OK
    story.look()
    assert (story.ill.state, story.loan.barcode) == (State.ARRIVED, OTHER)


def test_a_book_that_came_instead_of_what_was_sent_is_recorded_as_wrong_at_a_second_press(
    story, at
):
    story.at(State.SHIPPED)
    copy(title("Cape Cod"), story.cast.lenox, OTHER)
    desk = at(story.cast.borrower)
    told = answer(scan(desk, "receive", OTHER))
    assert "“Cape Cod” of Lenox Library is not expected here; “Walden” is." in told.sentence
    assert told.asks.label == "It came instead"
    sure = {"scan": told.asks.scan, "sure": "1"}
    page = desk.post("/staff/borrowing/receive/", sure, headers={"HX-Request": "true"})
    assert "Wrong item, instead of “Walden”" in answer(page).sentence
    line = page.context["sitting"].lines[0]
    undone = answer(desk.post("/staff/borrowing/receive/", {"undo": line.key}, follow=True))
    assert undone.tone == Tone.OK
    story.look()
    assert (story.ill.state, story.ill.open_questions) == (State.SHIPPED, 0)


def test_a_copy_of_a_title_that_nobody_here_waits_for_is_unknown(story, at):
    story.at(State.SHIPPED)
    copy(story.record, story.cast.providence, "30003000000015")
    told = answer(scan(at(story.cast.borrower), "receive", "30003000000015"))
    assert (told.tone, "belongs to" in told.sentence) == (Tone.NO, True)


@pytest.mark.parametrize("station", STATIONS)
def test_what_a_colleague_has_just_scanned_is_done_already_and_no_mistake(story, at, station):
    story.at(STATIONS[station])
    first, second = at(story.cast.borrower), at(story.cast.director)
    assert answer(scan(first, station, BARCODE)).tone == Tone.OK
    events = story.ill.events.count()
    told = answer(scan(second, station, BARCODE))
    assert told.tone == Tone.WARN
    assert told.sentence.startswith("That is already done: the item of request ")
    assert told.undo == ""  # that is the colleague's
    assert story.ill.events.count() == events


def test_a_scan_at_the_wrong_page_says_what_comes_first(story, at):
    story.at(State.SHIPPED)
    told = answer(scan(at(story.cast.borrower), "lend", BARCODE))
    assert (told.tone, told.sentence.endswith("Receive it first.")) == (Tone.NO, True)


@pytest.mark.parametrize(("page", "before"), [("receive", State.SHIPPED), ("lend", State.ARRIVED)])
def test_a_card_that_was_blocked_meanwhile_is_named(story, at, page, before):
    story.at(before)
    Card.objects.filter(user=story.cast.ada).update(blocked="Owes 80 dollars")
    desk = at(story.cast.borrower)
    shown = scan(desk, page, BARCODE)
    assert answer(shown).tone == Tone.WARN
    assert "card is blocked; see why below" in answer(shown).sentence
    assert "Owes 80 dollars" in shown.content.decode()
    assert "Owes" not in str(dict(desk.session))


@pytest.mark.parametrize(("page", "before"), [("receive", State.SHIPPED), ("lend", State.ARRIVED)])
def test_a_button_names_a_blocked_card_too(story, at, page, before):
    story.at(before)
    Card.objects.filter(user=story.cast.ada).update(blocked="Owes 80 dollars")
    done = at(story.cast.borrower).post(f"/staff/requests/{story.ill.ref}/{page}/", follow=True)
    assert "blocked: Owes 80 dollars" in done.content.decode()
