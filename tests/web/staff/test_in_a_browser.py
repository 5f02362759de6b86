"""The staff pages in a real browser: axe, width, weight, without scripts, by a fast hand."""

import pytest
from playwright.sync_api import Page, expect

from postroad.delivery.models import Parcel
from postroad.directory.models import Closure, Policy
from postroad.ill.lifecycle import State
from postroad.ill.models import Loan, Supply
from tests import barcodes
from tests.browser import assert_accessible, weight
from tests.cast import PASSWORD
from tests.web.staff.crowd import crowd

BORROWER = [
    "/staff/",
    "/staff/borrowing/?show=coming",
    "/staff/borrowing/?show=lent",
    "/staff/borrowing/?show=review",
    "/staff/borrowing/receive/",
    "/staff/borrowing/slips/",
    "/staff/ask/",
    "/staff/ask/?card=20000000000001&q=walden",
    "/staff/find/?q=12345",
    "/staff/library/",
    "/staff/library/borrowed/?show=arrived",
]
LENDER = [
    "/staff/lending/",
    "/staff/lending/?show=promised",
    "/staff/lending/out/",
    "/staff/lending/pull-list/",
    "/staff/lending/ship/",
    "/staff/lending/check-in/",
    "/staff/lending/slips/",
    "/staff/library/",
    "/staff/library/lent/",
]


def sign_in(page: Page, name: str) -> Page:
    page.goto("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    page.wait_for_url("**/staff/**", wait_until="networkidle")
    return page


@pytest.fixture
def busy(cast):
    """A few loans at every stage."""
    Policy.objects.update(open_requests=99)
    Closure.objects.create(library=cast.lee, first_day="2099-12-24", last_day="2099-12-25")
    stages = [State.REFERRED, State.SHIPPED, State.ARRIVED, State.LENT, State.BACK, State.HOMEWARD]
    return {stage: crowd(cast, 2, stage, 10 * place) for place, stage in enumerate(stages)}


@pytest.mark.first
@pytest.mark.parametrize(
    ("width", "dark"), [(360, True), pytest.param(1280, False, marks=pytest.mark.nightly)]
)
def test_axe_finds_nothing(browse, busy, width, dark):
    page = sign_in(browse(width=width, dark=dark), "director")
    requests = [f"/staff/requests/{story.ill.ref}/" for story, _other in busy.values()]
    for address in [*BORROWER, *requests]:
        page.goto(address)
        assert_accessible(page)
    page = sign_in(browse(width=width, dark=dark), "lender")
    waiting = busy[State.REFERRED][0].ill.ref
    for address in [*LENDER, f"/staff/supplies/{waiting}/1/refuse/", requests[0]]:
        page.goto(address)
        assert_accessible(page)


def test_no_page_is_heavy(browse, busy):
    page = sign_in(browse(), "director")
    for address in [*BORROWER, f"/staff/requests/{busy[State.LENT][0].ill.ref}/"]:
        assert weight(page, address) < 60_000, address


def test_a_scanner_reads_the_pull_list(browse, busy, tmp_path):
    page = sign_in(browse(), "lender")
    page.goto("/staff/lending/pull-list/")
    picture = tmp_path / "pull-list.png"
    page.evaluate("document.querySelectorAll('svg.barcode').forEach(b => b.style.zoom = 3)")
    page.screenshot(path=picture, full_page=True)
    assert {story.ill.ref for story in busy[State.REFERRED]} <= set(barcodes.read(picture))


def test_a_fast_hand_ships_everything(browse, cast):
    Policy.objects.update(open_requests=99)
    crowd(cast, 6, State.REFERRED)
    page = sign_in(browse(), "lender")
    page.goto("/staff/lending/ship/")
    assert page.evaluate("document.activeElement.id") == "scan"
    for place in range(6):
        page.keyboard.type(f"3000100000{place:04}")
        page.keyboard.press("Enter")
    page.locator(".sitting > li").nth(5).wait_for()
    assert_accessible(page)
    assert set(Loan.objects.values_list("state", flat=True)) == {"shipped"}
    page.locator(".sitting > li").first.get_by_role("button").click()
    page.locator(".sitting > li.taken-back").wait_for()
    assert Supply.objects.filter(state="promised").count() == 1
    assert page.evaluate("document.activeElement.id") == "scan"


def test_without_scripts_everything_works(browse, busy):
    page = sign_in(browse(width=360, scripts=False), "borrower")
    page.goto("/staff/borrowing/receive/")
    story = busy[State.SHIPPED][0]
    page.fill("#scan", story.loan.barcode)
    page.click("text=Enter")
    expect(page.locator(".band")).to_contain_text("hold shelf until")
    expect(page.locator("#sitting")).to_contain_text("Ada")
    page.click("text=Undo")
    expect(page.locator(".band")).to_contain_text("Undone")
    page.goto("/staff/borrowing/?show=shelf")
    page.locator("text=Lend it").first.click()
    expect(page.locator(".notice.tone-ok")).to_contain_text("Lent.")
    assert page.url.endswith("/staff/borrowing/?show=shelf")


def test_a_printed_receive_page_is_the_hold_slip(browse, busy):
    page = sign_in(browse(), "borrower")
    page.goto("/staff/borrowing/receive/")
    page.fill("#scan", busy[State.SHIPPED][0].loan.barcode)
    page.keyboard.press("Enter")
    page.locator(".card").wait_for()
    page.emulate_media(media="print")
    expect(page.locator(".card")).to_be_visible()
    expect(page.locator("#left")).not_to_be_visible()
    expect(page.locator("ol.sitting")).not_to_be_visible()


def test_scans_of_one_who_was_signed_out_are_named_when_she_is_back(browse, busy):
    page = sign_in(browse(), "borrower")
    page.goto("/staff/borrowing/receive/")
    page.context.clear_cookies(name="session")
    page.keyboard.type("30001000000017")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/login/**")
    expect(page.locator(".notice")).to_contain_text("was not recorded")
    page.fill("[name=login]", "borrower")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    page.wait_for_url("**/staff/borrowing/receive/")
    page.locator(".band-warn").wait_for()
    assert "Scan it again: 30001000000017" in page.locator(".band").inner_text()
    assert page.evaluate("document.activeElement.id") == "scan"


def test_the_hold_slip_prints_by_a_button_and_is_nothing_but_a_slip(page, busy):
    """No banner, no heading and no word of scanning stand on the paper."""
    page = sign_in(page, "director")
    ref = busy[State.SHIPPED][0].ill.ref
    page.goto("/staff/borrowing/receive/")
    page.fill("#scan", ref)
    page.press("#scan", "Enter")
    page.evaluate("window.print = () => { window.printed = true }")
    page.click("text=Print the hold slip")
    assert page.evaluate("window.printed")
    page.emulate_media(media="print")
    shown = page.inner_text("body").split()
    assert {"Ada", "hold", "until"} <= set(shown)
    for word in ("Postroad", "Receive", "Ready", "Scan", "Enter", "Print", "sitting"):
        assert word not in shown


def test_the_list_of_slips_fits_a_telephone_and_a_print_leaves_it_open(phone, busy):
    page = sign_in(phone, "lender")
    page.goto("/staff/lending/slips/")
    assert page.get_attribute("#slips", "target") == "_blank"
    Parcel.objects.update(printings=1)
    page.reload()
    assert "the next will say COPY" in page.inner_text("main")
    assert_accessible(page)
