"""The main road in steps, each done by one person through the pages."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import BARCODE
from tests.journeys.people import Person, Play


def patron_asks(ada: Person, play: Play) -> str:
    """She finds it by words and by its ISBN, narrows down, opens it and asks; the number of it."""
    for typed in ("walden thoreau", "0-691-09612-0", "9780691096124"):
        page = ada.searches(typed)
        expect(page.get_by_role("link", name="Walden", exact=True).first).to_be_visible()
    page = ada.searches("walden")
    for facet, choice in (("Format", "book"), ("Language", "English"), ("Library", "Lenox")):
        narrow(ada, facet, choice)
    expect(page.locator(".records > li")).to_have_count(1)
    ada.follows("Walden")
    ada.reads("1 library could lend it")
    ada.reads("Lenox Library")
    ada.goes(page.url)
    sign_in_from_the_top(ada)
    ada.follows("Ask for it")
    page.get_by_label("Where will you pick it up?").select_option("lee")
    page.get_by_label("Needed by").fill("2026-12-31")
    ada.presses("Ask for it")
    ada.is_told("We have your request.")
    ref = page.url.rstrip("/").rsplit("/", 1)[1]
    ada.look(page)
    return ref


def sign_in_from_the_top(person: Person) -> None:
    """By name and password, and back to where one was."""
    before = person.page.url
    if person.page.get_by_role("link", name="Sign in").count():
        person.clicks(person.page.get_by_role("link", name="Sign in").first)
        person.look(person.page)
        person.signs_in_if_asked()
    person.goes(before)


def narrow(person: Person, facet: str, choice: str) -> None:
    side = person.page.get_by_role("complementary")
    part = side.locator("details").filter(
        has=person.page.locator("summary", has_text=re.compile(rf"^\s*{facet}"))
    )
    if part.get_attribute("open") is None:
        part.locator("summary").click()
    person.clicks(part.get_by_role("link", name=re.compile(choice)).first)
    person.look(person.page)


def lender_answers_and_ships(lender: Person, to: str = "Lee Library in Lee") -> str:
    """He sees it in the queue, prints the pull list, says yes, ships by scan; the slip's number."""
    lender.goes("/staff/lending/")
    lender.reads("Walden")
    lender.reads("818 THO")
    lender.reads_not("Ada")
    lender.follows("Pull list of all")
    lender.reads("818 THO")
    lender.goes("/staff/lending/")
    lender.presses("Yes, on the shelf")
    lender.is_told("Promised; ship it next.")
    lender.goes("/staff/lending/ship/")
    lender.scans(BARCODE, f"To {to}, there on Tuesday 24 November: “Walden”.")
    number = lender.page.locator(".band .number").inner_text().strip()
    town = to.rpartition(" in ")[2]
    assert lender.prints(f"Print the slip to {town}").startswith(b"%PDF-")
    return number


def driver_brings(play: Play, number: str, start: str, end: str) -> None:
    """The driver picks it up at one library and leaves it at the other on the next day."""
    driver = play["driver"]
    stop_at(driver, start)
    driver.scans(number, "Picked up. It goes to")
    play.later(days=1)
    stop_at(driver, end)
    driver.scans(number, "Dropped. It comes from")
    driver.look(driver.page)


def stop_at(driver: Person, town: str) -> None:
    arrive_at(driver, "WEST 2", town)


def arrive_at(driver: Person, route: str, town: str, library: str = "") -> None:
    """Onto a route, and to a stop there; on a day without the van he is there all the same."""
    page = driver.goes("/courier/")
    if page.get_by_role("heading", level=1).inner_text() != route:
        if page.get_by_role("button", name="Another route").count():
            driver.presses("Another route")
            leave_all_the_same(driver)
        driver.clicks(page.get_by_role("button", name=re.compile(f"^{route}$")))
        driver.look(page)
    name = re.compile(f"I am here.*: {library or '.*'}, {town}$")
    driver.clicks(page.get_by_role("button", name=name))
    leave_all_the_same(driver)
    expect(page.get_by_role("heading", level=1)).to_have_text(town)
    driver.look(page)


def leave_all_the_same(driver: Person) -> None:
    """What others have put out for the van at the last stop stays there."""
    if driver.page.get_by_role("heading", name=re.compile("^Leave .*")).count():
        driver.presses("Leave anyway")


def patron_renews_once(ada: Person, ref: str) -> None:
    ada.goes(f"/patron/requests/{ref}/")
    ada.presses("Renew")
    ada.is_told("Renewed. Bring it back by")
    ada.reads("It cannot be renewed: it has already been renewed as often as its library allows.")
    expect(ada.page.get_by_role("button", name="Renew")).to_have_count(0)
    ada.look(ada.page)


def slip_on_offer(clerk: Person) -> str:
    """The number of the parcel whose slip the page offers to print."""
    return clerk.page.locator("button[name=parcel]").get_attribute("value") or ""
