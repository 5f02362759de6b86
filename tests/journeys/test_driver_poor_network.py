"""A driver's phone at its worst: half a network, no memory left, a server that fails at a scan."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from postroad.delivery.models import Parcel, ParcelState, SetAside, Why
from tests.journeys.people import Person
from tests.journeys.phone import WAIT, comes_to, is_kept, scans, told
from tests.poor_network import HalfANetwork

pytestmark = pytest.mark.usefixtures("patience")

# As a phone does it, short of memory: what is open is closed without a word.
CLOSE_THE_BASE = """() => {
    const before = IDBDatabase.prototype.transaction;
    let first = true;
    IDBDatabase.prototype.transaction = function (...asked) {
        if (first) this.close();
        first = false;
        return before.apply(this, asked);
    };
}"""
FULL = """() => {
    globalThis.add = IDBObjectStore.prototype.add;
    IDBObjectStore.prototype.add = () => { throw new Error("full"); };
}"""
CLOCK = """{ const before = Date.now; Date.now = () => before() + 86400000 * %d; }"""
# Of this page alone: whatever it sends with this number in it, the server fails.
FAILS = """number => {
    const before = globalThis.fetch;
    globalThis.fetch = (where, how) => {
        const said = how?.body instanceof FormData ? how.body.get("scan") : how?.body;
        return String(said).includes(number)
            ? Promise.resolve(new Response("", { status: 500 })) : before(where, how);
    };
}"""


@pytest.fixture
def half(site: str) -> Iterator[HalfANetwork]:
    with HalfANetwork(site) as network:
        yield network


def test_a_phone_that_closed_its_base_behind_another_page_opens_it_again(
    driver: Person, make: Callable[..., Parcel]
) -> None:
    parcel = make("lee", "lenox", on_the_van=True)
    comes_to(driver, "Lenox Library, Lenox")
    is_kept(driver)
    context = driver.page.context
    context.set_offline(True)
    driver.page.reload()
    expect(driver.page.locator("#stop-title")).to_have_text("Lenox")
    driver.page.evaluate(CLOSE_THE_BASE)
    scans(driver, parcel.number)
    told(driver, "No network. 1 scan is kept")
    context.set_offline(False)
    told(driver, "The network is back: 1 scan was sent.")
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.DROPPED


def test_what_the_phone_cannot_write_down_is_said_and_holds_up_no_other(
    driver: Person, make: Callable[..., Parcel]
) -> None:
    first, second = (make("lenox", "lee") for _each in range(2))
    comes_to(driver, "Lenox Library, Lenox")
    is_kept(driver)
    driver.page.context.set_offline(True)
    driver.page.reload()
    page = driver.page
    page.evaluate(FULL)
    page.get_by_role("button", name="Took them all").click()
    page.get_by_role("button", name="Yes, all of them").click()
    expect(page.locator("#said")).to_contain_text("Not kept")
    scans(driver, first.number)
    expect(page.locator("#said")).to_contain_text(f"Write down the number. {first.number}")
    page.evaluate("() => { IDBObjectStore.prototype.add = globalThis.add; }")
    scans(driver, second.number)
    told(driver, "No network. 1 scan is kept")


def test_a_scan_that_the_server_fails_to_take_holds_up_no_other(
    driver: Person, make: Callable[..., Parcel]
) -> None:
    here = [make("lee", "lenox", on_the_van=True) for _each in range(3)]
    comes_to(driver, "Lenox Library, Lenox")
    is_kept(driver)
    driver.page.context.set_offline(True)
    for parcel in here:
        scans(driver, parcel.number)
    told(driver, "No network. 3 scans are kept")
    driver.page.reload()
    told(driver, "No network. 3 scans are kept")
    driver.page.evaluate(FAILS, here[0].number)
    driver.page.context.set_offline(False)
    told(driver, "1 scan could not be recorded. It is kept on this phone and tried again")
    for parcel in here:
        parcel.refresh_from_db()
    assert [each.state for each in here] == ["moving", "dropped", "dropped"]
    driver.look(driver.page)
    driver.page.goto("/courier/")
    told(driver, "The network is back: 1 scan was sent.")
    here[0].refresh_from_db()
    assert here[0].state == ParcelState.DROPPED


def test_a_scan_at_which_the_server_fails_stays_on_the_phone(
    driver: Person, make: Callable[..., Parcel]
) -> None:
    parcel = make("lee", "lenox", on_the_van=True)
    comes_to(driver, "Lenox Library, Lenox")
    is_kept(driver)
    driver.page.evaluate(FAILS, parcel.number)
    scans(driver, parcel.number)
    told(driver, "1 scan could not be recorded. It is kept on this phone and tried again")
    driver.page.goto("/courier/")
    told(driver, "The network is back: 1 scan was sent.")
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.DROPPED


def test_a_network_that_answers_nothing_is_none(
    driver: Person, make: Callable[..., Parcel], half: HalfANetwork
) -> None:
    parcel = make("lee", "lenox", on_the_van=True)
    driver.page.goto(f"{half.site}/courier/")
    driver.signs_in_if_asked()
    driver.presses("WEST 2")
    driver.clicks(driver.page.get_by_role("button", name=re.compile("^I am here.*: .*Lenox$")))
    is_kept(driver)
    half.answers.clear()
    page = driver.page
    page.goto(f"{half.site}/courier/", timeout=WAIT)
    expect(page.locator("#stop-title")).to_have_text("Lenox")
    scans(driver, parcel.number)
    expect(page.locator("#kept-count")).to_have_text("1")
    half.answers.set()
    told(driver, "The network is back: 1 scan was sent.")


@pytest.mark.parametrize("days", [3, -3])
def test_of_a_clock_that_was_set_while_a_scan_waited_the_office_hears(
    driver: Person, make: Callable[..., Parcel], days: int
) -> None:
    parcel = make("lee", "lenox", on_the_van=True)
    comes_to(driver, "Lenox Library, Lenox")
    is_kept(driver)
    driver.page.context.set_offline(True)
    scans(driver, parcel.number)
    told(driver, "No network. 1 scan is kept")
    driver.page.add_init_script(CLOCK % days)
    driver.page.reload()
    told(driver, "No network. 1 scan is kept")
    driver.page.context.set_offline(False)
    told(driver, "The network is back: 1 scan was sent.")
    row = SetAside.objects.get()
    assert (row.text, row.why) == (parcel.number, Why.NO_TIME)
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.MOVING


def test_a_clock_that_is_wrong_all_day_tells_the_right_time(
    driver: Person, make: Callable[..., Parcel]
) -> None:
    parcel = make("lee", "lenox", on_the_van=True)
    driver.page.add_init_script(CLOCK % -300)
    comes_to(driver, "Lenox Library, Lenox")
    is_kept(driver)
    driver.page.context.set_offline(True)
    scans(driver, parcel.number)
    told(driver, "No network. 1 scan is kept")
    driver.page.reload()
    told(driver, "No network. 1 scan is kept")
    driver.page.context.set_offline(False)
    told(driver, "The network is back: 1 scan was sent.")
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.DROPPED
    assert timezone.now() - parcel.last_at < timedelta(minutes=10)
