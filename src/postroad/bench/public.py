"""The public house with much in it: its pages, a crowd at its door, and a list that comes in.

2,000 libraries with a symbol each, 500 guides beside those that every house begins with, one of
them with eight live boxes, and a crowd-sourced list of 2,300 entries, which is read first.
"""

import asyncio
import csv
import os
import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO

from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils import timezone

from postroad import __version__
from postroad.bench import consortium, pages, visitors
from postroad.bench.figures import Figure, conditions
from postroad.bench.pages import Page
from postroad.directory import reading
from postroad.directory.models import Authority, Library, Symbol
from postroad.directory.statements import StatusList
from postroad.guides import planting, seed
from postroad.guides.models import GuidePage, Guides
from postroad.worker import serving

NAME = "public"
LIBRARIES, GUIDES, ENTRIES = 2000, 500, 2300
BOXES = ("lending", "delays", "closed", "days", "returns", "team", "news", "threshold:courier-late")
HEADINGS = ("Timestamp", "OCLC symbol", "Library", "Accepting returns?", "Lending?", "Notes")
INTRO = "What to know of it in a sentence, and whom to ask for the rest."
SYLLABLES = "bo ca di fe gu ha le mi no pa ri so tu ve wa".split()


class NotRead(Exception):
    """The list was not read whole, so there is no figure."""


def main() -> None:
    serving.gather_static_files()
    for figure in measure():
        print(figure.line(), flush=True)  # noqa: T201


def measure(
    libraries: int = LIBRARIES,
    guides: int = GUIDES,
    entries: int = ENTRIES,
    visits: int = pages.VISITS,
) -> Iterator[Figure]:
    furnish(libraries, guides)
    yield read_a_list(entries)
    yield from pages.timed(NAME, get_wsgi_application(), public_pages(), visits)
    yield from crowd()


def furnish(libraries: int, guides: int) -> None:
    """Libraries, each with a symbol, and guides."""
    today = timezone.localdate()
    Symbol.objects.bulk_create(
        Symbol(library=each, authority=Authority.OCLC, value=f"Q{each.pk}")
        for each in consortium.libraries(libraries, today)
    )
    seed.publish(today)
    boxes = [("live", name) for name in BOXES]
    made = [guide("boxes", "A guide that looks things up", boxes)]
    made += [guide(f"g{n}", f"Guide {n}", [("text", prose(n))] * 5) for n in range(guides)]
    planting.plant(Guides.objects.get(), made)


def guide(slug: str, title: str, body: list[tuple[str, str]]) -> GuidePage:
    return GuidePage(slug=slug, title=title, intro=INTRO, body=body)


def prose(number: int) -> str:
    """200 words of 3,375, the same each time."""
    chance = random.Random(number)  # noqa: S311  # nothing secret
    words = ("".join(chance.choices(SYLLABLES, k=3)) for _ in range(200))
    return f"<h2>How it works</h2><p>{' '.join(words)}</p>"


def read_a_list(entries: int) -> Figure:
    """Seconds from the file to the last entry, with the closures that follow from them."""
    now = timezone.now()
    credit = "Made for this measurement"
    status_list = StatusList.objects.create(name="The crowd's list", credit=credit)
    sent = crowds_list(entries, now)
    start = time.perf_counter()
    file, _new = reading.receive(status_list, "list.csv", sent, by="", at=now)
    reading.begin(file, now)
    while reading.go_on(now):
        pass
    seconds = time.perf_counter() - start
    file.refresh_from_db()
    if file.new != entries:
        raise NotRead(f"{file.new} of {entries}")
    return Figure(NAME, "a list that is read", seconds, "s", entries, conditions())


def crowds_list(entries: int, now: datetime) -> bytes:
    """Most libraries once, some twice; one in five takes no returns, one in seven does not lend."""
    symbols = list(Symbol.objects.order_by("pk").values_list("value", "library__name"))
    table = StringIO()
    rows = csv.writer(table)
    rows.writerow(HEADINGS)
    for place in range(entries):
        symbol, name = symbols[place % len(symbols)]
        stamp = (now - timedelta(days=30) + timedelta(minutes=place)).strftime("%m/%d/%Y %H:%M:%S")
        answers = ("no" if place % 5 == 0 else "yes", "no" if place % 7 == 0 else "yes")
        rows.writerow((stamp, symbol, name, *answers, f"entry {place}"))
    return table.getvalue().encode()


def public_pages() -> list[Page]:
    library = Library.objects.order_by("pk")[7]
    return [
        Page("front page", "/"),
        Page("guide with eight live boxes", "/guides/boxes/"),
        Page("long guide", "/guides/g0/"),
        Page("list of guides", "/guides/"),
        Page("answers", "/answers/"),
        Page("news", "/news/"),
        Page("libraries", "/libraries"),
        Page("library", f"/libraries/{library.code}"),
        Page("status", "/status"),
        Page("status as a map", "/status?as=map"),
        Page("status as CSV", "/status.csv"),
        Page("status as JSON", "/status.json"),
        Page("returns", "/returns"),
        Page("contact", "/contact"),
        Page("e-mail updates", "/updates"),
        Page("search in guides", "/search/guides?q=bocadi"),
    ]


def crowd() -> Iterator[Figure]:
    """200 visitors at once, on the shipped set-up: one page process, no proxy."""
    addresses = [page.address for page in public_pages() if not page.address.startswith("/status.")]
    readers = visitors.Crowd(silent=0, kept=0, slow=0, addresses=addresses)
    connections.close_all()
    with visitors.serving(os.environ, os.environ["POSTROAD_HOME"]) as port:
        met = asyncio.run(visitors.come(port, readers))
    yield from visitors.figures(__version__, readers, met, NAME)
