"""People who do everything through the pages: what each does is told in their own words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect
from time_machine import Traveller

from postroad.worker import run
from postroad.worker.timetable import TIMETABLE
from tests.cast import PASSWORD


def click(what: Locator) -> None:
    """Press what leads to another page, and wait until that page is there.

    A click alone returns while the old page still stands, and who looks then looks at nothing.
    """
    with what.page.expect_navigation():
        what.click()


@dataclass
class Person:
    """Somebody with a browser of their own, who signs in whenever a page asks for it."""

    name: str
    page: Page
    look: Callable[[Page], None]  # at every page that is opened
    password: str = PASSWORD

    def goes(self, address: str) -> Page:
        self.page.goto(address)
        self.signs_in_if_asked()
        self.look(self.page)
        return self.page

    def follows(self, link: str) -> Page:
        """Press a link of the page's own matter."""
        self.clicks(self.page.get_by_role("main").get_by_role("link", name=link, exact=False).first)
        self.signs_in_if_asked()
        self.look(self.page)
        return self.page

    def clicks(self, what: Locator) -> None:
        click(what)

    def signs_in_if_asked(self) -> None:
        if "/accounts/login/" not in self.page.url:
            return
        self.page.get_by_label("Name", exact=True).fill(self.name)
        self.page.get_by_label("Password", exact=True).fill(self.password)
        self.clicks(self.page.get_by_role("main").get_by_role("button", name="Sign in"))
        expect(self.page.get_by_role("button", name="Sign out")).to_be_attached()

    def presses(self, button: str) -> Page:
        self.clicks(self.page.get_by_role("main").get_by_role("button", name=button).first)
        return self.page

    def searches(self, words: str) -> Page:
        self.goes("/search")
        self.page.get_by_label("Title, author, subject or ISBN").fill(words)
        self.presses("Search")
        return self.page

    def finds(self, number: str) -> Page:
        """Type a number into the one search box on top of every page."""
        box = self.page.locator("#find")
        box.fill(number)
        with self.page.expect_navigation():
            box.press("Enter")
        return self.page

    def scans(self, number: str, says: str) -> None:
        """A hand scanner types the number and ends with Enter; the band answers."""
        field = self.page.locator("#scan")
        expect(field).to_be_focused()
        field.press_sequentially(number)
        field.press("Enter")
        expect(self.page.locator(".band .said")).to_contain_text(says)
        expect(field).to_have_value("")

    def reads(self, sentence: str) -> None:
        expect(self.page.locator("#content")).to_contain_text(sentence)

    def reads_not(self, sentence: str) -> None:
        expect(self.page.locator("#content")).not_to_contain_text(sentence)

    def is_told(self, sentence: str) -> None:
        """A notice on top of the page."""
        notice = self.page.locator(".notice").filter(has_text=sentence)
        expect(notice.first).to_be_visible()

    def prints(self, button: str) -> bytes:
        """A button that answers with a PDF in a window of its own; what came. The page stays."""
        came: list[bytes] = []

        def keep(route: Route) -> None:
            answer = route.fetch()
            assert answer.headers["content-type"] == "application/pdf"
            came.append(answer.body())
            route.fulfill(body="A browser shows it in its own way.")

        here = self.page.url
        self.page.context.route("**/slips.pdf", keep, times=1)
        with self.page.expect_popup() as opened:
            self.page.get_by_role("main").get_by_role("button", name=button).first.click()
        opened.value.wait_for_url("**/slips.pdf")
        opened.value.close()
        assert self.page.url == here
        return came[0]


@dataclass
class Play:
    """Who is on the stage, and what time it is there."""

    enter: Callable[[str], Person]
    clock: Traveller
    people: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Person:
        if name not in self.people:
            self.people[name] = self.enter(name)
        return self.people[name]

    def worker(self) -> None:
        """The worker does all that is due by now: what follows from events, and every sweep."""
        now = timezone.now()
        run.until_idle(now)
        for job in TIMETABLE:
            job.act(now)
        run.until_idle(timezone.now())

    def later(self, **time: int) -> datetime:
        moment = timezone.now() + timedelta(**time)
        self.clock.move_to(moment)
        return moment
