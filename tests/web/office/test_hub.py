"""The hub's desk, bins as property, files of scans: what each page says."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from postroad.delivery import containers, parcels, scan_files
from postroad.delivery.containers import At
from postroad.delivery.models import (
    Container,
    Courier,
    CustodyStep,
    EmptiesAsked,
    Hub,
    Parcel,
    ParcelState,
    Route,
    ScanFile,
)
from postroad.web.models import ScanLine

HUB = "/office/delivery/hub/?hub=PLYMOUTH"


@pytest.fixture
def office(client, cast):
    client.force_login(cast.delivery)
    return client


@pytest.fixture
def hub(cast):
    courier = Courier.objects.create(code="BAY", name="Bay", state="MA")
    return Hub.objects.create(code="PLYMOUTH", name="Plymouth sort", courier=courier)


@pytest.fixture
def parcel(cast):
    return parcels.make(
        from_library=cast.lee,
        to_library=cast.lenox,
        item_barcode="31234000000017",
        title="Walden",
        ref="",
        at=timezone.now() - timedelta(days=1),
        by=None,
    )


@pytest.fixture
def full(parcel, hub):
    """A bin with the parcel in it."""
    made = containers.put_to_use(1, Container.Kind.BIN, holder=hub.code, at=timezone.now())[0]
    hour = timezone.now() - timedelta(hours=1)
    parcels.sort(parcel, holder=hub.code, by=None, at=hour, into=made)
    return made


def scan(client, do, number, more="", **given):
    client.post(f"{HUB}&do={do}{more}", {"scan": number, "key": f"{do}-{number}", **given})
    return ScanLine.objects.order_by("pk").last().line["sentence"]


def test_the_only_hub_is_chosen_by_itself_and_of_several_one_is_asked_for(office, hub):
    assert office.get("/office/delivery/hub/").headers["Location"] == HUB
    Hub.objects.create(code="B", name="Other", courier=hub.courier)
    assert "At which hub" in office.get("/office/delivery/hub/").content.decode()


def test_a_bin_is_chosen_and_filled_and_left(office, parcel, hub):
    made = containers.put_to_use(1, Container.Kind.BIN, holder=hub.code, at=timezone.now())[0]
    assert "scan what goes into it" in scan(office, "sort", made.number)
    assert "Into bin" in scan(office, "sort", parcel.number)
    parcel.refresh_from_db()
    assert parcel.container == made
    assert "1 parcel is in it" in " ".join(office.get(HUB).content.decode().split())
    office.post(HUB, {"done": "yes"})
    assert "in no bin" in scan(office, "sort", parcel.number, key="out")


@pytest.mark.parametrize(
    ("do", "step", "said"),
    [
        ("arrive", CustodyStep.SORTED, "Came in"),
        ("damaged", CustodyStep.DAMAGED, "Recorded as damaged"),
        ("found", CustodyStep.FOUND, "Found"),
        ("hold", CustodyStep.HELD, "Held at the hub"),
        ("misrouted", CustodyStep.MISROUTED, "Recorded as misrouted"),
        ("release", CustodyStep.RELEASED, "Released"),
    ],
)
def test_each_scan_is_answered_and_can_be_undone(office, parcel, hub, do, step, said):
    assert said in scan(office, do, parcel.number)
    assert parcel.custody.filter(step=step, holder=hub.code).exists()
    key = ScanLine.objects.order_by("pk").last().key
    office.post(f"{HUB}&do={do}", {"undo": key})
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.READY


def test_a_bin_is_loaded_with_all_that_is_in_it_once_a_route_is_chosen(office, parcel, full):
    Route.objects.create(code="HUB 9", name="Nine")
    assert "Choose the route first" in scan(office, "load", full.number)
    said = scan(office, "load", full.number, more="&route=HUB+9", key="again")
    assert "1 parcel that is in it was moved with it" in said
    parcel.refresh_from_db()
    assert (parcel.last_step, parcel.last_holder) == (CustodyStep.PICKED_UP, "HUB 9")


def test_what_is_no_number_and_what_is_of_the_other_kind_is_said(office, parcel, full):
    assert "No parcel, bin or bag" in scan(office, "hold", "nonsense")
    assert "This is a bin" in scan(office, "hold", full.number)
    assert "This is a parcel" in scan(office, "close", parcel.number)


def test_bins_are_counted_and_one_tells_its_history_and_is_undone(office, parcel, full, cast):
    containers.drop(full, At(None, timezone.now(), library=cast.lenox))
    containers.ask_for_empties(cast.lee, 3, by=None, at=timezone.now())
    page = office.get("/office/delivery/bins/").content.decode()
    assert cast.lenox.name in page
    assert "3 of 3 still to bring" in " ".join(page.split())
    found = office.get("/office/delivery/bins/", {"q": full.number})
    address = found.headers["Location"]
    page = office.get(address).content.decode()
    assert parcel.number[:4] in page
    office.post(address, {"undo": full.lines.get().pk})
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.MOVING
    office.post("/office/delivery/bins/", {"count": 2, "kind": "bag", "hub": "PLYMOUTH"})
    assert Container.objects.filter(kind="bag").count() == 2


def test_a_bin_on_the_van_stands_no_more_at_the_library_that_filled_it(office, full, cast):
    Route.objects.create(code="HUB 9", name="Nine")
    now = timezone.now()
    containers.drop(full, At(None, now - timedelta(hours=2), library=cast.lenox))
    containers.load(full, At(None, now - timedelta(hours=1), holder="HUB 9", library=cast.lenox))
    (pile,) = [pile for pile in containers.piles() if pile.place == "Nine"]
    assert (pile.library, pile.bins) == (None, 1)
    for address in ("", f"{full.number}/"):
        page = " ".join(office.get(f"/office/delivery/bins/{address}").content.decode().split())
        assert "HUB 9" in page
        assert cast.lenox.name not in page.split('<ol class="history')[0]


def test_a_file_is_sent_read_and_its_bad_lines_are_taken_away(office, parcel, cast, hub):
    at = timezone.now().isoformat()
    text = f"time,place,step,number\n{at},PLYMOUTH,sorted,{parcel.number}\n{at},X,sorted,=1\n"

    def send():
        sent = SimpleUploadedFile("scans.csv", text.encode())
        return office.post("/office/delivery/scan-files/", {"file": sent}, follow=True)

    assert "Kept" in send().content.decode()
    scan_files.work_off(timezone.now())
    page = send().content.decode()
    assert "was sent before" in page
    assert "No hub, route or stop has this code" in page
    file = ScanFile.objects.get()
    bad = office.get(f"/office/delivery/scan-files/{file.pk}/bad-lines.csv").content.decode()
    assert bad.splitlines()[1].startswith("3,place,")


def test_a_driver_sends_a_file_and_reads_what_was_wrong(client, cast, parcel, hub):
    client.force_login(cast.driver)
    sent = SimpleUploadedFile("scans.csv", b"time,place,step,number\nnow,X,sorted,1\n")
    client.post("/courier/files/", {"file": sent})
    scan_files.work_off(timezone.now())
    assert "The time cannot be read" in client.get("/courier/files/").content.decode()
    wrong = SimpleUploadedFile("scans.csv", b"hello")
    assert client.post("/courier/files/", {"file": wrong}).status_code == 422


def test_a_bin_on_receive_says_what_it_brings_or_whose_it_is(client, cast, parcel, full):
    for user, said in ((cast.borrower, "Not yours: next van"),):
        client.force_login(user)
        client.post("/staff/borrowing/receive/", {"scan": full.number, "key": "a"})
        assert said in ScanLine.objects.order_by("pk").last().line["sentence"]
    Parcel.objects.update(to_library=cast.lee, from_library=cast.lenox)
    client.post("/staff/borrowing/receive/", {"scan": full.number, "key": "b"})
    line = ScanLine.objects.order_by("pk").last().line
    assert line["sentence"] == "Belongs here, 1 piece: 1 not known."


def test_a_library_asks_for_empties_and_takes_it_back(client, cast):
    client.force_login(cast.borrower)
    client.post("/staff/bins/", {"wanted": 4})
    assert "4 are still to come" in " ".join(client.get("/staff/bins/").content.decode().split())
    client.post("/staff/bins/", {"wanted": 0})
    assert not EmptiesAsked.objects.filter(over_at=None).exists()


def test_all_that_waits_for_a_route_is_loaded_with_one_press_and_undone(office, parcel, hub):
    hour = timezone.now() - timedelta(hours=1)
    parcels.sort(parcel, holder=hub.code, by=None, at=hour)
    address = f"{HUB}&do=load&route=WEST+2"
    page = office.get(address)
    assert "Took the one" in page.content.decode()
    sent = {"all": "yes", "numbers": page.context["all_numbers"], "key": page.context["all_key"]}
    for _press in range(2):
        office.post(address, sent)
    line = ScanLine.objects.get()
    assert line.line["sentence"] == "1 parcel was loaded on WEST 2 without a scan."
    parcel.refresh_from_db()
    assert parcel.last_step == CustodyStep.PICKED_UP
    office.post(address, {"undo": line.key})
    parcel.refresh_from_db()
    assert parcel.last_step == CustodyStep.SORTED
    assert "Took the one" in office.get(address).content.decode()


def test_a_press_for_all_that_comes_twice_at_one_moment_is_one(
    transactional_db, office, parcel, hub
):
    hour = timezone.now() - timedelta(hours=1)
    with transaction.atomic():
        parcels.sort(parcel, holder=hub.code, by=None, at=hour)
    address = f"{HUB}&do=load&route=WEST+2"
    page, gate = office.get(address), Barrier(3)
    sent = {"all": "yes", "numbers": page.context["all_numbers"], "key": "\0k"}

    def press(_number):
        hand = Client()
        hand.cookies = office.cookies
        gate.wait()
        try:
            return hand.post(address, sent).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as hands:
        assert list(hands.map(press, range(3))) == [302, 302, 302]
    assert ScanLine.objects.get().key == "all-k"
    assert parcel.custody.filter(step=CustodyStep.PICKED_UP).count() == 1


def test_all_that_waits_for_a_route_goes_into_the_bin_that_is_chosen(office, parcel, hub):
    made = containers.put_to_use(1, Container.Kind.BIN, holder=hub.code, at=timezone.now())[0]
    parcels.sort(parcel, holder=hub.code, by=None, at=timezone.now() - timedelta(hours=1))
    scan(office, "sort", made.number)
    page = office.get(f"{HUB}&do=sort&route=WEST+2")
    assert "Put the one into it" in page.content.decode()
    sent = {"all": "yes", "numbers": page.context["all_numbers"], "key": page.context["all_key"]}
    office.post(f"{HUB}&do=sort&route=WEST+2", sent)
    parcel.refresh_from_db()
    assert parcel.container == made


def test_the_page_shows_what_one_is_doing(office, hub):
    page = office.get(f"/office/delivery/hub/?hub={hub.code}&do=hold")
    assert [choice.label for choice in page.context["hands"] if choice.chosen] == ["Hold"]


def test_who_only_lends_is_not_led_to_the_page_on_which_one_receives(client, cast):
    for who, led in ((cast.borrower, True), (cast.lender, False)):
        client.force_login(who)
        page = client.get("/staff/bins/").content.decode()
        assert ("/staff/borrowing/receive/" in page) is led
