"""Each kind of number that the house knows, at each scan page: never "nothing", never moved."""

import pytest

from postroad.accounts.models import Card, User
from postroad.catalogue.models import Identifier, Item, ItemStatus
from postroad.ill import asking, lending, mediation, shipping, sweeps
from postroad.ill.acts import Act, house
from postroad.ill.lifecycle import UNSHIPPED, State, SupplyState, Verb
from postroad.ill.models import Event, Request
from postroad.web.models import ScanLine
from postroad.web.shared.scanning import Tone
from tests.cast import outside
from tests.ill.story import MONDAY, Story, copy, title
from tests.web.staff.crowd import ring

WALDEN = "30001000000017"
PAGES = [
    "lending/ship",
    "lending/check-in",
    "borrowing/receive",
    "borrowing/lend",
    "borrowing/take-back",
    "borrowing/send-home",
]


def scan(desk, page, text, **more):
    given = {"scan": text, **more}
    told = desk.post(f"/staff/{page}/", given, headers={"HX-Request": "true"})
    assert told.status_code == 200
    return told.context["sitting"].answer


def undo(desk, page, line):
    told = desk.post(f"/staff/{page}/", {"undo": line.key}, headers={"HX-Request": "true"})
    return told.context["sitting"].answer


def at_home(story):
    copy(title("Cape Cod"), story.cast.pittsfield, "32000000000001")
    return "32000000000001"


def another_librarys(story):
    copy(title("Emma"), story.cast.providence, "33000000000001")
    return "33000000000001"


def lent_out(story):
    story.at(State.LENT)
    return WALDEN


def under_way(story):
    story.at(State.SHIPPED)
    return story.loan.parcel_out.number


def long_home(story):
    story.at(State.CLOSED)
    return WALDEN


def slip_of_long_ago(story):
    story.at(State.CLOSED)
    return story.loan.parcel_out.number


def request_of_others(story):
    story.at(State.REFERRED)
    return story.ill.ref


def readers_card(story):
    return story.cast.bea.card.barcode


def framed_card(story):
    return f"A{story.cast.ada.card.barcode}B"


def isbn(story):
    return "9780141439518"


def short_isbn(story):
    Identifier.objects.create(record=story.record, kind="isbn", value="9780141439518")
    return "0141439513"


def outside_number(story):
    story.record.items.all().delete()
    story.listen()
    mediation.refer_outside(
        story.ill,
        Act(story.cast.centre, MONDAY),
        lender=outside("Yale"),
        system="OCLC",
        number="201993144",
    )
    return "201993144"


KNOWN = [
    at_home,
    another_librarys,
    lent_out,
    under_way,
    long_home,
    slip_of_long_ago,
    request_of_others,
    readers_card,
    framed_card,
    isbn,
    short_isbn,
    outside_number,
]


@pytest.mark.parametrize("known", KNOWN, ids=lambda each: each.__name__)
def test_what_the_house_knows_is_never_nothing_on_any_page(story, at, known):
    """Pittsfield, which has no part in Ada's loan, scans it everywhere."""
    number = known(story)
    desk = at(story.cast.neighbour)
    before = Event.objects.count()
    for page in PAGES:
        said = scan(desk, page, number)
        assert "has nothing with" not in said.sentence, (page, said.sentence)
        assert said.tone in (Tone.NO, Tone.WARN), (page, said.sentence)
    assert Event.objects.count() == before


@pytest.mark.parametrize("page", PAGES)
def test_what_nobody_knows_is_still_said_to_be_unknown(story, at, page):
    assert "has nothing with" in scan(at(story.cast.neighbour), page, "4711000000").sentence


# Never the wrong book


@pytest.mark.parametrize(
    ("state", "page"),
    [
        (State.SHIPPED, "receive"),
        (State.ARRIVED, "lend"),
        (State.LENT, "take-back"),
        (State.LENT, "send-home"),
        (State.BACK, "send-home"),
    ],
)
def test_of_two_books_that_bear_one_number_none_moves_and_both_are_named(cast, at, state, page):
    walden, emma = title("Walden"), title("Emma")
    copy(walden, cast.lenox, "300123")
    copy(emma, cast.pittsfield, "300123")
    stories = []
    for record in (walden, emma):
        ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
        stories.append(Story(cast, record, ill).at(state))
    desk = at(cast.borrower)
    said = scan(desk, f"borrowing/{page}", "300123")
    assert said.tone == Tone.NO
    assert "Walden" in said.sentence
    assert "Emma" in said.sentence
    assert {each.state for each in Request.objects.all()} == {state}
    assert scan(desk, f"borrowing/{page}", stories[0].ill.ref).tone == Tone.OK  # the way out


def test_a_borrowed_book_is_not_shipped_for_an_own_one_with_its_number(cast, at):
    """Pittsfield has a copy of Lenox's on its hold shelf; its own Emma bears the same digits."""
    walden, emma = title("Walden"), title("Emma")
    copy(walden, cast.lenox, "300123")
    copy(emma, cast.pittsfield, "300123")
    for record, patron, library, state in (
        (walden, cast.bea, cast.pittsfield, State.ARRIVED),
        (emma, cast.ada, cast.lee, State.REFERRED),
    ):
        ill = asking.ask(record, Act(patron, MONDAY), patron=patron, library=library)
        last = Story(cast, record, ill).at(state)
    desk = at(cast.neighbour)
    assert "more than one thing" in scan(desk, "lending/ship", "300123").sentence
    assert last.supply.state == SupplyState.ASKED
    assert scan(desk, "lending/ship", last.ill.ref).tone == Tone.OK


def bob_asks_too(story):
    """Another reader of the same library asks for the same title, and the same lender is asked."""
    cast = story.cast
    bob = User.objects.create(username="bob", email="bob@example.org")
    Card.objects.create(user=bob, library=cast.lee, barcode="card-bob")
    ill = asking.ask(story.record, Act(bob, MONDAY), patron=bob, library=cast.lee)
    his = Story(cast, story.record, ill).at(State.REFERRED)
    assert his.supply.lender == cast.lenox
    return his


def lets_it_lapse(story):
    sweeps.ring_supply(story.supply, story.supply.due_at)


def finds_nothing(story):
    wanted = story.supply.item
    lending.not_on_shelf(story.supply, Act(story.cast.lender, MONDAY), item=wanted)
    Item.objects.update(status=ItemStatus.IN)


def has_another_copy(story):
    """And is still looking for it."""
    copy(story.record, story.cast.lenox, "30001000000025")


@pytest.mark.parametrize("lender", [lets_it_lapse, finds_nothing, has_another_copy])
def test_a_copy_sent_for_one_reader_is_received_for_him_whoever_else_waits(story, at, lender):
    """It might have come for Ada without a scan; but it was scanned out for Bob."""
    story.at(State.REFERRED)
    lender(story)
    his = bob_asks_too(story)
    sent = Item.objects.get(barcode=WALDEN)
    shipping.ship(his.supply, Act(story.cast.lender, MONDAY), item=sent)
    desk = at(story.cast.borrower)
    said = scan(desk, "borrowing/receive", WALDEN)
    assert (said.tone, said.ref) == (Tone.OK, his.ill.ref), said.sentence
    story.look()
    assert story.ill.state in UNSHIPPED
    assert scan(desk, "borrowing/receive", WALDEN).tone == Tone.WARN  # it is here already


def test_an_own_loan_is_found_behind_fifty_newer_ones_of_others(story, at):
    """Small libraries number from 1, and their numbers collide."""
    story.at(State.SHIPPED)
    other = title("Other")
    for number in range(55):
        ill = Request.objects.create(
            library=story.cast.pittsfield,
            record=other,
            title="Other",
            state="closed",
            outcome="filled",
            owner="machine",
            asked_at=MONDAY,
            closed_at=MONDAY,
        )
        later = MONDAY.replace(year=2027, minute=number % 60)
        supply = ill.supplies.create(
            attempt=1,
            lender=story.cast.providence,
            state="closed",
            owner="machine",
            ending="supplied",
            closed_at=MONDAY,
            asked_at=later,
        )
        supply.loans.create(
            request=ill,
            lender=story.cast.providence,
            borrower=story.cast.pittsfield,
            barcode=WALDEN,
            state="closed",
            owner="machine",
            ending="returned",
            closed_at=MONDAY,
            shipped_at=later,
        )
    assert scan(at(story.cast.borrower), "borrowing/receive", WALDEN).tone == Tone.OK
    found = at(story.cast.borrower).get("/staff/find/", {"q": WALDEN})
    assert found["Location"] == f"/staff/requests/{story.ill.ref}/"


def test_a_volume_that_nobody_named_is_shipped_by_a_second_press_only(story, at):
    story.at(State.REFERRED)
    Item.objects.update(volume="v.1")
    copy(story.record, story.cast.lenox, "30001000000025", volume="v.2")
    desk = at(story.cast.lender)
    asks = scan(desk, "lending/ship", "30001000000025")
    assert (asks.tone, "v.1, v.2" in asks.sentence) == (Tone.WARN, True)
    assert story.supply.state == SupplyState.ASKED
    scan(desk, "lending/ship", "30001000000025")  # a label read twice is no yes
    assert story.supply.state == SupplyState.ASKED
    assert scan(desk, "lending/ship", asks.asks.scan, sure="1").tone == Tone.OK
    assert story.loan.barcode == "30001000000025"


# A no is not final by accident


def test_another_copy_of_the_same_library_is_looked_for_first(story, at):
    copy(story.record, story.cast.lenox, "30001000000025")
    story.at(State.REFERRED)
    desk = at(story.cast.lender)
    address = f"/staff/supplies/{story.ill.ref}/1/not-on-shelf/"
    told = desk.post(address, follow=True).content.decode()
    assert "another copy" in told
    assert story.supply.state == SupplyState.ASKED
    assert Item.objects.filter(status=ItemStatus.MISSING).count() == 1
    desk.post(address)
    story.listen()
    assert story.ill.state == State.CENTRE  # now both were looked for


@pytest.mark.parametrize("listens", [False, True])
def test_not_on_shelf_is_taken_back_by_a_press(story, at, listens):
    story.at(State.REFERRED)
    desk = at(story.cast.lender)
    page = desk.post(f"/staff/supplies/{story.ill.ref}/1/not-on-shelf/")
    if listens:
        story.listen()
    shown = desk.get(page["Location"])
    event = shown.context["no"]
    desk.post(f"/staff/requests/{story.ill.ref}/undo/", {"event": event.pk})
    story.look()
    assert (story.ill.state, story.supply.lender) == (State.REFERRED, story.cast.lenox)
    assert Item.objects.get().status == ItemStatus.IN
    assert desk.get(page["Location"]).context["no"] is None


def test_a_found_copy_comes_back_by_one_scan(story, at):
    story.at(State.REFERRED)
    desk = at(story.cast.lender)
    desk.post(f"/staff/supplies/{story.ill.ref}/1/not-on-shelf/")
    story.listen()
    assert story.ill.state == State.CENTRE
    said = scan(desk, "lending/ship", WALDEN)
    assert (said.tone, "said no; that has been undone" in said.sentence) == (Tone.WARN, True)
    story.look()
    assert story.ill.state == State.SHIPPED


@pytest.mark.parametrize("page", ["lending/ship", "lending/check-in"])
def test_a_found_copy_that_another_library_has_promised_is_put_on_its_shelf(story, at, page):
    copy(story.record, story.cast.pittsfield, "30002000000016")
    story.at(State.REFERRED)
    first = story.supply
    item = Item.objects.get(library=first.lender)
    lending.not_on_shelf(first, Act(at=MONDAY), item=item)
    story.listen()
    lending.promise(story.supply, Act(at=MONDAY))
    desk = at(story.cast.neighbour if first.lender == story.cast.pittsfield else story.cast.lender)
    said = scan(desk, page, item.barcode)
    assert "Found" in said.sentence
    assert "Lee Library waited for it" in said.sentence
    item.refresh_from_db()
    assert item.status == ItemStatus.IN
    assert "listed as missing" in undo(desk, page, said).sentence
    item.refresh_from_db()
    assert item.status == ItemStatus.MISSING


# Check in


@pytest.mark.parametrize("state", [State.ARRIVED, State.LENT, State.BACK, State.HOMEWARD])
def test_a_check_in_by_mistake_is_taken_back_to_where_it_stood(story, at, state):
    story.at(state)
    desk = at(story.cast.lender)
    said = scan(desk, "lending/check-in", WALDEN)
    assert said.tone == Tone.OK
    sweeps.forget(MONDAY.replace(year=2028))  # the name has gone, and nothing else has happened
    assert undo(desk, "lending/check-in", said).tone == Tone.OK
    story.look()
    assert (story.ill.state, story.ill.outcome, Item.objects.get().status) == (state, "", "away")
    assert scan(desk, "lending/check-in", WALDEN).tone == Tone.OK


def test_what_was_said_to_have_come_back_goes_on_when_that_is_taken_back(story, at):
    story.at(State.SHIPPED)
    parcel = story.loan.parcel_out
    desk = at(story.cast.lender)
    said = scan(desk, "lending/check-in", WALDEN)
    assert "never reached" in said.sentence
    assert undo(desk, "lending/check-in", said).tone == Tone.OK
    story.look()
    parcel.refresh_from_db()
    assert (story.ill.state, story.loan.parcel_out, parcel.is_open) == ("shipped", parcel, True)


# It is here though nobody shipped it


@pytest.mark.parametrize("number", [WALDEN, "ref"])
def test_what_nobody_shipped_is_received_on_the_spot_and_taken_back_whole(story, at, number):
    story.at(State.REFERRED)
    desk = at(story.cast.borrower)
    said = scan(desk, "borrowing/receive", story.ill.ref if number == "ref" else number)
    assert (said.tone, "had not scanned it out" in said.sentence) == (Tone.WARN, True)
    story.look()
    assert (story.ill.state, story.supply.state) == (State.ARRIVED, SupplyState.SUPPLYING)
    history = desk.get(f"/staff/requests/{story.ill.ref}/").content.decode()
    assert "Left Lenox Library without a scan" in history
    assert undo(desk, "borrowing/receive", said).tone == Tone.OK
    story.look()
    assert (story.ill.state, Item.objects.get().status) == (State.REFERRED, ItemStatus.IN)


# Undo


def test_a_reminder_or_a_refused_renewal_does_not_make_it_too_late_to_undo(story, at):
    story.at(State.ARRIVED)
    desk = at(story.cast.borrower)
    said = scan(desk, "borrowing/lend", WALDEN)
    out = story.loan
    out.request.move(Verb.REFUSE_RENEWAL, house(MONDAY), loan=out, said={"why": "no-more"})
    ring(story)
    assert undo(desk, "borrowing/lend", said).tone == Tone.OK
    story.look()
    assert story.ill.state == State.ARRIVED


# Two scanners


def test_two_scanners_of_one_sign_in_keep_both_lines(cast, at):
    stories = []
    for name, barcode in (("Walden", "3001"), ("Emma", "3002")):
        record = title(name)
        copy(record, cast.lenox, barcode)
        ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
        stories.append(Story(cast, record, ill).at(State.SHIPPED))
    one = at(cast.borrower)
    other = type(one)()
    other.cookies = one.cookies.copy()
    first = scan(one, "borrowing/receive", "3001")
    scan(other, "borrowing/receive", "3002")
    lines = one.get("/staff/borrowing/receive/").context["sitting"].lines
    assert len(lines) == 2
    assert undo(other, "borrowing/receive", first).tone == Tone.OK
    assert undo(one, "borrowing/receive", first).tone == Tone.WARN  # once is enough


def test_the_list_of_a_desk_goes_after_a_few_days(story, at):
    story.at(State.SHIPPED)
    ScanLine.objects.create(
        sitting="x", key="y", at=MONDAY.replace(day=1), line={"tone": "ok", "sentence": "old"}
    )
    scan(at(story.cast.borrower), "borrowing/receive", WALDEN)
    assert not ScanLine.objects.filter(sitting="x").exists()
