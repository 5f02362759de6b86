"""A driver's day on a phone whose network goes away in the middle, and comes back."""

import re
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from postroad.accounts.models import Post, Role, User
from postroad.delivery.models import Custody, Parcel, ParcelState, SetAside, Visit
from tests.cast import PASSWORD, Cast
from tests.journeys.people import Person
from tests.journeys.phone import comes_to, follows_to_sign_in, is_kept, scans, told

pytestmark = pytest.mark.usefixtures("patience")


def test_a_day_with_the_network_cut_in_the_middle(
    driver: Person, make: Callable[..., Parcel], cast: Cast
) -> None:
    here = [make("lee", "lenox", on_the_van=True) for _each in range(3)]
    up, away = make("lenox", "lee"), make("lee", "pittsfield", on_the_van=True)
    comes_to(driver, "Lenox Library, Lenox")
    is_kept(driver)
    driver.scans(here[0].number, "Dropped. It comes from")

    context = driver.page.context
    context.set_offline(True)
    scans(driver, here[1].number)
    told(driver, "No network. 1 scan is kept on this phone and will be sent when it is back.")
    scans(driver, here[2].number)
    told(driver, "No network. 2 scans are kept on this phone and will be sent when it is back.")

    driver.page.reload()
    page = driver.page
    told(driver, "No network. 2 scans are kept")
    expect(page.get_by_role("heading", name="Lenox", exact=True).first).to_be_visible()
    expect(page.locator("#drop-count")).to_have_text("0")
    expect(page.locator("#pick-up-count")).to_have_text("1")
    scans(driver, up.number)
    expect(page.locator("#said")).to_contain_text("Kept: picked up here. It goes to Lee.")
    scans(driver, up.number)
    expect(page.locator("#said")).to_contain_text("Scanned twice; once is enough.")
    scans(driver, away.number)
    told(driver, "No network. 4 scans are kept on this phone and will be sent when it is back.")
    expect(page.locator("#kept-here li").first).to_have_text(re.compile(r"\d [ap]\.m\."))
    page.get_by_role("button", name=re.compile(f"Remove.*{away.number}")).click()
    told(driver, "No network. 3 scans are kept")
    driver.look(page)

    page.get_by_role("button", name=re.compile("^I am here.*: .*Pittsfield$")).click()
    expect(page.locator("#stop-title")).to_have_text("Pittsfield")
    scans(driver, away.number)
    told(driver, "No network. 4 scans are kept")
    page.reload()
    told(driver, "No network. 4 scans are kept")
    assert Custody.objects.filter(step__in=("dropped", "picked-up")).count() == 5

    context.set_offline(False)
    told(driver, "The network is back: 4 scans were sent.")
    expect(page.locator("#kept-count")).to_have_text("0")
    came = Custody.objects.filter(parcel__in=[*here[1:], up, away]).order_by("at", "pk")
    later = [line.parcel_id for line in came if line.noted_at > line.at]
    assert later == [here[1].pk, here[2].pk, up.pk, away.pk]
    for parcel in (*here, away):
        parcel.refresh_from_db()
        assert parcel.state == ParcelState.DROPPED
    page.goto("/courier/scan/")
    driver.look(page)
    assert not SetAside.objects.exists()


def test_the_sign_in_ends_on_the_road_and_the_same_driver_comes_back(
    driver: Person, make: Callable[..., Parcel], cast: Cast
) -> None:
    parcel = make("lee", "lenox", on_the_van=True)
    comes_to(driver, "Lenox Library, Lenox")
    is_kept(driver)
    driver.page.context.set_offline(True)
    scans(driver, parcel.number)
    told(driver, "No network. 1 scan is kept")
    Session.objects.all().delete()
    driver.page.reload()
    driver.page.context.set_offline(False)
    told(driver, "1 scan by Driver is kept on this phone and will be sent after Driver signs in.")
    driver.look(driver.page)
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.MOVING
    follows_to_sign_in(driver)
    driver.signs_in_if_asked()
    told(driver, "The network is back: 1 scan was sent.")
    parcel.refresh_from_db()
    assert (parcel.state, parcel.last_user) == (ParcelState.DROPPED, cast.driver)


def test_another_driver_signs_in_on_the_same_phone(
    driver: Person, make: Callable[..., Parcel], cast: Cast
) -> None:
    sam = User.objects.create_user("sam", first_name="Sam", password=PASSWORD)
    Post.objects.create(user=sam, role=Role.DRIVER)
    parcel = make("lee", "lenox", on_the_van=True)
    comes_to(driver, "Lenox Library, Lenox")
    is_kept(driver)
    driver.page.context.set_offline(True)
    scans(driver, parcel.number)
    told(driver, "No network. 1 scan is kept")
    Session.objects.all().delete()
    driver.page.reload()
    driver.page.context.set_offline(False)
    follows_to_sign_in(driver)
    driver.name = "sam"
    driver.signs_in_if_asked()
    told(
        driver, "1 scan by Driver is kept on this phone. It will be sent when Driver signs in here"
    )
    driver.look(driver.page)
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.MOVING
    driver.page.get_by_role("button", name="Hand them to the delivery office").click()
    expect(driver.page.locator("#kept .kept-others")).to_be_hidden()
    row = SetAside.objects.get()
    assert (row.driver, row.handed_in_by, row.text) == (cast.driver, sam, parcel.number)
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.MOVING


def test_all_are_taken_and_the_stop_is_confirmed_without_a_network(
    driver: Person, make: Callable[..., Parcel], cast: Cast
) -> None:
    waiting = [make("lenox", "lee") for _each in range(3)]
    comes_to(driver, "Lenox Library, Lenox")
    is_kept(driver)
    driver.page.context.set_offline(True)
    driver.page.reload()
    page = driver.page
    page.get_by_role("button", name="Took them all").click()
    page.get_by_role("button", name="Yes, all of them").click()
    told(driver, "No network. 3 scans are kept")
    expect(page.locator("#pick-up-count")).to_have_text("0")
    page.get_by_role("button", name="Done here").click()
    told(driver, "No network. 4 scans are kept")
    driver.look(page)
    page.context.set_offline(False)
    told(driver, "The network is back: 4 scans were sent.")
    lines = Custody.objects.filter(parcel__in=waiting, step="picked-up")
    assert {line.how for line in lines} == {"declared"}
    visit = Visit.objects.get()
    assert (visit.left, visit.taken, visit.library) == (0, 3, cast.lenox)


def test_html_in_names_is_shown_as_text(
    driver: Person, make: Callable[..., Parcel], cast: Cast
) -> None:
    cast.lenox.name, cast.lenox.town = "<img src=x onerror=alert(1)>", "<b>Lenox</b>"
    cast.lenox.save()
    make("lee", "lenox", on_the_van=True)
    driver.goes("/courier/")
    driver.presses("WEST 2")
    is_kept(driver)
    driver.page.context.set_offline(True)
    driver.page.reload()
    expect(driver.page.locator("#stops")).to_contain_text("<b>Lenox</b>")
    expect(driver.page.locator("#stops img, #stops b")).to_have_count(0)


DETECTOR = """
globalThis.BarcodeDetector = class {
    static async getSupportedFormats() { return ["code_128", "aztec"]; }
    constructor({ formats }) { globalThis.asked = formats; }
    async detect() { return globalThis.seen ? [{ rawValue: globalThis.seen }] : []; }
};
navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
HTMLMediaElement.prototype.play = async () => {};
"""


LOOKS = """
globalThis.looks = [];
BarcodeDetector.prototype.detect = async () => looks.shift() || [];
"""


def test_the_camera_scans_where_the_browser_reads_barcodes(
    driver: Person, make: Callable[..., Parcel], cast: Cast
) -> None:
    parcel = make("lee", "lenox", on_the_van=True)
    driver.page.add_init_script(DETECTOR)
    comes_to(driver, "Lenox Library, Lenox")
    button = driver.page.get_by_role("button", name="Scan with the camera")
    button.click()
    expect(driver.page.get_by_role("button", name="Stop the camera")).to_be_visible()
    driver.look(driver.page)
    driver.page.evaluate("number => { globalThis.seen = number }", parcel.number)
    expect(driver.page.locator(".band .said")).to_contain_text("Dropped. It comes from")
    driver.page.evaluate("globalThis.seen = ''")
    driver.page.get_by_role("button", name="Stop the camera").click()
    expect(driver.page.locator("#camera video")).to_be_hidden()
    assert driver.page.evaluate("globalThis.asked") == ["code_128"]


def test_the_camera_believes_no_code_that_it_read_once_and_takes_ours_of_several(
    driver: Person, make: Callable[..., Parcel], cast: Cast
) -> None:
    first, second = (make("lee", "lenox", on_the_van=True) for _each in range(2))
    driver.page.add_init_script(DETECTOR)
    driver.page.add_init_script(LOOKS)
    comes_to(driver, "Lenox Library, Lenox")
    driver.page.get_by_role("button", name="Scan with the camera").click()
    lines = driver.page.locator("#sitting li").filter(has_text="Dropped")
    book = {"rawValue": "9780691096124", "format": "ean_13"}
    here = {"rawValue": first.number, "format": "code_128"}
    driver.page.evaluate("looks => { globalThis.looks = looks }", [[book, here]])
    expect(lines).to_have_count(1)
    wrong, right = ({"rawValue": sign + second.number[1:], "format": "code_39"} for sign in "XP")
    shown = [[wrong], [right], [here], [right], [wrong], [right], [right]]
    driver.page.evaluate("looks => { globalThis.looks = looks }", shown)
    expect(lines).to_have_count(2)
    expect(driver.page.locator("#content")).not_to_contain_text(wrong["rawValue"])
    expect(driver.page.locator("#content")).not_to_contain_text(book["rawValue"])


def test_without_a_detector_there_is_no_camera_button(driver: Person) -> None:
    driver.page.add_init_script("delete globalThis.BarcodeDetector")
    comes_to(driver, "Lenox Library, Lenox")
    expect(driver.page.locator("#scan")).to_be_focused()
    expect(driver.page.locator("#camera")).to_be_hidden()
