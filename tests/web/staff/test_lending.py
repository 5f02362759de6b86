"""The lending desk: its queue, its answers, the walk to the shelves, ship and check in."""

import pypdfium2
import pytest

from postroad.catalogue.models import Item, ItemStatus
from postroad.catalogue.shelving import shelf_key
from postroad.delivery import parcels
from postroad.delivery.models import Parcel, ParcelState, Stop
from postroad.directory.models import Library, Policy
from postroad.ill import lending, losing
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Ending, LoanEnding, Outcome, Reason, State, SupplyState
from postroad.ill.models import Loan
from postroad.web.shared.scanning import Tone
from postroad.web.staff import slips
from postroad.web.staff.lending import pull_list
from tests.ill.story import MONDAY, copy, title
from tests.web.staff.crowd import crowd, loan, read, warm

BARCODE = "30001000000017"
# Session, person, posts, card, who has what may be late, two counts, number of rows, rows, copies.
QUERIES = 10


def scan(desk, page, text):
    desk.post(f"/staff/lending/{page}/", {"scan": text})
    return desk.get(f"/staff/lending/{page}/")


def answer(page):
    return page.context["sitting"].answer


def text_of(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def test_the_queue_says_where_it_stands_on_the_shelf_and_for_whom(story, at):
    story.at(State.REFERRED)
    Item.objects.update(location="Attic")
    page = at(story.cast.lender).get("/staff/lending/")
    (row,) = page.context["rows"]
    assert (row.copies.first.call_number, row.copies.first.location) == ("818 THO", "Attic")
    assert page.context["counts"] == {"staff-lending": 1}
    assert "Lee Library" in page.content.decode()


PAGES = ["", "pull-list/", "ship/", "check-in/", "out/", "slips/"]


@pytest.mark.parametrize("state", [State.REFERRED, State.SHIPPED, State.LENT, State.HOMEWARD])
def test_no_lending_page_tells_who_the_patron_is(story, at, state):
    type(story.ill).objects.update(note="My mother Edith wants it")
    story.at(state)
    desk = at(story.cast.lender)
    pages = [f"/staff/lending/{page}" for page in PAGES]
    shown = read(desk.get("/staff/lending/out/?show=received"))
    for page in [*pages, f"/staff/requests/{story.ill.ref}/", "/staff/"]:
        shown += read(desk.get(page))
    for secret in ("Ada", "ada@example.org", "20000000000001", "Edith"):
        assert secret not in shown
    assert "Walden" in shown


def test_yes_then_ship(story, at):
    story.at(State.REFERRED)
    desk = at(story.cast.lender)
    desk.post(f"/staff/supplies/{story.ill.ref}/1/promise/")
    assert story.supply.state == SupplyState.PROMISED
    page = scan(desk, "ship", BARCODE)
    assert answer(page).tone == Tone.OK
    assert "To Lee Library in Lee, there on Tuesday 24 November" in answer(page).sentence
    assert story.supply.state == SupplyState.SUPPLYING


def test_not_on_shelf_marks_the_copy_missing_and_asks_the_next(story, at):
    story.at(State.REFERRED)
    at(story.cast.lender).post(f"/staff/supplies/{story.ill.ref}/1/not-on-shelf/")
    assert Item.objects.get().status == ItemStatus.MISSING
    first = story.ill.supplies.get(attempt=1)
    assert (first.ending, first.reason) == (Ending.REFUSED, Reason.NOT_ON_SHELF)
    story.listen()
    assert story.ill.state == State.CENTRE  # nobody else owns it


def test_no_with_a_reason_from_the_list(story, at):
    story.at(State.REFERRED)
    desk, address = at(story.cast.lender), f"/staff/supplies/{story.ill.ref}/1/refuse/"
    assert "Say no to this request" in desk.get(address).content.decode()
    desk.post(address, {"reason": "at-bindery", "note": "Back in May"})
    supply = story.ill.supplies.get()
    assert (supply.reason, supply.reason_note) == (Reason.BINDERY, "Back in May")
    assert Item.objects.get().status == ItemStatus.IN  # only what was looked for in vain is missing


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"reason": ""},
        {"reason": "because"},
        {"reason": "other"},  # without a word that says which
        {"reason": "policy", "note": "x" * 301},
        {"reason": "policy", "note": "\x00"},
    ],
)
def test_no_without_a_good_reason_is_not_sent(story, at, given):
    story.at(State.REFERRED)
    answer = at(story.cast.lender).post(f"/staff/supplies/{story.ill.ref}/1/refuse/", given)
    assert answer.status_code == 422
    assert story.supply.is_open


def test_two_clerks_answer_at_once(story, at):
    story.at(State.REFERRED)
    address = f"/staff/supplies/{story.ill.ref}/1/"
    assert at(story.cast.lender).post(f"{address}promise/").status_code == 302
    late = at(story.cast.allrounder).post(f"{address}promise/")
    assert late.status_code == 409
    assert "promised and is waiting to be sent" in late.content.decode()
    assert story.ill.events.filter(verb="promise").count() == 1


@pytest.mark.parametrize("who", ["borrower", "director", "ada", "centre"])
def test_nobody_elsewhere_answers_for_this_library(story, at, who):
    story.at(State.REFERRED)
    for verb in ("promise", "not-on-shelf", "refuse", "check-in", "come-back"):
        address = f"/staff/supplies/{story.ill.ref}/1/{verb}/"
        answer = at(getattr(story.cast, who)).post(address, {"reason": "policy"})
        assert answer.status_code in (302, 404)
    assert story.supply.state == SupplyState.ASKED


@pytest.mark.parametrize("attempt", ["0", "2", "9" * 30])
def test_an_attempt_that_is_none_is_not_there(story, at, attempt):
    story.at(State.REFERRED)
    address = f"/staff/supplies/{story.ill.ref}/{attempt}/promise/"
    assert at(story.cast.lender).post(address).status_code == 404


def test_the_lender_has_closed_meanwhile(story, at):
    """The request went on; who presses now is told so, and the item stays on its shelf."""
    story.at(State.REFERRED)
    lending.lapse(story.supply, Act(at=MONDAY), ending=Ending.CLOSED)
    late = at(story.cast.lender).post(f"/staff/supplies/{story.ill.ref}/1/promise/")
    assert late.status_code == 409
    page = at(story.cast.lender).get(f"/staff/requests/{story.ill.ref}/")
    assert "closed before it answered" in page.content.decode()
    said = answer(scan(at(story.cast.lender), "ship", BARCODE))  # nobody else has it meanwhile
    assert said.tone == Tone.WARN
    assert "closed before it answered; that has been undone" in said.sentence
    story.look()
    assert (story.ill.state, story.supply.attempt) == (State.SHIPPED, 2)


# The walk to the shelves


def test_the_pull_list_is_in_the_order_of_the_shelves(cast, at):
    Policy.objects.update(open_requests=99)
    shelves = [
        ("Stacks", "QA76 .S7"),
        ("Stacks", "QA9 .B3"),
        ("Attic", "Z1"),
        ("Stacks", "QA76 .S65"),
    ]
    for place, (location, call_number) in enumerate(shelves):
        story = loan(cast, place, State.REFERRED)
        story.record.items.update(
            location=location, call_number=call_number, shelf_key=shelf_key(call_number)
        )
    page = at(cast.lender).get("/staff/lending/pull-list/")
    walk = [line.copies.first.call_number for line in page.context["lines"]]
    assert walk == ["Z1", "QA9 .B3", "QA76 .S65", "QA76 .S7"]


def test_only_what_was_ticked_is_printed(cast, at):
    first, second = crowd(cast, 2, State.REFERRED)
    desk = at(cast.lender)
    page = desk.get("/staff/lending/pull-list/", {"supply": second.supply.pk})
    assert [line.supply for line in page.context["lines"]] == [second.supply]
    for junk in ("x", "-1", "9" * 40, "\x00", "1 OR 1=1"):
        assert not desk.get("/staff/lending/pull-list/", {"supply": junk}).context["lines"]
    assert len(desk.get("/staff/lending/pull-list/").context["lines"]) == 2
    assert first.supply.is_open  # looking at a list promises nothing


def test_a_title_that_left_the_catalogue_is_said_to_be_gone(story, at):
    story.at(State.REFERRED)
    Item.objects.update(status=ItemStatus.WITHDRAWN)
    for page in ("", "pull-list/", "ship/"):
        assert at(story.cast.lender).get(f"/staff/lending/{page}").status_code == 200
    assert "not in your catalog" in at(story.cast.lender).get("/staff/lending/").content.decode()


# Ship


def test_shipping_is_taken_back_while_the_van_has_not_come(story, at):
    story.at(State.REFERRED)
    desk = at(story.cast.lender)
    line = scan(desk, "ship", BARCODE).context["sitting"].lines[0]
    desk.post("/staff/lending/ship/", {"undo": line.key})
    assert "throw its slip away" in answer(desk.get("/staff/lending/ship/")).sentence
    assert story.supply.state == SupplyState.PROMISED
    assert Item.objects.get().status == ItemStatus.IN
    assert Parcel.objects.get().state == ParcelState.CANCELLED


def test_once_the_van_has_it_shipping_is_not_taken_back(story, at):
    story.at(State.REFERRED)
    desk = at(story.cast.lender)
    line = scan(desk, "ship", BARCODE).context["sitting"].lines[0]
    parcels.pick_up(Parcel.objects.get(), by=story.cast.driver, at=MONDAY)
    desk.post("/staff/lending/ship/", {"undo": line.key})
    assert "The van has this parcel already" in answer(desk.get("/staff/lending/ship/")).sentence
    assert story.supply.state == SupplyState.SUPPLYING


def test_the_number_on_the_pull_list_ships_the_only_copy(story, at):
    """A school's books may bear no barcode."""
    story.at(State.REFERRED)
    Item.objects.update(barcode="")
    said = answer(scan(at(story.cast.lender), "ship", story.ill.ref.lower()))
    assert said.tone == Tone.OK
    assert story.supply.state == SupplyState.SUPPLYING


@pytest.mark.parametrize("copies", [0, 2])
def test_of_several_copies_or_none_the_item_itself_is_scanned(story, at, copies):
    story.at(State.REFERRED)
    Item.objects.update(status=ItemStatus.IN if copies else ItemStatus.OUT)
    if copies:
        copy(story.record, story.cast.lenox, "30001000000018")
    said = answer(scan(at(story.cast.lender), "ship", story.ill.ref))
    assert said.tone == Tone.WARN
    assert "Now scan the barcode of the item" in said.sentence
    assert story.supply.state == SupplyState.ASKED


def test_a_request_that_waits_elsewhere_is_said_to_be_the_other_desks(story, at):
    story.at(State.REFERRED)
    said = answer(scan(at(story.cast.director), "ship", story.ill.ref))
    assert said.tone == Tone.NO
    assert "which your library borrows" in said.sentence


def test_a_scanner_that_reads_twice_gets_the_first_answer_and_keeps_its_slip(cast, at):
    loan(cast, 1, State.REFERRED)
    desk = at(cast.lender)
    first = answer(scan(desk, "ship", "30001000000001"))
    page = scan(desk, "ship", "30001000000001")
    assert answer(page).tone == Tone.WARN
    assert answer(page).sentence == f"Scanned twice; once is enough. {first.sentence}"
    assert len(page.context["sitting"].lines) == 1
    assert page.context["latest"] == Parcel.objects.get()


def test_what_was_shipped_before_is_on_its_way_already(story, at):
    story.at(State.REFERRED)
    desk = at(story.cast.lender)
    scan(desk, "ship", BARCODE)
    scan(desk, "ship", "no such thing")
    said = answer(scan(desk, "ship", BARCODE))
    assert said.tone == Tone.WARN
    assert said.sentence.startswith("That is already done: the item of request ")
    assert "on its way to the borrower" in said.sentence
    assert Parcel.objects.count() == 1


def test_a_book_that_nobody_asked_for_goes_back_on_its_shelf(story, at):
    story.at(State.REFERRED)
    copy(title("Cape Cod"), story.cast.lenox, "30001000000099")
    said = answer(scan(at(story.cast.lender), "ship", "30001000000099"))
    assert said.tone == Tone.NO
    assert "Nobody is waiting for “Cape Cod”" in said.sentence


def test_another_library_s_book_is_said_whose_it_is(story, at):
    story.at(State.REFERRED)
    copy(title("Cape Cod"), story.cast.providence, "31000000000001")
    said = answer(scan(at(story.cast.lender), "ship", "31000000000001"))
    assert "belongs to Providence Public Library" in said.sentence


@pytest.mark.parametrize("sent", ["A30001000000017B", "d30001000000017a", "30001000000017"])
def test_the_frame_of_codabar_is_no_part_of_the_number(story, at, sent):
    story.at(State.REFERRED)
    assert answer(scan(at(story.cast.lender), "ship", sent)).tone == Tone.OK


def test_with_capslock_on_letters_come_in_the_other_case(story, at):
    story.at(State.REFERRED)
    Item.objects.filter(barcode=BARCODE).update(barcode="lnx000017")
    assert answer(scan(at(story.cast.lender), "ship", "LNX000017")).tone == Tone.OK


def test_of_two_barcodes_that_differ_in_case_the_very_one_is_meant(story, at):
    story.at(State.REFERRED)
    Item.objects.filter(barcode=BARCODE).update(barcode="lnx000017")
    copy(title("Cape Cod"), story.cast.lenox, "LNX000017")
    said = answer(scan(at(story.cast.lender), "ship", "LNX000017"))
    assert "Nobody is waiting for “Cape Cod”" in said.sentence


@pytest.mark.parametrize("page", ["ship", "check-in"])
def test_an_unknown_scan_is_told_as_such_and_changes_nothing(story, at, page):
    story.at(State.REFERRED)
    before, desk = story.ill.events.count(), at(story.cast.lender)
    for text in ("39999", "x" * 5000, "' OR 1=1 --", "<script>", "\x00", "  ", "é"):
        told = scan(desk, page, text)
        assert answer(told).tone in (Tone.NO, Tone.WARN)
        assert "<script>x" not in told.content.decode()
    assert story.ill.events.count() == before


@pytest.mark.parametrize("status", [ItemStatus.OUT, ItemStatus.REFERENCE, ItemStatus.WITHDRAWN])
def test_what_is_in_hand_is_shipped_whatever_last_nights_file_says(story, at, status):
    story.at(State.REFERRED)
    Item.objects.update(status=status)
    desk = at(story.cast.lender)
    page = scan(desk, "ship", BARCODE)
    said = answer(page)
    assert said.tone == Tone.WARN
    assert f"The catalog said “{status.label}”" in said.sentence
    assert story.supply.state == SupplyState.SUPPLYING
    desk.post("/staff/lending/ship/", {"undo": page.context["sitting"].lines[0].key})
    assert Item.objects.get().status == status  # as it was known before


def test_where_no_van_goes_it_goes_by_mail(story, at):
    """Lee lost its stop after the request was referred."""
    story.at(State.REFERRED)
    Stop.objects.filter(library=story.cast.lee).update(active=False)
    said = answer(scan(at(story.cast.lender), "ship", BARCODE))
    assert said.tone == Tone.WARN
    assert "By mail to Lee Library" in said.sentence
    assert Parcel.objects.get().via == "mail"


# Slips


def test_the_second_slip_of_a_parcel_says_copy(story, at):
    story.at(State.SHIPPED)
    desk, number = at(story.cast.lender), Parcel.objects.get().number
    first = desk.post("/staff/lending/slips.pdf", {"parcel": number, "layout": "label"})
    assert first["Content-Type"] == "application/pdf"
    assert "Lee" in text_of(first.content)
    assert "COPY" not in text_of(first.content)
    again = desk.post("/staff/lending/slips.pdf", {"parcel": number, "layout": "label"})
    assert "COPY" in text_of(again.content)


def test_all_that_were_not_printed_yet(cast, at):
    crowd(cast, 3, State.SHIPPED)
    desk = at(cast.lender)
    assert desk.post("/staff/lending/slips.pdf", {"which": "new"}).status_code == 200
    assert list(Parcel.objects.values_list("printings", flat=True)) == [1, 1, 1]
    nothing = desk.post("/staff/lending/slips.pdf", {"which": "new"}, follow=True)
    assert "nothing was printed" in nothing.content.decode()


@pytest.mark.parametrize("parcel", ["", "x" * 5000, "\x00", "12345678"])
def test_a_slip_of_nothing_is_not_printed(story, at, parcel):
    story.at(State.SHIPPED)
    answer = at(story.cast.lender).post(
        "/staff/lending/slips.pdf", {"parcel": parcel, "layout": "poster"}, follow=True
    )
    assert "nothing was printed" in answer.content.decode()


def test_another_library_s_slips_are_not_printed(story, at):
    story.at(State.SHIPPED)
    answer = at(story.cast.director).post(
        "/staff/lending/slips.pdf", {"parcel": Parcel.objects.get().number}, follow=True
    )
    assert "nothing was printed" in answer.content.decode()


def test_rhode_island_without_its_three_letters_gets_no_slip(story, at):
    story.at(State.SHIPPED)
    Library.objects.filter(pk=story.cast.lee.pk).update(state="RI", delivery_code="")
    answer = at(story.cast.lender).post("/staff/lending/slips.pdf", {"which": "new"}, follow=True)
    assert "three letters" in answer.content.decode()
    assert Parcel.objects.get().printings == 0


def test_slips_of_the_way_home_are_the_borrower_s(story, at):
    story.at(State.HOMEWARD)
    assert len(at(story.cast.borrower).get("/staff/borrowing/slips/").context["parcels"]) == 1
    assert not at(story.cast.lender).get("/staff/lending/slips/").context["parcels"]
    pdf = at(story.cast.borrower).post("/staff/borrowing/slips.pdf", {"which": "new"})
    assert "Lenox" in text_of(pdf.content)


# Check in


def test_checking_in_ends_the_loan(story, at):
    story.at(State.HOMEWARD)
    said = answer(scan(at(story.cast.lender), "check-in", BARCODE))
    assert (said.tone, said.sentence) == (Tone.OK, "Home: “Walden”. Shelve it: 818 THO.")
    story.look()
    assert (story.ill.state, story.ill.outcome) == (State.CLOSED, Outcome.FILLED)
    assert Item.objects.get().status == ItemStatus.IN


def test_what_is_home_already_is_told_as_such(story, at):
    story.at(State.CLOSED)
    said = answer(scan(at(story.cast.lender), "check-in", BARCODE))
    assert said.tone == Tone.WARN
    assert "Already checked in, on Monday 23 November" in said.sentence


@pytest.mark.parametrize("page", ["check-in", "ship"])
def test_what_was_closed_as_lost_is_found_by_a_scan(story, at, page):
    story.at(State.LENT)
    losing.write_off(story.loan, Act(story.cast.lender, MONDAY))
    said = answer(scan(at(story.cast.lender), page, BARCODE))
    assert said.tone == Tone.WARN
    assert said.sentence == (
        "Found: “Walden” was closed as lost for Lee Library. Shelve it: 818 THO."
    )
    assert story.loan.ending == LoanEnding.FOUND


def test_what_never_got_there_waits_to_be_shipped_again(story, at):
    story.at(State.SHIPPED)
    parcels.pick_up(Parcel.objects.get(), by=story.cast.driver, at=MONDAY)
    said = answer(scan(at(story.cast.lender), "check-in", BARCODE))
    assert said.tone == Tone.WARN
    assert "never reached Lee Library" in said.sentence
    assert story.supply.state == SupplyState.PROMISED
    assert Item.objects.get().status == ItemStatus.IN


def test_what_has_not_left_is_taken_back(story, at):
    story.at(State.SHIPPED)
    scan(at(story.cast.lender), "check-in", BARCODE)
    assert story.supply.state == SupplyState.PROMISED
    assert Parcel.objects.get().state == ParcelState.CANCELLED


def test_another_library_s_check_in_is_not_ours(story, at):
    story.at(State.HOMEWARD)
    said = answer(scan(at(story.cast.director), "check-in", BARCODE))
    assert said.tone == Tone.NO
    story.look()
    assert story.ill.state == State.HOMEWARD


# What is out


def test_what_is_out_is_told_with_its_day(story, at):
    story.at(State.LENT)
    page = at(story.cast.lender).get("/staff/lending/out/")
    assert page.context["queue"].key == "received"
    Loan.objects.update(due_back="2026-11-20")
    page = at(story.cast.lender).get("/staff/lending/out/?show=late")
    assert [row.class_ for row in page.context["rows"]] == ["due"]


@pytest.mark.parametrize(
    ("page", "state", "queries"),
    [
        ("/staff/lending/?show=asked", State.REFERRED, QUERIES),
        ("/staff/lending/out/?show=shipped", State.SHIPPED, QUERIES - 1),  # no copies to fetch
        ("/staff/lending/out/?show=received", State.ARRIVED, QUERIES - 1),
        ("/staff/lending/out/?show=homeward", State.HOMEWARD, QUERIES - 1),
    ],
)
def test_a_long_queue_asks_no_more_than_a_short_one(
    cast, at, page, state, queries, django_assert_num_queries
):
    Policy.objects.update(open_requests=99)
    desk = warm(at(cast.lender))
    crowd(cast, 3, state)
    with django_assert_num_queries(queries):
        assert len(desk.get(page).context["rows"]) == 3
    crowd(cast, 7, state, start=3)
    with django_assert_num_queries(queries):
        assert len(desk.get(page).context["rows"]) == 10


def test_a_long_walk_asks_no_more_than_a_short_one(cast, at, django_assert_num_queries):
    Policy.objects.update(open_requests=99)
    desk = warm(at(cast.lender))
    crowd(cast, 3, State.REFERRED)
    with django_assert_num_queries(QUERIES - 1):
        assert len(desk.get("/staff/lending/pull-list/").context["lines"]) == 3
    crowd(cast, 7, State.REFERRED, start=3)
    with django_assert_num_queries(QUERIES - 1):
        assert len(desk.get("/staff/lending/pull-list/").context["lines"]) == 10


def test_many_slips_ask_no_more_than_few(cast, at, django_assert_num_queries):
    Policy.objects.update(open_requests=99)
    desk = warm(at(cast.lender))
    crowd(cast, 3, State.SHIPPED)
    with django_assert_num_queries(9):
        assert len(desk.get("/staff/lending/slips/").context["parcels"]) == 3
    crowd(cast, 7, State.SHIPPED, start=3)
    with django_assert_num_queries(9):
        assert len(desk.get("/staff/lending/slips/").context["parcels"]) == 10


@pytest.mark.parametrize(
    ("page", "state", "queries"),
    [("ship", State.REFERRED, 11), ("check-in", State.HOMEWARD, 9)],
)
def test_the_list_below_asks_no_more_for_many_than_for_few(
    cast, at, page, state, queries, django_assert_num_queries
):
    Policy.objects.update(open_requests=99)
    desk = warm(at(cast.lender))
    crowd(cast, 3, state)
    with django_assert_num_queries(queries):
        assert len(desk.get(f"/staff/lending/{page}/").context["left"]) == 3
    crowd(cast, 7, state, start=3)
    with django_assert_num_queries(queries):
        assert len(desk.get(f"/staff/lending/{page}/").context["left"]) == 10


def test_another_copy_of_what_is_out_is_told_from_an_unknown_thing(story, at):
    story.at(State.HOMEWARD)
    copy(story.record, story.cast.lenox, "30001000000025")
    desk = at(story.cast.lender)
    told = answer(scan(desk, "check-in", "30001000000025"))
    assert told.tone == Tone.NO
    assert "not the copy on record" in told.sentence
    assert answer(scan(desk, "check-in", story.ill.ref)).tone == Tone.OK
    assert story.supply.ending == Ending.SUPPLIED


def test_a_second_no_is_told_by_the_lenders_own_side(story, at):
    """Where the request is by then is not the lender's to know."""
    story.at(State.REFERRED)
    desk, address = at(story.cast.lender), f"/staff/supplies/{story.ill.ref}/1/refuse/"
    desk.post(address, {"reason": Reason.ON_LOAN})
    story.listen()
    page = read(desk.post(address, {"reason": Reason.ON_LOAN}))
    assert "is finished. Nothing was changed." in page
    assert "ILL center" not in page
    assert story.ill.events.filter(verb="refuse").count() == 1


def test_a_list_that_is_too_long_says_how_many_more_wait(cast, at, monkeypatch):
    crowd(cast, 4, State.REFERRED)
    monkeypatch.setattr(pull_list, "MOST", 3)
    desk = at(cast.lender)
    page = desk.get("/staff/lending/pull-list/")
    assert (len(page.context["lines"]), page.context["more"]) == (3, 1)
    assert "One more is waiting" in read(page)
    assert desk.get("/staff/lending/pull-list/?show=promised").context["more"] == 0


def test_slips_that_are_too_many_say_so_too(cast, at, monkeypatch):
    crowd(cast, 4, State.SHIPPED)
    monkeypatch.setattr(slips, "MOST", 2)
    page = at(cast.lender).get("/staff/lending/slips/")
    assert len(page.context["parcels"]) == 2
    assert "2 more parcels are waiting." in read(page)


def test_an_own_book_that_is_wanted_is_not_sent_back_to_its_shelf_by_check_in(story, at):
    story.at(State.REFERRED)
    said = answer(scan(at(story.cast.lender), "check-in", BARCODE))
    assert "Lee is waiting for it: scan it on the Ship page." in said.sentence
    assert "shelf" not in said.sentence
    story.look()
    assert story.ill.state == State.REFERRED
