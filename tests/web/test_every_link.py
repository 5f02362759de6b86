"""Whatever a page offers leads somewhere: every link and every button of every page, each role."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from postroad.catalogue import search
from postroad.catalogue.models import Format, Record
from postroad.directory.models import Policy
from postroad.guides import seed
from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from tests import lots
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin, copy, title
from tests.web.test_gates import KNOCKING

# Not followed: Wagtail's own pages, and the way out.
ELSEWHERE = ("/cms/", "/documents/", "/static/", "/accounts/")
PUBLIC = ("/search", "/libraries", "/guides", "/answers", "/news", "/collections")
# Where each begins; whatever a page of ours leads to is opened too.
STARTS = ["/", "/accounts/start/", "/search?q=walden", "/guides/", "/news/", "/libraries"]


class Offers(HTMLParser):
    """The addresses of a page's links, and of its forms with what they send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.links: set[str] = set()
        self.forms: list[tuple[str, str, dict[str, str]]] = []
        self.inside: tuple[str, str, dict[str, str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in said:
            self.links.add(urljoin(self.page, said["href"]).split("#")[0])
        elif tag == "form":
            address = urljoin(self.page, said.get("action", "") or self.page)
            self.inside = (said.get("method", "get").lower(), address, {})
            self.forms.append(self.inside)
        elif tag in {"input", "button"} and self.inside and is_sent(said):
            self.inside[2].setdefault(said["name"], said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None


def is_sent(said: dict[str, str]) -> bool:
    ticked = said.get("type") not in {"checkbox", "radio"} or "checked" in said
    return bool(said.get("name")) and ticked


@pytest.fixture
def world(cast: Cast) -> Iterator[Story]:
    """A request at every milestone, at the centre, and one that waits for staff; also guides."""
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=True):
        seed.publish(date(2026, 11, 23))
        Policy.objects.update(open_requests=99)
        story = begin(cast)
        states = [State.REFERRED, State.SHIPPED, State.ARRIVED, State.LENT, State.BACK]
        for place, state in enumerate([*states, State.HOMEWARD, State.CLOSED]):
            ask(cast, f"Walden, part {place}", f"3000200000{place:04}").at(state)
        ask(cast, "A week on the rivers", "").listen()  # nobody owns it
        Policy.objects.update(open_requests=1)
        ask(cast, "Cape Cod", "30002000009999").listen()  # one more than she may
        for format_ in (Format.SERIAL, Format.ERESOURCE):
            title(f"Walden in {format_}", format=format_)
        yield story


def ask(cast: Cast, name: str, barcode: str) -> Story:
    record = title(name)
    if barcode:
        copy(record, cast.lenox, barcode)
    ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
    return Story(cast, record, ill)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def kind(address: str) -> str:
    """Pages that differ in their numbers only are one kind; a few of each are opened."""
    parts = urlsplit(address)
    path = "/".join(
        "#" if any(sign.isdigit() for sign in part) or (len(part) == 8 and part.isupper()) else part
        for part in parts.path.split("/")
    )
    return f"{path}?{sorted(part.split('=')[0] for part in parts.query.split('&'))}"


@pytest.mark.nightly
@pytest.mark.parametrize("heading", KNOCKING)
def test_no_link_and_no_button_of_any_page_leads_to_nowhere(world: Story, heading: str):
    search.rebuild()
    assert list(offered(world, heading, STARTS, each=6)) == []


@pytest.mark.parametrize("heading", lots.some(["director", "ILL center"], 2, apart="links"))
def test_no_link_and_no_button_of_a_kind_of_page_leads_to_nowhere(world: Story, heading: str):
    assert list(offered(world, heading, ["/accounts/start/"], each=1, but=PUBLIC)) == []


def offered(
    world: Story, heading: str, starts: list[str], *, each: int, but: tuple[str, ...] = ()
) -> Iterator[str]:
    """What leads to nowhere; of each kind of page so many are opened, `but` those beginning so."""
    client = Client()
    if who := KNOCKING[heading]:
        client.force_login(getattr(world.cast, who))
    keys = Record.objects.order_by("pk").values_list("pk", flat=True)
    records = [f"/record/{key}" for key in (keys[0], *keys.reverse()[:2])]
    yield from follow(client, [*starts, *records], heading, each, (*ELSEWHERE, *but))


def follow(
    client: Client, starts: list[str], heading: str, each: int, but: tuple[str, ...]
) -> Iterator[str]:
    waiting = [(start, "the start") for start in starts]
    known, kinds = set(starts), dict.fromkeys(map(kind, starts), 0)
    while waiting:
        address, came_from = waiting.pop()
        with undone():
            answer = client.get(address, follow=True)
        if nowhere(answer):
            yield f"{heading}: {came_from} leads to {address}: {answer.status_code}"
            continue
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        offers = Offers(urljoin("http://testserver", answer.request["PATH_INFO"]))
        offers.feed(answer.content.decode())
        for method, target, sent in offers.forms:
            if method == "post" and not urlsplit(target).path.startswith(but):
                yield from pressed(client, urlsplit(target), sent, address, heading)
        for link in sorted(offers.links):
            parts = urlsplit(link)
            ours = parts.scheme in ("http", "") and parts.netloc in ("testserver", "")
            there = parts._replace(scheme="", netloc="").geturl()
            if not ours or there in known or parts.path.startswith(but):
                continue
            known.add(there)
            kinds[kind(there)] = kinds.get(kind(there), 0) + 1
            if kinds[kind(there)] <= each:
                waiting.append((there, address))


def pressed(
    client: Client, target: Any, sent: dict[str, str], page: str, heading: str
) -> Iterator[str]:
    """The button as the page sends it. Whatever it does is undone."""
    with undone():
        answer = client.post(target.path + (f"?{target.query}" if target.query else ""), sent)
    if nowhere(answer):
        yield f"{heading}: a button on {page} leads to {target.path}: {answer.status_code}"


def nowhere(answer: Any) -> bool:
    return answer.status_code in (403, 404, 405) or answer.status_code >= 500
