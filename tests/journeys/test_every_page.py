"""Every page of every role, looked at by day and on a phone at night; on each change every third.

The addresses come from the table of access (tests/web/test_gates.py), so a new page is looked at
as soon as it has its row. Wagtail's own pages are left out.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Page

from postroad.catalogue import search
from postroad.directory.models import Closure, Policy
from postroad.guides import seed
from postroad.ill import asking, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.notices import folder, tell
from tests import lots
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin, copy, title
from tests.journeys.seeing import assert_focus_shows, look, look_on_a_phone_at_night
from tests.web.public_house import something_of_each
from tests.web.test_gates import KNOCKING, addresses, example, shown, written

LETTER = "<a-letter@postroad>"
LOOKERS = [
    "visitor",
    "patron",
    "borrowing",
    "lending",
    "director",
    "ILL center",
    "driver",
    "delivery",
    "operator",
]
# Wagtail's own, what is no page, and a mail as a mail program shows it.
LEFT_OUT = {
    "cms/",
    "documents/",
    "media/images/<path:picture>",
    "healthz",
    "readyz",
    "metrics",
    "office/mail/<slug:name>/html/",
}
# Pages that show something else with a question behind the address.
MORE = {
    "visitor": [
        "/search?q=walden",
        "/search?q=nothing+of+that+name",
        "/not-there",
        "/libraries?q=lee",
        "/delivery/?route=WEST+2",
        "/delivery/stops/lee/week/?with=lenox",
    ],
    "patron": [
        "/staff/find/?q=123456",
        "/not-there",
        "/patron/ask/blank/?material=article&doi=10.5555/bn.41",
        "/patron/ask/blank/?material=pages&paste=hm",
    ],
    "borrowing": [
        *(
            f"/staff/borrowing/?show={show}"
            for show in ("review", "back", "coming", "shelf", "lent", "waiting", "homeward")
        ),
        "/staff/ask/?card=20000000000001&q=walden",
        "/staff/ask/blank/?card=20000000000001&material=chapter",
    ],
    "lending": ["/staff/lending/?show=promised", "/staff/lending/out/?show=received"],
    "ILL center": ["/office/centre/?show=late"],
    "delivery": [
        "/office/delivery/parcels/?state=late",
        "/office/delivery/parcels/?state=ready",
        "/office/delivery/sort/?barcode=30001000000017",
        "/office/delivery/sort/?barcode=1",
    ],
}


@pytest.fixture
def world(cast: Cast, site: str, settings: Any, tmp_path: Path) -> Iterator[Story]:
    """A small demonstration: a request at every milestone, a letter, a closure, guides and news."""
    settings.DEMO, settings.HOME, settings.MAIL_FOLDER = True, tmp_path, tmp_path / "mail"
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=True):
        seed.publish(date(2026, 11, 23))
        Policy.objects.update(open_requests=99)
        story = begin(cast).at(State.SHIPPED)
        sweeps.ring(MONDAY + timedelta(days=15))
        for place, state in enumerate(STATES, start=1):
            another(cast, place).at(state)
        outside(cast)
        for ill in (story.ill,):
            for event in ill.events.all():
                tell.people(event, event.at)
        closed = {"first_day": date(2027, 1, 1), "last_day": date(2027, 1, 2)}
        Closure.objects.create(library=cast.lee, reason="New Year", **closed)
        something_of_each(cast.lee)
        write_letter()
        search.rebuild()
        yield story


STATES = [State.REFERRED, State.ARRIVED, State.LENT, State.BACK, State.HOMEWARD, State.CLOSED]


def another(cast: Cast, place: int) -> Story:
    record = title(f"Walden, volume {place}: of the ponds in winter, and other writings")
    copy(record, cast.lenox, f"3000200000{place:04}")
    ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
    return Story(cast, record, ill)


def outside(cast: Cast) -> None:
    """Nobody owns it: it comes to the centre."""
    record = title("A week on the Concord and Merrimack rivers")
    ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
    Story(cast, record, ill).listen()


def write_letter() -> None:
    letter = EmailMessage()
    letter["Message-ID"], letter["To"], letter["Subject"] = LETTER, "ada@example.org", "Walden"
    letter["Date"] = MONDAY
    letter.set_content("It is here.")
    letter.add_alternative("<!doctype html><title>Walden</title><h1>It is here.</h1>", "html")
    folder.keep(letter)


def paths_of(heading: str, story: Story) -> list[str]:
    """What this person may open, and what nobody before has looked at for all."""
    table = written()
    before = BEFORE.get(heading, ("visitor",))
    known = () if heading == "visitor" else before
    mine = [
        address
        for address in addresses()
        if address not in LEFT_OUT
        and (table[f"/{shown(address)}"][heading] == "yes" or address.startswith("office/mail/"))
        and not any(table[f"/{shown(address)}"][other] == "yes" for other in known)
    ]
    paths = [path_of(address, story) for address in mine]
    if heading == "visitor":
        paths += ["/accounts/login/"]
    return [*paths, *MORE.get(heading, [])]


def path_of(address: str, story: Story) -> str:
    name = folder.name_of(LETTER)
    return example(address, story).replace("1a2b3c", name)


def is_page(client: Client, path: str) -> bool:
    answer = client.get(path)
    html = answer.headers.get("Content-Type", "").startswith("text/html")
    return html and answer.status_code in (200, 404 if path in ("/not-there",) else 200)


# On each change a third of the pages, drawn by lot. At most so many in one test: the browsers share
# the work evenly, and no world is made for one page alone.
SHARE, AT_ONCE = 3, 36
PARTS = {"visitor": 2, "borrowing": 2, "lending": 2, "delivery": 2, "ILL center": 3}
# Who has looked at the same pages: those of records, people and cards are looked at for all once.
BEFORE = {
    "director": ("visitor", "borrowing", "ILL center"),
    "operator": ("visitor", "ILL center"),
}


@pytest.mark.parametrize(
    ("heading", "part"),
    [(heading, part) for heading in LOOKERS for part in range(PARTS.get(heading, 1))],
)
def test_every_page_is_in_order_by_day_and_at_night(
    world: Story, browse: Callable[..., Page], site: str, heading: str, part: int
):
    client = Client()
    page = browse()
    if who := KNOCKING[heading]:
        client.force_login(getattr(world.cast, who))
        session = client.cookies[django_settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": "session", "value": session, "url": site}])
    if heading == "driver":
        prepare_van(client, world)
    complaints: list[str] = []
    page.on(
        "console",
        lambda said: (
            complaints.append(f"{page.url}: {said.text}")
            if said.type in {"error", "warning"}
            else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    paths, parts = paths_of(heading, world), PARTS.get(heading, 1)
    pages = [path for path in paths[part::parts] if is_page(client, path)]
    assert 0 < len(pages) <= AT_ONCE, f"PARTS of {heading}: {len(pages)} pages in one"
    wrong: list[str] = []
    for path in lots.some(pages, SHARE):
        page.goto(path)
        wrong += whatever_is_wrong(page)
    assert not wrong, "\n".join(wrong)
    assert [said for said in complaints if "/not-there" not in said] == []


def prepare_van(client: Client, story: Story) -> None:
    from postroad.delivery.models import Stop

    client.post("/courier/", {"stop": Stop.objects.get(library=story.cast.lenox).pk})


def whatever_is_wrong(page: Page) -> list[str]:
    """Every fault of this page, so that one round tells them all.

    On each change axe is asked once of each page, by lot by day or at night; at night both.
    """
    dark = lots.falls(2)
    ways: dict[str, Callable[[], None]] = {
        "by day": lambda: look(page, axe=lots.NIGHT or not dark),
        "by keyboard": lambda: assert_focus_shows(page),
        "at night": lambda: look_on_a_phone_at_night(page, axe=lots.NIGHT or dark),
        "as a demonstration": lambda: says_that_it_is_a_demonstration(page),
    }
    found = []
    for way, see in ways.items():
        try:
            see()
        except AssertionError as fault:
            found.append(f"{way}: {str(fault)[:700]}")
    return found


def says_that_it_is_a_demonstration(page: Page) -> None:
    assert page.get_by_text("demonstration").count(), f"{page.url} does not say what it is"
