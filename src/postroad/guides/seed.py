"""The guides and news that a new consortium starts with; editors make them their own.

Each is a file in `texts/`: title, intro and age, then the blocks of its body.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

from postroad.guides.models import FrontPage, GuidePage, Guides, News, NewsPage

LEAD = (
    "Hundreds of libraries in Massachusetts and Rhode Island share their shelves. "
    "Find it here, ask for it, and pick it up at your own library."
)
BLOCK = re.compile(r"^\[(text|note)\]\n", re.MULTILINE)


def publish(today: date) -> None:
    """Put the first guides and news under the front page; those already there stay as they are."""
    FrontPage.objects.filter(lead="").update(lead=LEAD)
    add(Guides.objects.get(), (GuidePage(**facts) for facts in read("guides", "updated_on", today)))
    add(News.objects.get(), (NewsPage(**facts) for facts in read("news", "day", today)))


def add(parent: Guides | News, pages: Iterable[GuidePage | NewsPage]) -> None:
    there = set(parent.get_children().values_list("slug", flat=True))
    for page in pages:
        if page.slug not in there:
            parent.add_child(instance=page).save_revision().publish()


def read(folder: str, day: str, today: date) -> list[dict[str, Any]]:
    """The pages in this folder of texts, in the order of their numbers."""
    texts = sorted(files("postroad.guides").joinpath("texts", folder).iterdir(), key=str)
    return [page(text.name, text.read_text(encoding="utf-8"), day, today) for text in texts]


def page(name: str, text: str, day: str, today: date) -> dict[str, Any]:
    head, *blocks = BLOCK.split(text)
    facts = dict(line.split(": ", 1) for line in head.strip().splitlines())
    return {
        "slug": name.removesuffix(".html").split("-", 1)[1],
        "title": facts["title"],
        "intro": facts["intro"],
        "body": list(zip(blocks[::2], blocks[1::2], strict=True)),
        day: today - timedelta(days=int(facts["days ago"])),
    }
